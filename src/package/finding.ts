import type { z } from 'zod';

/** Something for which Teams would not take the package. Says no value: it may stand in a log of a build. */
export interface Finding {
  /** A file, and the place in it: `manifest.json: bots.0.botId`. */
  readonly where: string;
  readonly what: string;
  readonly remedy: string;
}

export const finding = (where: string, what: string, remedy: string): Finding => ({ where, what, remedy });

/** What a shape does not like, each with its place. */
export const misshapen = (file: string, { issues }: z.ZodError): readonly Finding[] =>
  issues.map(({ path, message }) => finding(`${file}: ${path.join('.')}`, message, 'Correct it, or the value that was filled in.'));
