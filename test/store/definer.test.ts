// The two functions that run with the owner's rights, called by a service in wrong hands.
import assert from 'node:assert/strict';
import { Client } from 'pg';
import { seal } from '../../src/ledger/entry.ts';
import { testDatabase } from '../support/database.ts';
import { countingBytes, entryOf } from '../support/ledger-entries.ts';

describe('store: what runs with the rights of the owner', () => {
  /** Types under the names of PostgreSQL's own that run the caller's code wherever a value of them is made. */
  const traps = ['jsonb', 'text', 'bytea', 'uuid', 'timestamptz'].map((name) => `create domain pg_temp.${name} as pg_catalog.${name} check (pg_temp.seize());`);
  const { body } = seal(entryOf(), countingBytes());
  const append = (app: Client): Promise<unknown> => app.query('insert into keydesk.ledger_entry (body) values ($1)', [body]);

  const cases: readonly (readonly [when: string, before: (app: Client) => Promise<unknown>])[] = [
    ['at once', () => Promise.resolve()],
    ['after an append of the same session, which has settled the types of the trigger', append],
  ];
  for (const [when, before] of cases) {
    it(`is none of the caller's code, ${when}`, async () => {
      const app = new Client({ connectionString: (await testDatabase()).appUrl });
      await app.connect();
      try {
        await app.query(`
          create temp table ran (who name);
          grant insert on pg_temp.ran to public;
          create function pg_temp.seize() returns boolean language plpgsql as $$ begin insert into pg_temp.ran values (current_user); return true; end $$;
          ${traps.join('\n')}
          insert into keydesk.request (id, state, person_id, tenant_id, person_name, viewer, caller_proof, choices, preset, misses, card, opened_at, expires_at, attempt)
          select gen_random_uuid(), 'expired', gen_random_uuid(), gen_random_uuid(), '', '{}', false, '[]', '{}', 0, '{}', now() - interval '9 days', now() - interval '9 days', 0`);
        await before(app);
        const { rows } = await app.query("select * from keydesk.forget_closed(now() - interval '2 days', 10)");
        assert.deepEqual(rows, [{ requests: 1, rotations: 0 }]);
        await app.query("select keydesk.erase_texts(now() - interval '31 days', 10)");
        assert.deepEqual((await app.query('select distinct who from pg_temp.ran where who <> current_user')).rows, []);
      } finally {
        await app.end();
      }
    });
  }
});
