// The ports on a database of the test, and requests to fill them with.
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { parseEntraDeviceId, parseEntraObjectId, parseIntuneDeviceId, parseKeyId, parseTenantId, type RotationId } from '../../src/domain/ids.ts';
import { type Instant, plusSeconds } from '../../src/domain/instant.ts';
import type { LedgerEntry } from '../../src/domain/ledger-entry.ts';
import type { Requests, Rotations } from '../../src/domain/ports.ts';
import type { DeviceOffer, Grant, RevealRequest } from '../../src/domain/request.ts';
import type { Finding } from '../../src/ledger/findings.ts';
import { type Verdict, verifyLedger } from '../../src/ledger/verify.ts';
import { type AskStore, asksIn } from '../../src/store/asks.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { ledgerIn, type LedgerStore } from '../../src/store/ledger.ts';
import { requestsIn } from '../../src/store/requests.ts';
import { type RotationTimes, rotationTimesIn } from '../../src/store/rotation-times.ts';
import { rotationsIn } from '../../src/store/rotations.ts';
import type { WakeLater } from '../../src/store/statements.ts';
import { listEntries, storedEntries } from '../../src/store/stored-entries.ts';
import { known } from './known.ts';
import { at, entryOf, person, requestId } from './ledger-entries.ts';

export interface Stores {
  readonly database: Database;
  readonly ledger: LedgerStore;
  readonly asks: AskStore;
  readonly requests: Requests;
  readonly rotations: Rotations;
  readonly times: RotationTimes;
  /** What was handed to the jobs, in its order; also of transactions that came to nothing. */
  readonly wakes: readonly { readonly id: RotationId; readonly at: Instant }[];
  close(): Promise<void>;
}

/** One instance of Keydesk's store: a pool of its own. Its clock stands at noon. */
export function openStores(url: string, maxConnections = 4): Stores {
  const database = openDatabase(url, { maxConnections });
  const wakes: { id: RotationId; at: Instant }[] = [];
  const wakeLater: WakeLater = async (_run, id, wakeAt) => void wakes.push({ id, at: wakeAt });
  return {
    database,
    ledger: ledgerIn(database, randomBytes),
    asks: asksIn(database),
    requests: requestsIn(database, randomBytes, wakeLater),
    rotations: rotationsIn(database, { random: randomBytes, clock: { now: () => noon }, wakeLater }),
    times: rotationTimesIn(database, randomBytes, wakeLater),
    wakes,
    close: () => database.close(),
  };
}

export const noon = at('2026-11-22T12:00:00.000Z');

const deviceId = known(parseEntraDeviceId('de71ce00-0000-4000-8000-000000000042'));

/** A device with every field that a card may show. */
export const offer: DeviceOffer = {
  device: {
    objectId: known(parseEntraObjectId('0b1ec700-0000-4000-8000-000000000042')),
    deviceId,
    name: `O'BRIEN "PC" \\ [x](y) <at>`,
    operatingSystem: 'Windows',
    osVersion: '10.0.26100.2033',
    joinType: 'entra',
    enabled: true,
    lastSignIn: at('2026-11-21T08:00:00.000Z'),
  },
  owner: { id: person(), name: 'Adele Vance', userPrincipalName: 'adele@contoso.com' },
  managed: {
    intuneId: known(parseIntuneDeviceId('14700000-0000-4000-8000-000000000042')),
    deviceId,
    name: 'LAPTOP-42',
    primaryUser: 'adele@contoso.com',
    primaryUserId: person(),
    encrypted: true,
    lastSync: at('2026-11-22T08:00:00.000Z'),
    enrolledAt: at('2025-01-01T08:00:00.000Z'),
  },
  keys: [{ keyId: known(parseKeyId('1a2b3c4d-0000-4000-8000-000000000001')), deviceId, volumeType: 'operatingSystem', createdAt: at('2026-01-01T08:00:00.000Z'), state: 'active' }],
  missing: [],
};

export const grant: Grant = { key: known(offer.keys[0]), reason: 'other', reasonText: 'water damage', callerCheck: 'call-back', ticket: 'INC0012345' };

export const requestOf = (number: number, more: Partial<RevealRequest> = {}): RevealRequest => ({
  id: requestId(number),
  purpose: 'reveal',
  by: 'helpdesk',
  person: { id: person(), tenantId: known(parseTenantId('c0417050-0000-4000-8000-000000000000')), name: 'Alex Wilber' },
  viewer: { locale: 'de-DE', timeZone: 'Europe/Berlin' },
  state: 'open',
  callerProof: false,
  choices: [],
  offer,
  preset: { ticket: 'INC0012345' },
  misses: 0,
  card: { conversationId: 'a:1', serviceUrl: 'https://smba.example/emea/' },
  openedAt: noon,
  expiresAt: plusSeconds(noon, 600),
  attempt: 0,
  ...more,
});

type Claim = Parameters<Requests['claim']>[0];

export const claimOf = (request: RevealRequest, more: Partial<Claim> = {}): Claim => {
  const time = more.at ?? noon;
  const attempt = more.attempt ?? 1;
  const intended: LedgerEntry = entryOf({ time, act: 'intended', person: request.person, requestId: request.id, attempt });
  return { id: request.id, from: 'open', attempt, grant, at: time, limits: [], intended, ...more };
};

export const shownOf = (request: RevealRequest, attempt: number, time: Instant) => ({
  id: request.id,
  attempt,
  at: time,
  card: { hideAt: plusSeconds(time, 300), showAgainUntil: plusSeconds(time, 1200) },
  entry: entryOf({ time, act: 'revealed', person: request.person, requestId: request.id, attempt }),
});

/** Until so many statements of this database wait for a lock: asked of the server, which alone knows. */
export async function untilWaiting({ db }: Database, count: number): Promise<void> {
  const waiting = sql<{ count: number }>`select count(*)::int from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  while ((await waiting.execute(db)).rows[0]?.count !== count);
}

/** What the whole ledger says. */
export const entriesIn = async ({ database }: Pick<Stores, 'database'>): Promise<readonly LedgerEntry[]> =>
  (await listEntries(database, { last: 10_000 })).map(({ entry }) => known(entry));

export const actsIn = async (stores: Pick<Stores, 'database'>): Promise<readonly string[]> =>
  (await entriesIn(stores)).map(({ act, outcome, attempt }) => [act, outcome, attempt].filter((part) => part !== undefined).join(' '));

export async function verified(database: Database): Promise<{ readonly findings: readonly Finding[]; readonly verdict: Verdict }> {
  const findings: Finding[] = [];
  const steps = verifyLedger(storedEntries(database));
  for (;;) {
    const step = await steps.next();
    if (step.done === true) return { findings, verdict: step.value };
    findings.push(step.value);
  }
}
