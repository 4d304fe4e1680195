// A rotation through the whole of domain and graph against the simulated tenant: what Intune does to Keydesk, over HTTP.

import assert from 'node:assert/strict';
import { workOnRotation } from '../../src/domain/follow-rotation.ts';
import type { RotationId } from '../../src/domain/ids.ts';
import { instantAt, milliseconds } from '../../src/domain/instant.ts';
import type { Rotation } from '../../src/domain/rotation.ts';
import { createCredential } from '../../src/graph/credential.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { authorityTurnedTo } from '../../src/graph/turned.ts';
import { startSimulator, type Simulator } from '../../src/sim/simulator.ts';
import { type App, apps } from '../../src/sim/tenant/apps.ts';
import { tenantId } from '../../src/sim/tenant/people.ts';
import { idsOf } from '../../src/sim/tenant/named-machines.ts';
import { type TestDesk, testDesk } from '../support/desk.ts';
import { reveal, runJobs, wish } from '../support/desk/rotating.ts';
import { sure } from '../support/desk/world.ts';
import { graphAt } from '../support/graph-at.ts';

describe('a rotation against the simulated tenant', () => {
  let sim: Simulator;
  let test: TestDesk;
  let graphs: readonly Graph[];

  const begin = async (clockSkewSeconds = 0): Promise<void> => {
    // Tokens of the simulated tenant are good for an hour of the real time.
    const startsAt = instantAt(Date.now());
    const held: { desk?: TestDesk } = {};
    const clock = { now: () => held.desk?.clock.now() ?? startsAt };
    sim = await startSimulator({ devices: 60, clockSkewSeconds, now: () => milliseconds(clock.now()) });
    const graphAs = ({ clientId, secret }: App): Graph => {
      const identity = { type: 'secret', clientId, secret: { reveal: () => secret } } as const;
      return graphAt(sim.url, { clock, credential: createCredential({ tenantId, identity }, { authorityHttp: authorityTurnedTo(sim.url) }) }).graph;
    };
    graphs = [graphAs(apps.keydesk), graphAs(apps.keydeskRotation)];
    const [{ directory, managedDevices, recoveryKeys }, { rotator }] = [sure(graphs[0]), sure(graphs[1])];
    test = testDesk({ startsAt, desk: { directory, managedDevices, recoveryKeys, rotator } });
    held.desk = test;
  };
  afterEach(async () => {
    for (const graph of graphs) graph.stop();
    await sim.stop();
  });

  const afterReveal = async (name = 'LAPTOP-42', key = ''): Promise<RotationId> => sure(test.request(await reveal(test, name, key)).rotationId);
  const wanted = async (name: string): Promise<RotationId> => sure(test.request(await wish(test, name)).rotationId);
  const posts = () => sim.requests.list().filter(({ method, url }) => method === 'POST' && url.includes('rotateBitLockerKeys'));
  const stands = (id: RotationId): Rotation => test.rotation(id);
  const ends = (id: RotationId): string => stands(id).failure ?? stands(id).state;

  it('goes from the reveal to the proof, with an identity that reads no key', async () => {
    await begin();
    const id = await afterReveal();
    await runJobs(test, 3600);
    assert.deepEqual(posts().map(({ url, status, claims }) => [url, status, claims?.['appid']]), [[`/beta/deviceManagement/managedDevices/${idsOf(42).managedId}/rotateBitLockerKeys`, 204, apps.keydeskRotation.clientId]]);
    await runJobs(test, 60);
    assert.equal(stands(id).state, 'waiting');
    const [made] = sim.hand.checkIn('LAPTOP-42');
    await runJobs(test, 120);
    assert.deepEqual([stands(id).state, stands(id).newKeys.map(({ keyId }) => keyId)], ['done', [made?.id]]);
    const secretReads = sim.requests.list().filter(({ url }) => url.includes('$select=key'));
    assert.deepEqual(secretReads.map(({ claims }) => claims?.['appid']), [apps.keydesk.clientId], 'the reveal’s, and no other');
  });

  it('reaches the one device when Intune ignores the filter and answers with every device', async () => {
    await begin();
    sim.tenant.intune.ignoresFilters = true;
    const id = await wanted('DESKTOP-7');
    await runJobs(test, 60);
    assert.deepEqual(posts().map(({ url }) => url.includes(idsOf(7).managedId)), [true]);
    sim.hand.checkIn('DESKTOP-7');
    await runJobs(test, 120);
    assert.deepEqual([stands(id).state, stands(id).newKeys.map(({ volumeType }) => volumeType)], ['done', ['operatingSystem', 'fixedData']]);
  });

  it('reaches none when Intune ignores the filter and does not know the device', async () => {
    await begin();
    const id = await afterReveal();
    sim.hand.removeFromIntune('LAPTOP-42');
    sim.tenant.intune.ignoresFilters = true;
    await runJobs(test, 3700);
    assert.deepEqual([ends(id), posts()], ['not-managed', []]);
  });

  it('reaches none when Intune knows two of that deviceId', async () => {
    await begin();
    const id = await afterReveal();
    sim.hand.enrolAgain('LAPTOP-42');
    await runJobs(test, 3700);
    assert.deepEqual([ends(id), posts()], ['several-managed', []]);
  });

  it('reaches none when Entra has deleted the device, and says so of one that was sent before', async () => {
    await begin();
    const [before, after] = [await afterReveal(), await wanted('DESKTOP-7')];
    await runJobs(test, 60);
    sim.hand.removeFromEntra('LAPTOP-42');
    sim.hand.removeFromEntra('DESKTOP-7');
    await runJobs(test, 3700);
    assert.deepEqual([ends(before), ends(after), posts().length], ['device-gone', 'device-gone', 1]);
  });

  it('is not sent when Windows has rotated by itself', async () => {
    await begin();
    const id = await afterReveal();
    await runJobs(test, 600);
    const [made] = sim.hand.rotateByItself('LAPTOP-42');
    await runJobs(test, 3600);
    assert.deepEqual([stands(id).state, stands(id).byItself, stands(id).newKeys[0]?.keyId, posts()], ['done', true, made?.id, []]);
  });

  it('is not done because Intune says so, and is overdue after 72 hours; a key that comes late ends it', async () => {
    await begin();
    sim.hand.atCheckin('LAPTOP-42', { state: 'done', volumes: [] });
    const id = await wanted('LAPTOP-42');
    await runJobs(test, 60);
    sim.hand.checkIn('LAPTOP-42');
    await runJobs(test, 2 * 86_400);
    assert.equal(stands(id).state, 'waiting');
    await runJobs(test, 86_400 + 3600);
    assert.equal(stands(id).state, 'overdue');
    sim.hand.rotateByItself('LAPTOP-42');
    await runJobs(test, 3600);
    assert.deepEqual([stands(id).state, posts().length], ['done', 1]);
  });

  it('fails with what the device reports, and is tried again where that passes by itself', async () => {
    await begin();
    const failed = await wanted('LAPTOP-FAIL');
    sim.hand.atCheckin('LAPTOP-42', { state: 'active' }, { state: 'failed', errorCode: -2_144_272_295 });
    sim.hand.atCheckin('DESKTOP-7', { state: 'notSupported' });
    const [busy, unset, cancelled] = [await wanted('LAPTOP-42'), await wanted('DESKTOP-7'), await wanted("O'BRIEN-PC")];
    await runJobs(test, 60);
    for (const name of ['LAPTOP-FAIL', 'LAPTOP-42', 'DESKTOP-7']) sim.hand.checkIn(name);
    sim.hand.cancelRotation("O'BRIEN-PC");
    await runJobs(test, 600);
    assert.deepEqual([ends(failed), stands(failed).errorCode, ends(busy), ends(unset), ends(cancelled)], ['policy-os', -2_144_272_166, 'waiting', 'policy-unset', 'cancelled']);
    sim.hand.checkIn('LAPTOP-42');
    await runJobs(test, 1000);
    assert.equal(ends(busy), 'scheduled');
    await runJobs(test, 3600);
    sim.hand.checkIn('LAPTOP-42');
    await runJobs(test, 1000);
    assert.deepEqual([ends(busy), posts().filter(({ url }) => url.includes(idsOf(42).managedId)).length], ['done', 2]);
  });

  for (const clockSkewSeconds of [-86_400, 86_400]) {
    it(`goes by Microsoft's clock, ${clockSkewSeconds} s away from ours`, async () => {
      await begin(clockSkewSeconds);
      const [id, itself] = [await afterReveal(), await afterReveal("O'BRIEN-PC")];
      await runJobs(test, 600);
      sim.hand.rotateByItself("O'BRIEN-PC");
      await runJobs(test, 3600);
      sim.hand.checkIn('LAPTOP-42');
      await runJobs(test, 1000);
      assert.deepEqual([stands(id).state, stands(itself).state, stands(itself).byItself, posts().length], ['done', 'done', true, 1]);
    });
  }

  for (const [title, fault, sent] of [
    ['504', { status: 504 }, 2],
    ['503 with Retry-After', { status: 503, headers: { 'retry-after': '7' } }, 2],
    ['429 with Retry-After', { status: 429, headers: { 'retry-after': '900' } }, 2],
    ['a connection cut before Intune has it', { drop: 'before' }, 2],
    ['a connection cut after Intune has it', { drop: 'after' }, 1],
  ] as const) {
    it(`is taken by Intune once after ${title}`, async () => {
      await begin();
      sim.faults.add({ method: 'POST', path: /rotateBitLockerKeys/, times: 1, ...fault });
      const id = await wanted('LAPTOP-42');
      await runJobs(test, 50);
      assert.equal(posts().length, 1, 'nothing repeats it at once');
      await runJobs(test, 1000);
      assert.deepEqual([posts().length, stands(id).state], [sent, 'waiting']);
      assert.equal(sim.hand.checkIn('LAPTOP-42').length, 1);
      await runJobs(test, 1000);
      assert.deepEqual([stands(id).state, posts().length], ['done', sent]);
    });
  }

  it('is forbidden to an identity that may only read, and the words are ours', async () => {
    await begin();
    const id = await wanted('LAPTOP-42');
    const reader = { ...test.desk, rotator: sure(graphs[0]).rotator };
    await workOnRotation(reader, id, async () => undefined);
    assert.deepEqual([ends(id), posts().map(({ status }) => status)], ['forbidden', [403]]);
  });
});
