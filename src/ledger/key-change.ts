// The change of a ledger's signing key, as a signed note that an entry `ledger-key` holds: which key came before, which
// comes now, signed by both. The first key of a ledger has none before it and signs alone; whoever checks knows it from
// elsewhere. The names of keys are the origin, as on checkpoints.
import { parseOrigin } from './checkpoint.ts';
import { isSignedBy, parseNote, parseVkey, renamed, type Signer, signNote, type Verifier, vkeyOf } from './signed-note.ts';

export interface KeyChange {
  readonly origin: string;
  readonly former?: Verifier;
  readonly next: Verifier;
}

const heading = 'keydesk/ledger-key';
const none = '-';

/** Throws a TypeError when both keys are the same one. @returns the note: the new key's signature first */
export function signKeyChange(origin: string, former: Signer | undefined, next: Signer): string {
  if (former !== undefined && sameKey(former, next)) throw new TypeError('the new key is the former one');
  const signers = [next, ...(former === undefined ? [] : [former])].map((signer) => renamed(signer, origin));
  const [now, before] = signers.map(vkeyOf);
  return signNote(`${heading}\n${origin}\n${before ?? none}\n${now}\n`, signers);
}

/** What a change says, believed only when every key it names has signed it; undefined for anything else. */
export function openKeyChange(note: string): KeyChange | undefined {
  const signed = parseNote(note);
  const [first, origin = '', before = '', now = '', ...rest] = signed?.text.split('\n') ?? [];
  if (signed === undefined || first !== heading || parseOrigin(origin) === undefined || rest.join('\n') !== '') return undefined;
  const next = parseVkey(now);
  if (next === undefined || next.name !== origin || !isSignedBy(signed, next)) return undefined;
  if (before === none) return { origin, next };
  const former = parseVkey(before);
  if (former === undefined || former.name !== origin || sameKey(former, next) || !isSignedBy(signed, former)) return undefined;
  return { origin, former, next };
}

const sameKey = (a: Verifier, b: Verifier): boolean => Buffer.compare(a.publicKey, b.publicKey) === 0;
