// Cards check a typed ticket by a regular expression without flags. Ours are matched in upper or lower case.

/**
 * The pattern for `Input.Text.regex`: blanks around are forgiven, and with the `i` flag every letter stands for both
 * cases. Undefined where that cannot be said without flags (escapes that hold letters, other flags); the server checks
 * in any case.
 */
export function clientPattern(pattern: RegExp): string | undefined {
  // There is one pattern, and it stands on every card.
  if (!known.has(pattern)) known.set(pattern, written(pattern));
  return known.get(pattern);
}

const known = new WeakMap<RegExp, string | undefined>();

function written(pattern: RegExp): string | undefined {
  if (/[^gi]/.test(pattern.flags)) return undefined;
  const source = pattern.ignoreCase ? bothCases(pattern.source) : pattern.source;
  if (source === undefined) return undefined;
  // The anchors go outside the blanks. `^a|b$` becomes a little wider here, and stays narrow on the server.
  const inner = source.replace(/^\^/, '').replace(/(?<!\\)\$$/, '');
  return String.raw`^\s*(?:${inner})\s*$`;
}

function bothCases(source: string): string | undefined {
  // \d, \w, \s, \b and escaped signs are the same in both cases; \p{…}, \x41, \1, (?<name>…) are not ours to read.
  const escaped = Array.from(source.matchAll(/\\(.)/g), ([, sign]) => sign ?? '');
  if (escaped.some((sign) => /[A-Za-z0-9]/.test(sign) && !'dDwWsSbB'.includes(sign)) || /\(\?[<a-z]/i.test(source)) return undefined;
  let inClass = false;
  return source.replaceAll(/\\.|\[\^?|\]|[a-z]-[a-z]|[A-Z]-[A-Z]|[a-zA-Z]/g, (part) => {
    if (part.startsWith('[')) inClass = true;
    else if (part === ']') inClass = false;
    else if (!part.startsWith('\\')) return inClass ? `${part.toLowerCase()}${part.toUpperCase()}` : part.length === 1 ? caseClass(part) : `${caseClass(part.charAt(0))}-${caseClass(part.charAt(2))}`;
    return part;
  });
}

const caseClass = (letter: string): string => `[${letter.toLowerCase()}${letter.toUpperCase()}]`;
