// Wires the rooms and runs them: what main.ts does with Microsoft's Graph and demo.ts with the simulated tenant.

import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { systemClock, systemDeadlines, systemIds } from './config/system.ts';
import { hideDueCards, settleClaims } from './domain/close-card.ts';
import type { Desk } from './domain/desk.ts';
import { Fault } from './domain/fault.ts';
import type { TenantId } from './domain/ids.ts';
import { milliseconds, plusSeconds } from './domain/instant.ts';
import type { Ledger } from './domain/ports.ts';
import type { DeskSettings } from './domain/settings.ts';
import type { Graph } from './graph/graph.ts';
import { type Chore, createTimekeeper, realWait, type Wait, type Witness } from './jobs/timekeeper.ts';
import { type Readiness, startServer } from './server/server.ts';
import { asksIn } from './store/asks.ts';
import { type Database } from './store/database.ts';
import { ledgerIn } from './store/ledger.ts';
import { clockOf, readinessOf } from './store/readiness.ts';
import { requestsIn } from './store/requests.ts';
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
  readonly database: Database;
  readonly log: Logger;
  /** Only tests. */
  readonly doors?: Doors;
}

/** Time, ids and waiting of the test's own; `around` lets it stand before and after every call of a port. */
export interface Doors extends Partial<Pick<Desk, 'clock' | 'ids' | 'deadlines'>> {
  readonly wait?: Wait;
  readonly around?: (desk: Desk) => Desk;
}

export interface Keydesk {
  readonly url: string;
  /** Takes no further requests, lets running ones end, then lets go of what it was given. */
  stop(): Promise<void>;
}

/** Rejects when it cannot listen. A database or a Graph that is away shows on `/readyz` and in every answer. */
export async function startKeydesk(parts: KeydeskParts): Promise<Keydesk> {
  const { database, graph, log, doors: { around = (desk: Desk) => desk, wait = realWait, ...doors } = {} } = parts;
  const ledger = ledgerIn(database, randomBytes);
  const asks = asksIn(database);
  const desk = around({
    clock: systemClock,
    ids: systemIds,
    deadlines: systemDeadlines,
    ...doors,
    directory: graph.directory,
    managedDevices: graph.managedDevices,
    recoveryKeys: graph.recoveryKeys,
    roles: graph.roles,
    ledger: said(ledger, log),
    asks,
    requests: requestsIn(database, randomBytes),
    settings: parts.settings,
  });
  const bot = createBot({ desk, tenantId: parts.tenantId, inbound: parts.inbound, log });
  const chores: Chore[] = [
    noteOfStart(desk, parts.fingerprint),
    { name: 'hide-due-cards', everySeconds: 1, work: () => hideDueCards(desk, bot.hideCard) },
    { name: 'settle-claims', everySeconds: 5, work: () => settleClaims(desk) },
    { name: 'sum-refusals', everySeconds: 10, work: () => ledger.settleRefusals(desk.clock.now()) },
    { name: 'forget-messages', everySeconds: 3600, work: () => asks.prune(plusSeconds(desk.clock.now(), -86_400)) },
  ];
  const timekeeper = createTimekeeper(chores, toldTo(log), { wait, now: () => milliseconds(desk.clock.now()) });
  const server = await startServer({ host: parts.host, port: parts.port, routes: [bot.endpoint], readiness: () => readiness(parts), ids: desk.ids, log });
  timekeeper.start();
  log.info({ url: server.url }, 'Keydesk answers');
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      await timekeeper.stop();
      graph.stop();
      await database.close();
    },
  };
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

/**
 * Without database or ledger nothing can be shown: down. Without Graph people still get an answer, and with a clock
 * that is wrong limits hold less exactly: degraded.
 */
async function readiness({ database, graph, doors }: KeydeskParts): Promise<Readiness> {
  const [stored, clock, reached] = await Promise.all([
    readinessOf(database),
    clockOf(database, () => systemClock.now()),
    graph.ping((doors?.deadlines ?? systemDeadlines).press()).then(
      () => 'ok',
      (error: unknown) => (error instanceof Fault ? error.code : 'internal'),
    ),
  ]);
  const parts = { ...stored, graph: reached, ...(clock !== 'ok' && { clock }) };
  const status = stored.database !== 'ok' || stored.ledger !== 'ok' ? 'down' : reached === 'ok' && clock === 'ok' ? 'ok' : 'degraded';
  return { status, parts };
}
