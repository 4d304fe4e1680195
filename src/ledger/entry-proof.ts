// The proof that an entry is in the ledger, as https://c2sp.org/tlog-proof writes it: its number (from 0), the hashes on
// the way from it to the root, and a signed checkpoint. The bytes of the entry stand in `extra`: nothing vouches for
// them there, but their hash has to be the one that the proof begins with. No name and no text is in it.
import { type Checkpoint, type CheckpointFault, openCheckpoint, parseCheckpoint } from './checkpoint.ts';
import { type EntryBody, parseBody } from './entry.ts';
import { isIncluded } from './proofs.ts';
import { leafHash } from './tree.ts';

export interface EntryProof {
  readonly body: Uint8Array;
  /** From 0. */
  readonly index: number;
  /** Siblings, the lowest first. */
  readonly path: readonly Uint8Array[];
  /** The signed note. */
  readonly note: string;
}

const heading = 'c2sp.org/tlog-proof@v1';
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

export const writeProof = ({ body, index, path, note }: EntryProof): string => [heading, `extra ${base64(body)}`, `index ${index}`, ...path.map(base64), '', note].join('\n');

/** Undefined for anything that is no such proof to the letter; what it says is not believed yet. */
export function parseProof(text: string): EntryProof | undefined {
  const end = text.indexOf('\n\n');
  const [first, extra = '', at = '', ...hashes] = text.slice(0, Math.max(end, 0)).split('\n');
  const body = /^extra (.+)$/.exec(extra)?.[1];
  const index = /^index (0|[1-9]\d{0,14})$/.exec(at)?.[1];
  if (first !== heading || body === undefined || index === undefined) return undefined;
  const [bytes, ...path] = [body, ...hashes].map(parseBase64);
  const note = text.slice(end + 2);
  if (bytes === undefined || !path.every((hash) => hash?.length === 32) || parseCheckpoint(note) === undefined) return undefined;
  return { body: bytes, index: Number(index), path: path.filter((hash) => hash !== undefined), note };
}

/** `elsewhere`: the entry is not the one at this place of the tree that was signed; `unreadable`: it is, and no entry of Keydesk. */
export type ProofFault = CheckpointFault | 'elsewhere' | 'unreadable';

/** The entry and the checkpoint, believed: the checkpoint is signed by this key, and the entry is in its tree. */
export function checkProof({ body, index, path, note }: EntryProof, publicKey: Uint8Array, isOurs: (origin: string) => boolean): { readonly entry: EntryBody; readonly checkpoint: Checkpoint } | ProofFault {
  const checkpoint = openCheckpoint(note, publicKey, isOurs);
  if (typeof checkpoint === 'string') return checkpoint;
  if (!isIncluded(leafHash(body), index, checkpoint.size, path, checkpoint.root)) return 'elsewhere';
  const entry = parseBody(body);
  return entry === undefined ? 'unreadable' : { entry, checkpoint };
}

function parseBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return text !== '' && bytes.toString('base64') === text ? bytes : undefined;
}
