// Who may sign for a ledger, and which epoch it is in, place by place, as its own entries tell it (acts `ledger-key` and
// `resumed`). The chain of keys begins with one that nobody signed for: what it is worth comes from its newest key, which
// has to be one that is trusted from elsewhere.
import { type Checkpoint, openCheckpoint, parseOrigin } from './checkpoint.ts';
import type { Finding } from './findings.ts';
import { openKeyChange } from './key-change.ts';
import { emptyRange, rootOf } from './tree.ts';

/** An entry `resumed`: from here on it is another epoch. */
export interface Resumed {
  readonly seq: number;
  /** The one that it begins. */
  readonly epoch: number;
  /** The last checkpoint that held; none when there was none. */
  readonly note: string | undefined;
}

/** Where the newest key is known from: from elsewhere, and it is the ledger's (`trusted`) or not (`other`); from the ledger alone; from nowhere. */
export type Trust = 'trusted' | 'other' | 'ledger' | 'none';

/** What is known of a ledger from outside of it: its newest public key (32 bytes), and whose it is. */
export interface KnownElsewhere {
  readonly trusted?: Uint8Array;
  readonly tenantId?: string;
}

interface KeyInForce {
  readonly seq: number;
  readonly publicKey: Uint8Array;
}

export class KeyChain {
  #tenantId: string | undefined;
  readonly #trusted: Uint8Array | undefined;
  readonly #keys: KeyInForce[] = [];
  readonly #resumed: Resumed[] = [];

  constructor(known: KnownElsewhere) {
    this.#trusted = known.trusted;
    this.#tenantId = known.tenantId;
  }

  get resumed(): readonly Resumed[] {
    return this.#resumed;
  }

  get newest(): KeyInForce | undefined {
    return this.#keys.at(-1);
  }

  /** @param note of an entry `ledger-key` */
  addKey(seq: number, note: string | undefined): Finding | undefined {
    const change = note === undefined ? undefined : openKeyChange(note);
    const last = this.#keys.at(-1)?.publicKey;
    const follows = last === undefined ? change?.former === undefined : change?.former !== undefined && same(change.former.publicKey, last);
    if (change === undefined || !follows || !this.isOurs(change.origin, seq)) return { kind: 'key-change', seq };
    this.#keys.push({ seq, publicKey: change.next.publicKey });
    return undefined;
  }

  /** @param note of an entry `resumed` */
  addEpoch(seq: number, note: string | undefined): void {
    this.#resumed.push({ seq, epoch: this.epochAt(seq) + 1, note });
  }

  /**
   * What an entry `resumed` says was the last that held; undefined when that is not believed. Asked once all keys are
   * known: a ledger that came back may be of before the change of a key.
   */
  lastGood({ seq, note }: Resumed): Pick<Checkpoint, 'size' | 'root'> | undefined {
    const opened = note === undefined ? nothing : this.open(note, seq);
    return typeof opened === 'string' || opened.size >= seq ? undefined : opened;
  }

  /** 1 + the number of entries `resumed` among the first `size`. */
  epochAt = (size: number): number => 1 + this.#resumed.filter(({ seq }) => seq <= size).length;

  /** Of this tenant and no later epoch than there was. The first origin that is seen says which tenant it is. */
  isOurs(origin: string, size: number): boolean {
    const parsed = parseOrigin(origin);
    if (parsed === undefined || parsed.epoch > this.epochAt(size)) return false;
    this.#tenantId ??= parsed.tenantId;
    return parsed.tenantId === this.#tenantId;
  }

  /**
   * Believed when it is signed by the key in force at its size; one of an earlier epoch may be signed by any key that
   * ever was, since the entries that told of its key may be lost.
   */
  open(note: string, size: number): Checkpoint | 'malformed' | 'foreign' | 'unsigned' {
    const isOurs = (origin: string): boolean => this.isOurs(origin, size);
    const inForce = this.#keys.findLast(({ seq }) => seq <= size)?.publicKey;
    const keys = [inForce ?? this.#trusted, ...this.#keys.map(({ publicKey }) => publicKey)].filter((key) => key !== undefined);
    let answer: ReturnType<KeyChain['open']> = 'unsigned';
    for (const [index, key] of keys.entries()) {
      answer = openCheckpoint(note, key, isOurs);
      if (typeof answer !== 'string') return index === 0 || (parseOrigin(answer.origin)?.epoch ?? 0) < this.epochAt(size) ? answer : 'unsigned';
      if (answer !== 'unsigned') return answer;
    }
    return answer;
  }

  /** Whether the newest key is the one that is trusted from elsewhere. */
  get trust(): Trust {
    const newest = this.#keys.at(-1)?.publicKey;
    if (this.#trusted === undefined) return newest === undefined ? 'none' : 'ledger';
    return newest === undefined || same(newest, this.#trusted) ? 'trusted' : 'other';
  }
}

const nothing = { size: 0, root: rootOf(emptyRange) };
const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
