// What a command of `npm run audit` is, and how it ends.
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';

export type Env = Readonly<Record<string, string | undefined>>;

export interface Command {
  /** Its usage in the first lines, then what it does and what its options mean. */
  readonly help: string;
  /**
   * Prints its answer to the standard output, progress and warnings to the standard error.
   * Throws a UsageError for arguments it does not take; anything else that is thrown ends as `unavailable`.
   */
  run(args: readonly string[], env: Env): Promise<ExitCode>;
}

/** Nothing else decides how the process ends. */
export const exitCodes = { done: 0, tampered: 1, wrongUsage: 2, unavailable: 3 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export const exitCodeHelp = `Exit codes
  0  done; verify and check-proof: all intact
  1  verify or check-proof found something that does not hold
  2  wrong usage
  3  could not be done or looked at`;

/** What was wrong with the command line, in words. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Options and words of a command line; `parseArgs` of Node, strict, with its complaints as a UsageError. */
export function parseWords<const Options extends ParseArgsOptionsConfig>(args: readonly string[], options: Options) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** The same for a command that takes options and no words. */
export function parseOptions<const Options extends ParseArgsOptionsConfig>(args: readonly string[], options: Options) {
  const { values, positionals } = parseWords(args, options);
  if (positionals.length > 0) throw new UsageError(`This takes no ${positionals.join(' ')}.`);
  return values;
}
