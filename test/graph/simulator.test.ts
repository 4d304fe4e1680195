// The edge as the demo runs it, against the simulated tenant, which refuses what Graph refuses.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '../../src/config/secret.ts';
import type { Device } from '../../src/domain/device.ts';
import { Fault } from '../../src/domain/fault.ts';
import { type IntuneDeviceId, parseEntraDeviceId, parseIntuneDeviceId, parseKeyId, parsePersonId } from '../../src/domain/ids.ts';
import { instantAt } from '../../src/domain/instant.ts';
import { type CredentialSettings, createCredential } from '../../src/graph/credential.ts';
import type { Graph, GraphSettings } from '../../src/graph/graph.ts';
import { authorityTurnedTo } from '../../src/graph/turned.ts';
import { type Simulator, startSimulator } from '../../src/sim/simulator.ts';
import { faultOf, graphAt, never } from '../support/graph-at.ts';
import { known } from '../support/known.ts';
import { selfSigned } from '../support/self-signed.ts';

const tenantId = 'c0417050-0000-4000-8000-000000000000';
const keydesk = 'ac1d0000-0000-4000-8000-000000000001';
const metadataOnly = 'ac1d0000-0000-4000-8000-000000000002';
const roleGroup = (number: number): string => `6a0c0000-0000-4000-8000-00000000000${number}`;
// Alex, Megan, Adele, Grady, Lee, Isaiah (an agent through a group within the group).
const people = [1, 2, 3, 4, 5, 6].map((number) => known(parsePersonId(`a1e00000-0000-4000-8000-00000000000${number}`)));
const nobody = '7f000000-0000-4000-8000-000000000000';
const withSecret = (clientId: string, secret: string): CredentialSettings => ({ tenantId, identity: { type: 'secret', clientId, secret: new Secret(secret) } });

