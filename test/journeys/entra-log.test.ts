// The ledger held against Entra's own log: what people do in Keydesk and around it, and what the ledger then says.

import assert from 'node:assert/strict';
import { plusSeconds } from '../../src/domain/instant.ts';
import type { LedgerEntry } from '../../src/domain/ledger-entry.ts';
import { apps } from '../../src/sim/tenant/apps.ts';
import { cast } from '../../src/sim/tenant/people.ts';
import { blocksIn } from '../support/keydesk/cards.ts';
import { everythingOf } from '../support/keydesk/everything.ts';
import { adele, alex } from '../support/keydesk/people.ts';
import { former, newest } from '../support/keydesk/rotating.ts';
import { tracesOf } from '../support/keydesk/traces.ts';
import { inKeydesk, type TestKeydesk } from '../support/keydesk.ts';

const every = 300;
const entraLog = { everySeconds: every };
const keydeskApp = apps.keydesk.clientId;
const logged = /auditLogs\/directoryAudits/;

/** Whoever reads a key without Keydesk. */
async function outside({ simulator }: TestKeydesk, told: Readonly<Record<string, unknown>>): Promise<void> {
  const { status } = await fetch(`${simulator.url}/_sim/audit`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(told) });
  assert.equal(status, 204);
}
const losesRows = ({ simulator }: TestKeydesk) => fetch(`${simulator.url}/_sim/audit`, { method: 'DELETE' });

