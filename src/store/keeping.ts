import { sql } from 'kysely';
import type { Keeping } from '../domain/ports.ts';
import type { Database } from './database.ts';
import { orFault } from './faults.ts';

/** By the functions that refuse what is young, and that write the entry themselves (0007-keeping.ts). */
export const keepingIn = ({ db }: Database): Keeping => ({
  eraseTexts: (before, most) =>
    orFault('store-unavailable', async () => {
      const { rows } = await sql<{ gone: number }>`select keydesk.erase_texts(${before}::timestamptz, ${most}::int) as gone`.execute(db);
      return rows[0]?.gone ?? 0;
    }),
  forgetClosed: (before, most) =>
    orFault('store-unavailable', async () => {
      const { rows } = await sql<{ requests: number; rotations: number }>`select requests, rotations from keydesk.forget_closed(${before}::timestamptz, ${most}::int)`.execute(db);
      return rows[0] ?? { requests: 0, rotations: 0 };
    }),
});
