// One guard on everything that leaves towards Teams (product.md §10, law 1). It stands where nothing passes beside it:
// below the connector client, on the bytes of every request (sent and edited activities, new conversations, replies of
// a turn and proactive ones alike), and before the one answer that is allowed to hold a key, the invoke response.

import { Fault } from '../domain/fault.ts';
import { hasDigitsEnough } from '../domain/digits.ts';
import { holdsRecoveryPassword, holdsRowOfBlocks, isWellFormedBlock } from '../domain/recovery-password.ts';
import type { Log } from './log-port.ts';

export interface EgressGuard {
  /** @param json what is about to leave for the connector. Throws a Fault `internal`, and it does not leave. */
  connector(json: string): void;
  /** @param body the body of an invoke response, as an object. Throws a Fault `internal`, and it does not leave. */
  invokeResponse(body: object): void;
  /** Whether this may leave; says nothing and withholds nothing. For those who have something plainer to send. */
  allows(content: object): boolean;
  /** Exempts this one body, by identity. Only the handlers of a reveal call it, with what they are about to answer. */
  exempt(body: object): void;
}

export function createEgressGuard(log: Log): EgressGuard {
  const exempted = new WeakSet<object>();
  const withhold = (gate: string, why: string): never => {
    // Said without the content: the line must not become the leak.
    log.error({ gate, why }, 'egress refused');
    throw new Fault('internal', 'never', { message: `egress refused: ${why}` });
  };
  return {
    connector(json) {
      if (holdsSecret(json)) withhold('connector', 'recovery password');
    },
    invokeResponse(body) {
      const json = JSON.stringify(body);
      // With `refresh` in the answer Teams, or a library in between, may show one person's card to others (T1).
      if (hasRefresh(json)) withhold('invoke response', 'card with refresh');
      if (!exempted.has(body) && holdsSecret(json)) withhold('invoke response', 'recovery password');
    },
    allows: (content) => !holdsSecret(JSON.stringify(content)),
    exempt: (body) => void exempted.add(body),
  };
}

const blockCount = 8;

/**
 * Whether JSON holds a recovery password: eight blocks with anything but letters and digits between them, or, since a
 * revealed card holds its blocks one by one, eight runs of six digits in a row, or eight blocks that Windows would
 * accept anywhere in it. Not only those that Windows would accept: a password that fails the check is one all the same.
 */
export function holdsSecret(json: string): boolean {
  const text = json.includes('\\') ? unescaped(json) : json;
  if (!hasDigitsEnough(text)) return false;
  if (holdsRecoveryPassword(text)) return true;
  const blocks = Array.from(text.matchAll(/(?<!\d)\d{6}(?!\d)/g), ([block]) => block).filter(isWellFormedBlock);
  // Zeros make colours, counts and times; a password repeats a block about never.
  if (blocks.length >= blockCount && new Set(blocks).size >= blockCount / 2) return true;
  return holdsRowOfBlocks(text);
}

/** JSON escapes as what they stand for, so that neither `\n` nor `\u0031` hides a digit. */
const unescaped = (json: string): string =>
  json.replaceAll(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_whole, code: string | undefined, sign: string | undefined) =>
    code !== undefined ? String.fromCharCode(Number.parseInt(code, 16)) : sign !== undefined && /[nrtbf]/.test(sign) ? ' ' : (sign ?? ''),
  );

/** As a name of a member: inside a text the quotes would be escaped. */
const hasRefresh = (json: string): boolean => /(?<!\\)"refresh"\s*:/.test(json);
