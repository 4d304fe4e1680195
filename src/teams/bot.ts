// The bot: what comes in is checked, routed by teams-ai's Application, handled by one verb of the domain and answered
// by a card. One place catches what goes wrong in a turn, so that nothing but a neutral card with a reference leaves.

import type { TurnContext } from 'botbuilder';
import type { PostToChannel } from '../domain/channel-ports.ts';
import type { HideCard } from '../domain/close-card.ts';
import type { Desk } from '../domain/desk.ts';
import type { TenantId } from '../domain/ids.ts';
import type { TellRotation } from '../domain/follow-rotation.ts';
import type { Press, PressVerb } from '../domain/press.ts';
import { type Incoming, parsePress } from './activity.ts';
import { createAdapter, type OpenIdMetadata } from './adapter.ts';
import { QuietApplication } from './application.ts';
import type { FleetVerb, ReadingVerb } from './cards/card.ts';
import type { Patience } from './connector-call.ts';
import { createConnectors } from './connectors.ts';
import { createEgressGuard } from './egress-guard.ts';
import { createEndpoint, type Endpoint } from './endpoint.ts';
import type { ReadingPress } from '../domain/read-audit.ts';
import { onAuditExport, onAuditPage, onAuditSend } from './handlers/audit.ts';
import { parseFleetPress } from './fleet-press.ts';
import { onFleetPage } from './handlers/fleet.ts';
import { hiddenCardOf, onCancel, onChoose, onHide } from './handlers/close.ts';
import { onFileConsent } from './handlers/file-consent.ts';
import { onMessage } from './handlers/message.ts';
import { onAgain, onReveal } from './handlers/reveal.ts';
import { onRotate, onRotateAsk } from './handlers/rotate.ts';
import { type BotIdentity, credentialsFor, noCredentials } from './identity.ts';
import type { SignInSettings } from './login-request.ts';
import { acknowledge, type InvokeBody, notUnderstood, respond } from './invoke-answer.ts';
import type { Log } from './log-port.ts';
import { createPrivateChats } from './private-chats.ts';
import { parseConsent, parseReadingPress } from './reading-press.ts';
import type { Room } from './room.ts';
import { postToChannel } from './post-to-channel.ts';
import { createSender } from './sender.ts';
import { tellRotation } from './show-rotation.ts';
import { onTurnError } from './turn-error.ts';

export type Inbound =
  | { readonly mode: 'authenticated'; readonly identity: BotIdentity; readonly openIdMetadata?: OpenIdMetadata; readonly serviceUrls?: 'loopback' }
  /** Only the demo and tests. The endpoint then demands a loopback address to listen on. */
  | { readonly mode: 'unauthenticated-loopback' };

export interface BotSettings {
  readonly desk: Desk;
  readonly tenantId: TenantId;
  readonly inbound: Inbound;
  /** With a desk in delegated mode, and only then. */
  readonly signIn?: SignInSettings;
  readonly log: Log;
  readonly patience?: Patience;
  /** Stands around every turn, and hears nothing of it but its kind and which button was pressed. */
  readonly aroundTurn?: (turn: { readonly kind: Incoming['kind'] | 'other'; readonly verb?: PressVerb | ReadingVerb | FleetVerb | 'file-consent' }, work: () => Promise<unknown>) => Promise<unknown>;
}

export interface Bot {
  readonly endpoint: Endpoint;
  /** Replaces the card of a shown key by one without it; for the timekeeper. Throws a Fault `teams-unreachable`. */
  readonly hideCard: HideCard;
  /** Makes all cards that show a rotation say how it stands; for the jobs. Never rejects. */
  readonly tellRotation: TellRotation;
  /** Summaries and alerts; for the timekeeper. */
  readonly post: PostToChannel;
}

const pressHandlers = {
  reveal: onReveal,
  again: onAgain,
  hide: onHide,
  cancel: onCancel,
  choose: onChoose,
  rotate: onRotate,
  'rotate-ask': onRotateAsk,
} as const satisfies Record<PressVerb, (room: Room, press: Press, incoming: Incoming) => Promise<InvokeBody>>;

const readingHandlers = {
  'audit-page': onAuditPage,
  'audit-export': onAuditExport,
  'audit-send': onAuditSend,
} as const satisfies Record<ReadingVerb, (room: Room, press: ReadingPress, incoming: Incoming) => Promise<InvokeBody>>;

