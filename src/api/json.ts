// JSON of callers, read strictly. JSON.parse takes the last of two members of one name; whoever looked at the request on
// its way may have taken the first (RFC 8259 §4 leaves it open). So such a body is none.

const deepest = 8;

/** @returns undefined for what is no JSON, has a name twice in one object, or is nested too deeply */
export function parseStrictly(text: string): { readonly value: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isPlain(text) ? { value } : undefined;
  } catch {
    return undefined;
  }
}

/** The text is JSON already: only strings and brackets need looking at. */
function isPlain(text: string): boolean {
  const open: (Set<string> | undefined)[] = [];
  for (const [token, name] of text.matchAll(/("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}[\]]/g)) {
    if (token === '{' || token === '[') open.push(token === '{' ? new Set() : undefined);
    else if (token === '}' || token === ']') open.pop();
    else if (name !== undefined && !added(open.at(-1), String(JSON.parse(name)))) return false;
    if (open.length > deepest) return false;
  }
  return true;
}

function added(names: Set<string> | undefined, name: string): boolean {
  if (names?.has(name) === true) return false;
  names?.add(name);
  return true;
}
