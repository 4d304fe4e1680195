// Single settings of the environment, and what is wrong with them.
import { z } from 'zod';
import { parseGuid } from '../domain/ids.ts';
import { type FileFault, readSecretFile, Secret } from './secret.ts';

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

/** What is wrong with a secret's file, as the end of "expected a file with …", and what to do. */
const fileFaults = {
  missing: ['; there is no such file', 'Correct the path, or put the file there.'],
  unreadable: ['; this one cannot be read', 'Let the user that the service runs as read it.'],
  empty: ['; this one is empty', 'Put the secret into it, and nothing else.'],
  'open-to-others': [', which nobody but the service may read; this one is open to others', 'chmod u=rw,g=r,o= it (Kubernetes: defaultMode 0440).'],
} as const satisfies Record<FileFault, readonly [what: string, remedy: string]>;

/** Reads single settings and gathers what is wrong with them. */
export class Reader {
  readonly faults: ConfigFault[] = [];
  /** Every name that was looked up. */
  readonly asked = new Set<string>();
  readonly #env: Env;

  constructor(env: Env) {
    this.#env = env;
  }

  raw(variable: string): string | undefined {
    this.asked.add(variable);
    const value = this.#env[variable]?.trim();
    return value === '' ? undefined : value;
  }

  /** Whether a secret is there, as such or as a file. */
  has(secret: string): boolean {
    return this.raw(secret) !== undefined || this.raw(`${secret}_FILE`) !== undefined;
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
    if ((direct === undefined) === (path === undefined)) {
      this.faults.push({ variable, expected, remedy: `Set ${variable}_FILE to a file that holds it (or ${variable} itself), and not both.` });
      return undefined;
    }
    return path === undefined ? new Secret(direct ?? '') : this.file(`${variable}_FILE`, expected);
  }

  /** What the file holds that a variable names. Neither the path nor the content is in the fault. */
  file(variable: string, expected: string): Secret | undefined {
    const read = readSecretFile(this.raw(variable) ?? '');
    if (read instanceof Secret) return read;
    const [what, remedy] = fileFaults[read];
    this.faults.push({ variable, expected: `a file with ${expected}${what}`, remedy });
    return undefined;
  }
}
