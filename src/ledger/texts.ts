// Personal texts of an entry. The hashed bytes hold SHA-256(salt ‖ UTF-8 of the text); salt and text stand beside them
// and may be erased. Without the salt nobody can try names against what is left.
import { hash } from 'node:crypto';
export const textNames = ['personName', 'deviceName', 'reasonText', 'ticket', 'asked', 'client', 'requestedBy'] as const;
export type TextName = (typeof textNames)[number];

export type PlainTexts = { readonly [name in TextName]?: string };

export interface SealedText {
  /** Hex. */
  readonly salt: string;
  readonly text: string;
}
export type SealedTexts = { readonly [name in TextName]?: SealedText };

/** SHA-256 over salt and text, hex. */
export type Commitments = { readonly [name in TextName]?: string };

const saltBytes = 16;

const places: ReadonlyMap<string, number> = new Map(textNames.map((name, place) => [name, place]));

/** Whether a value is an object of commitments, in the order of `textNames`. */
export function areCommitments(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  let last = -1;
  for (const [name, commitment] of Object.entries(value)) {
    const place = places.get(name) ?? -1;
    if (place <= last || typeof commitment !== 'string' || !/^[0-9a-f]{64}$/.test(commitment)) return false;
    last = place;
  }
  return last >= 0;
}

export interface Sealed {
  readonly texts: SealedTexts;
  readonly commitments: Commitments;
}

/** Undefined when there is no text at all. @param plain storable texts */
export function sealTexts(plain: PlainTexts, random: (bytes: number) => Uint8Array): Sealed | undefined {
  const given = textNames.filter((name) => plain[name] !== undefined);
  if (given.length === 0) return undefined;
  const salts = Buffer.from(random(saltBytes * given.length));
  const texts: Partial<Record<TextName, SealedText>> = {};
  const commitments: Partial<Record<TextName, string>> = {};
  for (const [index, name] of given.entries()) {
    const sealed = { salt: salts.subarray(index * saltBytes, (index + 1) * saltBytes).toString('hex'), text: plain[name] ?? '' };
    texts[name] = sealed;
    commitments[name] = commit(sealed);
  }
  return { texts, commitments };
}

export const commit = (sealed: { readonly salt: string; readonly text: string }): string =>
  hash('sha256', Buffer.concat([Buffer.from(sealed.salt, 'hex'), Buffer.from(sealed.text, 'utf8')]), 'hex');

/** What PostgreSQL cannot hold is replaced before it is committed to: NUL, and halves of a surrogate pair. */
export const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '\ufffd');

/** Texts as they lie in the database, whatever they are by now; undefined when they are no texts. */
function parseTexts(stored: unknown): ReadonlyMap<TextName, SealedText> | undefined {
  if (typeof stored !== 'object' || stored === null || Array.isArray(stored)) return undefined;
  const given: Readonly<Record<string, unknown>> = { ...stored };
  const texts = new Map<TextName, SealedText>();
  for (const name of textNames) {
    const sealed = given[name];
    if (sealed === undefined) continue;
    if (!isSealed(sealed)) return undefined;
    texts.set(name, sealed);
  }
  return texts.size === Object.keys(given).length ? texts : undefined;
}

/**
 * The salt has its one length: with a longer one its end could be the beginning of another text ("not needed" becomes
 * "needed"), under the same commitment. Nothing else stands beside the two, where verify would not see it.
 */
const isSealed = (value: unknown): value is SealedText =>
  typeof value === 'object' &&
  value !== null &&
  Object.keys(value).length === 2 &&
  'salt' in value &&
  'text' in value &&
  typeof value.salt === 'string' &&
  typeof value.text === 'string' &&
  value.salt.length === 2 * saltBytes &&
  /^[0-9a-f]+$/.test(value.salt);

/** The texts of a stored row; none when it is gone or is something else (verify names that). */
export const plainTexts = (stored: unknown): PlainTexts => Object.fromEntries([...(parseTexts(stored) ?? [])].map(([name, { text }]) => [name, text]));

export interface TextFindings {
  /** Committed to, and no longer there. */
  readonly erased: readonly TextName[];
  /** There, and not what was committed to. */
  readonly different: readonly string[];
}

/** @param stored the column as read: null when the row is gone */
export function checkTexts(commitments: Commitments, stored: unknown): TextFindings {
  const committed = textNames.filter((name) => commitments[name] !== undefined);
  if (stored === null || stored === undefined) return { erased: committed, different: [] };
  const texts = parseTexts(stored);
  if (texts === undefined) return { erased: [], different: ['texts'] };
  return {
    erased: committed.filter((name) => !texts.has(name)),
    different: [...texts].filter(([name, sealed]) => commit(sealed) !== commitments[name]).map(([name]) => name),
  };
}
