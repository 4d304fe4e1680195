// A sweep over lists that a test writes: the real verb, the real store, and in place of Graph pages in memory, which can
// be made to fail.

import { randomUUID } from 'node:crypto';
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import type { Device, ManagedDevice } from '../../src/domain/device.ts';
import type { EncryptionState } from '../../src/domain/encryption-state.ts';
import { foldedName, type SweepStream, type Swept } from '../../src/domain/fleet.ts';
import type { FleetIndex, FleetPages, SweptPage } from '../../src/domain/fleet-ports.ts';
import { type Instant, plusSeconds } from '../../src/domain/instant.ts';
import type { DeskSettings } from '../../src/domain/settings.ts';
import { defaultSettings } from '../../src/domain/settings.ts';
import { defaultSweepSettings, type SweepDesk, type SweepEvent, type SweepSettings, type SweepTurn } from '../../src/domain/sweep-desk.ts';
import { sweepFleet } from '../../src/domain/sweep-fleet.ts';
import { alertsIn } from '../../src/store/alerts.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { fleetIndexIn } from '../../src/store/fleet-index.ts';
import { sweepsIn } from '../../src/store/sweeps.ts';
import { testDatabase, type TestDatabase } from './database.ts';
import { deviceOf, keyOf, managedOf, time } from './desk/world.ts';

export const morning = time('2026-11-25T08:00:00Z');
const pageSize = 3;

type Lists = { -readonly [S in SweepStream]: Swept[S][] };

export interface TestTenant {
  readonly lists: Lists;
  /** In place of the answer for this page of this list; thrown when it is an error. Counts from 1. */
  disturb(by: (stream: SweepStream, page: number, link: string | undefined) => SweptPage<SweepStream> | Error | undefined): void;
  readonly asked: { readonly stream: SweepStream; readonly link: string | undefined }[];
}

export function newTenant(): TestTenant & { readonly pages: FleetPages } {
  const lists: Lists = { devices: [], managed: [], encryption: [], keys: [] };
  const asked: TestTenant['asked'][number][] = [];
  let disturbance: Parameters<TestTenant['disturb']>[0] = () => undefined;
  return {
    lists,
    asked,
    disturb: (by) => void (disturbance = by),
    pages: {
      async page<S extends SweepStream>(stream: S, link: string | undefined): Promise<SweptPage<S>> {
        asked.push({ stream, link });
        const start = link === undefined ? 0 : Number(/\d+$/.exec(link)?.[0]);
        const instead = disturbance(stream, start / pageSize + 1, link);
        if (instead instanceof Error) throw instead;
        // The test says what comes in place of it, of the right kind or not.
        if (instead !== undefined) return instead as SweptPage<S>;
        const end = start + pageSize;
        return { entries: lists[stream].slice(start, end), unreadable: 0, ...(end < lists[stream].length && { next: linkAt(stream, end) }) };
      },
    },
  };
}

export const linkAt = (stream: SweepStream, offset: number): string => `https://graph.microsoft.com/v1.0/${stream}?skip=${offset}`;

export interface TestSweeps {
  readonly tenant: TestTenant;
  readonly index: FleetIndex;
  readonly stored: TestDatabase;
  readonly database: Database;
  readonly told: SweepEvent[];
  now: Instant;
  settings: Partial<DeskSettings>;
  sweep: Partial<SweepSettings>;
  /** One turn of an instance; of the first when no other is named. */
  turn(holder?: string, stop?: AbortSignal): Promise<SweepTurn>;
  /** As an instance has it. */
  desk(holder?: string): SweepDesk;
  /** Days later, a whole sweep. */
  again(): Promise<SweepTurn>;
  wipe(): Promise<void>;
  close(): Promise<void>;
}

export const first = randomUUID();
export const second = randomUUID();

export async function openSweeps(): Promise<TestSweeps> {
  const stored: TestDatabase = await testDatabase();
  const database = openDatabase(stored.appUrl, { maxConnections: 6 });
  let tenant = newTenant();
  const told: SweepEvent[] = [];
  const sweeps: TestSweeps = {
    get tenant() {
      return tenant;
    },
    index: fleetIndexIn(database),
    stored,
    database,
    told,
    now: morning,
    settings: {},
    sweep: {},
    desk: (holder = first) => ({
      clock: { now: () => sweeps.now },
      alerts: alertsIn(database, randomBytes),
      deadlines: { ask: never, press: never, work: never },
      settings: { ...defaultSettings, ...sweeps.settings },
      pages: tenant.pages,
      sweeps: sweepsIn(database),
      fleet: fleetIndexIn(database),
      holder,
      sweep: { ...defaultSweepSettings, ...sweeps.sweep },
      told: (event) => void told.push(event),
    }),
    turn: (holder, stop = never()) => sweepFleet(sweeps.desk(holder), stop),
    again: () => {
      sweeps.now = plusSeconds(sweeps.now, 86_400);
      return sweeps.turn();
    },
    wipe: async () => {
      tenant = newTenant();
      told.splice(0);
      Object.assign(sweeps, { now: morning, settings: {}, sweep: {} });
      const owner = new Client({ connectionString: stored.ownerUrl });
      await owner.connect();
      await owner.query('truncate keydesk.sweep, keydesk.sweep_stream, keydesk.device, keydesk.device_item, keydesk.managed_device, keydesk.encryption_report, keydesk.device_key, keydesk.fleet_day');
      await owner.end();
    },
    close: () => database.close(),
  };
  return sweeps;
}

const never = (): AbortSignal => new AbortController().signal;

export interface Machine {
  readonly device: Device;
  readonly managed: ManagedDevice;
}

/** A machine that Entra and Intune know, enrolled long ago and encrypted; with a key unless it says otherwise. */
export function addMachine({ lists }: TestTenant, number: number, name: string, more: { readonly device?: Partial<Device>; readonly managed?: Partial<ManagedDevice> | false; readonly key?: string | false; readonly report?: Partial<EncryptionState> } = {}): Machine {
  const device = deviceOf(number, name, more.device);
  const managed = managedOf(number, device, { enrolledAt: time('2025-01-01T00:00:00Z'), lastSync: time('2026-11-25T06:00:00Z'), ...(more.managed === false ? {} : more.managed) });
  lists.devices.push(device);
  if (more.managed !== false) lists.managed.push(managed);
  if (more.key !== false) lists.keys.push(keyOf(device, more.key ?? number.toString(16).padStart(8, '0'), '2026-05-01T09:00:00Z'));
  if (more.report !== undefined) lists.encryption.push({ intuneId: managed.intuneId, name, policy: 'compliant', policies: ['BitLocker'], flags: [], ready: true, encrypted: true, ...more.report });
  return { device, managed };
}

/** `{ 'LAPTOP-42': 'escrowed key-escrowed' }`: what the index says of each device that is not gone. */
export async function statusesIn({ index }: TestSweeps, ...names: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const found = await index.withNames(names.map(foldedName));
  return Object.fromEntries(found.map(({ name, status, reason, deletedAt }) => [name, deletedAt === undefined ? `${status} ${reason}` : `gone ${deletedAt}`]));
}
