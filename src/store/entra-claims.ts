// How far Entra's log was read, and by whom it is being read. One row, changed by compare-and-set on the claim.
import { sql, type UpdateObject } from 'kysely';
import type { EntraClaim, EntraProgress, EntraState } from '../domain/entra-log.ts';
import type { EntraReads } from '../domain/entra-ports.ts';
import { Fault, type FaultCode, faultCodes } from '../domain/fault.ts';
import { parseInstant } from '../domain/instant.ts';
import type { Database } from './database.ts';
import { orFault } from './faults.ts';
import type { Tables } from './tables.ts';

export type EntraClaims = Pick<EntraReads, 'claim' | 'renew' | 'advance' | 'succeeded' | 'failed' | 'release' | 'state'>;

type Columns = UpdateObject<Tables, 'keydesk.entra_log'>;

export function entraClaimsIn({ db }: Database): EntraClaims {
  const store = <T>(act: () => Promise<T>): Promise<T> => orFault('store-unavailable', act);
  const set = ({ taken }: EntraClaim, columns: Columns): Promise<boolean> =>
    store(async () => {
      const { numUpdatedRows } = await db.updateTable('keydesk.entra_log').set(columns).where('taken', '=', String(taken)).executeTakeFirst();
      return numUpdatedRows === 1n;
    });

  return {
    claim: ({ now, until, nextAt }) =>
      store(async () => {
        const { rows } = await sql<ClaimRow>`
          insert into keydesk.entra_log as l (one, taken, taken_until, next_at, unreadable) values (true, 1, ${until}::timestamptz, ${nextAt}::timestamptz, 0)
          on conflict (one) do update set taken = l.taken + 1, taken_until = excluded.taken_until, next_at = excluded.next_at
            where (l.taken_until is null or l.taken_until <= ${now}::timestamptz) and l.next_at <= ${now}::timestamptz
          returning taken, read_to, deep_from, deep_to, judged_to, (select e.time from keydesk.ledger_entry e order by e.seq limit 1) as ledger_began`.execute(db);
        const [row] = rows;
        return row && parseClaim(row);
      }),
    renew: (claim, until) => set(claim, { taken_until: until }),
    advance: (claim, to) => set(claim, columnsOf(to)),
    succeeded: (claim, { at, unreadable }) => set(claim, { taken_until: null, succeeded_at: at, unreadable, failed_at: null, fault: null }),
    failed: (claim, { at, fault, nextAt }) => set(claim, { taken_until: null, failed_at: at, fault, next_at: nextAt }),
    // Its time to begin has come already: it had begun.
    release: (claim) => set(claim, { taken_until: null, next_at: sql<string>`'-infinity'::timestamptz` }),
    state: () =>
      store(async () => {
        const row = await db.selectFrom('keydesk.entra_log').select(['succeeded_at', 'fault', 'unreadable']).executeTakeFirst();
        return row && parseState(row);
      }),
  };
}

interface ClaimRow {
  readonly taken: string;
  readonly read_to: Date | null;
  readonly deep_from: Date | null;
  readonly deep_to: Date | null;
  readonly judged_to: Date | null;
  readonly ledger_began: Date | null;
}

function parseClaim(row: ClaimRow): EntraClaim {
  const times = { readTo: row.read_to, deepFrom: row.deep_from, deepTo: row.deep_to, judgedTo: row.judged_to, ledgerBegan: row.ledger_began };
  const reached = Object.entries(times).flatMap(([name, time]) => {
    const at = parseInstant(time);
    return at === undefined ? [] : [[name, at] as const];
  });
  return { taken: Number(row.taken), ...Object.fromEntries(reached) };
}

const columnsOf = ({ readTo, deepFrom, deepTo, judgedTo }: EntraProgress): Columns => ({
  ...(readTo !== undefined && { read_to: readTo }),
  ...(deepFrom !== undefined && { deep_from: deepFrom }),
  ...(deepTo !== undefined && { deep_to: deepTo }),
  ...(judgedTo !== undefined && { judged_to: judgedTo }),
});

function parseState({ succeeded_at, fault, unreadable }: { readonly succeeded_at: Date | null; readonly fault: string | null; readonly unreadable: number }): EntraState {
  const succeededAt = parseInstant(succeeded_at);
  return { unreadable, ...(succeededAt !== undefined && { succeededAt }), ...(fault !== null && { fault: parseFault(fault) }) };
}

function parseFault(stored: string): FaultCode {
  const known = faultCodes.find((code) => code === stored);
  if (known === undefined) throw new Fault('internal', 'never', { message: 'the state of Entra\'s log cannot be read' });
  return known;
}
