// Reads a $filter: what the grammar of OData allows and Graph is known to use. Which property may be compared how is
// each resource's own business (filter-rules.ts, intune/device-filter.ts).

export const comparisons = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] as const;
export type Comparison = (typeof comparisons)[number];
export const functions = ['startswith', 'endswith', 'contains'] as const;
export type FilterFunction = (typeof functions)[number];

export type Literal =
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'time'; readonly value: number }
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'guid'; readonly value: string }
  | { readonly type: 'null'; readonly value: null };

export type Filter =
  | { readonly kind: 'and' | 'or'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'not'; readonly inner: Filter }
  | { readonly kind: 'compare'; readonly path: string; readonly by: Comparison; readonly literal: Literal }
  | { readonly kind: 'in'; readonly path: string; readonly literals: readonly Literal[] }
  | { readonly kind: 'call'; readonly name: FilterFunction; readonly path: string; readonly literal: Literal };

/** The text is no filter. The message says where it stopped making sense. */
export class FilterSyntaxError extends Error {}

// A string, with inner quotes doubled; a time; a GUID; a number; a word or path; a bracket or comma.
const forms = [
  String.raw`('(?:[^']|'')*')`,
  String.raw`(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d))`,
  String.raw`([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})`,
  String.raw`(-?\d+(?:\.\d+)?)`,
  String.raw`([A-Za-z_@][\w./]*)`,
  String.raw`([(),])`,
];
const token = new RegExp(String.raw`\s*(?:${forms.join('|')})`, 'iy');

type Token = { readonly kind: 'literal'; readonly literal: Literal } | { readonly kind: 'word'; readonly text: string } | { readonly kind: 'mark'; readonly text: string };

function tokens(text: string): readonly Token[] {
  const found: Token[] = [];
  token.lastIndex = 0;
  const end = text.trimEnd().length;
  while (token.lastIndex < end) {
    const at = token.lastIndex;
    const [, string, time, guid, number, word, mark] = token.exec(text) ?? [];
    if (string !== undefined) found.push({ kind: 'literal', literal: { type: 'string', value: string.slice(1, -1).replaceAll("''", "'") } });
    else if (time !== undefined) found.push({ kind: 'literal', literal: { type: 'time', value: Date.parse(time) } });
    else if (guid !== undefined) found.push({ kind: 'literal', literal: { type: 'guid', value: guid } });
    else if (number !== undefined) found.push({ kind: 'literal', literal: { type: 'number', value: Number(number) } });
    else if (word === 'true' || word === 'false') found.push({ kind: 'literal', literal: { type: 'boolean', value: word === 'true' } });
    else if (word === 'null') found.push({ kind: 'literal', literal: { type: 'null', value: null } });
    else if (word !== undefined) found.push({ kind: 'word', text: word });
    else if (mark !== undefined) found.push({ kind: 'mark', text: mark });
    else throw new FilterSyntaxError(`Syntax error at position ${at} in '${text}'.`);
  }
  return found;
}

/** @throws FilterSyntaxError */
export function parseFilter(text: string): Filter {
  const cursor = createCursor(text);
  const filter = anyOf(cursor);
  if (!cursor.atEnd()) throw cursor.failure();
  return filter;
}

/** A place in the list of tokens. */
interface Cursor {
  failure(): FilterSyntaxError;
  atEnd(): boolean;
  /** Whether this word or mark comes next; if so, it is passed. */
  passes(kind: 'word' | 'mark', text: string): boolean;
  expect(mark: string): void;
  word(): string;
  literal(): Literal;
}

function createCursor(text: string): Cursor {
  const list = tokens(text);
  let at = 0;
  const failure = (): FilterSyntaxError => new FilterSyntaxError(`Syntax error: unexpected token ${at + 1} in '${text}'.`);
  const passes = (kind: 'word' | 'mark', wanted: string): boolean => {
    const next = list[at];
    if (next === undefined || next.kind !== kind || next.text !== wanted) return false;
    at += 1;
    return true;
  };
  return {
    failure,
    atEnd: () => at === list.length,
    passes,
    expect: (mark) => {
      if (!passes('mark', mark)) throw failure();
    },
    word: () => {
      const next = list[at];
      if (next?.kind !== 'word') throw failure();
      at += 1;
      return next.text;
    },
    literal: () => {
      const next = list[at];
      if (next?.kind !== 'literal') throw failure();
      at += 1;
      return next.literal;
    },
  };
}

const anyOf = (cursor: Cursor): Filter => joined(cursor, 'or', allOf);
const allOf = (cursor: Cursor): Filter => joined(cursor, 'and', single);

function joined(cursor: Cursor, kind: 'and' | 'or', part: (cursor: Cursor) => Filter): Filter {
  let left = part(cursor);
  while (cursor.passes('word', kind)) left = { kind, left, right: part(cursor) };
  return left;
}

function single(cursor: Cursor): Filter {
  if (cursor.passes('mark', '(')) {
    const inner = anyOf(cursor);
    cursor.expect(')');
    return inner;
  }
  const first = cursor.word();
  if (first === 'not') return { kind: 'not', inner: single(cursor) };
  if (cursor.passes('mark', '(')) return called(first, cursor);
  const operator = cursor.word();
  if (operator === 'in') return { kind: 'in', path: first, literals: listed(cursor) };
  const by = comparisons.find((known) => known === operator);
  if (by === undefined) throw cursor.failure();
  return { kind: 'compare', path: first, by, literal: cursor.literal() };
}

function called(written: string, cursor: Cursor): Filter {
  const name = functions.find((known) => known === written.toLowerCase());
  if (name === undefined) throw new FilterSyntaxError(`An unknown function with name '${written}' was found.`);
  const path = cursor.word();
  cursor.expect(',');
  const literal = cursor.literal();
  cursor.expect(')');
  return { kind: 'call', name, path, literal };
}

function listed(cursor: Cursor): readonly Literal[] {
  cursor.expect('(');
  const literals = [cursor.literal()];
  while (cursor.passes('mark', ',')) literals.push(cursor.literal());
  cursor.expect(')');
  return literals;
}

/** The comparisons for equality that must hold whatever else does: where an index may be asked. */
export function certainEqualities(filter: Filter): readonly { readonly path: string; readonly value: string }[] {
  if (filter.kind === 'and') return [...certainEqualities(filter.left), ...certainEqualities(filter.right)];
  if (filter.kind !== 'compare' || filter.by !== 'eq' || filter.literal.type !== 'string') return [];
  return [{ path: filter.path.toLowerCase(), value: filter.literal.value }];
}
