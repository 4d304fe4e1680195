// `${{NAME}}` in a template, as the Agents Toolkit writes them.

import type { Values } from './values.ts';

const placeholder = /\$\{\{\s*(?<name>[A-Za-z_][A-Za-z0-9_]*)\s*\}\}/g;

export interface Filled {
  readonly text: string;
  /** Names without a value. */
  readonly unset: readonly string[];
  /** Names whose value must not leave: a package is readable for everybody who may install it. */
  readonly secret: readonly string[];
}

/** @param template JSON; values come into its strings, so that they are escaped as JSON wants it */
export function fill(template: string, values: Values): Filled {
  const [unset, secret] = [new Set<string>(), new Set<string>()];
  const text = template.replaceAll(placeholder, (whole, name: string) => {
    const value = values.get(name);
    if (name.startsWith('SECRET_')) secret.add(name);
    else if (value !== undefined && (value !== '' || mayBeEmpty(name))) return JSON.stringify(value).slice(1, -1);
    else unset.add(name);
    return whole;
  });
  return { text, unset: [...unset], secret: [...secret] };
}

/** As in the Toolkit: a suffix of nothing is one, but has to be said. */
const mayBeEmpty = (name: string): boolean => name === 'APP_NAME_SUFFIX';

/** What is left of any placeholder, also of one that is misspelt. */
export const unfilled = (text: string): string | undefined => /\$\{\{.{0,60}/.exec(text)?.[0];
