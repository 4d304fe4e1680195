// Wires the rooms and runs them: what main.ts does with Microsoft's Graph and demo.ts with the simulated tenant.

import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { systemCalendar } from './config/calendar.ts';
import type { ApiConfig } from './config/read-api.ts';
import { systemClock, systemDeadlines, systemIds } from './config/system.ts';
import { hideDueCards, settleClaims } from './domain/close-card.ts';
import type { CredentialEnd } from './domain/credential-end.ts';
import type { Desk } from './domain/desk.ts';
import { workOnRotation } from './domain/follow-rotation.ts';
import type { RotationId, TenantId } from './domain/ids.ts';
import { type Instant, milliseconds } from './domain/instant.ts';
import type { DeskSettings } from './domain/settings.ts';
import type { SweepSettings } from './domain/sweep-desk.ts';
import type { Graph } from './graph/graph.ts';
import { channelChores, stateOfSummaries } from './jobs/channel-chores.ts';
import { createLook } from './jobs/look.ts';
import { createReconciling, type ReconcilingJob } from './jobs/reconciling.ts';
import { type Chore, createTimekeeper, realWait, type Wait } from './jobs/timekeeper.ts';
import { createWakeUps } from './jobs/wake-ups.ts';
import { watchCredentials } from './keydesk/credential-watch.ts';
import { type DelegatedParts, delegationOf, pagesOf, signInOf } from './keydesk/delegated.ts';
import { keeperOf, ledgerChores, type LedgerParts } from './keydesk/keeper.ts';
import { readiness } from './keydesk/readiness.ts';
import { jobChores, jobsOf, mostAtOnce, stateOfJobs, wakeAll } from './keydesk/rotation-jobs.ts';
import { sweepingOf } from './keydesk/sweeping.ts';
import { tidyChores } from './keydesk/tidying.ts';
import { said, tellingOf, toldTo } from './keydesk/witnesses.ts';
import { startServer } from './server/server.ts';
import { alertsIn } from './store/alerts.ts';
import { asksIn } from './store/asks.ts';
import { channelsIn } from './store/channels.ts';
import { type Database } from './store/database.ts';
import { entraReadsIn } from './store/entra-reads.ts';
import { askedWhenFilled } from './store/fleet-filled.ts';
import { fleetIndexIn } from './store/fleet-index.ts';
import { ledgerWatchIn } from './store/ledger-watch.ts';
import { ledgerIn } from './store/ledger.ts';
import { onceIn } from './store/open-once.ts';
import { postingsIn } from './store/postings.ts';
import { ledgerReaderIn } from './store/read-entries.ts';
import { readingsIn } from './store/readings.ts';
import { requestsIn } from './store/requests.ts';
import { rotationTimesIn } from './store/rotation-times.ts';
import { rotationsIn } from './store/rotations.ts';
import { signInsIn } from './store/sign-ins.ts';
import { statementsOf, type WakeLater } from './store/statements.ts';
import { summaryIn } from './store/summary.ts';
import { createBot, type Inbound } from './teams/bot.ts';
import type { Watch } from './telemetry/telemetry.ts';

export type { DelegatedParts } from './keydesk/delegated.ts';

export interface KeydeskParts {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly tenantId: TenantId;
  readonly settings: DeskSettings;
  /** SHA-256 (hex) over the configuration without secrets, for the ledger. */
  readonly fingerprint: string;
  readonly inbound: Inbound;
  readonly graph: Graph;
  /** The same with an identity that may read recovery passwords; `graph` when absent. */
  readonly revealGraph?: Graph;
  /** The same with an identity that may rotate; `graph` when absent. */
  readonly rotationGraph?: Graph;
  /** Delegated mode; application mode when absent. */
  readonly delegated?: DelegatedParts;
  /** How often the ledger is held against Entra's own log, and under which client ids Keydesk asks Graph; never when absent. */
  readonly entraLog?: { readonly everySeconds: number; readonly ownAppIds: readonly string[] };
  /** When the proofs of identity end; looked at once a day. Nobody is warned when absent. */
  readonly credentialEnds?: () => Promise<readonly CredentialEnd[]>;
  readonly database: Database;
  readonly ledger: LedgerParts;
  readonly log: Logger;
  /** Absent: no REST API. `keysUrl`, where the tenant's signing keys are, is for the demo and tests. */
  readonly api?: ApiConfig & { readonly keysUrl?: string };
  /** Absent: no sweeps, and no index of the fleet. */
  readonly sweep?: SweepSettings;
  /** Absent where nothing is exported. */
  readonly telemetry?: Watch;
  /** How often is looked for jobs; at least 0.5, 1 when absent. */
  readonly jobPollSeconds?: number;
  /** Only tests. */
  readonly doors?: Doors;
}

