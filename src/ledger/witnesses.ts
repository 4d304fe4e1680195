// Checkpoints as witnesses: each says what the tree was at its size. They are held against the tree while it grows, those
// stored in the database and those given by people who kept one.
import { type Checkpoint, parseCheckpoint, parseOrigin } from './checkpoint.ts';
import type { CheckpointFlaw, Finding } from './findings.ts';
import type { KeyChain } from './key-chain.ts';
import type { StoredCheckpoint } from './stored.ts';

export type Fits = (root: Uint8Array) => 'yes' | 'no' | 'unsure';

/** A checkpoint of an earlier epoch over entries that were lost with a restore: no tampering. */
export interface Lost {
  readonly epoch: number;
  /** How many entries there were. */
  readonly size: number;
  /** The last that came back. */
  readonly after: number;
  /** The entry that tells of it. */
  readonly resumedBy: number;
  readonly given: boolean;
}

interface Witness {
  readonly size: number;
  readonly note: string;
  /** The columns, of a stored one. */
  readonly row?: StoredCheckpoint;
}

/** One that does not fit, with those behind it that do not either. */
interface Misfit {
  readonly epoch: number;
  readonly from: number;
  readonly size: number;
  readonly given: boolean;
  others: number;
}

export interface Witnessed {
  /** How many checkpoints fit. */
  readonly held: number;
  /** Over how many entries the newest of them is; 0 when there is none. */
  readonly newestHeld: number;
  /** Those among them that were given. */
  readonly heldGiven: readonly number[];
  readonly lost: readonly Lost[];
}

export class Witnesses {
  readonly #stored: AsyncIterator<readonly StoredCheckpoint[]> | undefined;
  readonly #given: Witness[];
  readonly #keys: KeyChain;
  #batch: readonly StoredCheckpoint[] = [];
  #at = 0;
  #lastFit = 0;
  #misfits: Misfit[] = [];
  #held = 0;
  /** The latest epoch of which a checkpoint holds. Anybody who may append can write an entry `resumed`, and not sign. */
  #signedEpoch = 1;
  readonly #heldGiven: number[] = [];
  /** Given ones that no key signed which the ledger knew at their size. */
  readonly #unsigned: { readonly witness: Witness; readonly fits: Fits }[] = [];
  readonly #malformed: number;

  /** @param stored in the order of their sizes. @param given notes */
  constructor(keys: KeyChain, stored: AsyncIterable<readonly StoredCheckpoint[]> | undefined, given: readonly string[]) {
    this.#keys = keys;
    this.#stored = stored?.[Symbol.asyncIterator]();
    const parsed = given.map((note) => ({ note, size: parseCheckpoint(note)?.size }));
    this.#given = parsed.flatMap(({ note, size }) => (size === undefined ? [] : [{ note, size }])).toSorted((a, b) => a.size - b.size);
    this.#malformed = parsed.filter(({ size }) => size === undefined).length;
  }

