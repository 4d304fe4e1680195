// Names of devices and people, reasons and tickets come from outside and are data (product.md §10, law 7). They reach
// a card only through the two tags below, which clean and escape whatever is put into them, so that nobody has to
// remember to.

import { holdsRecoveryPassword } from '../../domain/recovery-password.ts';

declare const asMarkdown: unique symbol;
declare const asPlain: unique symbol;
/** Text for a TextBlock or a fact, where Teams reads Markdown. Made by {@link say} only. */
export type Said = string & { readonly [asMarkdown]: true };
/** Text for places without Markdown: `summary`, `speak`, titles of choices and buttons. Made by {@link plain} only. */
export type Plain = string & { readonly [asPlain]: true };

/** What may be put into {@link say}: anything but a text that was escaped before (see {@link together}). */
type Unescaped<Values extends readonly (string | number)[]> = {
  [Index in keyof Values]: Values[Index] extends Said ? never : Values[Index];
};

/** Longer than any name Windows or Entra ID allows to matter; what is longer is cut. In characters as people count them. */
export const longestOutside = 120;

/** Markdown with every interpolated value cleaned, cut and escaped: say`There is no device named ${name}.` */
export function say<const Values extends readonly (string | number)[]>(parts: TemplateStringsArray, ...values: Unescaped<Values>): Said {
  return String.raw({ raw: parts }, ...values.map((value) => escapeMarkdown(String(value)))) as Said;
}

/** Texts that are escaped already, one after the other with a blank between. */
export const together = (...texts: readonly Said[]): Said => texts.join(' ') as Said;

/** The same texts with something else between them than a blank; the glue is ours. */
export const joined = (texts: readonly Said[], glue: ' · ' | ', '): Said => texts.join(glue) as Said;

/** Plain text with every interpolated value cleaned and cut; safe also where a client takes `speak` for SSML. */
export function plain(parts: TemplateStringsArray, ...values: readonly (string | number)[]): Plain {
  return String.raw({ raw: parts }, ...values.map((value) => isolate(withoutAngles(cleanText(String(value)))))) as Plain;
}

/**
 * A line of a signed note of ours, which somebody copies and a program reads: not cut, nothing replaced. It holds nothing
 * that means something in Markdown; throws for anything that could.
 */
export function verbatim(text: string): Said {
  if (!/^(?! )(?:[A-Za-z0-9/=.\u2014-]|\+(?! )| (?! )){1,300}$/.test(text) || /^-|\d\. /.test(text) || holdsRecoveryPassword(text)) throw new Error('no line of a note');
  return text as Said;
}

/**
 * The title of a choice. Teams shows it as it is, other hosts (the Agents Playground, the JavaScript renderer by
 * default) read Markdown in it: a backslash would be seen in the one, a link in the other. So the few characters that
 * make links, emphasis and lists give way to ones that resemble them.
 */
