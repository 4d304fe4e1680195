// The commitments of an entry against the texts beside it, read from its bytes (quick-check.ts).
import { commitmentOf } from './passing-hash.ts';
import { isCommitment, same, startsWith } from './quick-forms.ts';
import { type TextName, textNames } from './texts.ts';

const openings: readonly { readonly name: TextName; readonly opening: Uint8Array }[] = textNames.map((name) => ({ name, opening: Uint8Array.from(Buffer.from(`"${name}":"`, 'latin1')) }));
const commitmentLength = 64;

/**
 * @param from behind the key of the commitments
 * @returns where they end, and how many texts are erased; undefined when they are not plainly right
 */
export function readTexts(body: Uint8Array, from: number, stored: unknown): { readonly end: number; readonly erased: number } | undefined {
  const given = parseObject(stored);
  if ((given === undefined && stored !== null && stored !== undefined) || body[from] !== 0x7b) return undefined;
  let at = from + 1;
  let kept = 0;
  let erased = 0;
  for (const { name, opening } of openings) {
    if (!startsWith(opening, body, at)) continue;
    at += opening.length;
    const sealed = given?.[name];
    if (sealed === undefined) {
      if (!isCommitment(body, at)) return undefined;
      erased += 1;
    } else {
      if (!isCommittedTo(sealed, body, at)) return undefined;
      kept += 1;
    }
    at += commitmentLength + 1;
    if (body[at - 1] !== 0x22) return undefined;
    if (body[at] === 0x7d) return given !== undefined && countOf(given) !== kept ? undefined : { end: at + 1, erased };
    if (body[at] !== 0x2c) return undefined;
    at += 1;
  }
  return undefined;
}

/** A salt and a text, nothing beside them, whose hash stands at `at`. */
function isCommittedTo(stored: unknown, body: Uint8Array, at: number): boolean {
  const { salt, text } = parseObject(stored) ?? nothing;
  if (typeof salt !== 'string' || typeof text !== 'string' || countOf(Object(stored)) !== 2) return false;
  const commitment = commitmentOf(salt, text);
  return commitment !== undefined && same(commitment, body, at);
}

const nothing: Readonly<Record<string, unknown>> = {};

const countOf = (given: object): number => Object.keys(given).length;

function parseObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : undefined;
}
