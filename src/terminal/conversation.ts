// A Teams client without a window: says something as somebody, presses a button of a card. It posts the activities
// that Teams posts to /api/messages, over HTTP like any client.

import { randomUUID } from 'node:crypto';
import { type ChatMessage, type Connector, privateChatId } from './connector.ts';

export type Place = 'personal' | 'groupChat' | 'channel';

/** By the Entra object id. */
export interface Speaker {
  readonly id: string;
  readonly name: string;
}

export interface ConversationSettings {
  /** The whole address, with `/api/messages`. */
  readonly endpoint: string;
  readonly connector: Connector;
  readonly tenantId: string;
  readonly locale?: string;
  readonly timeZone?: string;
  /** Sent as `Authorization`, where the bot asks for a token. */
  readonly authorization?: () => string;
}

export interface SayOptions {
  readonly as: Speaker;
  readonly in?: Place;
  /** The same id twice is a message that Teams delivers again. */
  readonly activityId?: string;
  /** Members of the activity to replace. */
  readonly change?: Readonly<Record<string, unknown>>;
}

export interface HttpAnswer {
  readonly status: number;
  /** Parsed JSON, or the text when it is none. */
  readonly body: unknown;
  readonly raw: string;
}

export interface Said extends HttpAnswer {
  /** What the bot wrote during the turn, wherever. */
  readonly messages: readonly ChatMessage[];
}

export type Card = Readonly<Record<string, unknown>>;

export interface PressOptions extends SayOptions {
  readonly trigger?: string;
  /** Instead of what the card's button carries. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** What a client adds when it repeats a press after it has signed its person in. */
  readonly authentication?: Readonly<Record<string, unknown>>;
}

export interface Pressed extends Said {
  /** The card in the answer, which only the one who pressed sees. */
  readonly card: Card | undefined;
}

export interface Conversation {
  say(text: string, options: SayOptions): Promise<Said>;
  /**
   * @param message holds the card; its inputs are sent with the values they show, as Teams does
   * @param inputs what was typed or chosen, by the ids of the inputs
   */
  press(message: { readonly card: Card; readonly activityId?: string }, verb: string, inputs: Readonly<Record<string, unknown>>, options: PressOptions): Promise<Pressed>;
  /** Any JSON, as it is. */
  post(body: unknown): Promise<HttpAnswer>;
}

const bot = { id: '28:keydesk', name: 'Keydesk' };

export function openConversation(settings: ConversationSettings): Conversation {
  const { connector } = settings;
  const during = async (body: object): Promise<Said> => {
    const before = connector.messages.length;
    const answer = await post(settings, body);
    return { ...answer, messages: connector.messages.slice(before) };
  };
  return {
    say: (text, options) => during({ ...activityFrom(settings, 'message', options), ...spoken(text, options.in ?? 'personal', settings), ...options.change }),
    async press({ card, activityId }, verb, inputs, options) {
      const action = executeActionIn(card, verb);
      const data = { ...(action?.['associatedInputs'] === 'none' ? {} : shownInputs(card)), ...asRecord(action?.['data']), ...inputs, ...options.data };
      const value = { action: { type: 'Action.Execute', title: action?.['title'], verb, data }, trigger: options.trigger ?? 'manual', ...(options.authentication && { authentication: options.authentication }) };
      const said = await during({ ...activityFrom(settings, 'invoke', options), name: 'adaptiveCard/action', ...(activityId !== undefined && { replyToId: activityId }), value, ...options.change });
      const body = asRecord(said.body);
      return { ...said, card: body['type'] === 'application/vnd.microsoft.card.adaptive' ? asRecord(body['value']) : undefined };
    },
    post: (body) => post(settings, body),
  };
}

/** The first card of a message. */
export function cardIn(message: ChatMessage): Card | undefined {
  const attachments: unknown = message.activity['attachments'];
  const [first]: unknown[] = Array.isArray(attachments) ? attachments : [];
  const content = asRecord(asRecord(first)['content']);
  return content['type'] === 'AdaptiveCard' ? content : undefined;
}

function activityFrom(settings: ConversationSettings, type: string, { as, in: place = 'personal', activityId }: SayOptions): object {
  const user = { id: `29:${as.id}`, name: as.name, aadObjectId: as.id };
  const locale = settings.locale ?? 'en-GB';
  const timeZone = settings.timeZone ?? 'Europe/Berlin';
  const now = new Date().toISOString();
  return {
    type,
    id: activityId ?? randomUUID(),
    timestamp: now,
    localTimestamp: now,
    localTimezone: timeZone,
    channelId: 'msteams',
    serviceUrl: settings.connector.serviceUrl,
    from: user,
    recipient: bot,
    conversation: { id: conversationId(place, user.id), conversationType: place, tenantId: settings.tenantId, ...(place !== 'personal' && { isGroup: true }) },
    channelData: { tenant: { id: settings.tenantId } },
    locale,
    entities: [{ type: 'clientInfo', locale, country: 'GB', platform: 'Web', timezone: timeZone }],
  };
}

const conversationId = (place: Place, userId: string): string =>
  ({ personal: privateChatId(userId), groupChat: '19:group@thread.v2', channel: '19:channel@thread.tacv2;messageid=1795340861393' })[place];

/** Outside of the private chat the bot only hears what mentions it. */
function spoken(text: string, place: Place, settings: ConversationSettings): object {
  if (place === 'personal') return { text, textFormat: 'plain' };
  const mention = `<at>${bot.name}</at>`;
  const client = { type: 'clientInfo', locale: settings.locale ?? 'en-GB', timezone: settings.timeZone ?? 'Europe/Berlin' };
  return { text: `${mention}&nbsp;${text}`, textFormat: 'plain', entities: [{ type: 'mention', mentioned: bot, text: mention }, client] };
}

async function post({ endpoint, authorization }: ConversationSettings, body: unknown): Promise<HttpAnswer> {
  const headers = { 'content-type': 'application/json', ...(authorization && { authorization: authorization() }) };
  const response = await fetch(endpoint, { method: 'POST', headers, body: JSON.stringify(body) });
  const raw = await response.text();
  return { status: response.status, body: parseJson(raw), raw };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const asRecord = (value: unknown): Readonly<Record<string, unknown>> => (typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {});

/** Every object of a card, depth first. */
function partsOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (Array.isArray(value)) return value.flatMap(partsOf);
  if (typeof value !== 'object' || value === null) return [];
  return [asRecord(value), ...Object.values(value).flatMap(partsOf)];
}

const executeActionIn = (card: Card, verb: string): Readonly<Record<string, unknown>> | undefined =>
  partsOf(card).find((part) => part['type'] === 'Action.Execute' && part['verb'] === verb);

const shownInputs = (card: Card): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    partsOf(card)
      .filter((part) => String(part['type']).startsWith('Input.') && typeof part['id'] === 'string')
      .map((part) => [String(part['id']), part['value'] ?? '']),
  );
