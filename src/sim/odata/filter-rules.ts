import { badRequest, Refusal } from '../http/refusal.ts';
import type { Comparison, Filter, FilterFunction, Literal } from './filter.ts';
import { FilterSyntaxError, parseFilter } from './filter.ts';

export type FilterOperation = Comparison | FilterFunction | 'in' | 'not';

/** What a property allows in a filter, and how it is read. Without `advanced` an operation works by itself. */
export interface FilterRule<T> {
  readonly type: Literal['type'];
  readonly allows: readonly FilterOperation[];
  /** Works only with `ConsistencyLevel: eventual` and `$count=true`. */
  readonly advanced?: readonly FilterOperation[];
  /** Directory strings compare in any case; audit log strings do not. */
  readonly exactCase?: boolean;
  readonly read: (item: T) => string | number | boolean | null;
}

/** By property path in lower case. */
export type FilterRules<T> = Readonly<Record<string, FilterRule<T>>>;

/** A filter that Graph would accept, with the test of one item. */
export interface CheckedFilter<T> {
  readonly filter: Filter;
  readonly matches: (item: T) => boolean;
}

/**
 * @param resource its name in error messages
 * @throws Refusal 400: BadRequest when it is no filter, Request_UnsupportedQuery when a property does not allow it
 */
export function checkFilter<T>(text: string, rules: FilterRules<T>, { resource, advanced }: { readonly resource: string; readonly advanced: boolean }): CheckedFilter<T> {
  const filter = parsed(text);
  return { filter, matches: compile(filter, { rules, resource, advanced }) };
}

function parsed(text: string): Filter {
  try {
    return parseFilter(text);
  } catch (error) {
    if (error instanceof FilterSyntaxError) throw badRequest(`Invalid filter clause: ${error.message}`);
    throw error;
  }
}

interface Scope<T> {
  readonly rules: FilterRules<T>;
  readonly resource: string;
  readonly advanced: boolean;
}

function compile<T>(filter: Filter, scope: Scope<T>): (item: T) => boolean {
  switch (filter.kind) {
    case 'and':
    case 'or': {
      const [left, right] = [compile(filter.left, scope), compile(filter.right, scope)];
      return filter.kind === 'and' ? (item) => left(item) && right(item) : (item) => left(item) || right(item);
    }
    case 'not': {
      if (!scope.advanced) throw advancedOnly();
      const inner = compile(filter.inner, scope);
      return (item) => !inner(item);
    }
    case 'in': {
      const rule = ruleFor(filter.path, 'in', scope);
      const tests = filter.literals.map((literal) => comparing(rule, 'eq', literal));
      return (item) => tests.some((test) => test(item));
    }
    case 'compare':
      return comparing(ruleFor(filter.path, filter.by, scope), filter.by, filter.literal);
    case 'call':
      return calling(ruleFor(filter.path, filter.name, scope), filter.name, filter.literal);
  }
}

function ruleFor<T>(path: string, operation: FilterOperation, { rules, resource, advanced }: Scope<T>): FilterRule<T> {
  const name = path.toLowerCase();
  const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
  if (rule?.allows.includes(operation)) return rule;
  if (rule?.advanced?.includes(operation)) {
    if (advanced) return rule;
    throw advancedOnly();
  }
  throw new Refusal(400, 'Request_UnsupportedQuery', `Unsupported or invalid query filter clause specified for property '${path}' of resource '${resource}'.`);
}

const advancedOnly = (): Refusal =>
  new Refusal(400, 'Request_UnsupportedQuery', "The query needs the ConsistencyLevel header with the value 'eventual' and $count=true.");

const incompatible = (): Refusal => badRequest('Invalid filter clause: A binary operator with incompatible types was detected.');

function comparing<T>(rule: FilterRule<T>, by: Comparison, literal: Literal): (item: T) => boolean {
  if (literal.type !== rule.type && literal.type !== 'null') throw incompatible();
  const fold = (value: string | number | boolean | null) => (typeof value === 'string' && rule.exactCase !== true ? value.toLowerCase() : value);
  const wanted = fold(literal.value);
  if (by === 'eq') return (item) => fold(rule.read(item)) === wanted;
  if (by === 'ne') return (item) => fold(rule.read(item)) !== wanted;
  if (wanted === null) throw incompatible();
  return (item) => {
    const value = fold(rule.read(item));
    return value !== null && inOrder(value, by, wanted);
  };
}

function inOrder(value: string | number | boolean, by: Exclude<Comparison, 'eq' | 'ne'>, wanted: string | number | boolean): boolean {
  switch (by) {
    case 'gt':
      return value > wanted;
    case 'ge':
      return value >= wanted;
    case 'lt':
      return value < wanted;
    case 'le':
      return value <= wanted;
  }
}

function calling<T>(rule: FilterRule<T>, name: FilterFunction, literal: Literal): (item: T) => boolean {
  if (literal.type !== 'string' || rule.type !== 'string') throw incompatible();
  const fold = (text: string): string => (rule.exactCase === true ? text : text.toLowerCase());
  const wanted = fold(literal.value);
  const test = { startswith: (text: string) => text.startsWith(wanted), endswith: (text: string) => text.endsWith(wanted), contains: (text: string) => text.includes(wanted) }[name];
  return (item) => test(fold(String(rule.read(item) ?? '')));
}
