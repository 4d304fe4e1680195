// Laws 1 and 7 in what leaves for a collector, and that a collector disturbs nobody.

import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { ClientRequest } from 'node:http';
import { plusSeconds } from '../../src/domain/instant.ts';
import { cast } from '../../src/sim/tenant/people.ts';
import { startTelemetry, type RunningTelemetry } from '../../src/telemetry/start.ts';
import { listed, metrics, spans } from '../../src/telemetry/vocabulary.ts';
import { type Collector, readExported, startCollector, withEnvironment } from '../support/collector.ts';
import { clientOf, keysPath, laptop, laptopKey } from '../support/api.ts';
import { blocksIn, standing } from '../support/keydesk/cards.ts';
import { grady, lee, megan } from '../support/keydesk/people.ts';
import { hideByClock, newest, pass, pressRotate } from '../support/keydesk/rotating.ts';
import { textTracesOf, tracesOf } from '../support/keydesk/traces.ts';
import { startTestKeydesk, type TestKeydesk } from '../support/keydesk.ts';
import { known } from '../support/known.ts';

const canary = '135795-246818-357929-468930-579942-680933-103114-294316';
const ticket = 'INC7391846';
const reason = 'swapped the board of Zacharias';

interface Story {
  readonly keydesk: TestKeydesk;
  readonly collector: Collector;
  readonly telemetry: RunningTelemetry;
  readonly told: readonly string[];
}

/** A Keydesk whose telemetry goes to a collector of the test's, exported all the time. */
async function inTelemetry(variables: Readonly<Record<string, string>>, work: (story: Story) => Promise<void>, flushMilliseconds = 5000): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const collector = await startCollector();
  stack.defer(() => collector.stop());
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '20', OTEL_METRIC_EXPORT_INTERVAL: '50', OTEL_METRIC_EXPORT_TIMEOUT: '50', ...variables };
  const told: string[] = [];
  const note = (fields: object, message: string): void => void told.push(JSON.stringify({ ...fields, message }));
  const start = () => startTelemetry({ env, version: '0.1.0', instance: 'in-a-test', now: Date.now, flushMilliseconds, log: { info: note, warn: note } });
  const telemetry = known(await withEnvironment(env, start));
  stack.defer(() => telemetry.stop());
  const keydesk = await startTestKeydesk({ tenant: { canary: { keyId: newest, recoveryPassword: canary } }, telemetry, api: {} });
  stack.defer(() => keydesk.leave());
  stack.defer(() => keydesk.stop());
  await work({ keydesk, collector, telemetry, told });
}

/** Asked, refused, revealed with words, hidden, rotated, summed up: by people, with names, reasons and tickets. */
async function wholeLife(keydesk: TestKeydesk): Promise<void> {
  await keydesk.say(`summary daily ${plusSeconds(keydesk.clock.now(), 120).slice(11, 16)} UTC`, { as: megan, in: 'channel' });
  const api = clientOf(keydesk);
  const statuses: number[] = [];
  for (const [path, options] of [
    [`?device=LAPTOP-42`, {}],
    [`/${laptop}`, {}],
    [`/${laptop}/reveal`, { body: { keyId: laptopKey, reason: 'other' } }],
    ['/audit?act=asked', { as: grady.id }],
    ['/audit', { token: 'a.b.c' }],
  ] as const) statuses.push((await api.call(`${keysPath}${path}`, options)).status);
  assert.deepEqual(statuses, [503, 200, 400, 200, 401]);
  await keydesk.say('key for LAPTOP-42', { as: lee });
  await keydesk.say('key for NO-SUCH-LAPTOP');
  await keydesk.say('audit adele@contoso.com', { as: megan });
  const shown = await keydesk.ask(`key for LAPTOP-42 ${ticket}`, { as: megan });
  const revealed = await keydesk.reveal(shown, { reason: 'other', reasonText: reason }, { as: megan });
  assert.equal(blocksIn(revealed.card).join('-'), canary);
  const asked = await keydesk.press({ card: known(revealed.card), activityId: shown.activityId }, 'rotate-ask', {}, { as: megan });
  const confirm = standing(asked.messages.at(-1));
  await hideByClock(keydesk);
  await pressRotate(keydesk, confirm);
  await pass(keydesk, 600);
  keydesk.simulator.hand.checkIn('LAPTOP-42');
  await pass(keydesk, 3600);
  await keydesk.runChores();
  await keydesk.runChores();
  assert.ok((await keydesk.acts()).includes('posted done'), 'a summary was posted');
}

