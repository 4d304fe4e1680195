// Wires the rooms and runs them: what main.ts does with Microsoft's Graph and demo.ts with the simulated tenant.

import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { systemClock, systemDeadlines, systemIds } from './config/system.ts';
import { hideDueCards, settleClaims } from './domain/close-card.ts';
import type { Desk } from './domain/desk.ts';
import { Fault } from './domain/fault.ts';
import { workOnRotation } from './domain/follow-rotation.ts';
import type { RotationId, TenantId } from './domain/ids.ts';
import { type Instant, milliseconds, plusSeconds } from './domain/instant.ts';
import type { Ledger } from './domain/ports.ts';
import type { DeskSettings } from './domain/settings.ts';
import { createSweeper, type SweepSettings } from './domain/sweep-fleet.ts';
import { createSweepTeller, isSweepWell, sweepWord } from './domain/sweep-words.ts';
import type { Graph } from './graph/graph.ts';
import { createLook } from './jobs/look.ts';
import { type Chore, createTimekeeper, realWait, type Wait, type Witness } from './jobs/timekeeper.ts';
import { createWakeUps, type WakeUps } from './jobs/wake-ups.ts';
import { type Readiness, startServer } from './server/server.ts';
import { alertsIn } from './store/alerts.ts';
import { asksIn } from './store/asks.ts';
import { type Database } from './store/database.ts';
import { fleetIndexIn } from './store/fleet-index.ts';
import { ledgerIn } from './store/ledger.ts';
import { clockOf, readinessOf } from './store/readiness.ts';
import { requestsIn } from './store/requests.ts';
import { type RotationTimes, rotationTimesIn } from './store/rotation-times.ts';
import { rotationsIn } from './store/rotations.ts';
import { statementsOf, type WakeLater } from './store/statements.ts';
import { sweepsIn } from './store/sweeps.ts';
import { createBot, type Inbound } from './teams/bot.ts';

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
  /** The same with an identity that may rotate; `graph` when absent. */
  readonly rotationGraph?: Graph;
  readonly database: Database;
  readonly log: Logger;
  /** Absent: no sweeps, and no index of the fleet. */
  readonly sweep?: SweepSettings;
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

/** Rejects when it cannot listen. A database or a Graph that is away shows on `/readyz` and in every answer. */
export async function startKeydesk(parts: KeydeskParts): Promise<Keydesk> {
  const { database, graph, log, doors: { wait = realWait, wake } = {} } = parts;
  // The jobs come below: they work with the desk, and the desk's store hands them what is to happen later.
  const wakeLater: WakeLater = async (run, id, at) => wakeUps?.later(run, id, at);
  const { desk, asks, ledger } = deskOf(parts, wakeLater);
  const bot = createBot({ desk, tenantId: parts.tenantId, inbound: parts.inbound, log });
  const times = rotationTimesIn(database, randomBytes, wakeLater);
  const look = createLook({
    clock: desk.clock,
    random: Math.random,
    times,
    wakeAt: (id, at) => wakeLater(statementsOf(database), id, at),
    work: (id) => workOnRotation(desk, id, bot.tellRotation),
  });
  const wakeUps = wake === 'by-hand' ? undefined : createWakeUps({ ...jobsOf(parts, times, desk), work: look });
  const chores: Chore[] = [
    noteOfStart(desk, parts.fingerprint),
    { name: 'hide-due-cards', everySeconds: 1, work: () => hideDueCards(desk, bot.hideCard) },
    { name: 'settle-claims', everySeconds: 5, work: () => settleClaims(desk) },
    { name: 'sum-refusals', everySeconds: 10, work: () => ledger.settleRefusals(desk.clock.now()) },
    { name: 'forget-messages', everySeconds: 3600, work: () => asks.prune(plusSeconds(desk.clock.now(), -86_400)) },
    ...(wakeUps === undefined ? [] : jobChores(wakeUps, times, desk)),
  ];
  const timekeeper = createTimekeeper(chores, toldTo(log), { wait, now: () => milliseconds(desk.clock.now()) });
  const sweeper = parts.sweep && createSweeper({ ...desk, pages: graph.fleetPages, sweeps: sweepsIn(database), holder: desk.ids.clientRequest(), sweep: parts.sweep, told: createSweepTeller(desk.clock, (level, fields, message) => log[level](fields, message)) });
  if (sweeper !== undefined) chores.push({ name: 'sweep-fleet', everySeconds: 5, work: () => sweeper.turn() });
  const jobs = (): Promise<string> => stateOfJobs(wakeUps, times);
  const server = await startServer({ host: parts.host, port: parts.port, routes: [bot.endpoint], readiness: () => readiness(parts, jobs, desk), ids: desk.ids, log });
  timekeeper.start();
  log.info({ url: server.url }, 'Keydesk answers');
  return {
    url: server.url,
    wakeDue: async (now) => wakeAll(await times.due(now, mostAtOnce), look, log),
    stop: async () => {
      await server.stop();
      await sweeper?.stop();
      await timekeeper.stop();
      await wakeUps?.stop();
      for (const one of new Set([graph, parts.rotationGraph])) one?.stop();
      await database.close();
    },
  };
}

