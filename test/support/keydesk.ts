// A whole Keydesk in the process of the test: HTTP in front, the real bot, domain and store, the real Graph edge turned
// to the simulated tenant, and a connector in place of Teams. Clock, deadlines and chores are in the test's hands.

import { systemIds } from '../../src/config/system.ts';
import type { Desk } from '../../src/domain/desk.ts';
import { parseTenantId } from '../../src/domain/ids.ts';
import type { LedgerEntry } from '../../src/domain/ledger-entry.ts';
import { defaultSettings, type DeskSettings } from '../../src/domain/settings.ts';
import { createCredential } from '../../src/graph/credential.ts';
import { createGraph, type Graph } from '../../src/graph/graph.ts';
import { authorityTurnedTo, lastHopTurnedTo } from '../../src/graph/turned.ts';
import { startKeydesk } from '../../src/keydesk.ts';
import { createLog } from '../../src/log.ts';
import { apps } from '../../src/sim/tenant/apps.ts';
import type { LoggedRequest } from '../../src/sim/http/request-log.ts';
import { cast, roleGroups } from '../../src/sim/tenant/people.ts';
import type { Simulator, SimulatorOptions } from '../../src/sim/simulator.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { listEntries } from '../../src/store/stored-entries.ts';
import type { Logger } from 'pino';
import { type ChatMessage, privateChatId } from '../../src/terminal/connector.ts';
import { type Card, openConversation, type Pressed, type PressOptions, type Said, type SayOptions, type Speaker } from '../../src/terminal/conversation.ts';
import { checkWhatAlwaysHolds } from './keydesk/always.ts';
import { type Standing, standing } from './keydesk/cards.ts';
import { newSurroundings, type Surroundings } from './keydesk/surroundings.ts';
import { handChores, handDeadlines, type HandDeadlines, type StandingClock } from './keydesk/time.ts';
import { known } from './known.ts';

export const tenantId = known(parseTenantId('c0417050-0000-4000-8000-000000000000'));

const speaker = ({ id, displayName }: { readonly id: string; readonly displayName: string }): Speaker => ({ id, name: displayName });
export const alex = speaker(cast.alex);
export const megan = speaker(cast.megan);
export const adele = speaker(cast.adele);
export const grady = speaker(cast.grady);
export const lee = speaker(cast.lee);
export const isaiah = speaker(cast.isaiah);

/** The conversation id of the private chat with one person. */
export const privateChatOf = (person: Speaker): string => privateChatId(`29:${person.id}`);

export interface InstanceOptions {
  readonly settings?: Partial<DeskSettings>;
  /** Where the database is reached; the test's own when absent. */
  readonly databaseUrl?: string;
  /** Stands around every call of a port. */
  readonly around?: (desk: Desk) => Desk;
}

export interface KeydeskOptions extends InstanceOptions {
  readonly tenant?: SimulatorOptions;
}

type Who = Partial<SayOptions>;

/** One running Keydesk. Alex speaks, in the private chat, when nobody else is named. */
export interface Instance {
  readonly url: string;
  readonly deadlines: HandDeadlines;
  readonly logLines: readonly string[];
  say(text: string, options?: Who): Promise<Said>;
  /** Says it, and takes the card that then stands last in the private chat. */
  ask(text: string, options?: Who): Promise<Standing>;
  press(message: { readonly card: Card; readonly activityId?: string }, verb: string, inputs?: Readonly<Record<string, unknown>>, options?: Partial<PressOptions>): Promise<Pressed>;
  /** The reveal, with a reason. */
  reveal(message: Standing, inputs?: Readonly<Record<string, unknown>>, options?: Partial<PressOptions>): Promise<Pressed>;
  /** Every chore of the timekeeper once, to its end. */
  runChores(): Promise<void>;
  stop(): Promise<void>;
}

export interface TestKeydesk extends Surroundings, Instance {
  /** Another instance in the same surroundings; stopped with the first. */
  another(options?: InstanceOptions): Promise<Instance>;
  /** Entries in their order, without those of a start. */
  ledger(): Promise<readonly LedgerEntry[]>;
  /** `intended done`, `refused refused no-role`: acts, outcomes and codes in their order. */
  acts(): Promise<readonly string[]>;
  /** Requests for a secret that reached Graph. */
  reads(): readonly LoggedRequest[];
  /** The message as it stands now. */
  now(message: Standing): ChatMessage;
  privateChat(person?: Speaker): readonly ChatMessage[];
}

