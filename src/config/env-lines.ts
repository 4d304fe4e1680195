// What Node's parser makes of a file with settings without a word: of a name that stands there twice it takes the last, of
// a value without quotes what comes before a #, of unpaired quotes a part. Whoever wrote it meant all of it, and half a
// secret would show as "no token" at somebody's question.

/** With all that belongs to it: a quoted value may go over several lines. */
const setting = /^[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*=((?:[ \t]*(["'`])[^]*?\3([^\n]*))|[^\n]*)/gm;
const nothingMore = /^\s*(?:#[^\n]*)?$/;
/** Quotes that nothing closes, or a # that does not stand apart, as one before a comment does. */
const mangled = /^\s*["'`]|^(?:[^#]*[^\s#])?#/;

/** @returns names: `cut`, whose value is not taken as it stands; `twice`, with different values */
export function oddNamesIn(text: string): { readonly cut: ReadonlySet<string>; readonly twice: ReadonlySet<string> } {
  const [cut, twice] = [new Set<string>(), new Set<string>()];
  const values = new Map<string, string>();
  for (const [, name = '', value = '', quote, behind = ''] of text.matchAll(setting)) {
    if (quote === undefined ? mangled.test(value) : !nothingMore.test(behind)) cut.add(name);
    if ((values.get(name) ?? value.trim()) !== value.trim()) twice.add(name);
    values.set(name, value.trim());
  }
  return { cut, twice };
}
