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
const token = /\s*(?:('(?:[^']|'')*')|(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d))|([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})|(-?\d+(?:\.\d+)?)|([A-Za-z_@][\w./]*)|([(),]))/iy;

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
  const list = tokens(text);
  let at = 0;
  const fail = (): FilterSyntaxError => new FilterSyntaxError(`Syntax error: unexpected token ${at + 1} in '${text}'.`);
  const take = (): Token => {
    const next = list[at];
    if (next === undefined) throw fail();
    at += 1;
    return next;
  };
  const isNext = (kind: 'word' | 'mark', ...texts: readonly string[]): boolean => {
    const next = list[at];
    return next !== undefined && next.kind === kind && texts.includes(next.text);
  };
  const expect = (mark: string): void => {
    if (!isNext('mark', mark)) throw fail();
    at += 1;
  };
  const literal = (): Literal => {
    const next = take();
    if (next.kind !== 'literal') throw fail();
    return next.literal;
  };
  const word = (): string => {
    const next = take();
    if (next.kind !== 'word') throw fail();
    return next.text;
  };

  const chain = (kind: 'and' | 'or', part: () => Filter): Filter => {
    let left = part();
    while (isNext('word', kind)) {
      at += 1;
      left = { kind, left, right: part() };
    }
    return left;
  };
  const whole = (): Filter => chain('or', () => chain('and', single));

  function single(): Filter {
    if (isNext('mark', '(')) {
      at += 1;
      const inner = whole();
      expect(')');
      return inner;
    }
    const first = word();
    if (first === 'not') return { kind: 'not', inner: single() };
    if (isNext('mark', '(')) return call(first);
    const operator = word();
    if (operator === 'in') return { kind: 'in', path: first, literals: listed() };
    const by = comparisons.find((known) => known === operator);
    if (by === undefined) throw fail();
    return { kind: 'compare', path: first, by, literal: literal() };
  }

  function call(written: string): Filter {
    const name = functions.find((known) => known === written.toLowerCase());
    if (name === undefined) throw new FilterSyntaxError(`An unknown function with name '${written}' was found.`);
    expect('(');
    const path = word();
    expect(',');
    const value = literal();
    expect(')');
    return { kind: 'call', name, path, literal: value };
  }

  function listed(): readonly Literal[] {
    expect('(');
    const literals = [literal()];
    while (isNext('mark', ',')) {
      at += 1;
      literals.push(literal());
    }
    expect(')');
    return literals;
  }

  const filter = whole();
  if (at < list.length) throw fail();
  return filter;
}

/** The comparisons for equality that must hold whatever else does: where an index may be asked. */
export function certainEqualities(filter: Filter): readonly { readonly path: string; readonly value: string }[] {
  if (filter.kind === 'and') return [...certainEqualities(filter.left), ...certainEqualities(filter.right)];
  if (filter.kind !== 'compare' || filter.by !== 'eq' || filter.literal.type !== 'string') return [];
  return [{ path: filter.path.toLowerCase(), value: filter.literal.value }];
}