const everyHeaderOf = async (work: () => Promise<void>): Promise<ReadonlySet<string>> => {
  const names = new Set<string>();
  const note = (message: unknown): void => {
    const request: unknown = typeof message === 'object' && message !== null && 'request' in message ? message.request : undefined;
    if (request instanceof ClientRequest) for (const name of request.getHeaderNames()) names.add(name.toLowerCase());
  };
  subscribe('http.client.request.start', note);
  try {
    await work();
  } finally {
    unsubscribe('http.client.request.start', note);
  }
  return names;
};

/** Whatever names or identifies a person, a device, a key or a request in this story. */
async function personalIn(keydesk: TestKeydesk): Promise<readonly string[]> {
  const ids = (await keydesk.ledger()).flatMap((entry) => [entry.requestId, entry.reference, entry.rotationId, entry.graphRequestId, entry.clientRequestId, entry.keyId, entry.newKeyId, entry.device?.deviceId, entry.device?.objectId, entry.person?.id]);
  const people = Object.values(cast).flatMap(({ id, displayName }) => [id, displayName, ...displayName.split(' ').filter((name) => name.length > 4)]);
  return [...new Set([...ids, ...people, 'LAPTOP-42', 'NO-SUCH-LAPTOP', 'contoso.com', ticket, reason, 'Zacharias'].filter((one) => one !== undefined))];
}

