// A summary over the same day of a short and of a long ledger: it should cost by its period, not by the log.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { instantAt } from '../../src/domain/instant.ts';
import { startPostgres } from '../../src/postgres/start.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { summaryIn } from '../../src/store/summary.ts';
import { atMost, median, type Row } from './row.ts';

const short = 100_000;
const long = 1_000_000;
/** Entries of the day that is summed up, the same in both. */
const inTheDay = 2000;
const day = 86_400_000;
const rounds = 60;
const warmUp = 10;

const to = Date.parse('2026-11-22T07:00:00Z');
const period = { from: instantAt(to - day), to: instantAt(to) };

export async function ledgerSummaryRows(say: (progress: string) => void): Promise<Row[]> {
  const server = await startPostgres({ dataFolder: await mkdtemp(join(tmpdir(), 'keydesk-bench-')), ephemeral: true, fast: true });
  try {
    await migrate(server.ownerUrl);
    const admin = new Client({ connectionString: server.ownerUrl });
    await admin.connect();
    try {
      await admin.query('create database keydesk_long template keydesk');
    } finally {
      await admin.end();
    }
    const databases = [server.ownerUrl, named(server.ownerUrl, 'keydesk_long')];
    for (const [index, entries] of [short, long].entries()) {
      say(`a ledger of ${entries} entries`);
      await fill(databases[index] ?? '', entries);
    }
    return [await compare(named(server.appUrl, 'keydesk_long'), server.appUrl)];
  } finally {
    await server.stop();
  }
}

/** In turns, so that what else the machine does falls on both. */
async function compare(longUrl: string, shortUrl: string): Promise<Row> {
  const [ours, theirs] = [openDatabase(longUrl, { maxConnections: 1 }), openDatabase(shortUrl, { maxConnections: 1 })];
  try {
    const counted = await Promise.all([ours, theirs].map((database) => summaryIn(database).counts(period)));
    if (JSON.stringify(counted[0]) !== JSON.stringify(counted[1]) || (counted[0]?.reveals ?? 0) === 0) throw new Error('the two ledgers do not say the same of the day');
    const times: Record<'ours' | 'theirs', number[]> = { ours: [], theirs: [] };
    for (let round = -warmUp; round < rounds; round += 1) {
      const measured = { ours: await millisecondsOf(ours), theirs: await millisecondsOf(theirs) };
      if (round < 0) continue;
      times.ours.push(measured.ours);
      times.theirs.push(measured.theirs);
    }
    const [first, second] = [median(times.ours), median(times.theirs)];
    return { figure: `summary of a day of ${inTheDay} entries, ledger of 1,000,000`, ours: `${first.toFixed(1)} ms`, yardstick: `${second.toFixed(1)} ms with 100,000`, ...atMost(1.3, first / second) };
  } finally {
    await ours.close();
    await theirs.close();
  }
}

async function millisecondsOf(database: Database): Promise<number> {
  const begun = performance.now();
  await summaryIn(database).counts(period);
  return performance.now() - begun;
}

/**
 * Rows as the trigger would make them as far as a summary reads them; without it, because a million hashes are not what is
 * measured here. The last ones fall into the day, those before it are spread over years.
 */
async function fill(url: string, entries: number): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('set session_replication_role = replica');
    await client.query(
      `insert into keydesk.ledger_entry (seq, body, leaf_hash, time, act, outcome, source, reason, person_id, device_id)
       select n, convert_to(json_strip_nulls(json_build_object('v', 1, 'time', t, 'act', act, 'outcome', 'done', 'source', 'teams', 'count', case when act = 'refused' then 2 end,
           'alert', case when act = 'alert' then 'many-devices' end, 'clientRequestId', md5(n::text)))::text, 'UTF8'),
         decode(repeat('00', 32), 'hex'), t, act, 'done', 'teams', case when act = 'revealed' then reason end, person, device
       from (
         select n, act, reason, ('a1e00000-0000-4000-8000-' || lpad((r % 40)::text, 12, '0'))::uuid as person, ('de71ce00-0000-4000-8000-' || lpad((r % 5000)::text, 12, '0'))::uuid as device,
           to_timestamp($2::float8 / 1000) - case when r <= $3 then interval '86400 seconds' * r / ($3 + 1) else interval '1 day' + interval '1 minute' * (r - $3) end as t
         from (
           select n, $1 - n + 1 as r, (array['asked', 'intended', 'revealed', 'hidden', 'rotation-scheduled', 'rotation-done', 'refused', 'revealed', 'asked', 'alert'])[($1 - n) % 10 + 1] as act,
             (array['firmware-update', 'wrong-pin', 'other'])[($1 - n) % 3 + 1] as reason
           from generate_series(1, $1::int) as n) as numbered) as made`,
      [entries, to, inTheDay],
    );
    await client.query('vacuum analyze keydesk.ledger_entry');
  } finally {
    await client.end();
  }
}

function named(url: string, database: string): string {
  const address = new URL(url);
  address.pathname = `/${database}`;
  return address.href;
}
