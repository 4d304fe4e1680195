// Single settings of the environment, and what is wrong with them.
import { z } from 'zod';
import { parseGuid } from '../domain/ids.ts';
import { readSecretFile, Secret } from './secret.ts';

export interface ConfigFault {
  readonly variable: string;
  readonly expected: string;
  readonly remedy: string;
}

/** Not the all-zero one, which stands for none. */
export const guid = z.string().transform((text, context) => {
  const parsed = parseGuid(text);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: 'no GUID' });
  return z.NEVER;
});
export const yesNo = z.enum(['yes', 'no']).transform((value) => value === 'yes');

export type Env = Readonly<Record<string, string | undefined>>;

/** Reads single settings and gathers what is wrong with them. */
export class Reader {
  readonly faults: ConfigFault[] = [];
  readonly #env: Env;

  constructor(env: Env) {
    this.#env = env;
  }

  raw(variable: string): string | undefined {
    const value = this.#env[variable]?.trim();
    return value === '' ? undefined : value;
  }

  /** @returns the parsed value; undefined and a fault when it is missing or wrong. */
  required<T>(variable: string, schema: z.ZodType<T>, expected: string, remedy: string): T | undefined {
    const parsed = schema.safeParse(this.raw(variable));
    if (parsed.success) return parsed.data;
    this.faults.push({ variable, expected, remedy });
    return undefined;
  }

  optional<T>(variable: string, schema: z.ZodType<T>, expected: string, otherwise: T): T {
    if (this.raw(variable) === undefined) return otherwise;
    return this.required(variable, schema, expected, 'Correct it, or remove the variable for the default.') ?? otherwise;
  }

  /** A secret as such, or the path of a file that holds it (`NAME_FILE`); never both. */
  secret(variable: string, expected: string): Secret | undefined {
    const direct = this.raw(variable);
    const path = this.raw(`${variable}_FILE`);
    const remedy = `Set ${variable}_FILE to a file that holds it (or ${variable} itself), and not both.`;
    if ((direct === undefined) === (path === undefined)) {
      this.faults.push({ variable, expected, remedy });
      return undefined;
    }
    try {
      const secret = direct === undefined ? readSecretFile(path ?? '') : new Secret(direct);
      if (secret.reveal() !== '') return secret;
    } catch {
      // The fault below says what is needed; the error would repeat the path's content at worst.
    }
    this.faults.push({ variable: `${variable}_FILE`, expected: `a readable file with ${expected}`, remedy });
    return undefined;
  }
}