/** Time, ids and waiting of the test's own; `around` lets it stand before and after every call of a port. */
export interface Doors extends Partial<Pick<Desk, 'clock' | 'ids' | 'deadlines'>> {
  readonly wait?: Wait;
  readonly around?: (desk: Desk) => Desk;
  /** Nothing wakes but `wakeDue`. */
  readonly wake?: 'by-hand';
}

export interface Keydesk {
  readonly url: string;
  /** Works once on each rotation whose time had come at `now`, one after the other, as its job would. For tests. */
  wakeDue(now: Instant): Promise<{ readonly worked: number; readonly failed: number }>;
  /** Takes no further requests, lets running ones end, then lets go of what it was given. */
  stop(): Promise<void>;
}

/** Rejects when it cannot listen, or has no key to sign with. A database or a Graph that is away shows on `/readyz` and in every answer. */
export async function startKeydesk(parts: KeydeskParts): Promise<Keydesk> {
  const { database, graph, log, telemetry, doors: { wait = realWait, wake } = {} } = parts;
  // The jobs come below: they work with the desk, and the desk's store hands them what is to happen later.
  const wakeLater: WakeLater = async (run, id, at) => wakeUps?.later(run, id, at);
  const { desk, asks, ledger, readings, postings, signIns, keeper } = deskOf(parts, wakeLater);
  const { delegated, tenantId } = parts;
  const graphs = new Set([graph, parts.revealGraph ?? graph, parts.rotationGraph ?? graph]);
  const bot = createBot({ desk, tenantId, inbound: parts.inbound, ...(delegated && { signIn: signInOf(delegated) }), log, ...(telemetry && { aroundTurn: telemetry.turn }) });
  const times = rotationTimesIn(database, randomBytes, wakeLater);
  const step = (id: RotationId) => workOnRotation(desk, id, bot.tellRotation);
  const look = createLook({
    clock: desk.clock,
    random: Math.random,
    times,
    wakeAt: (id, at) => wakeLater(statementsOf(database), id, at),
    work: telemetry?.step(step) ?? step,
  });
  const wakeUps = wake === 'by-hand' ? undefined : createWakeUps({ ...jobsOf(parts, times, desk), work: look });
  const reconciling = reconcilingOf(parts, desk);
  const credentials = parts.credentialEnds && watchCredentials({ look: parts.credentialEnds, clock: desk.clock, log });
  const sweeping = sweepingOf(parts, desk);
  const chores: Chore[] = [
    noteOfStart(desk, parts.fingerprint),
    { name: 'hide-due-cards', everySeconds: 1, work: () => hideDueCards(desk, bot.hideCard) },
    { name: 'settle-claims', everySeconds: 5, work: () => settleClaims(desk) },
    ...ledgerChores(keeper, parts.ledger),
    { name: 'sum-refusals', everySeconds: 10, work: () => ledger.settleRefusals(desk.clock.now()) },
    ...tidyChores(desk, database, { afterADay: [asks, readings, signIns, onceIn(database)], afterThreeMonths: [postings] }),
    ...channelChores(desk, telemetry?.post(bot.post) ?? bot.post, tellingOf(log)),
    ...(wakeUps === undefined ? [] : jobChores(wakeUps, times, desk)),
    ...(reconciling === undefined ? [] : [reconciling.chore]),
    ...(credentials === undefined ? [] : [credentials.chore]),
    ...(sweeping === undefined ? [] : [sweeping.chore]),
  ];
  const timekeeper = createTimekeeper(chores, toldTo(log), { wait, now: () => milliseconds(desk.clock.now()) });
  const ready = () =>
    readiness({
      database,
      graph,
      keeper,
      clock: systemClock,
      deadline: () => (parts.doors?.deadlines ?? systemDeadlines).press(),
      jobs: () => stateOfJobs(wakeUps, times),
      summaries: () => stateOfSummaries(desk),
      ...(reconciling && { entraLog: () => reconciling.state() }),
      missing: () => [...graphs].flatMap((one) => one.missing()),
      warnings: () => credentials?.warnings() ?? {},
      ...(sweeping && { sweep: () => sweeping.state() }),
    });
  const pages = delegated && pagesOf(delegated, { tenantId, clock: desk.clock, signIns });
  const server = await startServer({ host: parts.host, port: parts.port, routes: [bot.endpoint], ...(pages && { pages }), ...(parts.api && { site: await siteOf(parts, desk, parts.api) }), readiness: ready, ids: desk.ids, log });
  timekeeper.start();
  if (telemetry !== undefined) telemetry.read((await import('./keydesk/figures.ts')).figuresOf(database, desk.clock));
  log.info({ url: server.url }, 'Keydesk answers');
  return {
    url: server.url,
    wakeDue: async (now) => wakeAll(await times.due(now, mostAtOnce), look, log),
    stop: async () => {
      // Nothing new begins anywhere; a reveal that ends meanwhile still hands its rotation to the jobs.
      reconciling?.stop();
      await Promise.all([server.stop(), sweeping?.stop(), timekeeper.stop(), wakeUps?.rest()]);
      await wakeUps?.stop();
      await keeper.close();
      for (const one of graphs) one.stop();
      await database.close();
    },
  };
}

