// What came in, as the product thinks of it. Asking is not believing: nothing of an activity is used before it was
// parsed here. Who asks comes from `from.aadObjectId` and the tenant, which the connector's signature vouches for; the
// name, the locale and everything in a card's data are data.

import { z } from 'zod';
import { Token } from '../domain/authority.ts';
import type { Asker } from '../domain/desk.ts';
import { parsePersonId, parseRequestId, parseTenantId, type TenantId } from '../domain/ids.ts';
import type { Press, PressInputs, PressVerb } from '../domain/press.ts';
import { mayHoldPassword } from '../domain/recovery-password.ts';
import type { ConversationKind } from '../domain/ledger-entry.ts';
import type { BroughtSignIn } from '../domain/sign-in.ts';
import { mentionsIn, normalise } from './normalise.ts';
import { viewerOf } from './viewer.ts';

const identifier = z.string().min(1).max(2000);

/**
 * Senders differ in whether they leave out what they do not have or write null; both mean the same here.
 * @param depth as deep as the form below goes, whatever comes in
 */
function withoutNulls(value: unknown, depth = 2): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const parts = Object.entries(value).filter(([, part]) => part !== null);
  return Object.fromEntries(depth === 0 ? parts : parts.map(([name, part]) => [name, within.has(name) ? withoutNulls(part, depth - 1) : part]));
}
const within: ReadonlySet<string> = new Set(['from', 'recipient', 'conversation', 'channelData', 'tenant']);

/** The part of a Teams activity that Keydesk reads. Members not named here are ignored. */
export const activitySchema = z.preprocess((body) => withoutNulls(body), z.object({
  type: identifier,
  id: identifier.optional(),
  name: z.string().max(200).optional(),
  channelId: identifier,
  serviceUrl: identifier,
  deliveryMode: z.string().optional(),
  replyToId: z.string().max(2000).optional(),
  from: z.object({ id: identifier, name: z.string().optional(), aadObjectId: z.string().optional() }).optional(),
  recipient: z.object({ id: identifier, name: z.string().optional() }).optional(),
  conversation: z.object({ id: identifier, conversationType: z.string().optional(), tenantId: z.string().optional() }),
  channelData: z.object({ tenant: z.object({ id: z.string() }).optional() }).optional(),
  text: z.string().optional(),
  locale: z.string().optional(),
  localTimezone: z.string().optional(),
  entities: z.unknown().optional(),
  value: z.unknown().optional(),
}));
export type Activity = z.infer<typeof activitySchema>;

/** An account as the connector knows it; its id means nothing outside of Teams. */
export interface Account {
  readonly id: string;
  readonly name: string;
}

/** A message or an invoke of somebody known. */
export interface Incoming {
  readonly kind: 'message' | 'invoke';
  /** Of an invoke: `adaptiveCard/action` is the only one that Keydesk answers with more than a no. */
  readonly name: string | undefined;
  readonly activityId: string;
  readonly asker: Asker;
  readonly conversationId: string;
  /** Of an invoke: the message with the card, as the client says. */
  readonly replyToId?: string;
  readonly serviceUrl: string;
  readonly user: Account;
  readonly bot: Account;
  /** Without mentions of the bot; empty for an invoke. */
  readonly text: string;
  readonly value: unknown;
}

const conversationKinds = ['personal', 'groupChat', 'channel'] as const satisfies readonly ConversationKind[];

/** The tenant of an activity, where both places that name it agree. */
export function tenantOf(activity: Activity): TenantId | undefined {
  const ofConversation = parseTenantId(activity.conversation.tenantId);
  const ofChannel = parseTenantId(activity.channelData?.tenant?.id);
  return ofConversation === undefined || ofChannel === undefined || ofConversation === ofChannel ? (ofChannel ?? ofConversation) : undefined;
}

