// Law 10: each question to Graph goes out as the application that may ask it and little more, and the one that looks
// things up could not read a password.

import assert from 'node:assert/strict';
import { startSimulator } from '../../src/sim/simulator.ts';
import { apps } from '../../src/sim/tenant/apps.ts';
import { blocksIn, textOf } from '../support/keydesk/cards.ts';
import { newest, pass, postsIn } from '../support/keydesk/rotating.ts';
import { inKeydesk, type TestKeydesk } from '../support/keydesk.ts';
import { known } from '../support/known.ts';
import { graphCaller } from '../sim/support/caller.ts';

const { keydesk: bot, keydeskMetadata: metadata, keydeskReveal: reveal, keydeskRotation: rotation } = apps;
const purposeOf = new Map<unknown, string>([[metadata.clientId, 'metadata'], [reveal.clientId, 'reveal'], [rotation.clientId, 'rotation'], [bot.clientId, 'bot']]);

/** `metadata: GET devices`: who asked for what, each once. Token requests have no claims and are left out. */
function askedAs({ simulator }: TestKeydesk): ReadonlySet<string> {
  const calls = simulator.requests.list().filter(({ claims }) => claims !== undefined && claims !== null);
  return new Set(calls.map(({ method, url, claims }) => {
    const { pathname, search } = new URL(url, 'http://graph');
    const what = /[?&](?:%24|\$)select=key(?:&|$)/.test(search) ? 'a password' : pathname.split('/').slice(2, 4).join('/');
    return `${purposeOf.get(claims?.['appid']) ?? 'somebody else'}: ${method} ${pathname.endsWith('rotateBitLockerKeys') ? 'rotate' : what}`;
  }));
}
const by = (who: string, asked: ReadonlySet<string>): readonly string[] => [...asked].filter((one) => one.startsWith(`${who}: `)).sort();

describe('identities apart by purpose', () => {
  it('do each what they are for, from the question to the proof of a rotation', inKeydesk({ identitiesApart: true, entraLog: { everySeconds: 300 } }, async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    assert.deepEqual(by('reveal', askedAs(keydesk)), [], 'nothing is read before the press');
    assert.equal(blocksIn((await keydesk.reveal(confirm)).card).length, 8);
    await keydesk.ask('status LAPTOP-42');
    await pass(keydesk, 3600);
    keydesk.simulator.hand.checkIn('LAPTOP-42');
    await pass(keydesk, 600);

    const asked = askedAs(keydesk);
    assert.deepEqual(by('reveal', asked), ['reveal: GET a password']);
    assert.deepEqual(by('rotation', asked), ['rotation: GET deviceManagement/managedDevices', 'rotation: POST rotate']);
    assert.deepEqual([by('bot', asked), by('somebody else', asked)], [[], []]);
    const looked = by('metadata', asked);
    for (const what of ['GET devices', 'GET informationProtection/bitlocker', 'GET deviceManagement/managedDevices', 'GET auditLogs/directoryAudits']) assert.ok(looked.includes(`metadata: ${what}`), `${what} in ${looked.join(', ')}`);
    assert.ok(!looked.some((one) => /password|rotate/.test(one)));
    assert.deepEqual(postsIn(keydesk).map(({ status }) => status), [204]);
  }));

  it('are the applications of the simulated tenant that hold no more than that', () => {
    const held = (app: { readonly permissions: readonly string[] }, permission: RegExp): readonly string[] => app.permissions.filter((one) => permission.test(one));
    assert.deepEqual(reveal.permissions, ['BitlockerKey.Read.All']);
    for (const app of [metadata, rotation]) assert.deepEqual(held(app, /^BitlockerKey\.Read\.All$/), []);
    for (const app of [metadata, reveal]) assert.deepEqual(held(app, /Write/), []);
  });

  it('that look things up could not read a password, and the one that reads one finds no device', async () => {
    const simulator = await startSimulator({ devices: 60 });
    try {
      const key = `/v1.0/informationProtection/bitlocker/recoveryKeys/${newest}`;
      const [secret, devices] = [`${key}?$select=key`, "/v1.0/devices?$filter=displayName eq 'LAPTOP-42'"];
      const statuses = async (app: typeof metadata | typeof reveal | typeof rotation, ...paths: readonly string[]): Promise<readonly number[]> => {
        const graph = await graphCaller(simulator.url, app);
        return Promise.all(paths.map(async (path) => (await graph.get(path)).status));
      };
      assert.deepEqual(await statuses(metadata, secret, key, devices), [403, 200, 200]);
      assert.deepEqual(await statuses(rotation, secret), [403]);
      assert.deepEqual(await statuses(reveal, secret, devices), [200, 403]);
    } finally {
      await simulator.stop();
    }
  });

  it('of which the one that reads passwords was taken away: no key is shown, and all else is answered', inKeydesk({ identitiesApart: true }, async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    keydesk.simulator.faults.add({ path: /select=key(?:&|$)/, status: 403, body: { error: { code: 'Forbidden', message: 'no' } } });
    const pressed = await keydesk.reveal(confirm);
    assert.deepEqual(blocksIn(pressed.card), []);
    assert.deepEqual((await keydesk.acts()).slice(-2), ['intended done', 'revealed failed graph-forbidden']);
    assert.match(textOf(known((await keydesk.ask('status LAPTOP-42')).card)), /Escrowed/);
  }));

  it('are all looked for in Entra’s log: a read by one of them that nobody asked for is told at once', inKeydesk({ identitiesApart: true, entraLog: { everySeconds: 300 } }, async (keydesk) => {
    for (const app of [metadata, reveal, rotation]) {
      const told = { keyId: newest, by: app.clientId, at: keydesk.clock.now() };
      const { status } = await fetch(`${keydesk.simulator.url}/_sim/audit`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(told) });
      assert.equal(status, 204);
    }
    keydesk.clock.forward(300);
    await keydesk.runChores();
    const alerts = (await keydesk.ledger()).filter(({ act, alert }) => act === 'alert' && alert === 'unexplained-read');
    assert.equal(alerts.length, 3);
  }));
});
