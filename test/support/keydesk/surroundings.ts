// What stands around a Keydesk: a database, the simulated tenant, the connector of Teams, and the time.

import { Client } from 'pg';
import { type Connector, type ConnectorCall, type Disturbance, startConnector } from '../../../src/terminal/connector.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../../src/sim/simulator.ts';
import { type TestDatabase, testDatabase } from '../database.ts';
import { type StandingClock, standingClock } from './time.ts';

export interface Surroundings {
  readonly database: TestDatabase;
  readonly simulator: Simulator;
  readonly connector: Connector;
  readonly clock: StandingClock;
  /** Asked for each call of the bot to Teams; undefined lets it through. */
  disturb(by: (call: ConnectorCall) => Disturbance | undefined): void;
  leave(): Promise<void>;
}

// Wiped and used again: a database more costs 30 ms and 8 MB.
const free: TestDatabase[] = [];

export async function newSurroundings(options: SimulatorOptions = {}): Promise<Surroundings> {
  let disturbance: (call: ConnectorCall) => Disturbance | undefined = () => undefined;
  const database = free.pop() ?? (await testDatabase());
  // The named devices and a few more; the password of each key follows from the seed.
  const simulator = await startSimulator({ devices: 40, ...options });
  const connector = await startConnector((call) => disturbance(call));
  return {
    database,
    simulator,
    connector,
    clock: standingClock(),
    disturb: (by) => void (disturbance = by),
    leave: async () => {
      await connector.stop();
      await simulator.stop();
      await wipe(database);
      free.push(database);
    },
  };
}

const everyday = ['ledger_entry', 'ledger_text', 'ledger_checkpoint', 'alert_raised', 'refusal_tally', 'ask', 'sign_in', 'request', 'rotation', 'entra_read', 'entra_log', 'reading', 'export_offer', 'posting', 'channel', 'api_once'];
const fleet = ['sweep', 'sweep_stream', 'device', 'device_item', 'managed_device', 'encryption_report', 'device_key', 'fleet_day'];
const tables = [...everyday, ...fleet];

/** In the role of a replica no trigger runs, so that even the ledger can be emptied: by a superuser, in a test. */
async function wipe({ ownerUrl }: TestDatabase): Promise<void> {
  await asOwner({ ownerUrl }, ['set session_replication_role = replica', ...tables.map((table) => `delete from keydesk.${table}`), 'update keydesk.watch set seq = 0']);
}

/** Statements of the database's owner, one after the other. */
export async function asOwner({ ownerUrl }: Pick<TestDatabase, 'ownerUrl'>, statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
