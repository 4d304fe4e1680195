// The ledger's append against a bare insert of the same row, in the same database, which waits for the disk in both. Both
// come from the service's role and through the program's one door to the database (src/store/database.ts), with its
// bounds of time and its guard: what is compared is a row of the ledger with a row of any table, not two ways to connect.
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { parseEntraDeviceId, parseKeyId, parsePersonId, parseRequestId } from '../../src/domain/ids.ts';
import { instantAt } from '../../src/domain/instant.ts';
import type { LedgerEntry } from '../../src/domain/ledger-entry.ts';
import { seal } from '../../src/ledger/entry.ts';
import { leafHash } from '../../src/ledger/tree.ts';
import { appRole } from '../../src/postgres/cluster.ts';
import { startPostgres } from '../../src/postgres/start.ts';
import { openDatabase } from '../../src/store/database.ts';
import { ledgerIn } from '../../src/store/ledger.ts';
import { migrate } from '../../src/store/migrate.ts';
import { jsonb } from '../../src/store/values.ts';
import { known } from '../support/known.ts';
import { atLeast, median, type Row } from './row.ts';

const rounds = 40;
const roundMs = 150;
const warmUp = 300;

/** The same row, made in the same way, without the ledger: one table with all columns and the texts, no trigger, no lock. */
const bareTable = `create table bare (seq bigserial primary key, body bytea not null, leaf_hash bytea not null,
  time timestamptz(3), act text, outcome text, source text, code text, reason text, person_id uuid, device_id uuid,
  key_id uuid, request_id uuid, texts jsonb)`;
const bareInsert = `insert into bare (body, leaf_hash, time, act, outcome, source, code, reason, person_id, device_id, key_id,
  request_id, texts) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`;

/** One connection at least 0.8 of the bare insert, eight writers at least 0.3 of eight bare ones. */
export async function ledgerAppendRows(): Promise<Row[]> {
  const server = await startPostgres({ dataFolder: await mkdtemp(join(tmpdir(), 'keydesk-bench-')), ephemeral: true });
  try {
    await migrate(server.ownerUrl);
    return [await compare(server, 1, 'ledger append, durable, one connection', 0.8), await compare(server, 8, 'ledger append, durable, eight writers', 0.3)];
  } finally {
    await server.stop();
  }
}

interface Server {
  readonly ownerUrl: string;
  readonly appUrl: string;
}

async function compare(server: Server, writers: number, figure: string, target: number): Promise<Row> {
  const bare = await bareWriters(server, writers);
  const database = openDatabase(server.appUrl, { maxConnections: writers });
  const ledger = ledgerIn(database, randomBytes);
  const append = (): Promise<void> => ledger.append(sample());
  try {
    const ours: number[] = [];
    const theirs: number[] = [];
    const writes = Array.from({ length: writers }, () => append);
    await Promise.all([...writes, ...bare.inserts].map((write) => repeat(write, warmUp)));
    // In short turns, so that a disk that is busy for a while is busy for both.
    for (let round = 0; round < rounds; round += 1) {
      theirs.push(await perSecond(bare.inserts));
      ours.push(await perSecond(writes));
    }
    const ratio = median(ours.map((rate, index) => rate / (theirs[index] ?? rate)));
    return { figure, ours: `${Math.round(median(ours))} a second`, yardstick: `${Math.round(median(theirs))} bare inserts a second`, ...atLeast(target, ratio) };
  } finally {
    await database.close();
    await bare.close();
  }
}

async function bareWriters({ ownerUrl, appUrl }: Server, count: number): Promise<{ inserts: (() => Promise<unknown>)[]; close: () => Promise<void> }> {
  const owner = new Client({ connectionString: ownerUrl });
  await owner.connect();
  await owner.query(`drop table if exists bare; ${bareTable}; grant insert on bare to ${appRole}; grant usage on bare_seq_seq to ${appRole}`);
  await owner.end();
  const database = openDatabase(appUrl, { maxConnections: count });
  const insert = async (): Promise<void> => {
    const entry = sample();
    const { body, texts } = seal(entry, randomBytes);
    const ids = [entry.person?.id, entry.device?.deviceId, entry.keyId, entry.requestId];
    await database.run(bareInsert, [body, leafHash(body), entry.time, entry.act, entry.outcome, entry.source, null, entry.reason, ...ids, jsonb(texts)]);
  };
  return { inserts: Array.from({ length: count }, () => insert), close: () => database.close() };
}

/** Each writer begins its next act when the last one is durable. */
async function perSecond(writers: readonly (() => Promise<unknown>)[]): Promise<number> {
  const start = performance.now();
  const end = start + roundMs;
  let count = 0;
  const work = async (write: () => Promise<unknown>): Promise<void> => {
    while (performance.now() < end) {
      await write();
      count += 1;
    }
  };
  await Promise.all(writers.map(work));
  return count / ((performance.now() - start) / 1000);
}

async function repeat(write: () => Promise<unknown>, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) await write();
}

/** An `intended`, the fullest of entries, with ids that no other entry has. */
const sample = (): LedgerEntry => ({
  time: instantAt(Date.now()),
  act: 'intended',
  outcome: 'done',
  source: 'teams',
  person: { id: known(parsePersonId('a1e00000-0000-4000-8000-000000000001')), name: 'Alex Wilber' },
  device: { deviceId: known(parseEntraDeviceId(randomUUID())), name: 'LAPTOP-42' },
  keyId: known(parseKeyId(randomUUID())),
  volumeType: 'operatingSystem',
  reason: 'firmware-update',
  callerCheck: 'call-back',
  ticket: 'INC0012345',
  requestId: known(parseRequestId(randomUUID())),
  attempt: 1,
  clientRequestId: randomUUID(),
  conversation: 'personal',
});
