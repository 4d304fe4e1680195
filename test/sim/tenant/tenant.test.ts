import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createRandom } from '../../../src/sim/tenant/random.ts';
import { recoveryPassword } from '../../../src/sim/tenant/passwords.ts';
import { idsOf, names } from '../../../src/sim/tenant/named-machines.ts';
import { cast, eveningShift, roleGroups } from '../../../src/sim/tenant/people.ts';
import { createTenant } from '../../../src/sim/tenant/tenant.ts';

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const now = () => Date.parse('2026-03-02T09:00:00Z');
const tenantOf = (devices: number, seed = 42) => createTenant({ devices, seed, now });

describe('sim/tenant', () => {
  const tenant = tenantOf(2000);

  it('has as many devices in all as were asked for, the named ones among them', () => {
    assert.equal(tenant.fleet.entraDevices.length + 1, 2000, 'LAPTOP-GONE is in Intune only');
    assert.equal(tenantOf(0).fleet.named(names.laptop42).length, 1);
  });

  it('has every named device', () => {
    for (const name of Object.values(names)) assert.ok(tenant.fleet.machinesNamed(name).length > 0, name);
    assert.equal(tenant.fleet.named(names.twin).length, 2);
    assert.equal(tenant.fleet.named(names.gone).length, 0);
    assert.equal(tenant.fleet.managedNamed(names.gone).length, 1);
  });

  it('gives LAPTOP-42 two keys of the operating system, the newer beginning with 1a2b3c4d', () => {
    const keys = tenant.fleet.keysOf(idsOf(42).deviceId);
    assert.deepEqual(keys.map((key) => [key.id.slice(0, 8), key.volume]), [['1a2b3c4d', 1], ['9f8e7d6c', 1]]);
    assert.ok((keys[0]?.createdAt ?? 0) > (keys[1]?.createdAt ?? 0));
  });

  it('gives no id twice, to anything', () => {
    const ids = [
      ...tenant.directory.people.map(({ id }) => id),
      ...tenant.fleet.entraDevices.flatMap(({ objectId, deviceId }) => [objectId, deviceId]),
      ...tenant.fleet.managedDevices.map(({ id }) => id),
      ...tenant.fleet.keys.map(({ id }) => id),
    ];
    assert.equal(new Set(ids).size, ids.length);
    assert.deepEqual(ids.filter((id) => !guid.test(id)), []);
  });

  it('is the same for the same seed, and another for another', () => {
    const ids = (seed: number): string => JSON.stringify(tenantOf(100, seed).fleet.entraDevices);
    assert.equal(ids(7), ids(7));
    assert.notEqual(ids(7), ids(8));
  });

  it('makes only passwords that Windows would take', () => {
    fc.assert(
      fc.property(fc.nat(), fc.uuid(), (seed, keyId) => {
        const blocks = recoveryPassword(seed, keyId).split('-');
        assert.equal(blocks.length, 8);
        for (const block of blocks) {
          assert.match(block, /^\d{6}$/);
          assert.equal(Number(block) % 11, 0);
          assert.ok(Number(block) <= 720_885);
        }
      }),
    );
  });

  it('puts the canary in the place of one password, and of no other', () => {
    const [first, second] = ['1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d', '9f8e7d6c-5b4a-4938-a271-605f4e3d2c1b'];
    const marked = createTenant({ devices: 0, seed: 42, now, canary: { keyId: first.toUpperCase(), recoveryPassword: 'marked' } });
    assert.equal(marked.recoveryPassword(first), 'marked');
    assert.equal(marked.recoveryPassword(second), tenant.recoveryPassword(second));
  });

  it('holds the cases that make a fleet hard: twins, no owner, no key, an old key, no deviceId yet', () => {
    const { fleet } = tenant;
    const generated = fleet.entraDevices.filter(({ displayName }) => displayName.startsWith('PC-'));
    const keyless = generated.filter(({ deviceId }) => fleet.keysOf(deviceId).length === 0);
    assert.ok(new Set(generated.map(({ displayName }) => displayName)).size < generated.length);
    assert.ok(generated.some(({ ownerId, trustType }) => ownerId === undefined && trustType === 'ServerAd'));
    for (const trustType of ['AzureAd', 'ServerAd']) assert.ok(keyless.some((device) => device.trustType === trustType), trustType);
    assert.ok(generated.some(({ deviceId }) => fleet.keysOf(deviceId).some(({ createdAt }) => fleet.managedOfDevice(deviceId).some(({ enrolledAt }) => createdAt < enrolledAt))));
    assert.ok(fleet.managedDevices.some(({ azureADDeviceId }) => azureADDeviceId === '00000000-0000-0000-0000-000000000000'));
  });

  it('counts groups within groups', () => {
    const groups = tenant.directory.groupsOf(cast.isaiah.id).map(({ id }) => id);
    assert.ok(groups.includes(eveningShift.id) && groups.includes(roleGroups.agent.id));
    assert.deepEqual(tenant.directory.groupsOf(cast.lee.id).map(({ displayName }) => displayName), ['Contoso office']);
  });

  it('takes a role away that came through a group in a group', () => {
    const { directory } = tenantOf(0);
    directory.setRoles(cast.isaiah.id, ['auditor']);
    const groups = directory.groupsOf(cast.isaiah.id).map(({ id }) => id);
    assert.ok(groups.includes(roleGroups.auditor.id));
    assert.ok(!groups.includes(roleGroups.agent.id));
  });

  it('draws GUIDs of version 4', () => {
    fc.assert(fc.property(fc.nat(), (seed) => assert.match(createRandom(seed).guid(), guid)));
  });

  it('finds the beginning of a name in any case, in order', () => {
    const found = tenant.fleet.beginning('laptop-').map(({ displayName }) => displayName);
    assert.deepEqual(found, ['LAPTOP-42', 'LAPTOP-FAIL', 'LAPTOP-NONE', 'LAPTOP-PEND']);
    assert.equal(tenant.fleet.beginning('nothing-is-named-so').length, 0);
  });
});
