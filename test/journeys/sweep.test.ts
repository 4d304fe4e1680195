// A sweep over the simulated tenant, from the timekeeper's chore to the rows: real HTTP, real PostgreSQL.

import assert from 'node:assert/strict';
import { names } from '../../src/sim/tenant/named-machines.ts';
import { openDatabase } from '../../src/store/database.ts';
import { fleetIndexIn } from '../../src/store/fleet-index.ts';
import { inKeydesk, type TestKeydesk } from '../support/keydesk.ts';
import { foldedName } from '../../src/domain/fleet.ts';

const readyz = async (keydesk: TestKeydesk): Promise<{ readonly status: string; readonly sweep: string }> => {
  const body: unknown = await (await fetch(`${keydesk.url}/readyz`)).json();
  const { status, parts } = Object(body);
  return { status: String(status), sweep: String(Object(parts).sweep) };
};

async function statuses(keydesk: TestKeydesk): Promise<Readonly<Record<string, string>>> {
  const database = openDatabase(keydesk.database.appUrl, { maxConnections: 1 });
  const found = await fleetIndexIn(database).withNames(Object.values(names).map(foldedName));
  await database.close();
  return Object.fromEntries(found.map(({ name, status }) => [name, status]));
}

const lists = (keydesk: TestKeydesk) => keydesk.simulator.requests.list().filter(({ url }) => /^\/(?:v1\.0|beta)\/(?:devices|deviceManagement|informationProtection)/.test(url));

describe('a sweep of the tenant', () => {
  it('is begun right after the start and reads pages only, never a device by itself, never a key', inKeydesk({ sweep: {}, tenant: { devices: 1300, keyPageSize: 200 } }, async (keydesk) => {
    await keydesk.runChores();
    const { fleet } = keydesk.simulator.tenant;
    const windows = fleet.entraDevices.filter(({ operatingSystem }) => operatingSystem === 'Windows').length;
    const pages = [windows / 999, fleet.managedDevices.length / 1000, fleet.reported.length / 1000, fleet.keys.length / 200].map(Math.ceil);
    assert.equal(lists(keydesk).length, pages.reduce((sum, count) => sum + count, 0));
    assert.deepEqual(lists(keydesk).filter(({ url }) => /select=key|recoveryKeys\/|deviceId/.test(decodeURIComponent(url).replace(/\$select=id,deviceId.*/, ''))), []);
    assert.deepEqual(await readyz(keydesk), { status: 'ok', sweep: 'ok' });
    assert.deepEqual(await statuses(keydesk), {
      [names.laptop42]: 'escrowed',
      [names.desktop7]: 'escrowed',
      [names.twin]: 'escrowed',
      [names.failed]: 'failed',
      [names.pending]: 'pending',
      [names.notEncrypted]: 'not-available',
      [names.quoted]: 'escrowed',
      [names.hostile]: 'escrowed',
      [names.sensitive]: 'escrowed',
    });
    assert.deepEqual(keydesk.reads(), [], 'nothing of it is a read of a key');
    assert.doesNotMatch(keydesk.logLines.filter((line) => /swept|sweep/.test(line)).join('\n'), /LAPTOP|skiptoken/, 'no names and no links in the log');
  }));

  it('goes over the empty pages that Graph allows itself', inKeydesk({ sweep: {}, tenant: { emptyKeyPages: true, keyPageSize: 7 } }, async (keydesk) => {
    await keydesk.runChores();
    assert.equal((await statuses(keydesk))[names.laptop42], 'escrowed');
  }));

  it('says on /readyz what it had to do without, and people still get their keys', inKeydesk({ sweep: {} }, async (keydesk) => {
    await keydesk.runChores();
    keydesk.simulator.faults.add({ path: /^\/beta\/deviceManagement\/managedDeviceEncryptionStates/, status: 403 });
    keydesk.clock.forward(90_000);
    await keydesk.runChores();
    assert.deepEqual(await readyz(keydesk), { status: 'degraded', sweep: 'the last sweep was without: encryption' });
    assert.equal((await statuses(keydesk))[names.notEncrypted], 'unknown');
    assert.ok((await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'))).card);
  }));

  it('waits when Intune throttles, says how far it is, and asks no sooner than it was told', inKeydesk({ sweep: {} }, async (keydesk) => {
    await keydesk.runChores();
    keydesk.simulator.faults.add({ path: /^\/v1.0\/deviceManagement\/managedDevices/, status: 429, headers: { 'retry-after': '60' }, times: 1 });
    keydesk.clock.forward(90_000);
    await keydesk.runChores();
    const { status, sweep } = await readyz(keydesk);
    assert.deepEqual([status, /^running: \d\d %$/.test(sweep)], ['ok', true], sweep);
    keydesk.simulator.requests.clear();
    keydesk.clock.forward(30);
    await keydesk.runChores();
    assert.deepEqual(lists(keydesk), []);
    keydesk.clock.forward(31);
    await keydesk.runChores();
    assert.deepEqual(await readyz(keydesk), { status: 'ok', sweep: 'ok' });
  }));
});