/** Where there is no API nothing of it is loaded: a start is short because little is read. */
const siteOf = async (parts: KeydeskParts, desk: Desk, api: NonNullable<KeydeskParts['api']>) => (await import('./keydesk/site.ts')).siteOf(parts, desk, api);

function deskOf({ tenantId, database, graph, revealGraph = graph, rotationGraph = graph, delegated, settings, ledger: kept, log, telemetry, doors = {} }: KeydeskParts, wakeLater: WakeLater) {
  const { clock = systemClock, ids = systemIds, deadlines = systemDeadlines, around = (desk: Desk) => desk } = doors;
  const ledger = ledgerIn(database, randomBytes);
  const asks = asksIn(database);
  const alerts = alertsIn(database, randomBytes);
  const keeper = keeperOf(kept, { tenantId, database, clock, alerts, log });
  const readings = readingsIn(database, randomBytes);
  const postings = postingsIn(database, randomBytes);
  const signIns = signInsIn(database);
  const parts: Desk = {
    clock,
    ids,
    deadlines,
    directory: graph.directory,
    managedDevices: graph.managedDevices,
    encryptionStates: graph.encryptionStates,
    tenantPolicy: graph.tenantPolicy,
    recoveryKeys: { ...graph.recoveryKeys, read: (keyId, options) => revealGraph.recoveryKeys.read(keyId, options) },
    rotator: rotationGraph.rotator,
    fleet: askedWhenFilled(fleetIndexIn(database), database, clock),
    roles: graph.roles,
    ledger: said(ledger, log),
    alerts,
    checkpoints: keeper,
    ledgerCheck: keeper,
    reader: ledgerReaderIn(database),
    readings,
    calendar: systemCalendar,
    channels: channelsIn(database, randomBytes),
    postings,
    summaries: summaryIn(database),
    watch: ledgerWatchIn(database),
    asks,
    requests: requestsIn(database, randomBytes, wakeLater),
    rotations: rotationsIn(database, { random: randomBytes, clock, wakeLater }),
    ...(delegated && { delegation: delegationOf(delegated, { tenantId, clock, signIns }) }),
    settings,
  };
  const desk = around(telemetry?.desk(parts) ?? parts);
  return { desk, ledger, asks, readings, postings, signIns, keeper };
}

function reconcilingOf({ database, graph, entraLog, log }: KeydeskParts, { clock, alerts, deadlines }: Desk): ReconcilingJob | undefined {
  if (entraLog === undefined) return undefined;
  const { everySeconds, ownAppIds } = entraLog;
  const tell = (level: 'info' | 'warn', fields: object, message: string): void => log[level](fields, message);
  return createReconciling({ clock, alerts, auditLog: graph.auditLog, reads: entraReadsIn(database, randomBytes), ownAppIds: new Set(ownAppIds), everySeconds, work: () => deadlines.work(), tell });
}

/** Who starts with which configuration is an entry; tried until the ledger takes it, then never again. */
function noteOfStart(desk: Desk, configuration: string): Chore {
  const time = desk.clock.now();
  let noted = false;
  return {
    name: 'note-of-start',
    everySeconds: 5,
    work: async () => {
      if (noted) return;
      await desk.ledger.append({ time, act: 'started', outcome: 'done', source: 'system', configuration });
      noted = true;
    },
  };
}
