import assert from 'node:assert/strict';
import type { Desk } from '../../src/domain/desk.ts';
import { Fault } from '../../src/domain/fault.ts';
import { known } from '../support/known.ts';
import { alex, grady, lee, megan } from '../support/keydesk/people.ts';
import { clientOf, codeOf, fieldOf, keysPath, laptop, laptopKey, script, withApi } from '../support/api.ts';

const path = `${keysPath}/${laptop}/reveal`;
const body = { keyId: laptopKey, reason: 'firmware-update', ticket: 'INC0012345' };

describe('api: a recovery password', () => {
  it('is told to a person with scope and role, with the whole order of effects in the ledger', withApi({}, async (api, keydesk) => {
    const answer = await api.call(path, { body });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(fieldOf(answer, 'recoveryPassword'), keydesk.simulator.tenant.recoveryPassword(laptopKey));
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.deepEqual((await keydesk.acts()).slice(-4), ['asked done', 'intended done', 'revealed done', 'rotation-scheduled done']);
    for (const entry of (await keydesk.ledger()).slice(-4)) assert.deepEqual([entry.source, entry.caller, entry.person?.id, entry.clientAppId], ['api', 'person', alex.id, script.clientId]);
    assert.equal(keydesk.reads().length, 1);
  }));

  it('is told to an application by itself where the installation says so, for somebody it names', withApi({ api: { appsMayReveal: true } }, async (api, keydesk) => {
    const answer = await api.call(path, { as: 'app', body: { ...body, requestedBy: 'Adele Vance' } });
    assert.equal(answer.status, 200, answer.text);
    for (const entry of (await keydesk.ledger()).slice(-3)) assert.deepEqual([entry.caller, entry.person?.id, entry.requestedBy], ['app', script.servicePrincipalId, 'Adele Vance']);
    const turned = await api.call(path, { as: 'app', body: { ...body, requestedBy: ' \u202eecnaV\u0000 eledA\ud800 ' } });
    assert.equal(turned.status, 200, turned.text);
    assert.equal((await keydesk.ledger()).at(-1)?.requestedBy, 'ecnaV  eledA\ufffd', 'a name that nobody reads the wrong way round');
  }));

  for (const [what, options, call, status, code] of [
    ['an application, unless the installation says so', {}, { as: 'app', body: { ...body, requestedBy: 'Adele Vance' } }, 403, 'app-reveal-off'],
    ['an application that does not say for whom', { api: { appsMayReveal: true } }, { as: 'app', body }, 400, 'input-invalid'],
    ['a person in delegated mode, whose sign-in no call brings', { delegated: true }, { body }, 403, 'sign-in-needed'],
    ['an application in delegated mode, allowed or not', { delegated: true, api: { appsMayReveal: true } }, { as: 'app', body: { ...body, requestedBy: 'Adele Vance' } }, 403, 'sign-in-needed'],
    ['a person without the scope', {}, { scopes: ['Keys.List'], body }, 403, 'no-right'],
    ['a person without a role', {}, { as: lee.id, body }, 403, 'no-role'],
    ['an auditor', {}, { as: grady.id, body }, 403, 'no-role'],
    ['a key that the device does not have', {}, { body: { ...body, keyId: '00000000-1111-4222-8333-444444444444' } }, 404, 'key-not-found'],
    ['a reason that is none', {}, { body: { ...body, reason: 'because' } }, 400, 'body-invalid'],
    ['a ticket with a recovery password in it', {}, { body: { ...body, ticket: Array.from({ length: 8 }, () => '123453').join('-') } }, 400, 'input-invalid'],
    ['a member that nobody knows', {}, { body: { ...body, override: true } }, 400, 'body-invalid'],
  ] as const) {
    it(`is not told: ${what}`, withApi(options, async (api, keydesk) => {
      const answer = await api.call(path, call);
      assert.deepEqual([answer.status, codeOf(answer)], [status, code], answer.text);
      assert.match(String(fieldOf(answer, 'reference')), /^KD-/);
      if (code === 'no-right') assert.match(String(fieldOf(answer, 'detail')), /Keys\.Reveal/);
      if (code === 'no-role') assert.match(String(fieldOf(answer, 'detail')), /role agent or admin/);
      assert.equal(keydesk.reads().length, 0);
    }));
  }

  it('is not told of a sensitive device, until approvals exist', withApi({ settings: { sensitiveNames: [/^VIP-01$/i] } }, async (api, keydesk) => {
    const [vip] = keydesk.simulator.tenant.fleet.machinesNamed('VIP-01');
    const answer = await api.call(`${keysPath}/${vip?.entra?.deviceId}/reveal`, { as: megan.id, body: { ...body, keyId: vip?.keys[0]?.id } });
    assert.deepEqual([answer.status, codeOf(answer)], [403, 'approval-unavailable']);
    assert.equal(keydesk.reads().length, 0);
  }));

  it('counts against the same limits as in Teams, and says when the next is free', withApi({ settings: { revealLimits: [{ max: 1, seconds: 60 }] } }, async (api, keydesk) => {
    await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'));
    const answer = await api.call(path, { body });
    assert.deepEqual([answer.status, codeOf(answer)], [429, 'reveal-limit']);
    assert.equal(answer.headers.get('retry-after'), '60');
    keydesk.clock.forward(61);
    assert.equal((await api.call(path, { body })).status, 200);
  }));

  it('is told to one of two who call at once, where the limit leaves one', withApi({ settings: { revealLimits: [{ max: 1, seconds: 60 }] } }, async (api, keydesk) => {
    const other = clientOf({ ...keydesk, url: (await keydesk.another()).url });
    const answers = await Promise.all([api.call(path, { body }), other.call(path, { body }), api.call(`${keysPath}/${laptop.toUpperCase()}/reveal`, { body })]);
    assert.deepEqual(answers.map(({ status }) => status).toSorted((a, b) => a - b), [200, 429, 429]);
    assert.equal(keydesk.reads().length, 1);
  }));

  it('is told for the key ID that a caller reads out, where callers have to; no answer before it gives one away', withApi({ settings: { callerProof: true } }, async (api, keydesk) => {
    const rotating = await api.call(`${keysPath}/${laptop}/rotate`, { as: megan.id, body: { reason: 'policy' } });
    for (const before of [await api.call(`${keysPath}/${laptop}`), await api.call(rotating.headers.get('location') ?? ''), await api.call(`${keysPath}/audit`)]) {
      assert.equal(before.status, 200, before.text);
      assert.ok(!before.text.includes(laptopKey.slice(0, 8)), before.text);
    }
    const missed = await api.call(path, { body: { ...body, keyId: '1a2b3c4e' } });
    assert.deepEqual([missed.status, codeOf(missed)], [404, 'key-not-found']);
    assert.equal(keydesk.reads().length, 0);
    assert.equal((await api.call(path, { body: { ...body, keyId: '1A2B3C4D' } })).status, 200);
  }));

  it('is told anew at every call, each a reveal of its own', withApi({}, async (api, keydesk) => {
    assert.deepEqual([(await api.call(path, { body })).status, (await api.call(path, { body })).status], [200, 200]);
    assert.equal((await keydesk.acts()).filter((act) => act === 'revealed done').length, 2);
    assert.equal(keydesk.reads().length, 2);
  }));

  it('is a fault where Graph does not answer: on record, and without a key', withApi({}, async (api, keydesk) => {
    keydesk.simulator.faults.add({ path: /recoveryKeys\/[^/?]+\?\$select=key/, status: 503 });
    const answer = await api.call(path, { body });
    assert.equal(answer.status, 503);
    assert.match(String(codeOf(answer)), /^graph-/);
    assert.ok(answer.headers.has('retry-after'));
    assert.deepEqual((await keydesk.acts()).slice(-3).map((act) => act.split(' ')[0]), ['asked', 'intended', 'revealed']);
  }));

  for (const [what, broken, reads] of [
    ['read when `intended` cannot be written', 'claim', 0],
    ['shown when `revealed` cannot be written, although it was read', 'revealed', 1],
  ] as const) {
    const around = (desk: Desk): Desk => ({ ...desk, requests: { ...desk.requests, [broken]: () => Promise.reject(new Fault('ledger-unavailable', 'later')) } });
    it(`is not ${what}`, withApi({ around }, async (api, keydesk) => {
      const answer = await api.call(path, { body });
      assert.deepEqual([answer.status, codeOf(answer)], [503, 'ledger-unavailable']);
      assert.ok(!answer.text.includes(known(keydesk.simulator.tenant.recoveryPassword(laptopKey))));
      assert.equal(keydesk.reads().length, reads);
      // What was claimed and never came to its end is settled like any other.
      keydesk.clock.forward(60);
      await keydesk.runChores();
    }));
  }

  it('leaves nothing to hide, and Teams is told nothing', withApi({}, async (api, keydesk) => {
    await api.call(path, { body });
    keydesk.clock.forward(3600);
    await keydesk.runChores();
    assert.equal(keydesk.connector.messages.length, 0);
    assert.ok(!(await keydesk.acts()).includes('hidden done'));
  }));
});
