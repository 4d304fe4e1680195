// The last thing that a job does is to tell the cards. Killed before that, or with Teams away, the rotation is over and
// nothing would look at it again but the job, which comes again: real processes, real pg-boss, over HTTP from the press.
import assert from 'node:assert/strict';
import { Client } from 'pg';
import { PgBoss } from 'pg-boss';
import { jobsSchema, wakeQueue } from '../../src/jobs/queues.ts';
import { type Simulator, startSimulator } from '../../src/sim/simulator.ts';
import { type Connector, type Disturbance, startConnector } from '../../src/terminal/connector.ts';
import { openConversation } from '../../src/terminal/conversation.ts';
import { testDatabase } from '../support/database.ts';
import { headingOf, standing } from '../support/keydesk/cards.ts';
import { megan, tenantId } from '../support/keydesk/people.ts';
import { postsIn } from '../support/keydesk/rotating.ts';
import { type KeydeskProcess, startKeydeskProcess } from '../support/working-processes.ts';

describe('jobs: a card that was not told of the end', function () {
  this.timeout(60_000);
  let simulator: Simulator;
  let connector: Connector;
  let edits: Disturbance | undefined;
  let owner: Client;
  let boss: PgBoss;
  let databaseUrl: string;
  const instances: KeydeskProcess[] = [];

  before(async () => {
    const database = await testDatabase();
    databaseUrl = database.appUrl;
    simulator = await startSimulator({ devices: 40 });
    connector = await startConnector(({ kind }) => (kind === 'edit' ? edits : undefined));
    owner = new Client({ connectionString: database.ownerUrl });
    await owner.connect();
    boss = new PgBoss({ connectionString: database.ownerUrl, schema: jobsSchema, max: 1, migrate: false, supervise: false, schedule: false });
    await boss.start();
  });
  after(async () => {
    await Promise.all(instances.map((instance) => instance.stop()));
    await boss.stop({ graceful: false });
    await owner.end();
    await connector.stop();
    await simulator.stop();
  });

  const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await isSo())) await new Promise((resolve) => void setTimeout(resolve, 25));
  };
  const start = async (): Promise<KeydeskProcess> => {
    const instance = await startKeydeskProcess(simulator.url, databaseUrl);
    instances.push(instance);
    await until(async () => (await (await fetch(`${instance.url}/readyz`)).text()).includes('"jobs":"ok"'));
    return instance;
  };
  const count = async (from: string): Promise<number> => (await owner.query(`select from ${from}`)).rowCount ?? 0;
  const heading = (): string => headingOf(standing(connector.messages.at(-1)).card);
  const editCalls = (): number => connector.calls.filter(({ kind }) => kind === 'edit').length;

  /** Megan's rotation, waited for, with Teams away from the moment in which the device makes its key. */
  async function overAndNotTold({ url }: KeydeskProcess, name: string): Promise<void> {
    const [before, over] = [postsIn({ simulator }).length, await count("keydesk.rotation where state = 'done'")];
    const chat = openConversation({ endpoint: `${url}/api/messages`, connector, tenantId });
    const said = await chat.say(`rotate ${name}`, { as: megan });
    await chat.press(standing(said.messages.at(-1)), 'rotate', { reason: 'policy' }, { as: megan });
    await until(() => /Waiting for/.test(heading()));
    edits = { drop: 'before' };
    const told = editCalls();
    simulator.hand.checkIn(name);
    await until(async () => (await count("keydesk.rotation where state = 'done'")) > over && editCalls() > told);
    assert.equal(postsIn({ simulator }).length, before + 1);
  }

  it('is told by another instance, when the first was killed at that moment', async () => {
    const victim = await start();
    await overAndNotTold(victim, 'LAPTOP-42');
    await victim.kill();
    instances.splice(instances.indexOf(victim), 1);
    edits = undefined;
    assert.match(heading(), /Waiting for LAPTOP-42/);
    // Two minutes later: pg-boss finds that nobody works on the job any more; and its pause.
    await owner.query(`update keydesk_jobs.job set started_on = started_on - interval '3 min' where state = 'active'`);
    await boss.supervise(wakeQueue);
    await owner.query(`update keydesk_jobs.job set start_after = now() where state = 'retry'`);
    await start();
    await until(() => /LAPTOP-42 has a new key/.test(heading()));
    assert.equal(postsIn({ simulator }).length, 1);
  });

  it('is told by the same one, when Teams was away at that moment', async () => {
    const [instance] = instances;
    assert.ok(instance !== undefined);
    await overAndNotTold(instance, 'DESKTOP-7');
    await until(async () => (await count("keydesk_jobs.job where state = 'retry'")) > 0);
    assert.match(heading(), /Waiting for DESKTOP-7/);
    edits = undefined;
    await owner.query(`update keydesk_jobs.job set start_after = now() where state = 'retry'`);
    await until(() => /DESKTOP-7 has a new key/.test(heading()));
    assert.equal(postsIn({ simulator }).length, 2);
  });
});
