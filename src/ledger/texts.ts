// Personal texts of an entry. The hashed bytes hold SHA-256(salt ‖ UTF-8 of the text); salt and text stand beside them
// and may be erased. Without the salt nobody can try names against what is left.
import { hash } from 'node:crypto';
import { z } from 'zod';

export const textNames = ['personName', 'deviceName', 'reasonText', 'ticket', 'asked'] as const;
export type TextName = (typeof textNames)[number];

const saltBytes = 16;

export const plainTextsForm = z.partialRecord(z.enum(textNames), z.string());
export type PlainTexts = { readonly [name in TextName]?: string };

/** As stored: salt in hex. */
const textsForm = z.partialRecord(z.enum(textNames), z.object({ salt: z.string().regex(/^(?:[0-9a-f]{2})+$/), text: z.string() }));
export type SealedTexts = z.infer<typeof textsForm>;

export interface Sealed {
  readonly texts: SealedTexts;
  readonly commitments: Partial<Record<TextName, string>>;
}

/** Undefined when there is no text at all. @param plain storable texts */
export function sealTexts(plain: PlainTexts, random: (bytes: number) => Uint8Array): Sealed | undefined {
  const given = textNames.filter((name) => plain[name] !== undefined);
  if (given.length === 0) return undefined;
  const salts = Buffer.from(random(saltBytes * given.length));
  const texts: SealedTexts = {};
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

/** The texts of a stored row; none when it is gone or is something else (verify names that). */
export function plainTexts(stored: unknown): PlainTexts {
  const parsed = textsForm.safeParse(stored);
  if (!parsed.success) return {};
  return Object.fromEntries(Object.entries(parsed.data).map(([name, sealed]) => [name, sealed.text]));
}

export interface TextFindings {
  /** Committed to, and no longer there. */
  readonly erased: readonly TextName[];
  /** There, and not what was committed to. */
  readonly different: readonly string[];
}

/** @param stored the column as read: null when the row is gone */
export function checkTexts(commitments: Partial<Record<TextName, string>>, stored: unknown): TextFindings {
  const committed = textNames.filter((name) => commitments[name] !== undefined);
  if (stored === null || stored === undefined) return { erased: committed, different: [] };
  const parsed = textsForm.safeParse(stored);
  if (!parsed.success) return { erased: [], different: ['texts'] };
  const texts = parsed.data;
  const there = textNames.filter((name) => texts[name] !== undefined);
  return {
    erased: committed.filter((name) => texts[name] === undefined),
    different: there.filter((name) => {
      const sealed = texts[name];
      return sealed === undefined || commit(sealed) !== commitments[name];
    }),
  };
}
