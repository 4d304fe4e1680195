// A Bot connector on this machine: what Teams is to a bot, as far as a bot speaks to it. The demo talks through it in
// the terminal, tests and the benchmark stand on it. It keeps what it gets and shares no code with the bot.

import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export type CallKind = 'create-conversation' | 'send' | 'reply' | 'edit' | 'delete';

/** One call of the bot, as it came. */
export interface ConnectorCall {
  readonly kind: CallKind;
  /** Absent for a new conversation. */
  readonly conversationId?: string;
  /** What is replied to, edited or deleted. */
  readonly activityId?: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
  /** The body before it was parsed: every byte, for those who look for a secret in it. */
  readonly raw: string;
}

/** Instead of the ordinary answer. */
export interface Disturbance {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly delayMilliseconds?: number;
  /** Cuts the connection, before the call took effect or after. */
  readonly drop?: 'before' | 'after';
}

/** A message as it stands in a conversation now. */
export interface ChatMessage {
  readonly conversationId: string;
  readonly activityId: string;
  readonly activity: Readonly<Record<string, unknown>>;
  readonly edited: boolean;
}

export interface Connector {
  readonly serviceUrl: string;
  readonly calls: readonly ConnectorCall[];
  /** All conversations, in the order of sending. */
  readonly messages: readonly ChatMessage[];
  stop(): Promise<void>;
}

/** @param disturb asked for each call; undefined lets it through. */
export async function startConnector(disturb: (call: ConnectorCall) => Disturbance | undefined = () => undefined): Promise<Connector> {
  const calls: ConnectorCall[] = [];
  const messages: ChatMessage[] = [];
  const server = createServer((request, response) => {
    // A caller that hangs up has no claim to an answer.
    void answer(request, response, { calls, messages, disturb }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return { serviceUrl: `http://127.0.0.1:${portOf(server)}/`, calls, messages, stop: () => stop(server) };
}

interface Kept {
  readonly calls: ConnectorCall[];
  readonly messages: ChatMessage[];
  readonly disturb: (call: ConnectorCall) => Disturbance | undefined;
}

async function answer(request: IncomingMessage, response: ServerResponse, kept: Kept): Promise<void> {
  const call = await parseCall(request);
  if (call === undefined) return reply(response, 404, { error: { code: 'NotFound' } });
  kept.calls.push(call);
  const disturbance = kept.disturb(call);
  if (disturbance?.delayMilliseconds !== undefined) await new Promise((resolve) => void setTimeout(resolve, disturbance.delayMilliseconds));
  if (disturbance?.drop === 'before') return void request.socket.destroy();
  if (disturbance?.status !== undefined) return reply(response, disturbance.status, disturbance.body ?? {}, disturbance.headers);
  const result = take(call, kept.messages);
  if (disturbance?.drop === 'after') return void request.socket.destroy();
  reply(response, result.status, result.body);
}

const routes: readonly { readonly method: string; readonly path: RegExp; readonly kind: CallKind }[] = [
  { method: 'POST', path: /^\/v3\/conversations$/, kind: 'create-conversation' },
  { method: 'POST', path: /^\/v3\/conversations\/(?<conversation>[^/]+)\/activities$/, kind: 'send' },
  { method: 'POST', path: /^\/v3\/conversations\/(?<conversation>[^/]+)\/activities\/(?<activity>[^/]+)$/, kind: 'reply' },
  { method: 'PUT', path: /^\/v3\/conversations\/(?<conversation>[^/]+)\/activities\/(?<activity>[^/]+)$/, kind: 'edit' },
  { method: 'DELETE', path: /^\/v3\/conversations\/(?<conversation>[^/]+)\/activities\/(?<activity>[^/]+)$/, kind: 'delete' },
];

async function parseCall(request: IncomingMessage): Promise<ConnectorCall | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  const raw = Buffer.concat(chunks).toString('utf8');
  for (const { method, path, kind } of routes) {
    const found = request.method === method ? path.exec(request.url ?? '') : null;
    if (found === null) continue;
    const { conversation, activity } = found.groups ?? {};
    const body: unknown = raw === '' ? undefined : JSON.parse(raw);
    return {
      kind,
      ...(conversation !== undefined && { conversationId: decodeURIComponent(conversation) }),
      ...(activity !== undefined && { activityId: decodeURIComponent(activity) }),
      headers: request.headers,
      body,
      raw,
    };
  }
  return undefined;
}

/** What the call does to the conversations. */
function take(call: ConnectorCall, messages: ChatMessage[]): { status: number; body: unknown } {
  const { conversationId = '', activityId } = call;
  const activity = isRecord(call.body) ? call.body : {};
  if (call.kind === 'create-conversation') {
    const thread = threadIn(activity, messages.length + 1);
    if (thread === undefined) return { status: 201, body: { id: privateChatOf(activity) } };
    messages.push(thread);
    return { status: 201, body: { id: thread.conversationId, activityId: thread.activityId } };
  }
  if (call.kind === 'send' || call.kind === 'reply') {
    const id = `m-${messages.length + 1}`;
    messages.push({ conversationId, activityId: id, activity, edited: false });
    return { status: 201, body: { id } };
  }
  const at = messages.findIndex((message) => message.activityId === activityId && message.conversationId === conversationId);
  if (at < 0 || activityId === undefined) return { status: 404, body: { error: { code: 'ActivityNotFoundInConversation' } } };
  if (call.kind === 'edit') messages[at] = { conversationId, activityId, activity, edited: true };
  else messages.splice(at, 1);
  return { status: 200, body: { id: activityId } };
}

/** A new thread in a channel comes with its first message. */
function threadIn({ isGroup, channelData, activity }: Readonly<Record<string, unknown>>, number: number): ChatMessage | undefined {
  const channel = isRecord(channelData) && isRecord(channelData['channel']) ? channelData['channel']['id'] : undefined;
  if (isGroup !== true || typeof channel !== 'string' || !isRecord(activity)) return undefined;
  return { conversationId: `${channel};messageid=${number}`, activityId: `m-${number}`, activity, edited: false };
}

/** The same person always gets the same private chat, as in Teams. */
export const privateChatId = (userId: string): string => `a:${userId}`;

function privateChatOf(parameters: Readonly<Record<string, unknown>>): string {
  const [member]: unknown[] = Array.isArray(parameters['members']) ? parameters['members'] : [];
  return privateChatId(isRecord(member) && typeof member['id'] === 'string' ? member['id'] : 'nobody');
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

const reply = (response: ServerResponse, status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void =>
  void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(typeof body === 'string' ? body : JSON.stringify(body));

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the connector listens on no port');
  return address.port;
}

async function stop(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
