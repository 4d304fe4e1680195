import assert from 'node:assert/strict';
import type { Simulator } from '../../../src/sim/simulator.ts';
import { startSimulator } from '../../../src/sim/simulator.ts';
import { apps } from '../../../src/sim/tenant/apps.ts';
import { idsOf } from '../../../src/sim/tenant/named-machines.ts';
import type { GraphCaller } from '../support/caller.ts';
import { entries, field, graphCaller } from '../support/caller.ts';

const states = '/beta/deviceManagement/managedDeviceEncryptionStates';

describe('sim/intune/encryption-states', () => {
  let sim: Simulator;
  let graph: GraphCaller;
  before(async () => {
    sim = await startSimulator({ devices: 100 });
    graph = await graphCaller(sim.url);
  });
  after(() => sim.stop());

  const stateOf = async (number: number) => (await graph.get(`${states}/${idsOf(number).managedId}`)).body;

  it('tells how each of the named devices stands', async () => {
    const facts = async (number: number) => {
      const body = await stateOf(number);
      return ['encryptionState', 'encryptionPolicySettingState', 'advancedBitLockerStates'].map((name) => field(body, name));
    };
    assert.deepEqual(await facts(42), ['encrypted', 'compliant', 'success']);
    assert.deepEqual(await facts(11), ['encrypted', 'error', 'recoveryKeyBackupFailed']);
    assert.deepEqual(await facts(12), ['encrypted', 'compliant', 'success']);
    assert.deepEqual(await facts(13), ['notEncrypted', 'notAssigned', 'osVolumeUnprotected']);
  });

  it('names the policy where there is one', async () => {
    assert.equal(field(await stateOf(42), 'policyDetails', 0, 'policyName'), 'Windows - BitLocker required');
    assert.deepEqual(field(await stateOf(13), 'policyDetails'), []);
  });

  it('writes several states as a list with commas', async () => {
    const { body } = await graph.get(states);
    assert.ok(entries(body).some((entry) => field(entry, 'advancedBitLockerStates') === 'recoveryKeyBackupFailed,networkError'));
  });

  it('filters by id and ignores every other filter', async () => {
    const count = async (filter: string) => entries((await graph.get(`${states}?$filter=${filter}`)).body).length;
    assert.equal(await count(`id eq '${idsOf(42).managedId}'`), 1);
    assert.equal(await count(`id eq '${idsOf(42).deviceId}'`), 0);
    for (const filter of ["deviceName eq 'LAPTOP-42'", "encryptionPolicySettingState eq 'error'", 'nonsense']) assert.equal(await count(filter), sim.tenant.fleet.managedDevices.length, filter);
  });

  it('is there in beta only, and for known devices only', async () => {
    assert.equal((await graph.get(states.replace('beta', 'v1.0'))).status, 404);
    assert.equal((await graph.get(`${states}/${idsOf(42).deviceId}`)).status, 404);
  });

  it('wants the permission for configuration, not that for devices', async () => {
    const rotation = await graphCaller(sim.url, apps.keydeskRotation);
    assert.equal((await rotation.get('/beta/deviceManagement/managedDevices?$top=1')).status, 200);
    assert.equal((await rotation.get(states)).status, 403);
  });
});
