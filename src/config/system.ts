// The doors by which time, ids and deadlines come in, in their real form. Tests bring their own.

import { randomInt, randomUUID } from 'node:crypto';
import { parseExportId, parseReadingId, parseReferenceId, parseRequestId, parseRotationId } from '../domain/ids.ts';
import { instantAt } from '../domain/instant.ts';
import type { Clock, Deadline, Ids } from '../domain/ports.ts';

/** One answer to a person asks for the time some thirty times; it is written as text once a millisecond. */
function createSystemClock(): Clock {
  let last = Date.now();
  let instant = instantAt(last);
  return {
    now: () => {
      const now = Date.now();
      if (now !== last) [last, instant] = [now, instantAt(now)];
      return instant;
    },
  };
}

export const systemClock: Clock = createSystemClock();

// Without 0, 1, I, L, O and U: nobody on the phone takes one for another.
const letters = '23456789ABCDEFGHJKMNPQRSTVWXYZ';

export const systemIds: Ids = {
  request: () => must(parseRequestId(randomUUID())),
  reference: () => must(parseReferenceId(`KD-${Array.from({ length: 8 }, () => letters[randomInt(letters.length)]).join('')}`)),
  rotation: () => must(parseRotationId(randomUUID())),
  reading: () => must(parseReadingId(randomUUID())),
  exported: () => must(parseExportId(randomUUID())),
  clientRequest: () => randomUUID(),
};

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('an id made here does not parse: a defect');
  return value;
}

/** An ask may take 8 s (Teams delivers again after 15), a press 4 s (the client gives up after about 5), work that nobody waits for 20 s. */
export const systemDeadlines = {
  ask: (): Deadline => deadlineIn(8000),
  press: (): Deadline => deadlineIn(4000),
  work: (): Deadline => deadlineIn(20_000),
};

const deadlineIn = (milliseconds: number): Deadline =>
  Object.assign(AbortSignal.timeout(milliseconds), { endsAt: instantAt(Date.now() + milliseconds) });