function deskOf({ database, graph, rotationGraph = graph, settings, log, doors = {} }: KeydeskParts, wakeLater: WakeLater) {
  const { clock = systemClock, ids = systemIds, deadlines = systemDeadlines, around = (desk: Desk) => desk } = doors;
  const ledger = ledgerIn(database, randomBytes);
  const asks = asksIn(database);
  const desk = around({
    clock,
    ids,
    deadlines,
    directory: graph.directory,
    managedDevices: graph.managedDevices,
    encryptionStates: graph.encryptionStates,
    tenantPolicy: graph.tenantPolicy,
    recoveryKeys: graph.recoveryKeys,
    rotator: rotationGraph.rotator,
    fleet: fleetIndexIn(database),
    roles: graph.roles,
    ledger: said(ledger, log),
    alerts: alertsIn(database, randomBytes),
    asks,
    requests: requestsIn(database, randomBytes, wakeLater),
    rotations: rotationsIn(database, { random: randomBytes, clock, wakeLater }),
    settings,
  });
  return { desk, ledger, asks };
}

const mostAtOnce = 200;
/** A rotation whose time passed so long ago should have been woken: its job got lost. */
const secondsUntilForgotten = 90;

/** What the jobs are given besides their work. */
const jobsOf = ({ database, log, jobPollSeconds = 1 }: KeydeskParts, times: RotationTimes, desk: Desk) => ({
  run: statementsOf(database),
  clock: desk.clock,
  pollSeconds: jobPollSeconds,
  gaveUp: async (id: RotationId, code: Fault['code']) => {
    if (await times.gaveUp(id, desk.clock.now(), code)) log.error({ rotation: id, fault: code }, 'a job was given up; it is tried again in an hour');
  },
  report: (error: unknown) => log.warn({ err: error }, 'the jobs met a fault and go on'),
});

const jobChores = (wakeUps: WakeUps, times: RotationTimes, desk: Desk): readonly Chore[] => [
  { name: 'keep-jobs-running', everySeconds: 5, work: () => wakeUps.keepRunning() },
  { name: 'remember-rotations', everySeconds: 60, work: async () => wakeUps.remember(await times.due(plusSeconds(desk.clock.now(), -secondsUntilForgotten), mostAtOnce)) },
];

async function wakeAll(ids: readonly RotationId[], look: (id: RotationId) => Promise<void>, log: Logger): Promise<{ worked: number; failed: number }> {
  let failed = 0;
  for (const id of ids) {
    await look(id).catch((error: unknown) => {
      failed += 1;
      log.warn({ rotation: id, err: error }, 'a look at a rotation failed');
    });
  }
  return { worked: ids.length - failed, failed };
}

/** For /readyz. A job that was given up shows until its rotation moves again. */
async function stateOfJobs(wakeUps: WakeUps | undefined, times: RotationTimes): Promise<string> {
  if (wakeUps?.running() === false) return 'stopped';
  const dead = await times.givenUp();
  return dead === 0 ? 'ok' : `dead: ${dead}`;
}

/** Repeats of a refusal become one entry of the ledger without their references: each stands in the log, for the phone. */
const said = (ledger: Ledger, log: Logger): Ledger => ({
  append: (entry) => ledger.append(entry),
  refuse: async (entry) => {
    await ledger.refuse(entry);
    log.info({ code: entry.code, reference: entry.reference, person: entry.person?.id, request: entry.requestId, conversation: entry.conversation }, 'refused');
  },
});

const toldTo = (log: Logger): Witness => ({
  failing: (chore, error, times) => log.warn({ chore, times, err: error }, 'a chore failed and will be tried again'),
  well: (chore, times) => log.info({ chore, times }, 'a chore is well again'),
});

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

const codeOf = (error: unknown): string => (error instanceof Fault ? error.code : 'internal');

/**
 * Without database or ledger nothing can be shown: down. Without Graph or jobs people still get an answer, and with a
 * clock that is wrong limits hold less exactly: degraded.
 */
async function readiness({ database, graph, doors, sweep }: KeydeskParts, stateOf: () => Promise<string>, desk: Desk): Promise<Readiness> {
  const [stored, clock, reached, jobs, swept] = await Promise.all([
    readinessOf(database),
    clockOf(database, () => systemClock.now()),
    graph.ping((doors?.deadlines ?? systemDeadlines).press()).then(() => 'ok', codeOf),
    stateOf().catch(codeOf),
    sweep === undefined ? 'ok' : desk.fleet.state().then((state) => sweepWord(state, desk.clock.now(), sweep.everySeconds), codeOf),
  ]);
  const parts = { ...stored, graph: reached, jobs, ...(sweep && { sweep: swept }), ...(clock !== 'ok' && { clock }) };
  const down = stored.database !== 'ok' || stored.ledger !== 'ok';
  return { status: down ? 'down' : reached === 'ok' && jobs === 'ok' && clock === 'ok' && isSweepWell(swept) ? 'ok' : 'degraded', parts };
}
