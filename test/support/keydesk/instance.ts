// One running Keydesk: the composition of src/keydesk.ts over the test's surroundings.

import type { Logger } from 'pino';
import { type ApiConfig, defaultApiLimits } from '../../../src/config/read-api.ts';
import { systemIds } from '../../../src/config/system.ts';
import type { CredentialEnd } from '../../../src/domain/credential-end.ts';
import type { Desk } from '../../../src/domain/desk.ts';
import type { Instant } from '../../../src/domain/instant.ts';
import { defaultSettings, type DeskSettings } from '../../../src/domain/settings.ts';
import { defaultSweepSettings, type SweepSettings } from '../../../src/domain/sweep-desk.ts';
import { createCredential } from '../../../src/graph/credential.ts';
import { createGraph, type Graph } from '../../../src/graph/graph.ts';
import { authorityTurnedTo, lastHopTurnedTo } from '../../../src/graph/turned.ts';
import { createOnBehalfOf } from '../../../src/graph/on-behalf-of.ts';
import { type DelegatedParts, type Keydesk, startKeydesk } from '../../../src/keydesk.ts';
import { createLog } from '../../../src/log.ts';
import { apps } from '../../../src/sim/tenant/apps.ts';
import { roleGroups } from '../../../src/sim/tenant/people.ts';
import { openDatabase } from '../../../src/store/database.ts';
import type { Watch } from '../../../src/telemetry/telemetry.ts';
import { cardIn, type Card, openConversation, type Pressed, type PressOptions, type Said, type SayOptions } from '../../../src/terminal/conversation.ts';
import { pemOf } from '../ledger-keys.ts';
import { type Standing, standing } from './cards.ts';
import { alex, privateChatOf, tenantId } from './people.ts';
import type { Surroundings } from './surroundings.ts';
import { type HandChores, handChores, type HandDeadlines, handDeadlines, type StandingClock } from './time.ts';

export interface InstanceOptions {
  readonly settings?: Partial<DeskSettings>;
  /** Where the database is reached; the test's own when absent. */
  readonly databaseUrl?: string;
  /** Holds the ledger against Entra's log, a chore more; not at all when absent. */
  readonly entraLog?: { readonly everySeconds: number };
  /** Delegated mode; the application then may not read a key itself. */
  readonly delegated?: true;
  /** Signing keys of the ledger, by their number (ledger-keys.ts); the first when absent. */
  readonly keys?: { readonly signing: number; readonly former?: number };
  readonly checkpointFile?: string;
  readonly telemetry?: Watch;
  /** When the proofs of identity end, a chore more; nobody looks when absent. */
  readonly credentialEnds?: (now: Instant) => readonly CredentialEnd[];
  /** Metadata and reveals too have an application of their own, and the bot's asks Graph nothing. */
  readonly identitiesApart?: true;
  /** The REST API, whose tokens the simulated tenant signs; there is none when absent. */
  readonly api?: Partial<ApiConfig>;
  /** Stands around every call of a port. */
  readonly around?: (desk: Desk) => Desk;
  /** The fleet is swept; not at all when absent. */
  readonly sweep?: Partial<SweepSettings>;
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
  /** Works on every rotation whose time has come by the test's clock. */
  wakeDue(): ReturnType<Keydesk['wakeDue']>;
  /** Safe to call twice. */
  stop(): Promise<void>;
}

/** A Keydesk in surroundings that are there already. */
export async function startInstance({ clock, connector, database, simulator }: Surroundings, options: InstanceOptions = {}): Promise<Instance> {
  const logLines: string[] = [];
  const running = await runKeydesk({ ...options, clock, databaseUrl: options.databaseUrl ?? database.appUrl, simulatorUrl: simulator.url, write: (line) => void logLines.push(line) });
  let stopped: Promise<void> | undefined;
  const chat = openConversation({ endpoint: `${running.keydesk.url}/api/messages`, connector, tenantId });
  const say: Instance['say'] = (text, who = {}) => chat.say(text, { as: alex, ...who });
  const press: Instance['press'] = (message, verb, inputs = {}, who = {}) => chat.press(message, verb, inputs, { as: alex, ...who });
  return {
    url: running.keydesk.url,
    deadlines: running.deadlines,
    logLines,
    say,
    press,
    ask: async (text, who = {}) => {
      const said = await say(text, who);
      // The offer of a file may stand below the card.
      const mine = said.messages.filter((message) => message.conversationId === privateChatOf(who.as ?? alex));
      return standing(mine.findLast((message) => cardIn(message) !== undefined) ?? mine.at(-1));
    },
    reveal: (message, inputs = {}, who = {}) => press(message, 'reveal', { reason: 'firmware-update', ...inputs }, who),
    runChores: () => running.chores.run(),
    wakeDue: () => running.keydesk.wakeDue(clock.now()),
    stop: () => (stopped ??= running.keydesk.stop()),
  };
}

