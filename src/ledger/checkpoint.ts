// Checkpoints as https://c2sp.org/tlog-checkpoint writes them: who the log is, how many entries it has, and the head of
// the tree over them, signed. Whoever holds one can tell a ledger that was cut off, or written anew, from the true one.
import { isSignedBy, parseNote, type Signer, signNote, type Verifier } from './signed-note.ts';

export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
}

/**
 * A ledger is of one tenant; each epoch of it (after a restore, by two people) is a log of its own for who checks. The
 * signing key has the same name.
 */
export const originOf = (tenantId: string, epoch: number): string => `keydesk/${tenantId}/${epoch}`;

/** Undefined for the origin of another log, or of none. */
export function parseOrigin(origin: string): { readonly tenantId: string; readonly epoch: number } | undefined {
  const [, tenantId = '', epoch] = /^keydesk\/([0-9a-f-]{36})\/([1-9]\d{0,5})$/.exec(origin) ?? [];
  return epoch === undefined ? undefined : { tenantId, epoch: Number(epoch) };
}

const textOf = ({ origin, size, root }: Checkpoint): string => `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;

/** @returns the signed note; the signer's name is the origin */
export const signCheckpoint = (checkpoint: Checkpoint, signer: Signer): string => signNote(textOf(checkpoint), [signer]);

/** `malformed` also for bytes behind the last signature; `foreign`: of another log; `unsigned`: not, or wrongly, by this key. */
export type CheckpointFault = 'malformed' | 'foreign' | 'unsigned';

/**
 * Believed only when the note is whole and signed by `publicKey` under the note's own origin, and `isOurs` knows that.
 * Lines behind the root are extensions of later versions: signed, and not read.
 */
export function openCheckpoint(note: string, publicKey: Uint8Array, isOurs: (origin: string) => boolean): Checkpoint | CheckpointFault {
  const checkpoint = parseCheckpoint(note);
  if (checkpoint === undefined) return 'malformed';
  if (!isOurs(checkpoint.origin)) return 'foreign';
  const verifier: Verifier = { name: checkpoint.origin, publicKey };
  const signed = parseNote(note);
  return signed !== undefined && isSignedBy(signed, verifier) ? checkpoint : 'unsigned';
}

/** What it says, whoever signed it; undefined for anything that is no checkpoint to the letter. */
export function parseCheckpoint(note: string): Checkpoint | undefined {
  const [origin = '', size = '', root = '', ...extensions] = parseNote(note)?.text.split('\n') ?? [];
  if (origin === '' || !/^(?:0|[1-9]\d{0,14})$/.test(size) || extensions.slice(0, -1).includes('')) return undefined;
  const bytes = Buffer.from(root, 'base64');
  if (bytes.length !== 32 || bytes.toString('base64') !== root) return undefined;
  return { origin, size: Number(size), root: bytes };
}

/**
 * A checkpoint as it comes out of a chat or an editor: other line breaks, blanks at the ends of lines, blank lines
 * between. Brings it back to the form above and changes nothing else: what it says and who signed is still checked.
 */
export function fromPaste(text: string): string {
  const lines = text
    .replaceAll(/[\u200b-\u200d\ufeff]/g, '')
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map((line) => line.replaceAll('\u00a0', ' ').trim())
    .filter((line) => line !== '');
  const signed = lines.findIndex((line) => line.startsWith('\u2014 '));
  const [body, signatures] = signed < 0 ? [lines, []] : [lines.slice(0, signed), lines.slice(signed)];
  return [...body, '', ...signatures, ''].join('\n');
}
