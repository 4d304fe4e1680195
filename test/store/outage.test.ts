// The database goes away in the middle: on a server of its own, which may be killed.
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { knownCluster } from '../../src/postgres/cluster.ts';
import { livingPostmaster } from '../../src/postgres/postmaster.ts';
import { type OwnPostgres, startPostgres } from '../../src/postgres/start.ts';
import { migrate } from '../../src/store/migrate.ts';
import { readinessOf } from '../../src/store/readiness.ts';
import { known } from '../support/known.ts';
import { entryOf } from '../support/ledger-entries.ts';
import { claimOf, entriesIn, openStores, requestOf, shownOf, type Stores, untilWaiting, verified } from '../support/stores.ts';

describe('store: the database goes away', function () {
  this.timeout(40_000);
  let dataFolder: string;
  let server: OwnPostgres;
  let stores: Stores;

  // Not `fast`: what is looked at here is what was on disk.
  const start = (): Promise<OwnPostgres> => startPostgres({ dataFolder });
  const kill = async (): Promise<void> => {
    process.kill(known(livingPostmaster(known(knownCluster(dataFolder)).pgdata)).pid, 'SIGKILL');
    await server.stop();
  };

  before(async () => {
    dataFolder = mkdtempSync(join(tmpdir(), 'keydesk-test-'));
    chmodSync(dataFolder, 0o711);
    // The one who asks for `ephemeral` first decides.
    server = await startPostgres({ dataFolder });
    await migrate(server.ownerUrl);
  });
  beforeEach(() => {
    stores = openStores(server.appUrl, 8);
  });
  afterEach(() => stores.close());
  after(async () => {
    await server.stop();
    const last = await startPostgres({ dataFolder, ephemeral: true });
    await last.stop();
  });

  it('turns every write that was under way into a fault, goes on living, and goes on working when it is back', async () => {
    const request = requestOf(1);
    await stores.requests.open(request, entryOf());
    // Somebody holds the ledger's lock, six wait for it, one statement runs.
    const holding = await stores.database.db.startTransaction().execute();
    await sql`insert into keydesk.ledger_entry (body) select body from keydesk.ledger_entry where seq = 1`.execute(holding);
    const waiting = Array.from({ length: 5 }, () => assert.rejects(stores.ledger.append(entryOf()), { code: 'ledger-unavailable', retry: 'unknown-outcome' }));
    const sleeping = assert.rejects(sql`select pg_sleep(30)`.execute(stores.database.db));
    await untilWaiting(stores.database, 5);

    await kill();
    await Promise.all([sleeping, ...waiting]);
    // A kept connection may not know yet that its server is gone; whoever gets it learns of an unknown outcome.
    while (!/no connection/.test((await readinessOf(stores.database)).database));
    await assert.rejects(stores.requests.find(request.id), { code: 'store-unavailable', retry: 'later' });
    await assert.rejects(stores.requests.claim(claimOf(request)), { code: 'store-unavailable', retry: 'later' });
    await assert.rejects(stores.ledger.append(entryOf()), { code: 'ledger-unavailable', retry: 'later' });
    assert.match((await readinessOf(stores.database)).database, /no connection/);
    await assert.rejects(async () => holding.rollback().execute());

    server = await start();
    assert.deepEqual(await readinessOf(stores.database), { database: 'ok', ledger: 'ok' });
    assert.equal((await stores.requests.claim(claimOf(request))).kind, 'claimed');
    assert.deepEqual(await stores.requests.revealed(shownOf(request, 1, request.openedAt)), {});
  });

  it('keeps every entry that was reported as written, without a gap, when it is killed under eight writers', async () => {
    const reported = new Set<string>();
    let killed = false;
    const write = async (writer: number): Promise<void> => {
      for (let number = 0; !killed; number += 1) {
        const asked = `${writer}/${number}`;
        try {
          // Appends alone: any other commit would bring to disk what they forgot.
          await stores.ledger.append(entryOf({ asked }));
        } catch (error) {
          if (!killed) throw error;
          return;
        }
        reported.add(asked);
        if (reported.size === 400) {
          killed = true;
          await kill();
        }
      }
    };
    await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(write));

    server = await start();
    const kept = new Set((await entriesIn(stores)).map(({ asked }) => asked));
    assert.deepEqual([...reported].filter((asked) => !kept.has(asked)), []);
    assert.ok(reported.size >= 400);
    assert.deepEqual((await verified(stores.database)).findings, []);
  });

  it('ends a statement that a hanging instance holds up, and frees the ledger of it', async () => {
    const hanging = await stores.database.db.startTransaction().execute();
    await sql`set local idle_in_transaction_session_timeout = '200ms'`.execute(hanging);
    await sql`insert into keydesk.ledger_entry (body) select body from keydesk.ledger_entry where seq = 1`.execute(hanging);
    await stores.ledger.append(entryOf());
    await assert.rejects(async () => hanging.commit().execute());
    await hanging.rollback().execute().catch(() => undefined);
    assert.deepEqual((await verified(stores.database)).findings, []);
  });
});
