// A sweep and its lists as rows. Parsed on the way out.
import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import { faultCodes } from '../domain/fault.ts';
import type { StreamState, Sweep, SweepStream } from '../domain/fleet.ts';
import type { Holding } from '../domain/fleet-ports.ts';
import { present, type Shape, text, time } from './row-parts.ts';

export type Row = Readonly<Record<string, unknown>>;

export const streamColumns = 'stream, state, link, mark, pages, entries, unreadable, empty_run, restarts, failures, wait_until, code';

const count = z.number();
const streamForm = z.object({
  state: z.enum(['reading', 'done', 'failed']),
  link: text.exactOptional(),
  mark: text,
  pages: count,
  entries: count,
  unreadable: count,
  emptyRun: count,
  restarts: count,
  failures: count,
  waitUntil: time.exactOptional(),
  code: z.enum(faultCodes).exactOptional(),
} satisfies Shape<StreamState>);

/** Throws what zod says, which repeats no value from outside: this program wrote the row. */
export const parseStream = (row: Row): StreamState =>
  streamForm.parse(present({ ...row, emptyRun: row['empty_run'], waitUntil: row['wait_until'] }));

const sweepForm = z.object({ id: text, startedAt: time, concludingAt: time.exactOptional() });

/** A list that has no row is a defect, and throws. */
export function parseSweep(row: Row, streams: readonly Row[]): Sweep {
  const named = (name: SweepStream): StreamState => parseStream(streams.find(({ stream }) => stream === name) ?? {});
  return {
    ...sweepForm.parse(present({ id: row['id'], startedAt: row['started_at'], concludingAt: row['concluding_at'] })),
    streams: { devices: named('devices'), managed: named('managed'), encryption: named('encryption'), keys: named('keys') },
  };
}

/** The sweep, as long as it is this instance's. */
export const holds = ({ id }: Sweep, { holder }: Holding): RawBuilder<boolean> => sql<boolean>`id = ${id}::bigint and state = 'running' and holder = ${holder}::uuid`;
