// Every request that is not one: none of them reads a key, and each gets its code.

import assert from 'node:assert/strict';
import { clientOf, codeOf, fieldOf, keysPath, laptop, laptopKey, type ApiClient, type CallOptions } from '../support/api.ts';
import { lee } from '../support/keydesk/people.ts';
import { inKeydesk, startTestKeydesk, type TestKeydesk } from '../support/keydesk.ts';
import { sendRaw, statusesIn } from '../support/raw-http.ts';

const reveal = `${keysPath}/${laptop}/reveal`;
const body = { keyId: laptopKey, reason: 'firmware-update' };
const deep = `${'['.repeat(50)}${']'.repeat(50)}`;

describe('api: a request', () => {
  let keydesk: TestKeydesk;
  let api: ApiClient;
  before(async () => {
    keydesk = await startTestKeydesk({ api: { requestsPerMinute: 10_000, addressRequestsPerMinute: 10_000 } });
    api = clientOf(keydesk);
  });
  after(async () => {
    await keydesk.stop();
    await keydesk.leave();
  });

  const refused: readonly (readonly [what: string, path: string, options: CallOptions, status: number, code: string])[] = [
    ['with a name in place of a deviceId', `${keysPath}/LAPTOP-42/reveal`, { body }, 400, 'not-a-device-id'],
    ['with %00 in the id', `${keysPath}/${laptop}%00/reveal`, { body }, 400, 'not-a-device-id'],
    ['with a blank behind the id', `${keysPath}/${laptop}%20/reveal`, { body }, 400, 'not-a-device-id'],
    ['with a semicolon behind the id', `${keysPath}/${laptop};x=1/reveal`, { body }, 400, 'not-a-device-id'],
    ['with slashes encoded twice', `${keysPath}/..%252f..%252f${laptop}/reveal`, { body }, 400, 'not-a-device-id'],
    ['with an encoded slash', `${keysPath}/${laptop}%2freveal`, { body }, 405, 'method-not-allowed'],
    ['with escapes that are none', `${keysPath}/%zz/reveal`, { body }, 404, 'not-found'],
    ['of an id that there is not', `${keysPath}/00000000-1111-4222-8333-444444444444`, {}, 404, 'device-not-found'],
    ['of a stranger, of a device that there is', `${keysPath}/${laptop}`, { as: lee.id }, 403, 'no-role'],
    ['of a stranger, of one that there is not', `${keysPath}/00000000-1111-4222-8333-444444444444`, { as: lee.id }, 403, 'no-role'],
    ['with a cursor that was made up', `${keysPath}?cursor=abc`, {}, 400, 'cursor-invalid'],
    ['for the ledger, with a cursor that was made up', `${keysPath}/audit?cursor=AAAAAAAAAAAAAAAAAAAAAAAAAAAA`, {}, 400, 'cursor-invalid'],
    ['with the limit 0', `${keysPath}?limit=0`, {}, 400, 'parameter-invalid'],
    ['with the limit -1', `${keysPath}?limit=-1`, {}, 400, 'parameter-invalid'],
    ['with the limit 10⁹', `${keysPath}?limit=1000000000`, {}, 400, 'parameter-invalid'],
    ['with the limit 1001', `${keysPath}?limit=1001`, {}, 400, 'parameter-invalid'],
    ['with a limit that is no number', `${keysPath}?limit=ten`, {}, 400, 'parameter-invalid'],
    ['with two limits', `${keysPath}?limit=1&limit=2`, {}, 400, 'parameter-invalid'],
    ['with a filter that nobody knows', `${keysPath}?statsu=failed`, {}, 400, 'parameter-unknown'],
    ['with a status that is none', `${keysPath}?status=broken`, {}, 400, 'parameter-invalid'],
    ['with %00 in a filter', `${keysPath}?device=a%00b`, {}, 400, 'parameter-invalid'],
    ['with a filter whose escapes are none', `${keysPath}?device=%zz`, {}, 400, 'parameter-invalid'],
    ['with a key ID that is too short', `${keysPath}?keyId=1a2b`, {}, 400, 'parameter-invalid'],
    ['with __proto__ as a filter', `${keysPath}?__proto__=x`, {}, 400, 'parameter-unknown'],
    ['with a query where none is taken', `${keysPath}/${laptop}?fields=all`, {}, 400, 'parameter-unknown'],
    ['for the ledger, of a day that does not exist', `${keysPath}/audit?from=2026-02-30`, {}, 400, 'parameter-invalid'],
    ['for the ledger, of an act that is none', `${keysPath}/audit?act=stolen`, {}, 400, 'parameter-invalid'],
    ['for the ledger, of a device by name', `${keysPath}/audit?device=LAPTOP-42`, {}, 400, 'parameter-invalid'],
    ['for the ledger, with proofs for too many', `${keysPath}/audit?proof=true&limit=1000`, {}, 400, 'parameter-invalid'],
    ['with another content type', reveal, { body: 'keyId=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415, 'wrong-content-type'],
    ['with a compressed body', reveal, { body: '{}', headers: { 'content-encoding': 'gzip' } }, 415, 'compressed'],
    ['with a sum that is not its body’s', reveal, { body, headers: { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' } }, 400, 'not-json'],
    ['with half a body', reveal, { body: '{"keyId":' }, 400, 'not-json'],
    ['with an empty body', reveal, { body: '' }, 400, 'not-json'],
    ['with two members of one name', reveal, { body: `{"keyId":"${laptopKey}","reason":"other","reason":"firmware-update"}` }, 400, 'not-json'],
    ['with two members of one name, one of them escaped', reveal, { body: `{"keyId":"${laptopKey}","reason":"other","reaso\\u006e":"firmware-update"}` }, 400, 'not-json'],
    ['with deep JSON', reveal, { body: `{"keyId":${deep}}` }, 400, 'not-json'],
    ['with an array as body', reveal, { body: '[]' }, 400, 'body-invalid'],
    ['with a number for the key', reveal, { body: { ...body, keyId: 42 } }, 400, 'body-invalid'],
    ['with __proto__ in the body', reveal, { body: `{"keyId":"${laptopKey}","reason":"firmware-update","__proto__":{"reason":"other"}}` }, 400, 'body-invalid'],
    ['with too large a body', reveal, { body: { ...body, reasonText: 'x'.repeat(20_000) } }, 413, 'body-too-large'],
    ['that takes no form there is', `${keysPath}/${laptop}`, { headers: { accept: 'application/xml' } }, 406, 'not-acceptable'],
    ['for the ledger, that takes no form there is', `${keysPath}/audit`, { headers: { accept: 'text/html' } }, 406, 'not-acceptable'],
    ['to rotate, with a key of blanks', `${keysPath}/${laptop}/rotate`, { body: { reason: 'policy' }, headers: { 'idempotency-key': 'a b' } }, 400, 'parameter-invalid'],
    ['of a path that there is not', `${keysPath}/${laptop}/bulk`, {}, 404, 'not-found'],
    ['for all keys at once', `${keysPath}/reveal`, { body }, 405, 'method-not-allowed'],
    ['of a rotation that there is not', `${keysPath}/${laptop}/rotations/00000000-1111-4222-8333-444444444444`, {}, 404, 'rotation-not-found'],
    ['by DELETE', `${keysPath}/${laptop}`, { method: 'DELETE' }, 405, 'method-not-allowed'],
    ['to reveal by GET', reveal, {}, 405, 'method-not-allowed'],
    ['by OPTIONS', reveal, { method: 'OPTIONS' }, 405, 'method-not-allowed'],
  ];
  for (const [what, path, options, status, code] of refused) {
    it(`${what} is refused`, async () => {
      const answer = await api.call(path, options);
      assert.deepEqual([answer.status, codeOf(answer)], [status, code], answer.text);
      assert.equal(answer.headers.get('content-type'), 'application/problem+json');
      assert.equal(fieldOf(answer, 'type'), `urn:keydesk:problem:${code}`);
      assert.match(String(fieldOf(answer, 'reference')), /^KD-/);
      assert.match(answer.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/);
      assert.equal(answer.headers.get('cache-control'), 'no-store');
      if (status === 405) assert.match(answer.headers.get('allow') ?? '', /GET|POST/);
      assert.equal(keydesk.reads().length, 0);
    });
  }

  it('by HEAD is refused without a body', async () => {
    const answer = await api.call(reveal, { method: 'HEAD' });
    assert.deepEqual([answer.status, answer.text, answer.headers.get('allow')], [405, '', 'POST']);
    assert.equal(keydesk.reads().length, 0);
  });

  it('with an id in capitals is the same device', async () => {
    const answer = await api.call(`${keysPath}/${laptop.toUpperCase()}`);
    assert.deepEqual([answer.status, fieldOf(answer, 'deviceId')], [200, laptop]);
  });

  it('behind another one in the same connection gets its own answer, in order', async () => {
    const token = await api.token({});
    const get = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${token}\r\n\r\n`;
    const raw = await sendRaw(Number(new URL(keydesk.url).port), [get(`${keysPath}/${laptop}`) + get(`${keysPath}/NO-ID`) + get(`${keysPath}/${laptop}`).replace('\r\n\r\n', '\r\nconnection: close\r\n\r\n')]);
    assert.deepEqual(statusesIn(raw), [200, 400, 200]);
  });

  it('leaves a line in the log with its route and its end, and nothing of its query', async () => {
    const answer = await api.call(`${keysPath}?device=LAPTOP-SECRETNAME&limit=1`);
    assert.equal(answer.status, 503, 'no sweep has run here');
    const id = answer.headers.get('x-request-id');
    const lines = keydesk.logLines.filter((line) => line.includes(String(id)));
    assert.ok(lines.some((line) => line.includes('"route":"/api/devices/security/bitlocker/keys"') && line.includes('"status":503')), lines.join(''));
    assert.ok(!keydesk.logLines.join('').includes('SECRETNAME'));
  });
});

describe('api: without an audience', () => {
  it('there is none: its routes are not found', inKeydesk({}, async (keydesk) => {
    for (const path of ['/api', '/api/openapi.json', keysPath, `${keysPath}/${laptop}`]) {
      const answer = await clientOf(keydesk).call(path);
      assert.deepEqual([answer.status, codeOf(answer)], [404, 'not-found'], path);
    }
  }));
});

describe('api: too many requests', () => {
  it('of one caller are refused, and another one’s are not', inKeydesk({ api: { requestsPerMinute: 2 } }, async (keydesk) => {
    const api = clientOf(keydesk);
    const path = `${keysPath}/${laptop}`;
    const token = await api.token({});
    assert.deepEqual([(await api.call(path, { token })).status, (await api.call(path, { token })).status], [200, 200]);
    const answer = await api.call(path, { token });
    assert.deepEqual([answer.status, codeOf(answer)], [429, 'rate-limit']);
    assert.ok(Number(answer.headers.get('retry-after')) > 0);
    assert.equal((await api.call(path, { as: 'app' })).status, 200);
  }));

  it('from one address are refused before a token is looked at; the bot is not the API', inKeydesk({ api: { addressRequestsPerMinute: 1 } }, async (keydesk) => {
    const api = clientOf(keydesk);
    assert.equal((await api.call(`${keysPath}/${laptop}`)).status, 200);
    const before = keydesk.simulator.requests.list().length;
    const answer = await api.call(`${keysPath}/${laptop}`, { token: 'a.b.c' });
    assert.deepEqual([answer.status, codeOf(answer)], [429, 'rate-limit']);
    assert.equal(keydesk.simulator.requests.list().length, before);
    assert.equal((await keydesk.say('help')).status, 200);
  }));
});