describe('telemetry: what leaves', () => {
  for (const protocol of ['http/json', 'http/protobuf']) {
    it(`says nothing of a person, a device, a key or a secret, over a whole life of one (${protocol})`, async () => {
      await inTelemetry({ OTEL_EXPORTER_OTLP_PROTOCOL: protocol }, async ({ keydesk, collector, telemetry }) => {
        await wholeLife(keydesk);
        const personal = await personalIn(keydesk);
        assert.ok(personal.length > 30);
        await keydesk.stop();
        await telemetry.stop();
        const all = collector.exported.map(({ path, headers, body }) => `${path} ${JSON.stringify(headers)} ${body.toString('latin1')}`).join('\n');
        assert.match(all, /keydesk\.turn/, 'it was exported');
        for (const password of [canary, keydesk.simulator.tenant.recoveryPassword(known(keydesk.simulator.tenant.fleet.keys.at(-1)).id)]) assert.deepEqual(tracesOf(password, all), []);
        for (const one of personal) assert.deepEqual(textTracesOf(one, all), [], one);
        for (const one of ['LAPTOP-42', ticket]) for (const planted of [one, Buffer.from(`x${one} y`).toString('base64'), Buffer.from(one).toString('hex')]) assert.notDeepEqual(textTracesOf(one, `${all}${planted}`), [], 'the search finds what is there');
      });
    });
  }

  it('is what the vocabulary lists and nothing else, and tells of each thing that it lists', async () => {
    await inTelemetry({ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }, async ({ keydesk, collector, telemetry }) => {
      await wholeLife(keydesk);
      await keydesk.stop();
      await telemetry.stop();
      const exported = readExported(collector.exported);
      for (const { name, attributes, events, links, status } of exported.spans) {
        assert.ok(name in spans, name);
        assert.deepEqual(listed(attributes as object, spans[name as keyof typeof spans]), attributes, name);
        assert.deepEqual([events, links, status?.message ?? ''], [[], [], ''], name);
      }
      for (const { name, attributes } of exported.points) {
        assert.ok(name in metrics, name);
        assert.deepEqual(listed(attributes as object, metrics[name as keyof typeof metrics].has), attributes, name);
      }
      assert.deepEqual(new Set(exported.resources.flatMap((one) => Object.keys(one))), new Set(['service.name', 'service.version', 'service.instance.id', 'telemetry.sdk.language', 'telemetry.sdk.name', 'telemetry.sdk.version']));
      const named = new Set(exported.spans.map(({ name }) => name));
      assert.deepEqual(Object.keys(spans).filter((name) => !named.has(name)), []);
      const measured = new Set(exported.points.map(({ name }) => name));
      assert.deepEqual(Object.keys(metrics).filter((name) => !measured.has(name)), []);
      const others = [...exported.spans, ...exported.points].flatMap(({ name, attributes }) => Object.entries(attributes).flatMap(([key, value]) => (value === 'other' ? [`${name} ${key}`] : [])));
      assert.deepEqual(others, [], 'nothing of an ordinary day is unlisted');
    });
  });

  it('counts what was done, and tells how one turn hangs together', async () => {
    await inTelemetry({ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }, async ({ keydesk, collector, telemetry }) => {
      await wholeLife(keydesk);
      const size = (await keydesk.ledger()).length;
      const seen = collector.exported.length;
      while (collector.exported.length < seen + 4) await new Promise((resolve) => void setImmediate(resolve));
      await telemetry.stop();
      const { spans, points } = readExported(collector.exported);
      const last = (name: string, about: object) => points.findLast((one) => one.name === name && Object.entries(about).every(([key, value]) => one.attributes[key] === value))?.value;
      assert.equal(last('keydesk.reveals', { 'keydesk.reveal.outcome': 'done' }), 1);
      assert.equal(last('keydesk.refusals', { 'keydesk.refusal.code': 'no-role' }), 1);
      assert.equal(last('keydesk.refusals', { 'keydesk.refusal.code': 'device-not-found' }), 1);
      assert.equal(last('keydesk.api.duration', { 'keydesk.api.operation': 'device', 'http.response.status_code': 200 }), 1);
      assert.equal(last('keydesk.api.duration', { 'keydesk.api.operation': 'audit', 'http.response.status_code': 401 }), 1);
      const call = known(spans.find(({ name, attributes }) => name === 'keydesk.api.call' && attributes['keydesk.api.operation'] === 'reveal'));
      assert.equal(call.attributes['http.response.status_code'], 400);
      assert.ok(spans.some(({ name, parentSpanId }) => name === 'keydesk.graph.call' && parentSpanId === call.spanId), 'what it asked of Graph is within');
      assert.equal(last('keydesk.graph.duration', { 'keydesk.graph.route': 'POST beta/deviceManagement/managedDevices/{}/rotateBitLockerKeys', 'http.response.status_code': 204 }), 1);
      assert.ok(Number(last('keydesk.ledger.size', {})) >= size);
      assert.equal(last('keydesk.rotations', { 'keydesk.rotation.state': 'overdue' }), 0);
      const turn = known(spans.find(({ name, attributes }) => name === 'keydesk.turn' && attributes['keydesk.turn.verb'] === 'reveal'));
      const within = spans.filter(({ parentSpanId, traceId }) => parentSpanId === turn.spanId && traceId === turn.traceId);
      assert.ok(within.some(({ attributes }) => attributes['keydesk.graph.route'] === 'GET informationProtection/bitlocker/recoveryKeys/{}?$select=key'));
      assert.deepEqual(within.flatMap(({ name, attributes }) => (name === 'keydesk.ledger.append' ? [attributes['keydesk.ledger.act']] : [])), ['intended', 'revealed']);
      assert.equal(turn.parentSpanId ?? '', '', 'a turn begins a trace, whatever its request said');
    });
  });

  it('is not told to Graph, Teams or the collector: no request carries a trace with it', async () => {
    await inTelemetry({}, async ({ keydesk, collector, telemetry }) => {
      const names = await everyHeaderOf(async () => {
        await wholeLife(keydesk);
        await telemetry.stop();
      });
      assert.ok(['authorization', 'client-request-id', 'content-type'].every((name) => names.has(name)), 'requests were seen');
      assert.ok(collector.exported.length > 0);
      assert.deepEqual([...names].filter((name) => /trace|baggage|^b3|x-b3|sentry|x-amzn|uber/.test(name)), []);
      assert.deepEqual(keydesk.connector.calls.filter(({ headers }) => 'traceparent' in headers || 'baggage' in headers), []);
    });
  });
});

describe('telemetry: a collector that', () => {
  for (const [how, manner] of [['answers 500 with what it was sent', 'broken'], ['does not answer', 'silent'], ['is not there', 'gone']] as const) {
    it(`${how} disturbs nobody: the key is shown, Keydesk stops, and the log has one line without content`, async () => {
      await inTelemetry({ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_EXPORTER_OTLP_TIMEOUT: '200', OTEL_BSP_EXPORT_TIMEOUT: '200', ...(manner === 'gone' && { OTEL_LOG_LEVEL: '' }) }, async ({ keydesk, collector, telemetry, told }) => {
        if (manner === 'gone') await collector.stop();
        else collector.behave(manner);
        const revealed = await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'));
        assert.equal(blocksIn(revealed.card).length, 8);
        while (told.length < 2) await new Promise((resolve) => void setImmediate(resolve));
        assert.deepEqual(await keydesk.acts(), ['asked done', 'intended done', 'revealed done', 'rotation-scheduled done']);
        await keydesk.stop();
        await telemetry.stop();
        assert.deepEqual(told, ['{"message":"telemetry is exported"}', '{"message":"telemetry is not exported as it should be; with OTEL_LOG_LEVEL=warn the console says why"}']);
      }, 300);
    });
  }
});
