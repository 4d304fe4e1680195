// The log: fields and ids, one JSON object a line. No names, payloads, tokens or keys (product.md §10, laws 1 and 7).
// Whatever a caller does by mistake, two things hold here: an error leaves its class, codes and stack frames, never
// its message (a library's message may quote what it was given), and a line that holds a recovery password is withheld.

import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import { Fault } from './domain/fault.ts';
import { holdsRecoveryPassword } from './domain/recovery-password.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

const secretFields = ['authorization', 'token', 'access_token', 'secret', 'password', 'recoveryPassword', 'text', 'value', 'claims'];
const mostFrames = 12;
const deepestCause = 3;

/** @param destination takes one line at a time; standard output when absent. */
export function createLog(options: { readonly level: LogLevel; readonly destination?: DestinationStream }): Logger {
  const destination = options.destination ?? pino.destination({ sync: true });
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secretFields.flatMap((field) => [field, `*.${field}`]), censor: '«withheld»' },
      serializers: { err: (error: unknown) => describe(error) },
    },
    withheldWhereSecret(destination),
  );
}

/** The last gate: a line is written whole or not at all. */
function withheldWhereSecret(destination: DestinationStream): DestinationStream {
  return {
    write(line) {
      if (!holdsRecoveryPassword(line.replaceAll(/\\[nrt]/g, ' '))) return destination.write(line);
      destination.write(`${JSON.stringify({ level: 'error', time: new Date().toISOString(), msg: 'a line was withheld: it held something like a recovery password' })}\n`);
    },
  };
}

interface Described {
  readonly class: string;
  readonly code?: string;
  readonly status?: number;
  readonly retry?: string;
  readonly graphRequestId?: string;
  readonly message?: string;
  readonly frames?: readonly string[];
  readonly cause?: Described;
}

/** What an operator may know of an error. Only our own Fault keeps its message: it carries no payload by contract. */
export function describe(error: unknown, depth = 0): Described {
  if (!(error instanceof Error)) return { class: typeof error };
  const fields = new Map<string, unknown>(Object.entries(error));
  const code = fields.get('code');
  const status = fields.get('statusCode') ?? fields.get('status');
  return {
    class: error.constructor.name,
    ...(typeof code === 'string' && /^[\w.-]{1,64}$/.test(code) && { code }),
    ...(typeof status === 'number' && { status }),
    ...(error instanceof Fault && { retry: error.retry, message: error.message, ...(error.graphRequestId !== undefined && { graphRequestId: error.graphRequestId }) }),
    frames: framesOf(error),
    ...(error.cause !== undefined && depth < deepestCause && { cause: describe(error.cause, depth + 1) }),
  };
}

/**
 * The frames of a stack without the message before them. They are taken from the end, as far as lines look like
 * frames: a message may have lines that do so too.
 */
function framesOf({ stack = '', message }: Error): readonly string[] {
  const at = message === '' ? -1 : stack.indexOf(message);
  const lines = (at < 0 ? stack : stack.slice(at + message.length)).split('\n');
  const last = lines.findLastIndex((line) => line.trim() !== '' && !/^\s+at\s/.test(line));
  return lines
    .slice(last + 1)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(0, mostFrames);
}