/** Throws an IdentityError for an identity that is none of the closed set. */
export function createBot({ desk, tenantId, inbound, signIn, log, patience, aroundTurn }: BotSettings): Bot {
  const guard = createEgressGuard(log);
  const authenticated = inbound.mode === 'authenticated';
  const credentials = authenticated ? credentialsFor(inbound.identity) : noCredentials();
  const clientId = authenticated ? inbound.identity.clientId : '';
  const serviceUrls = authenticated ? (inbound.serviceUrls ?? 'teams') : 'loopback';
  const connectors = createConnectors({ credentials, clientId, serviceUrls, guard });
  const sender = createSender(connectors, patience);
  const hideCard: HideCard = async (request) => ((await sender.edit(request.card, await hiddenCardOf(room, request))) === 'done' ? 'done' : 'gone');
  const room: Room = { desk, sender, chats: createPrivateChats(sender), hideCard, guard, log, ...(signIn && { signIn }), uploadHosts: serviceUrls === 'loopback' ? 'loopback' : 'microsoft' };

  const known = new WeakMap<object, Incoming>();
  const adapter = createAdapter(credentials, connectors, authenticated ? inbound.openIdMetadata : undefined);
  const incomingOf = (context: TurnContext): Incoming | undefined => known.get(context.activity);
  adapter.onTurnError = (context, error) => onTurnError(room, context, incomingOf(context), error);
  const application = route(room, incomingOf);
  const run = (context: TurnContext): Promise<unknown> => {
    const turn = () => application.run(context);
    return aroundTurn === undefined ? turn() : aroundTurn(kindOf(incomingOf(context)), turn);
  };
  return {
    endpoint: createEndpoint({ adapter, door: { mode: inbound.mode, serviceUrls, tenantId }, guard, log, ids: desk.ids, known, run }),
    hideCard,
    tellRotation: (rotation) => tellRotation(room, rotation),
    post: postToChannel(room, tenantId, { id: `28:${clientId === '' ? 'keydesk' : clientId}`, name: 'Keydesk' }),
  };
}

function route(room: Room, incomingOf: (context: TurnContext) => Incoming | undefined): QuietApplication {
  const application = new QuietApplication();
  // Never adaptiveCards.actionExecute: once a card with `refresh` went through it, it posts every later answer, a
  // revealed key too, to the whole conversation (facts on teams-ai, T1).
  for (const verb of Object.keys(pressHandlers)) {
    application.addRoute((context) => Promise.resolve(pressIn(incomingOf(context))?.verb === verb), (context) => press(room, context, incomingOf(context)), true);
  }
  application.addRoute((context) => Promise.resolve(readingIn(incomingOf(context)) !== undefined), (context) => pressReading(room, context, incomingOf(context)), true);
  application.addRoute((context) => Promise.resolve(consentIn(incomingOf(context)) !== undefined), (context) => consent(room, context, incomingOf(context)), true);
  application.addRoute((context) => Promise.resolve(fleetIn(incomingOf(context)) !== undefined), (context) => pressFleet(room, context, incomingOf(context)), true);
  application.addRoute((context) => Promise.resolve(context.activity.type === 'invoke'), (context) => respond(context, notUnderstood()), true);
  application.message(
    (context) => Promise.resolve(context.activity.type === 'message'),
    async (context) => {
      const incoming = incomingOf(context);
      if (incoming === undefined) return;
      await room.desk.ledgerCheck.passed(() => room.desk.deadlines.ask());
      await onMessage(room, incoming);
    },
  );
  return application;
}

function kindOf(incoming: Incoming | undefined) {
  const verb = pressIn(incoming)?.verb ?? readingIn(incoming)?.verb ?? (consentIn(incoming) && ('file-consent' as const)) ?? (fleetIn(incoming) && ('fleet-page' as const));
  return { kind: incoming?.kind ?? ('other' as const), ...(verb !== undefined && { verb }) };
}

const pressIn = (incoming: Incoming | undefined) => incoming && parsePress(incoming);

async function press(room: Room, context: TurnContext, incoming: Incoming | undefined): Promise<void> {
  const parsed = pressIn(incoming);
  if (parsed === undefined || incoming === undefined) return respond(context, notUnderstood());
  await room.desk.ledgerCheck.passed(() => room.desk.deadlines.press());
  await respond(context, await pressHandlers[parsed.verb](room, parsed.press, incoming));
}

const readingIn = (incoming: Incoming | undefined) => incoming && parseReadingPress(incoming);

async function pressReading(room: Room, context: TurnContext, incoming: Incoming | undefined): Promise<void> {
  const parsed = readingIn(incoming);
  if (parsed === undefined || incoming === undefined) return respond(context, notUnderstood());
  // A ledger that is not what was signed is not shown as one that is: its pages and files wait as its keys do.
  await room.desk.ledgerCheck.passed(() => room.desk.deadlines.press());
  await respond(context, await readingHandlers[parsed.verb](room, parsed.press, incoming));
}

const consentIn = (incoming: Incoming | undefined) => incoming && parseConsent(incoming);

async function consent(room: Room, context: TurnContext, incoming: Incoming | undefined): Promise<void> {
  const parsed = consentIn(incoming);
  if (parsed === undefined || incoming === undefined) return respond(context, notUnderstood());
  await room.desk.ledgerCheck.passed(() => room.desk.deadlines.press());
  await onFileConsent(room, incoming, parsed);
  await acknowledge(context);
}

const fleetIn = (incoming: Incoming | undefined) => incoming && parseFleetPress(incoming);

async function pressFleet(room: Room, context: TurnContext, incoming: Incoming | undefined): Promise<void> {
  const parsed = fleetIn(incoming);
  if (parsed === undefined || incoming === undefined) return respond(context, notUnderstood());
  await room.desk.ledgerCheck.passed(() => room.desk.deadlines.press());
  await respond(context, await onFleetPage(room, parsed, incoming));
}