  /** Before anything else: those of which not even the size can be read; and the first stored ones are fetched. */
  async begin(): Promise<readonly Finding[]> {
    await this.#fill();
    return Array.from({ length: this.#malformed }, () => ({ kind: 'checkpoint', seq: undefined, flaw: 'malformed', given: true }) as const);
  }

  get signedEpoch(): number {
    return this.#signedEpoch;
  }

  /** The size of the next one; infinite when there is none. */
  get nextSize(): number {
    return Math.min(this.#given[0]?.size ?? Infinity, this.#batch[this.#at]?.size ?? Infinity);
  }

  /** All of this size; those of a smaller one, whose place was never reached, are passed over. */
  async hold(size: number, fits: Fits): Promise<readonly Finding[]> {
    const found: Finding[] = [];
    while (this.nextSize <= size) {
      const witness = await this.#take();
      if (witness !== undefined) found.push(...this.#judgeAtItsSize(witness, witness.size === size ? fits : unsure));
    }
    return found;
  }

  /** @param size of the ledger */
  async finish(size: number): Promise<{ readonly found: readonly Finding[]; readonly witnessed: Witnessed }> {
    const found: Finding[] = this.#unsigned.flatMap(({ witness, fits }) => this.#judge(witness, fits, size));
    const lost: Lost[] = [];
    let most: number | undefined;
    for (let witness = await this.#take(); witness !== undefined; witness = await this.#take()) {
      const given = witness.row === undefined;
      const opened = this.#open(witness);
      if (typeof opened === 'string') {
        found.push({ kind: 'checkpoint', seq: witness.size, flaw: opened, given });
        continue;
      }
      const explained = this.#lostBy(epochOf(opened), witness.size, given);
      if (explained !== undefined) lost.push(explained);
      else if (given) found.push({ kind: 'cut-off', seq: size + 1, to: witness.size, given });
      else most = witness.size;
    }
    if (most !== undefined) found.push({ kind: 'cut-off', seq: size + 1, to: most, given: false });
    for (const { epoch, from, size: to, given, others } of this.#misfits) {
      const explained = this.#lostBy(epoch, to, given);
      if (explained !== undefined) lost.push(explained);
      else found.push({ kind: 'rewritten', seq: from, to, given, others });
    }
    return { found, witnessed: { held: this.#held, newestHeld: this.#lastFit, heldGiven: this.#heldGiven, lost } };
  }

  /** One from elsewhere may be of a time of which the ledger, restored from a backup, tells only later: its keys, then. */
  #judgeAtItsSize(witness: Witness, fits: Fits): readonly Finding[] {
    if (witness.row !== undefined || this.#open(witness) !== 'unsigned') return this.#judge(witness, fits, witness.size);
    const root = parseCheckpoint(witness.note)?.root;
    const answer = root === undefined ? 'unsure' : fits(root);
    this.#unsigned.push({ witness, fits: () => answer });
    return [];
  }

  /** @param asOf with the keys and epochs of so many entries */
  #judge(witness: Witness, fits: Fits, asOf: number): readonly Finding[] {
    const given = witness.row === undefined;
    const opened = this.#open(witness, asOf);
    if (typeof opened === 'string') return [{ kind: 'checkpoint', seq: witness.size, flaw: opened, given }];
    const answer = fits(opened.root);
    if (answer === 'yes') {
      this.#held += 1;
      this.#signedEpoch = Math.max(this.#signedEpoch, epochOf(opened));
      this.#lastFit = witness.size;
      if (given) this.#heldGiven.push(witness.size);
    } else if (answer === 'no') {
      const known = this.#misfits.at(-1);
      if (known !== undefined && !given && !known.given && known.from === this.#lastFit + 1) known.others += 1;
      else this.#misfits.push({ epoch: epochOf(opened), from: this.#lastFit + 1, size: witness.size, given, others: 0 });
    }
    return [];
  }

  #open({ note, row, size }: Witness, asOf = size): Checkpoint | CheckpointFlaw {
    const opened = this.#keys.open(note, asOf);
    if (typeof opened === 'string' || row === undefined) return opened;
    return opened.size === row.size && Buffer.compare(opened.root, row.root) === 0 ? opened : 'columns';
  }

  /** Of an epoch that ended, and over more than was left of it. */
  #lostBy(epoch: number, size: number, given: boolean): Lost | undefined {
    const next = this.#keys.resumed.find((one) => one.epoch === epoch + 1 && one.epoch <= this.#signedEpoch);
    const lastGood = next && this.#keys.lastGood(next);
    if (next === undefined || lastGood === undefined || size <= lastGood.size) return undefined;
    return { epoch, size, after: lastGood.size, resumedBy: next.seq, given };
  }

  async #take(): Promise<Witness | undefined> {
    const row = this.#batch[this.#at];
    const [given] = this.#given;
    if (given !== undefined && (row === undefined || given.size <= row.size)) {
      this.#given.shift();
      return given;
    }
    if (row === undefined) return undefined;
    this.#at += 1;
    if (this.#at === this.#batch.length) await this.#fill();
    return { size: row.size, note: row.note, row };
  }

  async #fill(): Promise<void> {
    this.#batch = [];
    this.#at = 0;
    while (this.#batch.length === 0) {
      const next = await this.#stored?.next();
      if (next === undefined || next.done === true) return;
      this.#batch = next.value;
    }
  }
}

const unsure: Fits = () => 'unsure';
const epochOf = ({ origin }: Checkpoint): number => parseOrigin(origin)?.epoch ?? 0;
