import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { type Connector, startConnector } from '../../src/terminal/connector.ts';
import { cardIn, type Conversation, openConversation } from '../../src/terminal/conversation.ts';

const alex = { id: 'a1e00000-0000-4000-8000-000000000001', name: 'Alex Wilber' };
const tenantId = 'c0417050-0000-4000-8000-000000000000';

/** A bot that sends what it is told to the serviceUrl, and answers with what it is told. */
async function startBot(answer: (activity: Record<string, unknown>) => { readonly send?: unknown; readonly body?: unknown }) {
  const got: Record<string, unknown>[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const activity: Record<string, unknown> = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      got.push(activity);
      const { send, body } = answer(activity);
      const conversation: unknown = activity['conversation'];
      const id = typeof conversation === 'object' && conversation !== null && 'id' in conversation ? String(conversation.id) : '';
      const sending = send === undefined ? Promise.resolve() : fetch(`${String(activity['serviceUrl'])}v3/conversations/${encodeURIComponent(id)}/activities`, { method: 'POST', body: JSON.stringify(send) });
      void sending.then(() => response.end(body === undefined ? '' : JSON.stringify(body)));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return { got, url: `http://127.0.0.1:${address.port}/api/messages`, stop: () => (server.closeAllConnections(), server.close()) };
}

const card = {
  type: 'AdaptiveCard',
  body: [{ type: 'Input.Text', id: 'ticket', value: 'INC1' }, { type: 'Container', items: [{ type: 'Input.ChoiceSet', id: 'reason', choices: [] }] }],
  actions: [
    { type: 'Action.Execute', verb: 'reveal', title: 'Reveal', data: { request: 'r-1', action: 'reveal' } },
    { type: 'Action.Execute', verb: 'cancel', title: 'Cancel', data: { request: 'r-1', action: 'cancel' }, associatedInputs: 'none' },
  ],
};

describe('a conversation in the terminal', () => {
  let connector: Connector;
  let bot: Awaited<ReturnType<typeof startBot>>;
  let talk: Conversation;

  before(async () => {
    connector = await startConnector();
    bot = await startBot((activity) =>
      activity['type'] === 'invoke'
        ? { body: { statusCode: 200, type: 'application/vnd.microsoft.card.adaptive', value: { ...card, body: [] } } }
        : { send: { type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: card }] } },
    );
    talk = openConversation({ endpoint: bot.url, connector, tenantId });
  });
  after(async () => {
    await connector.stop();
    bot.stop();
  });

  it('says something and hears what the bot wrote during the turn', async () => {
    const said = await talk.say('key for LAPTOP-42', { as: alex });
    assert.equal(said.messages.length, 1);
    assert.deepEqual(said.messages.map(cardIn), [card]);
    const activity = bot.got.at(-1);
    assert.deepEqual([activity?.['type'], activity?.['text'], activity?.['channelId'], activity?.['serviceUrl']], ['message', 'key for LAPTOP-42', 'msteams', connector.serviceUrl]);
    assert.deepEqual(activity?.['from'], { id: `29:${alex.id}`, name: alex.name, aadObjectId: alex.id });
  });

  it('mentions the bot where others read', async () => {
    await talk.say('help', { as: alex, in: 'channel' });
    assert.equal(bot.got.at(-1)?.['text'], '<at>Keydesk</at>&nbsp;help');
  });

  it('presses a button with the inputs as they are shown, and what was typed over them', async () => {
    const pressed = await talk.press({ card, activityId: 'm-1' }, 'reveal', { reason: 'other' }, { as: alex });
    assert.deepEqual(pressed.card, { ...card, body: [] });
    const activity = bot.got.at(-1);
    assert.deepEqual([activity?.['type'], activity?.['name'], activity?.['replyToId']], ['invoke', 'adaptiveCard/action', 'm-1']);
    const data = { ticket: 'INC1', reason: 'other', request: 'r-1', action: 'reveal' };
    assert.deepEqual(activity?.['value'], { action: { type: 'Action.Execute', title: 'Reveal', verb: 'reveal', data }, trigger: 'manual' });
  });

  it('sends no inputs with a button that wants none', async () => {
    await talk.press({ card }, 'cancel', {}, { as: alex });
    assert.deepEqual(Reflect.get(Object(Reflect.get(Object(bot.got.at(-1)?.['value']), 'action')), 'data'), { request: 'r-1', action: 'cancel' });
  });
});

describe('the connector in the terminal', () => {
  let connector: Connector;
  before(async () => (connector = await startConnector((call) => (call.conversationId === 'closed' ? { status: 403, headers: { 'retry-after': '1' } } : undefined))));
  after(() => connector.stop());

  const call = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${connector.serviceUrl}v3/conversations${path}`, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
    const answer: unknown = await response.json();
    return { status: response.status, headers: response.headers, body: answer, id: String(Reflect.get(Object(answer), 'id')) };
  };

  it('keeps a message, and what becomes of it', async () => {
    const { status, id } = await call('POST', '/a%3A1/activities', { type: 'message', text: 'one' });
    assert.equal(status, 201);
    assert.equal((await call('PUT', `/a%3A1/activities/${id}`, { type: 'message', text: 'two' })).status, 200);
    assert.deepEqual(connector.messages, [{ conversationId: 'a:1', activityId: id, activity: { type: 'message', text: 'two' }, edited: true }]);
    assert.equal((await call('DELETE', `/a%3A1/activities/${id}`)).status, 200);
    assert.deepEqual(connector.messages, []);
    assert.equal((await call('PUT', `/a%3A1/activities/${id}`, {})).status, 404);
    assert.deepEqual(connector.calls.map((one) => one.kind), ['send', 'edit', 'delete', 'edit']);
  });

  it('gives the same person the same private chat', async () => {
    const open = () => call('POST', '', { members: [{ id: '29:alex' }] });
    assert.deepEqual([(await open()).body, (await open()).body], [{ id: 'a:29:alex' }, { id: 'a:29:alex' }]);
  });

  it('fails when it is told to, and does nothing then', async () => {
    const { status, headers } = await call('POST', '/closed/activities', { type: 'message' });
    assert.deepEqual([status, headers.get('retry-after')], [403, '1']);
    assert.deepEqual(connector.messages, []);
  });

  it('knows no other paths', async () => assert.equal((await fetch(`${connector.serviceUrl}v3/teams`)).status, 404));
});