export function choiceTitle(title: Plain): Plain {
  return title
    .replaceAll('[', '(')
    .replaceAll(']', ')')
    .replaceAll('*', '\u2217')
    .replaceAll('`', "'")
    .replaceAll(/~(?=~)|(?<=~)~/g, '\u223c')
    .replaceAll(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\u02cd')
    .replaceAll(/\\(?![A-Za-z0-9])/g, '\u29f5')
    .replaceAll(/&(?=#?\w+;)/g, '\uff06')
    // A list or a heading needs an ordinary blank after its sign.
    .replace(/^(\u2068?(?:[-+]|#{1,6}|\d{1,9}[.)])) /, '$1\u00a0')
    .replace(/^(\u2068?)-(?=-)/, '$1\u2010') as Plain;
}

/** What goes back into an input field: as typed, never a recovery password, never longer than the field bears. */
export const fieldValue = (typed: string, maxLength: number): string =>
  holdsRecoveryPassword(typed) ? '' : typed.toWellFormed().slice(0, maxLength);

/**
 * One line that shows what it says: no line breaks, no controls, nothing invisible or turning the direction of text,
 * no towers of accents; cut to `most` characters. A recovery password that somebody put into a name is left out
 * (law 1). Emoji and letters of all scripts stay.
 */
export function cleanText(text: string, most: number = longestOutside): string {
  if (text.length <= Math.min(most, shortestPassword - 1) && printable.test(text)) return text;
  const line = text
    .slice(0, 4000)
    .toWellFormed()
    .normalize('NFC')
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, (sign, at: number, all: string) => (joins(sign, at, all) ? sign : ''))
    .replaceAll(/[\s\p{Cc}\p{Co}\p{Zl}\p{Zp}\u2800]+/gu, ' ')
    .replaceAll(/(\p{M}{4})\p{M}+/gu, '$1')
    .trim();
  if (line === '') return text === '' ? '' : '(empty)';
  return holdsRecoveryPassword(line) ? '(a number that is not repeated here)' : cut(line, most);
}

// Most names, and all that is ours, is printable ASCII with single blanks: nothing to clean, and a card holds fifty.
const printable = /^[!-~]+(?: [!-~]+)*$/;
const shortestPassword = 48;

/** Joiners mean something between letters of some scripts and in emoji, the emoji selector after a pictograph. */
function joins(sign: string, at: number, all: string): boolean {
  const before = /[^\0-\u007f]$/u.exec(all.slice(Math.max(0, at - 2), at))?.[0] ?? '';
  if (sign === '\ufe0f') return /\p{Extended_Pictographic}/u.test(before);
  if (sign !== '\u200c' && sign !== '\u200d') return false;
  return /[\p{L}\p{M}\p{Extended_Pictographic}\ufe0f]/u.test(before) && /^(?![A-Za-z])[\p{L}\p{Extended_Pictographic}]/u.test(all.slice(at + 1, at + 3));
}

// Made when the first text is cut: making it takes 20 ms of every start.
let characters: Intl.Segmenter | undefined;

/** At most `most` characters as people count them (an emoji is one), the last of them an ellipsis when it was cut. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  characters ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  const all = Array.from(characters.segment(text), (part) => part.segment);
  return all.length <= most ? text : `${all.slice(0, most - 1).join('').trimEnd()}…`;
}

/**
 * Two kinds of Markdown reader must be answered at once. The desktop clients know CommonMark, where a backslash takes
 * the meaning from any ASCII punctuation. The older parser of the mobile clients (AdaptiveCards,
 * source/shared/cpp/ObjectModel/MarkDownBlockParser.cpp) knows a backslash before `*` and `_` only, opens a link at
 * any `[`, and shows the other backslashes. Hence: never leave `](` together, and no backslash more than needed, so
 * that ordinary names look right everywhere.
 */
function escapeMarkdown(value: string): string {
  const clean = cleanText(value);
  if (harmless.test(clean)) return clean;
  const escaped = clean
    .replaceAll(/\\(?=[!-/:-@[-`{-~]|$)/g, '\\\\')
    .replaceAll(/[`*[\]<]/g, String.raw`\$&`)
    .replaceAll('](', String.raw`]\(`)
    .replaceAll(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, String.raw`\_`)
    .replaceAll(/~(?=~)|(?<=~)~/g, String.raw`\~`)
    .replaceAll(/&(?=#?\w+;)/g, String.raw`\&`)
    // Addresses are made links by some hosts, dates in double braces are rewritten by all.
    .replaceAll(/\/(?=\/)/g, String.raw`\/`)
    .replaceAll(/(mailto)(?=:)/gi, '$1\\')
    .replaceAll(/\b(www)(?=\.)/gi, '$1\\')
    .replaceAll(/\{(?=\{)/g, String.raw`\{`)
    // Signs that mean something at the beginning of a line: a value may stand there.
    .replace(/^([-+](?=[\s-]|$)|#{1,6}(?=\s|$)|>)/, String.raw`\$1`)
    .replace(/^(\d{1,9})(?=[.)](?:\s|$))/, '$1\\');
  return isolate(escaped);
}

/** Nothing that any rule above would touch. */
const harmless = /^(?!.*(?:mailto:|www\.))(?:[A-Z]|\d{1,9}(?![\d.)]))[A-Z0-9 .,:'()@-]*$/i;

const withoutAngles = (text: string): string => text.replaceAll('<', '\u2039').replaceAll('>', '\u203a');

/** A name in Hebrew or Arabic must not turn the sentence around it. Others carry nothing that copying would pick up. */
const isolate = (text: string): string => (/[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u.test(text) ? `\u2068${text}\u2069` : text);