/** @returns undefined when it does not say who acts, where, or what: nothing can be decided on it. */
export function parseIncoming(activity: Activity): Incoming | undefined {
  const kind = activity.type === 'message' || activity.type === 'invoke' ? activity.type : undefined;
  const { from, recipient } = activity;
  const id = parsePersonId(from?.aadObjectId);
  const tenantId = tenantOf(activity);
  const conversation = conversationKinds.find((known) => known === activity.conversation.conversationType);
  if (kind === undefined || from === undefined || recipient === undefined || activity.id === undefined) return undefined;
  if (id === undefined || tenantId === undefined || conversation === undefined) return undefined;
  const name = withoutPassword(from.name ?? '').slice(0, 256);
  return {
    kind,
    name: activity.name,
    activityId: activity.id,
    asker: { person: { id, tenantId, name }, viewer: viewerOf(activity), conversation },
    conversationId: activity.conversation.id,
    ...(activity.replyToId !== undefined && activity.replyToId !== '' && { replyToId: activity.replyToId }),
    serviceUrl: activity.serviceUrl,
    user: { id: from.id, name },
    bot: { id: recipient.id, name: recipient.name ?? '' },
    text: kind === 'message' ? normalise(activity.text ?? '', mentionsIn(activity.entities), recipient.id) : '',
    value: activity.value,
  };
}

/** A name with a recovery password in it could be neither stored nor sent back (law 1). */
const withoutPassword = (name: string): string => (mayHoldPassword(name) ? '' : name);

const pressVerbs = ['reveal', 'again', 'hide', 'cancel', 'choose', 'rotate', 'rotate-ask'] as const satisfies readonly PressVerb[];
const inputNames = ['keyId', 'deviceId', 'reason', 'reasonText', 'callerCheck', 'ticket'] as const satisfies readonly (keyof PressInputs)[];
const longestInput = 20_000;

const executeSchema = z.object({
  action: z.object({ verb: z.string(), data: z.unknown().optional() }),
  trigger: z.unknown().optional(),
  authentication: z.unknown().optional(),
});

/** A signed token in the compact form; the exchange is the id of the card that asked for it. */
const signInSchema = z.object({ id: z.string().max(200), token: z.string().max(16_384).regex(/^[\w-]+\.[\w-]+\.[\w-]+$/) });

/**
 * A press on one of our cards; undefined when the invoke is none.
 * `trigger`: only what is absent or says `manual` counts as pressed by hand. It is absent in clients that know no
 * automatic refresh (the Agents Playground is one); a client that refreshes says `automatic`.
 */
export function parsePress(incoming: Incoming): { readonly verb: PressVerb; readonly press: Press } | undefined {
  if (incoming.kind !== 'invoke' || incoming.name !== 'adaptiveCard/action') return undefined;
  const value = executeSchema.safeParse(incoming.value);
  if (!value.success) return undefined;
  const verb = pressVerbs.find((known) => known === value.data.action.verb);
  if (verb === undefined) return undefined;
  const data = z.record(z.string(), z.unknown()).safeParse(value.data.action.data).data ?? {};
  const requestId = parseRequestId(data['request']);
  const { trigger, authentication } = value.data;
  const signIn = signInIn(authentication);
  const press: Press = {
    ...incoming.asker,
    conversationId: incoming.conversationId,
    trigger: trigger === undefined || trigger === null || trigger === 'manual' ? 'manual' : 'automatic',
    ...(requestId && { requestId }),
    ...(signIn && { signIn }),
    ...(incoming.replyToId !== undefined && { cardActivityId: incoming.replyToId }),
    inputs: inputsIn(data),
  };
  return { verb, press };
}

/** Anything else than a sign-in in its form is none: the client is then asked for one. */
function signInIn(authentication: unknown): BroughtSignIn | undefined {
  const { data } = signInSchema.safeParse(authentication);
  return data && { exchange: data.id, token: new Token(data.token) };
}

function inputsIn(data: Readonly<Record<string, unknown>>): PressInputs {
  const inputs: Partial<Record<(typeof inputNames)[number], string>> = {};
  for (const name of inputNames) {
    const value = Object.hasOwn(data, name) ? data[name] : undefined;
    if (typeof value === 'string') inputs[name] = value.slice(0, longestInput);
  }
  return inputs;
}
