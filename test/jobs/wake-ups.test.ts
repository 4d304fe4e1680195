import assert from 'node:assert/strict';
import { Fault, type FaultCode } from '../../src/domain/fault.ts';
import { parseRotationId, type RotationId } from '../../src/domain/ids.ts';
import { instantAt, plusSeconds } from '../../src/domain/instant.ts';
import { prepareJobs } from '../../src/jobs/prepare.ts';
import { createWakeUps, type WakeUpParts, type WakeUps } from '../../src/jobs/wake-ups.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { statementsIn, statementsOf } from '../../src/store/statements.ts';
import { Client } from 'pg';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { known } from '../support/known.ts';

const idOf = (number: number): RotationId => known(parseRotationId(`40a70000-0000-4000-8000-${String(number).padStart(12, '0')}`));
// pg-boss lives by the database's clock, which is that of this machine.
const clock = { now: () => instantAt(Date.now()) };

interface JobRow {
  readonly name: string;
  readonly state: string;
  readonly data: unknown;
  readonly output: unknown;
  readonly wait: number;
  readonly retries: number;
}

describe('jobs/wake-ups', () => {
  let place: TestDatabase;
  let owner: Client;
  let database: Database;
  const running: WakeUps[] = [];

  before(async () => {
    place = await testDatabase();
    owner = new Client({ connectionString: place.ownerUrl });
    await owner.connect();
    database = openDatabase(place.appUrl);
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((wakeUps) => wakeUps.stop()));
    await owner.query('delete from keydesk_jobs.job');
  });
  after(() => Promise.all([database.close(), owner.end()]));

  /** Jobs as an instance has them; `seen` is what they worked on. */
  async function started(work: (id: RotationId) => Promise<void> = () => Promise.resolve(), more: Partial<WakeUpParts> = {}) {
    const seen: RotationId[] = [];
    const given: [RotationId, FaultCode][] = [];
    const reports: unknown[] = [];
    const wakeUps = createWakeUps({
      run: statementsOf(database),
      clock,
      pollSeconds: 0.5,
      work: async (id) => {
        seen.push(id);
        await work(id);
      },
      gaveUp: async (id, code) => void given.push([id, code]),
      report: (error) => void reports.push(error),
      ...more,
    });
    running.push(wakeUps);
    await wakeUps.keepRunning();
    return { wakeUps, seen, given, reports };
  }
  const jobs = async (): Promise<readonly JobRow[]> => {
    const { rows } = await owner.query<JobRow>(
      'select name, state, data, output, extract(epoch from start_after - now())::float8 as wait, retry_count as retries from keydesk_jobs.job order by created_on, id',
    );
    return rows;
  };
  /** All that is queued becomes due, as if the time had come. */
  const timePasses = () => owner.query("update keydesk_jobs.job set start_after = now() where state < 'active'");
  const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await isSo())) await new Promise((resolve) => void setTimeout(resolve, 20));
  };
  const ended = () => until(async () => (await jobs()).every(({ state }) => state === 'completed' || state === 'failed'));

  it('wakes at the time, with the id and nothing else', async () => {
    const { wakeUps, seen } = await started();
    await wakeUps.later(statementsOf(database), idOf(1), clock.now());
    await wakeUps.later(statementsOf(database), idOf(2), plusSeconds(clock.now(), 3600));
    await until(() => seen.length > 0);
    assert.deepEqual(seen, [idOf(1)]);
    await until(async () => (await jobs()).some(({ state }) => state === 'completed'));
    const rest = (await jobs()).find(({ state }) => state === 'created');
    assert.deepEqual(rest?.data, { rotationId: idOf(2) });
    assert.ok(rest.wait > 3590 && rest.wait <= 3601, String(rest.wait));
  });

  it('keeps one wake-up for an id, moved to the newest time', async () => {
    const { wakeUps, seen } = await started();
    const run = statementsOf(database);
    await wakeUps.later(run, idOf(1), plusSeconds(clock.now(), 7200));
    await wakeUps.later(run, idOf(1), plusSeconds(clock.now(), 60));
    assert.equal((await jobs()).length, 1);
    await wakeUps.later(run, idOf(1), clock.now());
    await until(() => seen.length > 0);
    await ended();
    assert.deepEqual([seen.length, (await jobs()).length], [1, 1]);
  });

  it('comes to nothing with the transaction that wanted it', async () => {
    const { wakeUps } = await started();
    const broken = database.db.transaction().execute(async (tx) => {
      await wakeUps.later(statementsIn(tx), idOf(1), clock.now());
      throw new Error('the ledger is away');
    });
    await assert.rejects(broken, /ledger/);
    assert.deepEqual(await jobs(), []);
    await database.db.transaction().execute((tx) => wakeUps.later(statementsIn(tx), idOf(1), clock.now()));
    assert.equal((await jobs()).length, 1);
  });

  it('gives one wake-up to one of two instances', async () => {
    const [one, other] = [await started(), await started()];
    const ids = Array.from({ length: 20 }, (_, number) => idOf(number));
    await Promise.all(ids.map((id, number) => (number % 2 === 0 ? one : other).wakeUps.later(statementsOf(database), id, clock.now())));
    await until(() => one.seen.length + other.seen.length >= 20);
    await ended();
    assert.deepEqual([...one.seen, ...other.seen].sort(), ids);
  });

  it('tries a fault again later and keeps of it no more than its code', async () => {
    const secret = 'claims of a challenge';
    let fails = true;
    const { wakeUps, seen } = await started(() => (fails ? Promise.reject(new Fault('graph-unavailable', 'later', { message: secret, claims: secret, cause: new Error(secret) })) : Promise.resolve()));
    await wakeUps.later(statementsOf(database), idOf(1), clock.now());
    await until(async () => (await jobs())[0]?.state === 'retry');
    const [job] = await jobs();
    assert.ok(job !== undefined && job.wait > 25 && job.wait <= 60, String(job?.wait));
    assert.deepEqual(job.output, { code: 'graph-unavailable' });
    fails = false;
    await timePasses();
    await ended();
    assert.deepEqual([seen.length, (await jobs())[0]?.state], [2, 'completed']);
  });

  it('waits longer with every try', async () => {
    const { wakeUps, seen } = await started(() => Promise.reject(new Fault('graph-unavailable', 'later')));
    await wakeUps.later(statementsOf(database), idOf(1), clock.now());
    const waits: number[] = [];
    for (let tries = 1; tries <= 3; tries += 1) {
      await until(async () => seen.length === tries && (await jobs())[0]?.state === 'retry');
      waits.push((await jobs())[0]?.wait ?? 0);
      await timePasses();
    }
    for (const [index, shortest] of [30, 60, 120].entries()) assert.ok((waits[index] ?? 0) > shortest - 5 && (waits[index] ?? 0) <= 2 * shortest, String(waits));
  });

  it('gives up after the last try, which is the ninth, and tells once', async () => {
    const { wakeUps, seen, given } = await started(() => Promise.reject(new Fault('graph-forbidden', 'later')));
    await wakeUps.later(statementsOf(database), idOf(1), clock.now());
    await owner.query('update keydesk_jobs.job set retry_limit = 1');
    await until(async () => seen.length === 1 && (await jobs())[0]?.state === 'retry');
    await timePasses();
    await until(() => given.length > 0);
    await ended();
    assert.deepEqual([seen.length, given], [2, [[idOf(1), 'graph-forbidden']]]);
    const { rows } = await owner.query("select retry_limit, retry_backoff, retry_delay_max, expire_seconds from keydesk_jobs.queue where name = 'rotation'");
    assert.deepEqual(rows, [{ retry_limit: 8, retry_backoff: true, retry_delay_max: 900, expire_seconds: 120 }]);
  });

  it('settles each job of a batch by itself', async () => {
    const { wakeUps } = await started((id) => (id === idOf(2) ? Promise.reject(new TypeError('a defect')) : Promise.resolve()));
    await database.db.transaction().execute(async (tx) => {
      for (const number of [1, 2, 3]) await wakeUps.later(statementsIn(tx), idOf(number), clock.now());
    });
    await until(async () => (await jobs()).every(({ state }) => state === 'completed' || state === 'retry'));
    const states = (await jobs()).map(({ data, state, output }) => ({ data, state, output })).sort((a, b) => JSON.stringify(a.data).localeCompare(JSON.stringify(b.data)));
    assert.deepEqual(states.map(({ state }) => state), ['completed', 'retry', 'completed']);
    assert.deepEqual(states[1]?.output, { code: 'internal' });
  });

  it('remembers what has no job, and leaves alone what has one, also one that waits for its next try', async () => {
    const { wakeUps, seen } = await started((id) => (id === idOf(2) ? Promise.reject(new Fault('graph-cut', 'later')) : Promise.resolve()));
    const run = statementsOf(database);
    await wakeUps.later(run, idOf(1), plusSeconds(clock.now(), 3600));
    await wakeUps.later(run, idOf(2), clock.now());
    await until(async () => (await jobs()).some(({ state }) => state === 'retry'));
    assert.equal(await wakeUps.remember([idOf(1), idOf(2), idOf(3)]), 1);
    await until(() => seen.includes(idOf(3)));
    assert.ok((await jobs()).filter(({ state }) => state === 'created' || state === 'retry').every(({ wait }) => wait > 20));
  });

  it('does nothing before it runs and after it was stopped', async () => {
    const { wakeUps } = await started();
    await wakeUps.stop();
    await wakeUps.later(statementsOf(database), idOf(1), clock.now());
    await wakeUps.keepRunning();
    assert.deepEqual([wakeUps.state(), await wakeUps.remember([idOf(1)]), await jobs()], ['stopped', 0, []]);
  });

  it('waits at its end for the work under way', async () => {
    const work = Promise.withResolvers<void>();
    const { wakeUps, seen } = await started(() => work.promise);
    await wakeUps.later(statementsOf(database), idOf(1), clock.now());
    await until(() => seen.length > 0);
    let over = false;
    const stopping = wakeUps.stop().then(() => void (over = true));
    await new Promise((resolve) => void setTimeout(resolve, 50));
    assert.equal(over, false);
    work.resolve();
    await stopping;
    assert.deepEqual((await jobs()).map(({ state }) => state), ['completed']);
  });

  it('takes no further jobs at rest, and still hands on what is to happen later', async () => {
    const { wakeUps, seen } = await started();
    await wakeUps.rest();
    await wakeUps.later(statementsOf(database), idOf(1), clock.now());
    await wakeUps.stop();
    assert.deepEqual([seen, (await jobs()).map(({ state }) => state)], [[], ['created']]);
  });

  it('hands back the work that does not end, for another instance to take at once and not when it has expired', async () => {
    const { wakeUps, seen } = await started(() => new Promise(() => undefined), { restMilliseconds: 20 });
    await wakeUps.later(statementsOf(database), idOf(1), clock.now());
    await until(() => seen.length > 0);
    assert.equal(wakeUps.rest(), wakeUps.rest(), 'one wait: a second one would be longer than a host allows');
    await wakeUps.stop();
    assert.deepEqual((await jobs()).map(({ state }) => state), ['retry']);
  });

  it('goes on when its connections break, and reports that no more than once a minute', async () => {
    const { wakeUps, seen, reports } = await started();
    for (let times = 0; times < 3; times += 1) {
      await owner.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename = 'keydesk_app'", [place.name]);
      await new Promise((resolve) => void setTimeout(resolve, 200));
    }
    await wakeUps.later(statementsOf(database), idOf(1), clock.now());
    await until(() => seen.length > 0);
    assert.ok(reports.length <= 1, String(reports));
  });

  it('starts later when the database is not ready, and says so', async () => {
    await owner.query('drop schema keydesk_jobs cascade');
    const reports: unknown[] = [];
    const wakeUps = createWakeUps({ run: statementsOf(database), clock, pollSeconds: 0.5, work: () => Promise.resolve(), gaveUp: () => Promise.resolve(), report: (error) => void reports.push(error) });
    running.push(wakeUps);
    await assert.rejects(wakeUps.keepRunning());
    assert.equal(wakeUps.state(), 'stopped');
    await prepareJobs(place.ownerUrl);
    await wakeUps.keepRunning();
    assert.equal(wakeUps.state(), 'running');
  });

  it('may not change how the jobs are kept', async () => {
    const app = new Client({ connectionString: place.appUrl });
    await app.connect();
    try {
      for (const statement of ['drop table keydesk_jobs.job', 'create table keydesk_jobs.mine (id int)', 'alter table keydesk_jobs.job add column mine int', 'truncate keydesk_jobs.version']) {
        await assert.rejects(app.query(statement), { code: '42501' }, statement);
      }
    } finally {
      await app.end();
    }
  });

  it('is prepared by an owner who is no superuser, for a role with any name', async () => {
    await owner.query(`create role jobs_owner login password 'secret'; create role "jobs ""app" login password 'secret'; grant create on database ${place.name} to jobs_owner; drop schema keydesk_jobs cascade`);
    const as = (role: string): string => Object.assign(new URL(place.ownerUrl), { username: encodeURIComponent(role), password: 'secret' }).href;
    await prepareJobs(as('jobs_owner'), 'jobs "app');
    const app = openDatabase(as('jobs "app'));
    const wakeUps = createWakeUps({ run: statementsOf(app), clock, pollSeconds: 0.5, work: () => Promise.resolve(), gaveUp: () => Promise.resolve(), report: (error) => assert.fail(String(error)) });
    try {
      await wakeUps.keepRunning();
      await wakeUps.later(statementsOf(app), idOf(1), plusSeconds(clock.now(), 60));
      assert.equal((await jobs()).length, 1);
    } finally {
      await wakeUps.stop();
      await app.close();
      await owner.query('drop schema keydesk_jobs cascade');
      await prepareJobs(place.ownerUrl);
    }
  });

  it('is prepared twice without harm', async () => {
    await prepareJobs(place.ownerUrl);
    const { wakeUps } = await started();
    assert.equal(wakeUps.state(), 'running');
  });
});
