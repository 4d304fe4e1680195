// Search at 100,000 devices, in the database that a sweep has filled; and the confirm card of a device that the index
// knows, which waits for one round trip to Graph.

import { Client } from 'pg';
import { solidName } from '../../src/domain/fleet.ts';
import { openDatabase } from '../../src/store/database.ts';
import { closestQuery, fleetIndexIn, keysQuery } from '../../src/store/fleet-index.ts';
import { castMember } from '../../src/demo/cast.ts';
import { message } from './activities.ts';
import { startConnector } from './connector.ts';
import { openLine } from './post.ts';
import { bareRoundTrip, latencyMs, setLatency } from './round-trips.ts';
import { atMost, median, type Row } from './row.ts';
import { startSwept, type Swept } from './sweep.ts';

const devices = 100_000;
const samples = 200;
const targetMs = 5;
const patienceMs = 10_000;

export async function searchRows(say: (progress: string) => void, note: (text: string) => void): Promise<readonly Row[]> {
  await using stack = new AsyncDisposableStack();
  const swept = await startSwept(devices, stack);
  say(`search: ${devices} devices swept in ${swept.seconds.toFixed(1)} s`);
  const owner = new Client({ connectionString: swept.surroundings.ownerUrl });
  await owner.connect();
  stack.defer(() => owner.end());
  // As autovacuum does after a while.
  await owner.query('vacuum analyze keydesk.device, keydesk.device_key, keydesk.managed_device');
  const prefix = await timesOf(owner, await keyIds(owner), (id) => keysQuery(id.replaceAll('-', '').slice(0, 8), 10));
  const names = await timesOf(owner, await mistyped(owner), (name) => closestQuery(solidName(name), '0.6', 5));
  await throughTheStore(swept, note);
  const row = (figure: string, times: readonly number[]): Row => ({ figure, ours: `${median(times).toFixed(2)} ms, at most ${Math.max(...times).toFixed(1)}`, yardstick: `${targetMs} ms`, ...atMost(1, median(times) / targetMs) });
  return [row('key by 8 characters of its ID, 100,000 devices', prefix), row('closest names, 100,000 devices', names), await confirmRow(swept, stack)];
}

async function keyIds(owner: Client): Promise<readonly string[]> {
  const { rows } = await owner.query<{ id: string }>(`select key_id as id from keydesk.device_key order by md5(key_id::text) limit ${samples}`);
  return rows.map(({ id }) => id);
}

/** Names of the fleet with one sign wrong, at every place in turn. */
async function mistyped(owner: Client): Promise<readonly string[]> {
  const { rows } = await owner.query<{ name: string }>(`select name from keydesk.device where name like 'PC-%' order by md5(name) limit ${samples}`);
  return rows.map(({ name }, place) => {
    const at = 3 + (place % (name.length - 3));
    return `${name.slice(0, at)}${name[at] === '7' ? '8' : '7'}${name.slice(at + 1)}`;
  });
}

/** What the server needs, by its own word, in milliseconds: the plan and the work. */
async function timesOf(owner: Client, values: readonly string[], queryOf: (value: string) => ReturnType<typeof keysQuery>): Promise<readonly number[]> {
  const database = openDatabase('postgres://nobody@127.0.0.1/nothing');
  const times: number[] = [];
  for (const value of values) {
    const { sql, parameters } = queryOf(value).compile(database.db);
    const { rows } = await owner.query(`explain (analyze, format json) ${sql}`, [...parameters]);
    const [plan] = Object(rows[0])['QUERY PLAN'];
    times.push(plan['Planning Time'] + plan['Execution Time']);
  }
  await database.close();
  return times;
}

/** The same through the port that the bot uses, with the way to the server and back. */
async function throughTheStore({ surroundings }: Swept, note: (text: string) => void): Promise<void> {
  const database = openDatabase(surroundings.databaseUrl, { maxConnections: 1 });
  const index = fleetIndexIn(database);
  const took = async (work: () => Promise<unknown>): Promise<number> => {
    const times: number[] = [];
    for (let n = 0; n < 50; n += 1) {
      const begun = performance.now();
      await work();
      times.push(performance.now() - begun);
    }
    return median(times);
  };
  const [named, overview, list] = [await took(() => index.named('PC-012345', 10)), await took(() => index.overview(30)), await took(() => index.list('failed', { skip: 1000, take: 10 }))];
  await database.close();
  note(`Through the store, 100,000 devices: a name ${named.toFixed(1)} ms, the five counts ${overview.toFixed(1)} ms, page 101 of the failed ones ${list.toFixed(1)} ms.`);
}

async function confirmRow({ surroundings, keydesk }: Swept, stack: AsyncDisposableStack): Promise<Row> {
  const connector = await startConnector();
  stack.defer(() => connector.stop());
  const line = openLine(2);
  stack.defer(() => line.close());
  const person = castMember('Alex');
  if (person === undefined) throw new Error('nobody of that name in the cast');
  const chat = { serviceUrl: connector.serviceUrl, person, conversationId: 'a:bench-search' };
  await setLatency(surroundings.simUrl, latencyMs);
  const asks: number[] = [];
  const bare: number[] = [];
  for (let n = 0; n < 30; n += 1) {
    bare.push(await bareRoundTrip(surroundings.simUrl));
    const begun = performance.now();
    const [card] = await Promise.all([connector.next(chat.conversationId, patienceMs), line.post(`${keydesk.origin}/api/messages`, message(chat, 'key for LAPTOP-42'))]);
    // The first ones find connections to open and plans to make.
    if (n >= 5) asks.push(card.at - begun);
    if (!card.body.includes('LAPTOP-42')) throw new Error(`no confirm card: ${card.body.slice(0, 300)}`);
  }
  return { figure: 'confirm card with a warm index, Graph at 50 ms', ours: `${median(asks).toFixed(1)} ms`, yardstick: `${median(bare).toFixed(1)} ms`, ...atMost(1.3, median(asks) / median(bare)) };
}
