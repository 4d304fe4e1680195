// The database server is killed while entries are written and heads are signed: on a server of its own.
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { knownCluster } from '../../src/postgres/cluster.ts';
import { livingPostmaster } from '../../src/postgres/postmaster.ts';
import { type OwnPostgres, startPostgres } from '../../src/postgres/start.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openKept, sign, whole } from '../support/kept-ledgers.ts';
import { known } from '../support/known.ts';
import { entryOf } from '../support/ledger-entries.ts';
import { openStores, verified } from '../support/stores.ts';

describe('store: the database goes away under the keeper of the ledger', function () {
  this.timeout(60_000);
  let dataFolder: string;
  let server: OwnPostgres;

  before(async () => {
    dataFolder = mkdtempSync(join(tmpdir(), 'keydesk-test-'));
    chmodSync(dataFolder, 0o711);
    // Not `fast`: what is looked at here is what was on disk.
    server = await startPostgres({ dataFolder });
    await migrate(server.ownerUrl);
  });
  after(async () => {
    await server.stop();
    await (await startPostgres({ dataFolder, ephemeral: true })).stop();
  });

  for (const round of [1, 2, 3]) {
    it(`nothing that was signed is lost, and nothing was signed over entries that are: round ${round}`, async () => {
      const stores = openStores(server.appUrl, 8);
      const keeper = openKept(server.appUrl);
      await sign(keeper.kept);
      const reported: string[] = [];
      let killed = false;
      const untilKilled = async (work: () => Promise<unknown>): Promise<void> => {
        for (;;) {
          if (killed) return;
          try {
            await work();
          } catch (error) {
            if (!killed) throw error;
          }
        }
      };
      // The keeper sees entries whose commits have not reached the disk; the one who signs is the last to bring them there.
      const writing = Array.from({ length: 6 }, () => untilKilled(() => stores.ledger.append(entryOf())));
      const signing = untilKilled(async () => {
        reported.push((await sign(keeper.kept)).note);
        if (reported.length < 40) return;
        killed = true;
        process.kill(known(livingPostmaster(known(knownCluster(dataFolder)).pgdata)).pid, 'SIGKILL');
        await server.stop();
      });
      await Promise.all([...writing, signing]);
      await Promise.all([stores.close(), keeper.database.close()]);

      server = await startPostgres({ dataFolder });
      const [after, again] = [openStores(server.appUrl, 2), openKept(server.appUrl)];
      try {
        const kept = new Set((await after.database.db.selectFrom('keydesk.ledger_checkpoint').select('note').execute()).map(({ note }) => note));
        assert.deepEqual(reported.filter((note) => !kept.has(note)), []);
        assert.ok((await whole(again.kept)).newest);
        assert.deepEqual((await verified(after.database)).findings, []);
      } finally {
        await Promise.all([after.close(), again.database.close()]);
      }
    });
  }
});
