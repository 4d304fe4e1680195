// Law 10: each question to Graph goes out as the application that may ask it and little more, and the one that looks
// things up could not read a password.

import assert from 'node:assert/strict';
import { apps } from '../../src/sim/tenant/apps.ts';
import { blocksIn, textOf } from '../support/keydesk/cards.ts';
import { newest, pass, postsIn } from '../support/keydesk/rotating.ts';
import { inKeydesk, type TestKeydesk } from '../support/keydesk.ts';
import { known } from '../support/known.ts';

const { keydesk: bot, keydeskMetadata: metadata, keydeskReveal: reveal, keydeskRotation: rotation } = apps;
const purposeOf = new Map<unknown, string>([[metadata.clientId, 'metadata'], [reveal.clientId, 'reveal'], [rotation.clientId, 'rotation'], [bot.clientId, 'bot']]);

/** `metadata: GET devices`: who asked for what, each once. Token requests have no claims and are left out. */
function askedAs({ simulator }: TestKeydesk): ReadonlySet<string> {
  const calls = simulator.requests.list().filter(({ claims }) => claims !== undefined && claims !== null);
  return new Set(calls.map(({ method, url, claims }) => {
    const { pathname, search } = new URL(url, 'http://graph');
    const what = /[?&](?:%24|\$)select=key(?:&|$)/.test(search) ? 'a password' : pathname.split('/').slice(2, 4).join('/');
    return `${purposeOf.get(claims?.['appid']) ?? 'somebody else'}: ${method} ${/rotateBitLockerKeys$/.test(pathname) ? 'rotate' : what}`;
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
    assert.deepEqual(reveal.permissions, ['BitlockerKey.Read.All']);
    assert.ok(![...metadata.permissions, ...rotation.permissions].some((permission) => permission === 'BitlockerKey.Read.All'));
    assert.ok(![...metadata.permissions, ...reveal.permissions].some((permission) => permission.endsWith('ReadWrite.All')));
  });

  it('that look things up could not read a password, and the one that reads one finds no device', inKeydesk({ identitiesApart: true }, async (keydesk) => {
    const url = (path: string): string => `${keydesk.simulator.url}/v1.0/${path}`;
    const tokenOf = async ({ clientId, secret }: { readonly clientId: string; readonly secret: string }): Promise<string> => {
      const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: secret, scope: 'https://graph.microsoft.com/.default' });
      const answer: unknown = await (await fetch(`${keydesk.simulator.url}/${keydesk.simulator.tenant.id}/oauth2/v2.0/token`, { method: 'POST', body })).json();
      assert.ok(typeof answer === 'object' && answer !== null && 'access_token' in answer);
      return String(answer.access_token);
    };
    const status = async (app: { readonly clientId: string; readonly secret: string }, path: string): Promise<number> =>
      (await fetch(url(path), { headers: { authorization: `Bearer ${await tokenOf(app)}`, 'ocp-client-name': 'test', 'ocp-client-version': '1' } })).status;
    const [secret, listed, devices] = [`informationProtection/bitlocker/recoveryKeys/${newest}?$select=key`, `informationProtection/bitlocker/recoveryKeys/${newest}`, "devices?$filter=displayName eq 'LAPTOP-42'"];
    assert.deepEqual([await status(metadata, secret), await status(rotation, secret), await status(reveal, secret)], [403, 403, 200]);
    assert.deepEqual([await status(metadata, listed), await status(metadata, devices), await status(reveal, devices)], [200, 200, 403]);
    keydesk.simulator.requests.clear();
  }));

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
    const alerts = (await keydesk.ledger()).filter(({ act, code }) => act === 'alert' && code === 'unexplained-read');
    assert.equal(alerts.length, 3);
  }));
});
