// The whole Teams edge over HTTP, above the desk in memory: server, bot, connector, and a client to talk with.

import assert from 'node:assert/strict';
import { createLog } from '../../src/log.ts';
import { type Server, startServer } from '../../src/server/server.ts';
import { type Bot, createBot, type Inbound } from '../../src/teams/bot.ts';
import { type Card, cardIn, type Conversation, openConversation, type Said } from '../../src/terminal/conversation.ts';
import type { ChatMessage } from '../../src/terminal/connector.ts';
import { type TestDesk, testDesk, type TestDeskOverrides } from './desk.ts';
import { alex, sure, tenantId } from './desk/world.ts';
import { type FakeConnector, startFakeConnector } from './fake-connector.ts';

export interface Edge {
  readonly test: TestDesk;
  readonly bot: Bot;
  readonly server: Server;
  readonly connector: FakeConnector;
  readonly talk: Conversation;
  /** The log as it would stand on standard output. */
  readonly logged: readonly string[];
  stop(): Promise<void>;
}

export interface EdgeOverrides extends TestDeskOverrides {
  readonly inbound?: Inbound;
  readonly authorization?: () => string;
}

export async function startEdge(overrides: EdgeOverrides = {}): Promise<Edge> {
  const test = testDesk(overrides);
  const logged: string[] = [];
  const log = createLog({ level: 'info', destination: { write: (line) => void logged.push(line) } });
  const connector = await startFakeConnector();
  const noWait = { now: () => Date.now(), wait: () => Promise.resolve() };
  const bot = createBot({ desk: test.desk, tenantId, inbound: overrides.inbound ?? { mode: 'unauthenticated-loopback' }, log, patience: noWait });
  const readiness = () => Promise.resolve({ status: 'ok', parts: {} } as const);
  const server = await startServer({ host: '127.0.0.1', port: 0, routes: [bot.endpoint], readiness, ids: test.desk.ids, log });
  const talk = openConversation({
    endpoint: `${server.url}/api/messages`,
    connector,
    tenantId,
    ...(overrides.authorization && { authorization: overrides.authorization }),
  });
  const stop = async (): Promise<void> => {
    await server.stop();
    await connector.stop();
  };
  return { test, bot, server, connector, talk, logged, stop };
}

/** The one message of a turn, with its card. */
export function onlyCard(said: Said): { readonly card: Card; readonly activityId: string; readonly message: ChatMessage } {
  assert.equal(said.messages.length, 1, `one message, not ${JSON.stringify(said.messages.map((message) => message.activity['summary']))}`);
  const message = sure(said.messages[0]);
  return { card: sure(cardIn(message)), activityId: message.activityId, message };
}

/** Asks as Alex in the private chat; the card of the answer. */
export const askedCard = async ({ talk }: Edge, text = 'key for LAPTOP-42'): Promise<ReturnType<typeof onlyCard>> => onlyCard(await talk.say(text, { as: alex }));

export const summaries = (messages: readonly ChatMessage[]): readonly unknown[] => messages.map((message) => message.activity['summary']);

/** All texts of a card, one after the other. */
export function textOf(card: unknown): string {
  if (Array.isArray(card)) return card.map(textOf).join('\n');
  if (typeof card !== 'object' || card === null) return '';
  return Object.entries(card)
    .map(([name, value]) => (typeof value === 'string' && ['text', 'value', 'title', 'label'].includes(name) ? value : textOf(value)))
    .filter((text) => text !== '')
    .join('\n');
}

/** The verbs of a card's buttons. */
export const verbsOf = (card: Card): readonly string[] => {
  const actions: unknown = card['actions'];
  return Array.isArray(actions) ? actions.flatMap((action: unknown) => (typeof action === 'object' && action !== null && 'verb' in action ? [String(action.verb)] : [])) : [];
};