describe('graph against the simulated tenant', () => {
  const { certificate, file } = selfSigned();
  let sim: Simulator;
  let graph: Graph;
  const started: Graph[] = [];
  const graphAs = (settings: CredentialSettings, change: Partial<GraphSettings> = {}): Graph => {
    const made = graphAt(sim.url, {
      clock: { now: () => instantAt(Date.now()) },
      roleGroups: { agent: roleGroup(1), admin: roleGroup(2), auditor: roleGroup(4) },
      credential: createCredential(settings, { authorityHttp: authorityTurnedTo(sim.url) }),
      ...change,
    }).graph;
    started.push(made);
    return made;
  };

  before(async () => {
    sim = await startSimulator({ devices: 300, devicePageSize: 2, keyPageSize: 1, emptyKeyPages: true, certificates: { [keydesk]: certificate } });
    graph = graphAs(withSecret(keydesk, 'sim-secret-of-keydesk'));
  });
  after(async () => {
    for (const one of started) one.stop();
    await sim.stop();
  });
  beforeEach(() => {
    sim.requests.clear();
    sim.faults.clear();
  });

  const one = async (name: string): Promise<Device> => {
    const devices = await graph.directory.devicesNamed(name, never());
    assert.equal(devices.length, 1, name);
    return known(devices[0]);
  };

  it('goes from a name to the password', async () => {
    const device = await one('laptop-42');
    assert.deepEqual([device.name, device.joinType, device.enabled], ['LAPTOP-42', 'entra', true]);
    assert.deepEqual(await graph.directory.device(device.deviceId, never()), device);
    assert.deepEqual((await graph.directory.owners(device.objectId, never())).map(({ name }) => name), ['Adele Vance']);
    const [managed] = await graph.managedDevices.named('laptop-42', never());
    assert.equal(managed?.deviceId, device.deviceId);
    assert.deepEqual(await graph.managedDevices.of(device.deviceId, never()), [managed]);

    const keys = await graph.recoveryKeys.of(device.deviceId, never());
    assert.deepEqual(keys.map(({ volumeType }) => volumeType), ['operatingSystem', 'operatingSystem']);
    for (const key of keys) {
      // Twice, since the simulator answers single keys flat and wrapped by turns.
      for (const turn of [1, 2]) {
        assert.deepEqual(await graph.recoveryKeys.find(key.keyId, never()), key);
        const { password, graphRequestId } = await graph.recoveryKeys.read(key.keyId, { clientRequestId: nobody, deadline: never(), authority: 'application' });
        assert.equal(password.digits, sim.tenant.recoveryPassword(key.keyId), String(turn));
        assert.match(graphRequestId ?? '', /^[0-9a-f-]{36}$/);
      }
    }
  });

  it('finds every volume type of DESKTOP-7, in whatever form it comes', async () => {
    const keys = await graph.recoveryKeys.of((await one('DESKTOP-7')).deviceId, never());
    assert.deepEqual(new Set(keys.map(({ volumeType }) => volumeType)), new Set(['operatingSystem', 'fixedData']));
  });

  it('finds devices whatever their names hold, and twins both', async () => {
    for (const name of ["O'BRIEN-PC", '[click](https://evil.example) <at>x</at>']) assert.equal((await one(name)).name, name);
    assert.equal((await graph.directory.devicesNamed('TWIN-01', never())).length, 2);
    assert.equal((await graph.directory.devicesNamed('NO-SUCH-PC', never())).length, 0);
    assert.equal((await graph.managedDevices.named('LAPTOP-GONE', never())).length, 1);
    assert.equal((await graph.managedDevices.named('NO-SUCH-PC', never())).length, 0);
  });

  it('finds nothing under ids that nobody has', async () => {
    assert.equal(await graph.directory.device(known(parseEntraDeviceId(nobody)), never()), undefined);
    assert.equal(await graph.recoveryKeys.find(known(parseKeyId(nobody)), never()), undefined);
    assert.deepEqual(await graph.managedDevices.of(known(parseEntraDeviceId(nobody)), never()), []);
    assert.equal((await faultOf(graph.recoveryKeys.read(known(parseKeyId(nobody)), { clientRequestId: nobody, deadline: never(), authority: 'application' }))).code, 'graph-not-found');
  });

  it('offers close names', async () => {
    assert.equal((await graph.directory.namesLike('LAPTOP-43', never()))[0], 'LAPTOP-42');
    assert.ok((await graph.directory.namesLike('DESKTOP-77', never())).includes('DESKTOP-7'));
  });

  it('goes from a person to the devices, over all pages', async () => {
    const [adele] = await graph.directory.people('ADELE@contoso.com', never());
    assert.equal(adele?.name, 'Adele Vance');
    assert.deepEqual(await graph.directory.people('adele vance', never()), [adele]);
    assert.deepEqual(await graph.directory.people('nobody@contoso.com', never()), []);
    const devices = await graph.directory.devicesOf(known(adele).id, never());
    assert.ok(devices.some(({ name }) => name === 'LAPTOP-42'));
    assert.equal(new Set(devices.map(({ deviceId }) => deviceId)).size, devices.length);
  });

  it('knows roles', async () => {
    const held = await Promise.all(people.map(async (person) => [...(await graph.roles.fresh(person, never()))]));
    assert.deepEqual(held, [['agent'], ['admin'], [], ['auditor'], [], ['agent']]);
    assert.equal((await graph.roles.fresh(known(parsePersonId(nobody)), never())).size, 0);
  });

  it('reads metadata with the application that may not read keys, and no key', async () => {
    const metadata = graphAs(withSecret(metadataOnly, 'sim-secret-of-keydesk-metadata'));
    const [key] = await metadata.recoveryKeys.of((await one('LAPTOP-42')).deviceId, never());
    const fault = await faultOf(metadata.recoveryKeys.read(known(key).keyId, { clientRequestId: nobody, deadline: never(), authority: 'application' }));
    assert.deepEqual([fault.code, fault.message.endsWith('403 authorization_error')], ['graph-forbidden', true]);
  });

  for (const drop of ['before', 'after', 'middle'] as const) {
    it(`does not read a key twice when the connection is cut (${drop}), and asks for metadata again`, async () => {
      const { deviceId } = await one('LAPTOP-42');
      sim.faults.add({ path: /recoveryKeys\?/, drop, times: 1 });
      const [key] = await graph.recoveryKeys.of(deviceId, never());
      sim.requests.clear();
      sim.faults.add({ path: /select=key/, drop, times: 1 });
      const fault = await faultOf(graph.recoveryKeys.read(known(key).keyId, { clientRequestId: nobody, deadline: never(), authority: 'application' }));
      assert.deepEqual([fault.code, fault.retry], ['graph-cut', 'unknown-outcome']);
      assert.equal(sim.requests.list().length, 1);
    });
  }

  it('finds the one managed device when Intune ignores the filter, over all pages of all devices', async () => {
    const { deviceId } = await one('LAPTOP-42');
    const [filtered] = await graph.managedDevices.of(deviceId, never());
    sim.tenant.intune.ignoresFilters = true;
    sim.requests.clear();
    try {
      assert.deepEqual(await graph.managedDevices.of(deviceId, never()), [filtered]);
      assert.deepEqual(await graph.managedDevices.of(known(parseEntraDeviceId(nobody)), never()), []);
    } finally {
      sim.tenant.intune.ignoresFilters = false;
    }
    assert.ok(sim.tenant.fleet.managedDevices.length > 250);
    assert.ok(sim.requests.list().every(({ status }) => status === 200));
  });

  describe('rotates', () => {
    const rotation = 'ac1d0000-0000-4000-8000-000000000003';
    let rotator: Graph;
    before(() => (rotator = graphAs(withSecret(rotation, 'sim-secret-of-keydesk-rotation'))));
    const ask = (by: Graph, device: IntuneDeviceId) => by.rotator.rotate(device, { clientRequestId: nobody, deadline: never(), authority: 'application' });
    const managedOf = async (name: string) => known((await graph.managedDevices.of((await one(name)).deviceId, never()))[0]).intuneId;

    it('with the identity that may, and sees in Intune and in the keys what became of it', async () => {
      const device = await managedOf('DESKTOP-7');
      const { deviceId } = await one('DESKTOP-7');
      const before = await graph.recoveryKeys.of(deviceId, never());
      assert.equal(await rotator.rotator.lastAction(device, never()), undefined);
      assert.match((await ask(rotator, device)).graphRequestId ?? '', /^[0-9a-f-]{36}$/);
      assert.equal((await rotator.rotator.lastAction(device, never()))?.state, 'pending');
      const made = sim.hand.checkIn('DESKTOP-7');
      assert.equal((await rotator.rotator.lastAction(device, never()))?.state, 'done');
      const fresh = (await graph.recoveryKeys.of(deviceId, never())).filter(({ keyId }) => !before.some((key) => key.keyId === keyId));
      assert.deepEqual(fresh.map(({ keyId }) => keyId), made.map(({ id }) => id));
      assert.deepEqual(fresh.map(({ volumeType }) => volumeType), ['operatingSystem', 'fixedData']);
    });

    it('not with the identity that reads keys, and the one that rotates reads none', async () => {
      const device = await managedOf('LAPTOP-42');
      assert.deepEqual([(await faultOf(ask(graph, device))).code, await graph.rotator.lastAction(device, never())], ['graph-forbidden', undefined]);
      const [key] = await rotator.recoveryKeys.of((await one('LAPTOP-42')).deviceId, never());
      assert.equal((await faultOf(rotator.recoveryKeys.read(known(key).keyId, { clientRequestId: nobody, deadline: never(), authority: 'application' }))).code, 'graph-forbidden');
    });

    it('no device that Intune does not know', async () => {
      const stranger = known(parseIntuneDeviceId(nobody));
      assert.deepEqual([(await faultOf(ask(rotator, stranger))).code, (await faultOf(rotator.rotator.lastAction(stranger, never()))).code], ['graph-not-found', 'graph-not-found']);
    });

    it('reads the negative code of a failure', async () => {
      const device = await managedOf('LAPTOP-FAIL');
      await ask(rotator, device);
      sim.hand.checkIn('LAPTOP-FAIL');
      const { state, errorCode } = known(await rotator.rotator.lastAction(device, never()));
      assert.deepEqual([state, errorCode], ['failed', -2_144_272_166]);
    });

    for (const [drop, arrives] of [['before', false], ['after', true], ['middle', true]] as const) {
      it(`sends one POST when the connection is cut (${drop}), and calls the outcome unknown`, async () => {
        const device = await managedOf("O'BRIEN-PC");
        const former = (await rotator.rotator.lastAction(device, never()))?.startedAt;
        sim.requests.clear();
        sim.faults.add({ method: 'POST', path: /rotateBitLockerKeys/, drop, times: 1 });
        const outcome = await ask(rotator, device).catch((error: unknown) => error);
        // Half of an answer without a body is all of it.
        assert.ok(outcome instanceof Fault ? outcome.retry === 'unknown-outcome' : drop === 'middle');
        assert.equal(sim.requests.list().filter(({ method }) => method === 'POST').length, 1);
        assert.equal((await rotator.rotator.lastAction(device, never()))?.startedAt !== former, arrives);
      });
    }
  });

  it('gives up a call that takes longer than the deadline', async () => {
    sim.faults.add({ path: /devices/, delayMs: 2000, times: 1 });
    const controller = new AbortController();
    const asked = faultOf(graph.directory.devicesNamed('LAPTOP-42', controller.signal));
    setImmediate(() => controller.abort());
    assert.equal((await asked).code, 'graph-timeout');
  });

  it('proves itself with a certificate', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keydesk-certificate-'));
    try {
      const certificateFile = join(folder, 'keydesk.pem');
      writeFileSync(certificateFile, file, { mode: 0o600 });
      await graphAs({ tenantId, identity: { type: 'certificate', clientId: keydesk, certificateFile } }).ping(never());
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('says so when Entra does not take the secret', async () => {
    const fault = await faultOf(graphAs(withSecret(keydesk, 'another secret')).ping(never()));
    assert.deepEqual([fault.code, fault.message], ['graph-token', 'no token for Graph (AADSTS7000215)']);
  });
});
