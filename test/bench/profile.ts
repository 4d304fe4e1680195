// Where the time of an ask goes: Keydesk alone under load with a CPU profile, by room and package, and what a turn
// asks of database, tenant and connector. Not part of the benchmark: a profiled process is slower.
//   node src/launch.mjs test/bench/profile.ts [warm]

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startConnector } from './connector.ts';
import { load } from './load.ts';
import { selfTimes } from './self-time.ts';
import { startKeydesk, startSurroundings } from './surroundings.ts';
import { untilSwept } from './sweep.ts';
import { inFlight, keydeskUnderLoad } from './turns.ts';

const forMs = 10_000;
const mostTurns = 20_000;
const mostLines = 25;

await using stack = new AsyncDisposableStack();
const folder = await mkdtemp(join(tmpdir(), 'keydesk-profile-'));
stack.defer(() => rm(folder, { recursive: true, force: true }));
const connector = await startConnector();
stack.defer(() => connector.stop());
const surroundings = await startSurroundings();
stack.defer(() => surroundings.stop());
const warm = process.argv[2] === 'warm';
const keydesk = await startKeydesk(surroundings, { sweeps: warm, nodeFlags: ['--cpu-prof', `--cpu-prof-dir=${folder}`] });
if (warm) await untilSwept(keydesk);
const bot = keydeskUnderLoad(keydesk.origin, connector);

await load(bot, connector, { inFlight, forMs, mostTurns });
const before = await counts();
const perSecond = await load(bot, connector, { inFlight, forMs, mostTurns });
const after = await counts();
await keydesk.stop();

const turns = after.connector - before.connector;
console.log(`${perSecond.toFixed(0)} turns a second under the profiler, ${inFlight} at a time\n`);
for (const what of ['tenant', 'transactions', 'connector'] as const) console.log(`${((after[what] - before[what]) / turns).toFixed(2)} ${what} a turn`);

const [file = ''] = await readdir(folder);
const shares = selfTimes(join(folder, file));
const total = shares.reduce((sum, share) => sum + share.ms, 0);
console.log('\nSelf time of the process, start and warm-up included:');
for (const { where, ms } of shares.slice(0, mostLines)) console.log(`${((100 * ms) / total).toFixed(1).padStart(5)} %  ${where}`);

async function counts(): Promise<{ readonly tenant: number; readonly transactions: number; readonly connector: number }> {
  const requests: unknown = await (await fetch(`${surroundings.simUrl}/_sim/requests`)).json();
  const client = new Client({ connectionString: surroundings.ownerUrl });
  await client.connect();
  const { rows } = await client.query<{ done: string }>('select xact_commit::text as done from pg_stat_database where datname = current_database()');
  await client.end();
  return { tenant: Array.isArray(requests) ? requests.length : 0, transactions: Number(rows[0]?.done), connector: connector.count() };
}