/** The next reading. */
async function poll(keydesk: TestKeydesk): Promise<void> {
  keydesk.clock.forward(every);
  await keydesk.runChores();
}
/** So many hours later, and a reading then. */
async function hours(keydesk: TestKeydesk, count: number): Promise<void> {
  keydesk.clock.forward(count * 3600);
  await keydesk.runChores();
}
const shown = async (keydesk: TestKeydesk): Promise<void> => assert.equal(blocksIn((await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'))).card).length, 8);
const found = async (keydesk: TestKeydesk): Promise<readonly LedgerEntry[]> => (await keydesk.ledger()).filter(({ act }) => act === 'external-access' || act === 'alert');
const readyz = async ({ url }: TestKeydesk): Promise<unknown> => (await fetch(`${url}/readyz`)).json();

describe('a reveal, held against Entra’s log', () => {
  it('is found there and leaves nothing to say, also when Entra has it in three rows', inKeydesk({ entraLog }, async (keydesk) => {
    await shown(keydesk);
    await outside(keydesk, { keyId: newest, by: keydeskApp, at: keydesk.clock.now(), times: 2 });
    await poll(keydesk);
    await hours(keydesk, 26);
    assert.deepEqual(await found(keydesk), []);
  }));

  it('that Entra has never heard of raises an alert after a day, and not before', inKeydesk({ entraLog }, async (keydesk) => {
    await shown(keydesk);
    const at = keydesk.clock.now();
    await losesRows(keydesk);
    await hours(keydesk, 23);
    assert.deepEqual(await found(keydesk), []);
    await hours(keydesk, 2);
    const [alert, ...more] = await found(keydesk);
    assert.deepEqual([alert?.alert, alert?.outcome, alert?.keyId, alert?.device?.name, alert?.subjectId, alert?.happenedAt, more], ['reveal-without-read', 'done', newest, 'LAPTOP-42', alex.id, at, []]);
    await hours(keydesk, 26);
    assert.equal((await found(keydesk)).length, 1);
  }));

  it('whose row comes hours later is found by then, and raises none', inKeydesk({ entraLog }, async (keydesk) => {
    await shown(keydesk);
    const at = keydesk.clock.now();
    await losesRows(keydesk);
    await hours(keydesk, 20);
    await outside(keydesk, { keyId: newest, by: keydeskApp, at });
    await hours(keydesk, 10);
    assert.deepEqual(await found(keydesk), []);
  }));

  it('raises none while the log cannot be read: /readyz says that it is off, and the log once', inKeydesk({ entraLog }, async (keydesk) => {
    await shown(keydesk);
    await losesRows(keydesk);
    keydesk.simulator.faults.add({ path: logged, status: 403 });
    for (const count of [1, 10, 20]) await hours(keydesk, count);
    assert.deepEqual(await found(keydesk), []);
    assert.deepEqual(await readyz(keydesk), { status: 'degraded', parts: { database: 'ok', ledger: 'ok', graph: 'ok', jobs: 'ok', permissions: "AuditLog.Read.All is missing: the ledger is not held against Entra's own log", 'entra-log': 'off: Graph refuses the log; grant AuditLog.Read.All' } });
    assert.equal(keydesk.logLines.filter((line) => line.includes('without AuditLog.Read.All')).length, 1);

    keydesk.simulator.faults.clear();
    await hours(keydesk, 1);
    assert.deepEqual((await found(keydesk)).map(({ alert }) => alert), ['reveal-without-read'], 'read again, and it is not there');
    assert.deepEqual(await readyz(keydesk), { status: 'ok', parts: { database: 'ok', ledger: 'ok', graph: 'ok', jobs: 'ok', 'entra-log': 'ok' } });
  }));
});

describe('a read around Keydesk', () => {
  it('in the portal is written down once, by whom, of which key, with what, and shown in the log by its id alone', inKeydesk({ entraLog }, async (keydesk) => {
    const happenedAt = plusSeconds(keydesk.clock.now(), 60);
    await outside(keydesk, { keyId: former, by: adele.id, at: happenedAt, userAgent: 'Mozilla/5.0 (a portal)' });
    await poll(keydesk);
    await poll(keydesk);
    await hours(keydesk, 3);
    const [entry, ...more] = await found(keydesk);
    assert.deepEqual(more, []);
    assert.deepEqual([entry?.act, entry?.source, entry?.outcome, entry?.keyId, entry?.happenedAt, entry?.client], ['external-access', 'entra', 'done', former, happenedAt, 'Mozilla/5.0 (a portal) · 203.0.113.7']);
    assert.deepEqual(entry?.person, { id: adele.id, name: cast.adele.displayName });
    assert.equal(entry?.device?.deviceId, 'de71ce00-0000-4000-8000-000000000042');
    assert.match(entry?.auditId ?? '', /^Device Registration Service_/);
    assert.doesNotMatch(keydesk.logLines.join(''), /Adele|a portal/);
  }));

  it('by a script names its application', inKeydesk({ entraLog }, async (keydesk) => {
    await outside(keydesk, { keyId: newest, by: apps.helpdeskScript.clientId, at: plusSeconds(keydesk.clock.now(), 1) });
    await poll(keydesk);
    assert.deepEqual((await found(keydesk)).map(({ act, clientAppId, client, person }) => [act, clientAppId, client, person]), [['external-access', apps.helpdeskScript.clientId, 'Helpdesk script', undefined]]);
  }));

  it('under Keydesk’s own name, which nobody intended, raises an alert at the next reading', inKeydesk({ entraLog }, async (keydesk) => {
    await shown(keydesk);
    keydesk.clock.forward(900);
    await outside(keydesk, { keyId: newest, by: keydeskApp, at: keydesk.clock.now() });
    await poll(keydesk);
    assert.deepEqual((await found(keydesk)).map(({ act, alert, source, clientAppId, keyId }) => [act, alert, source, clientAppId, keyId]), [
      ['external-access', undefined, 'entra', keydeskApp, newest],
      ['alert', 'unexplained-read', 'entra', keydeskApp, newest],
    ]);
    await hours(keydesk, 26);
    assert.equal((await found(keydesk)).length, 2, 'and says it once');
  }));

  it('under the name of the application that rotates raises one too', inKeydesk({ entraLog }, async (keydesk) => {
    await outside(keydesk, { keyId: newest, by: apps.keydeskRotation.clientId, at: plusSeconds(keydesk.clock.now(), 1), result: 'failure' });
    await poll(keydesk);
    assert.deepEqual((await found(keydesk)).map(({ alert, outcome }) => [alert, outcome]), [[undefined, 'failed'], ['unexplained-read', 'failed']]);
  }));

  it('is written down once by two instances', inKeydesk({ entraLog }, async (keydesk) => {
    const other = await keydesk.another();
    await outside(keydesk, { keyId: newest, by: adele.id, at: plusSeconds(keydesk.clock.now(), 1) });
    keydesk.clock.forward(every);
    await Promise.all([keydesk.runChores(), other.runChores()]);
    await poll(keydesk);
    assert.equal((await found(keydesk)).length, 1);
  }));
});

describe('the reading of Entra’s log', () => {
  it('is nobody’s business where it is switched off', inKeydesk(async (keydesk) => {
    await outside(keydesk, { keyId: newest, by: keydeskApp, at: keydesk.clock.now() });
    await poll(keydesk);
    assert.deepEqual([await found(keydesk), keydesk.simulator.requests.list().filter(({ url }) => logged.test(url))], [[], []]);
  }));

  it('goes on after whatever Graph does to it, and keeps a reveal waiting for nothing', inKeydesk({ entraLog }, async (keydesk) => {
    const row = { keyId: newest, by: adele.id, at: plusSeconds(keydesk.clock.now(), 1) };
    for (const fault of [{ status: 429, headers: { 'retry-after': '3600' } }, { drop: 'middle' as const }, { status: 500 }, { body: '{"value":' }, { body: { value: 'none' } }]) {
      keydesk.simulator.faults.add({ path: logged, ...fault });
      keydesk.clock.forward(3600);
      await keydesk.runChores();
      await shown(keydesk);
      keydesk.simulator.faults.clear();
      // The simulated tenant's clock has stayed behind with its rows.
      await losesRows(keydesk);
      await outside(keydesk, row);
    }
    assert.deepEqual(await found(keydesk), []);
    keydesk.clock.forward(3600);
    await keydesk.runChores();
    // Once, on a machine that ran two whole test runs, this reading came to nothing, and why was not seen: the log is said
    // below. The next one may come after it; a row that was passed over would not come with that one either.
    await poll(keydesk);
    assert.deepEqual((await found(keydesk)).map(({ act, happenedAt }) => [act, happenedAt]), [['external-access', row.at]], keydesk.logLines.filter((line) => /directoryAudits|entra/i.test(line)).slice(-8).join('\n'));
  }));

  it('follows Entra over as many pages as it has', inKeydesk({ entraLog }, async (keydesk) => {
    await outside(keydesk, { keyId: newest, by: adele.id, at: plusSeconds(keydesk.clock.now(), 1), times: 100 });
    for (const times of [100, 100, 100, 100, 10]) await outside(keydesk, { keyId: former, by: adele.id, at: plusSeconds(keydesk.clock.now(), 2), times });
    await poll(keydesk);
    assert.equal((await found(keydesk)).length, 510);
    const asked = keydesk.simulator.requests.list().filter(({ url }) => logged.test(url));
    assert.ok(asked.some(({ url }) => url.includes('skiptoken')));
  }));

  it('leaves nothing of a key anywhere, whoever read it and whatever they called themselves', inKeydesk({ entraLog }, async (keydesk) => {
    await shown(keydesk);
    const password = keydesk.simulator.tenant.recoveryPassword(former);
    await outside(keydesk, { keyId: former, by: adele.id, at: keydesk.clock.now(), userAgent: `I saw ${password}` });
    await poll(keydesk);
    assert.deepEqual((await found(keydesk)).map(({ client }) => client), ['203.0.113.7']);
    for (const [place, text] of await everythingOf(keydesk, [keydesk])) {
      for (const keyId of [newest, former]) assert.deepEqual(tracesOf(keydesk.simulator.tenant.recoveryPassword(keyId), text), [], place);
    }
  }));
});