/** @returns a mocha test: a Keydesk of its own, what it does, and what must hold after whatever happened. */
export function inKeydesk(...given: [KeydeskOptions, (keydesk: TestKeydesk) => Promise<void>] | [(keydesk: TestKeydesk) => Promise<void>]): () => Promise<void> {
  const [options, work] = given.length === 2 ? given : [{}, given[0]];
  return async () => {
    const keydesk = await startTestKeydesk(options);
    try {
      await work(keydesk);
      await checkWhatAlwaysHolds(keydesk);
    } finally {
      await keydesk.stop();
      await keydesk.leave();
    }
  };
}

export async function startTestKeydesk({ tenant, ...options }: KeydeskOptions = {}): Promise<TestKeydesk> {
  const surroundings = await newSurroundings(tenant);
  const { database, connector, simulator } = surroundings;
  const store = openDatabase(database.appUrl, { maxConnections: 1 });
  const first = await startInstance(surroundings, options);
  const others: Instance[] = [];
  const ledger = () => entriesIn(store);
  return {
    ...surroundings,
    ...first,
    another: async (change = {}) => {
      const instance = await startInstance(surroundings, { ...options, ...change });
      others.push(instance);
      return instance;
    },
    ledger,
    acts: async () => (await ledger()).map(({ act, outcome, code }) => [act, outcome, ...(code === undefined ? [] : [code])].join(' ')),
    reads: () => readsIn(simulator),
    now: ({ activityId }) => known(connector.messages.find((message) => message.activityId === activityId)),
    privateChat: (person = alex) => connector.messages.filter((message) => message.conversationId === privateChatOf(person)),
    stop: async () => {
      for (const instance of [first, ...others]) await instance.stop();
      await store.close();
    },
  };
}

export async function entriesIn(store: Database): Promise<readonly LedgerEntry[]> {
  const listed = await listEntries(store, { last: 10_000 });
  return listed.map(({ entry }) => known(entry)).filter(({ act }) => act !== 'started');
}

/** Which secret was asked for stands in the address. */
export const readsIn = (simulator: Simulator): readonly LoggedRequest[] => simulator.requests.list().filter(({ url }) => /[?&](?:%24|\$)select=key(?:&|$)/i.test(url));

const choreCount = 5;

/** A Keydesk in surroundings that are there already. */
export async function startInstance(surroundings: Surroundings, options: InstanceOptions = {}): Promise<Instance> {
  const { clock, connector, database, simulator } = surroundings;
  const logLines: string[] = [];
  const log = createLog({ level: 'debug', destination: { write: (line) => void logLines.push(line) } });
  const deadlines = handDeadlines(clock);
  const chores = handChores(choreCount);
  const keydesk = await startKeydesk({
    host: '127.0.0.1',
    port: 0,
    tenantId,
    settings: { ...defaultSettings, ...options.settings },
    fingerprint: '00'.repeat(32),
    inbound: { mode: 'unauthenticated-loopback' },
    graph: graphIn(simulator, clock, log),
    database: openDatabase(options.databaseUrl ?? database.appUrl, { onConnectionLost: (code) => log.warn({ code }, 'a database connection broke') }),
    log,
    doors: { clock, deadlines, wait: chores.wait, ...(options.around && { around: options.around }) },
  });
  const chat = openConversation({ endpoint: `${keydesk.url}/api/messages`, connector, tenantId });
  const say: Instance['say'] = (text, who = {}) => chat.say(text, { as: alex, ...who });
  const press: Instance['press'] = (message, verb, inputs = {}, who = {}) => chat.press(message, verb, inputs, { as: alex, ...who });
  return {
    url: keydesk.url,
    deadlines,
    logLines,
    say,
    press,
    ask: async (text, who = {}) => {
      const chatId = privateChatOf(who.as ?? alex);
      const said = await say(text, who);
      return standing(said.messages.findLast((message) => message.conversationId === chatId));
    },
    reveal: (message, inputs = {}, who = {}) => press(message, 'reveal', { reason: 'firmware-update', ...inputs }, who),
    runChores: () => chores.run(),
    stop: () => keydesk.stop(),
  };
}

/** As Keydesk's own application in the simulated tenant, with a token that its token endpoint gave. */
export function graphIn({ url }: Pick<Simulator, 'url'>, clock: StandingClock, log: Logger): Graph {
  const { keydesk } = apps;
  const identity = { type: 'secret', clientId: keydesk.clientId, secret: { reveal: () => keydesk.secret } } as const;
  return createGraph({
    credential: createCredential({ tenantId, identity }, { authorityHttp: authorityTurnedTo(url) }),
    roleGroups: { agent: roleGroups.agent.id, admin: roleGroups.admin.id, approver: roleGroups.approver.id, auditor: roleGroups.auditor.id },
    version: '0.1.0',
    clock,
    ids: systemIds,
    random: () => 0,
    timer: clock.timer,
    lastHop: lastHopTurnedTo(url),
    observe: (call) => log.debug({ ...call }, 'a call to Graph'),
  });
}
