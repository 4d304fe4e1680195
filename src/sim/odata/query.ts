import { badRequest } from '../http/refusal.ts';

const known = ['$filter', '$select', '$top', '$skip', '$orderby', '$count', '$search', '$expand', '$skiptoken', '$format'] as const;
export type QueryOption = (typeof known)[number];

/** The OData options of a request, decoded. */
export type Query = ReadonlyMap<QueryOption, string>;

/**
 * @param raw what follows the question mark, as it came
 * @throws Refusal 400 for an option of OData that does not exist or stands there twice
 */
export function parseQuery(raw: string): Query {
  const query = new Map<QueryOption, string>();
  if (raw === '') return query;
  for (const [name, value] of new URLSearchParams(raw)) {
    if (!name.startsWith('$')) continue;
    const option = known.find((candidate) => candidate === name.toLowerCase());
    if (option === undefined) throw badRequest(`The query parameter '${name}' is not supported.`);
    if (query.has(option)) throw badRequest(`Query option '${name}' was specified more than once, but it must be specified at most once.`);
    query.set(option, value);
  }
  return query;
}

/** Refuses every option that a resource does not take. */
export function onlyThese(query: Query, ...allowed: readonly QueryOption[]): void {
  for (const option of query.keys()) {
    if (!allowed.includes(option)) throw badRequest(`Query option '${option.slice(1)}' is not allowed for this resource.`);
  }
}

export interface Bounds {
  readonly lowest: number;
  readonly highest: number;
  readonly fallback: number;
}

/** A whole number from `lowest` to `highest`, or the fallback when the option is absent. */
export function wholeNumber(query: Query, option: '$top' | '$skip', { lowest, highest, fallback }: Bounds): number {
  const text = query.get(option);
  if (text === undefined) return fallback;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= lowest && value <= highest)) throw badRequest(`Invalid page size specified: '${text}'. Must be between ${lowest} and ${highest} inclusive.`);
  return value;
}