const choreCount = 11;

export interface RunOptions extends InstanceOptions {
  readonly clock: StandingClock;
  readonly databaseUrl: string;
  readonly simulatorUrl: string;
  /** Takes the lines of the log. */
  readonly write: (line: string) => void;
}

/** What src/main.ts does, over the simulated tenant. */
export async function runKeydesk({ clock, databaseUrl, simulatorUrl, settings, keys, checkpointFile, identitiesApart, entraLog, credentialEnds, delegated, sweep, api, telemetry, around, write }: RunOptions): Promise<{ keydesk: Keydesk; deadlines: HandDeadlines; chores: HandChores }> {
  const log = createLog({ level: 'debug', destination: { write } });
  const deadlines = handDeadlines(clock);
  const chores = handChores(choreCount + [entraLog, sweep, credentialEnds].filter((option) => option !== undefined).length);
  const keydesk = await startKeydesk({
    host: '127.0.0.1',
    port: 0,
    tenantId,
    settings: { ...defaultSettings, ...settings, appsMayReveal: api?.appsMayReveal ?? false },
    ...(api && { api: { audience: apps.keydesk.clientId, appsMayReveal: false, ...defaultApiLimits, ...api, keysUrl: `${simulatorUrl}/${tenantId}/discovery/v2.0/keys` } }),
    fingerprint: '00'.repeat(32),
    ...(sweep && { sweep: { ...defaultSweepSettings, ...sweep } }),
    inbound: { mode: 'unauthenticated-loopback' },
    graph: graphAt(simulatorUrl, clock, { log, telemetry }, delegated !== undefined || identitiesApart ? apps.keydeskMetadata : apps.keydesk),
    ...(identitiesApart && { revealGraph: graphAt(simulatorUrl, clock, { log, telemetry }, apps.keydeskReveal) }),
    ...(delegated && { delegated: delegatedAt(simulatorUrl) }),
    rotationGraph: graphAt(simulatorUrl, clock, { log, telemetry }, apps.keydeskRotation),
    ...(entraLog && { entraLog: { ...entraLog, ownAppIds: [apps.keydesk, apps.keydeskMetadata, apps.keydeskReveal, apps.keydeskRotation].map(({ clientId }) => clientId) } }),
    ...(credentialEnds && { credentialEnds: () => Promise.resolve(credentialEnds(clock.now())) }),
    database: openDatabase(databaseUrl, { onConnectionLost: (code) => log.warn({ code }, 'a database connection broke'), ...(telemetry && { onLent: telemetry.connectionLent }) }),
    ledger: { signingKey: { reveal: () => pemOf(keys?.signing ?? 1) }, ...(keys?.former !== undefined && { formerKey: { reveal: () => pemOf(keys.former ?? 0) } }), ...(checkpointFile !== undefined && { checkpointFile }) },
    log,
    ...(telemetry && { telemetry }),
    doors: { clock, deadlines, wait: chores.wait, wake: 'by-hand', ...(around && { around }) },
  });
  return { keydesk, deadlines, chores };
}

export const publicUrl = 'https://keydesk.contoso.com';

/** People sign in to Keydesk's application, which acts for them there. */
const delegatedAt = (url: string): DelegatedParts => ({
  clientId: apps.keydesk.clientId,
  connection: 'keydesk-sso',
  publicUrl,
  exchange: createOnBehalfOf({ tenantId, identity: { type: 'secret', clientId: apps.keydesk.clientId, secret: { reveal: () => apps.keydesk.secret } } }, { authorityHttp: authorityTurnedTo(url) }),
  fetchKeys: (keys, options) => fetch(new URL(new URL(keys).pathname, url), options),
});

/** As an application of the simulated tenant, with a token that its token endpoint gave. */
function graphAt(url: string, clock: StandingClock, { log, telemetry }: { readonly log: Logger; readonly telemetry: Watch | undefined }, app: { readonly clientId: string; readonly secret: string }): Graph {
  const identity = { type: 'secret', clientId: app.clientId, secret: { reveal: () => app.secret } } as const;
  return createGraph({
    credential: createCredential({ tenantId, identity }, { authorityHttp: authorityTurnedTo(url) }),
    roleGroups: { agent: roleGroups.agent.id, admin: roleGroups.admin.id, approver: roleGroups.approver.id, auditor: roleGroups.auditor.id },
    version: '0.1.0',
    clock,
    ids: systemIds,
    random: () => 0,
    timer: clock.timer,
    lastHop: lastHopTurnedTo(url),
    observe: (call) => {
      log.debug({ ...call }, 'a call to Graph');
      telemetry?.graphCall(call);
    },
  });
}
