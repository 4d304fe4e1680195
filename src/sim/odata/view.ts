import { badRequest } from '../http/refusal.ts';
import type { Query } from './query.ts';

/** How the properties of a resource are read, by name. */
export type View<T> = Readonly<Record<string, (item: T) => unknown>>;

/** A property that exists in Graph's metadata and has no value in the simulated tenant. */
export const nothing = (): null => null;

/** Times as the directory writes them: to the second. */
export const time = (milliseconds: number): string => `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;

export interface Selection<T> {
  /** As it stands in `@odata.context`: `(id,displayName)`, or nothing. */
  readonly context: string;
  readonly of: (item: T) => Record<string, unknown>;
}

/**
 * @param byDefault the properties shown when `$select` is absent
 * @throws Refusal 400 for a property that the type does not have
 */
export function selection<T>(query: Query, view: View<T>, { type, byDefault }: { readonly type: string; readonly byDefault: readonly string[] }): Selection<T> {
  const names = query.has('$select') ? selected(query.get('$select') ?? '', view, type) : byDefault;
  const readers = names.map((name) => [name, view[name] ?? nothing] as const);
  return {
    context: query.has('$select') ? `(${names.join(',')})` : '',
    of: (item) => {
      const shown: Record<string, unknown> = {};
      for (const [name, read] of readers) shown[name] = read(item);
      return shown;
    },
  };
}

function selected(text: string, view: Readonly<Record<string, unknown>>, type: string): readonly string[] {
  const wanted = text.split(',').map((name) => name.trim());
  return wanted.map((name) => {
    const property = Object.hasOwn(view, name) ? name : Object.keys(view).find((candidate) => candidate.toLowerCase() === name.toLowerCase());
    if (property === undefined) throw badRequest(`Parsing OData Select and Expand failed: Could not find a property named '${name}' on type 'microsoft.graph.${type}'.`);
    return property;
  });
}
