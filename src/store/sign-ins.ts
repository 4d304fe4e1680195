import { sql } from 'kysely';
import type { PersonId, RequestId } from '../domain/ids.ts';
import { type Instant, plusSeconds } from '../domain/instant.ts';
import type { Database } from './database.ts';
import { orFault } from './faults.ts';

const goodForSeconds = 600;

/** One row for a request at most: what its sign-in must meet, and a hash of the one that is under way. */
export interface SignInStore {
  ask(signIn: { readonly requestId: RequestId; readonly person: PersonId; readonly claims: string; readonly at: Instant }): Promise<void>;
  begin(requestId: RequestId, state: Uint8Array, at: Instant): Promise<{ readonly claims?: string } | undefined>;
  end(state: Uint8Array, outcome: { readonly met: boolean }, at: Instant): Promise<boolean>;
  /** Forgets those that were over before `olderThan`. @returns how many */
  prune(olderThan: Instant): Promise<number>;
}

export function signInsIn({ db }: Database): SignInStore {
  const store = <T>(act: () => Promise<T>): Promise<T> => orFault('store-unavailable', act);
  return {
    ask: ({ requestId, person, claims, at }) =>
      store(async () => {
        await sql`insert into keydesk.sign_in (request_id, person_id, claims, until)
          values (${requestId}::uuid, ${person}::uuid, ${claims}, ${plusSeconds(at, goodForSeconds)}::timestamptz)
          on conflict (request_id) do update set claims = excluded.claims, until = excluded.until, state = null`.execute(db);
      }),
    begin: (requestId, state, at) =>
      store(async () => {
        // The request says whose it is and whether it may still be pressed; claims that nobody met in time are void.
        const { rows } = await sql<{ claims: string | null }>`
          insert into keydesk.sign_in as s (request_id, person_id, state, until)
          select id, person_id, ${state}::bytea, ${plusSeconds(at, goodForSeconds)}::timestamptz from keydesk.request
          where id = ${requestId}::uuid and state in ('open', 'revealed', 'started') and greatest(expires_at, show_again_until) > ${at}::timestamptz
          on conflict (request_id) do update set state = excluded.state, until = excluded.until,
            claims = case when s.until > ${at}::timestamptz then s.claims end
          returning claims`.execute(db);
        const [begun] = rows;
        return begun && (begun.claims === null ? {} : { claims: begun.claims });
      }),
    end: (state, { met }, at) =>
      store(async () => {
        const ended = met ? sql`delete from keydesk.sign_in` : sql`update keydesk.sign_in set state = null`;
        const { rows } = await sql`${ended} where state = ${state}::bytea and until > ${at}::timestamptz returning 1`.execute(db);
        return rows.length === 1;
      }),
    prune: (olderThan) =>
      store(async () => {
        const { numAffectedRows = 0n } = await sql`delete from keydesk.sign_in where until < ${olderThan}::timestamptz`.execute(db);
        return Number(numAffectedRows);
      }),
  };
}
