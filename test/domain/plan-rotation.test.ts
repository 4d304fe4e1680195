import assert from 'node:assert/strict';
import { type EscrowedKey, inOrder, type VolumeType } from '../../src/domain/device.ts';
import { rotationAfter, rotationEntry, rotationWanted } from '../../src/domain/plan-rotation.ts';
import type { RevealRequest } from '../../src/domain/request.ts';
import type { Rotation, RotationCause } from '../../src/domain/rotation.ts';
import { askerOf, testDesk } from '../support/desk.ts';
import { afterReveal, wanted } from '../support/desk/rotating.ts';
import { requestOf } from '../support/desk/samples.ts';
import { alex, deviceOf, keyOf, megan, sure, time } from '../support/desk/world.ts';

const now = time('2026-11-22T09:00:00Z');
const laptop = deviceOf(42, 'LAPTOP-42');
const keysOf = (...types: readonly VolumeType[]): readonly EscrowedKey[] => types.map((type, index) => keyOf(laptop, `aaaa000${index}`, '2026-03-02T09:00:00Z', type));
const offering = (keys: readonly EscrowedKey[]): RevealRequest => requestOf({ offer: { device: laptop, keys: inOrder(keys), missing: [] } });

describe('domain/plan-rotation: after a reveal', () => {
  const after = (type: VolumeType, rotateAfterSeconds: number | undefined = 3600) => {
    const request = offering(keysOf(type, 'operatingSystem'));
    const key = sure(request.offer?.keys.find(({ volumeType }) => volumeType === type));
    return { key, planned: rotationAfter(testDesk({ settings: { rotateAfterSeconds } }).desk, askerOf(), request, { key, reason: 'wrong-pin' }, now) };
  };

  it('is due so long after it, for the volume that was shown', () => {
    for (const [seconds, dueAt] of [[3600, '2026-11-22T10:00:00Z'], [60, '2026-11-22T09:01:00Z'], [0, '2026-11-22T09:00:00Z']] as const) {
      const { plan } = sure(after('fixedData', seconds).planned);
      assert.deepEqual([plan.dueAt, plan.at, plan.volumeTypes], [time(dueAt), now, ['fixedData']]);
    }
  });

  it('keeps the key that was shown, Graph’s time of it, and all that was known', () => {
    const { key, planned } = after('operatingSystem');
    assert.deepEqual(sure(planned).plan.cause, { by: 'reveal', requestId: requestOf().id, person: alex, keyId: key.keyId, volumeType: 'operatingSystem', keyCreatedAt: key.createdAt, knownKeyIds: keysOf('operatingSystem', 'operatingSystem').map(({ keyId }) => keyId) });
  });

  it('is not planned where the installation switched it off', () => {
    const request = offering(keysOf('operatingSystem'));
    const { desk } = testDesk({ settings: { rotateAfterSeconds: undefined } });
    assert.equal(rotationAfter(desk, askerOf(), request, { key: sure(request.offer?.keys[0]), reason: 'wrong-pin' }, now), undefined);
  });

  it('is not promised for a removable drive, which Intune does not rotate, and is for every other volume', () => {
    assert.equal(after('removableData').planned, undefined);
    for (const type of ['operatingSystem', 'fixedData', 'unknown'] as const) assert.deepEqual(after(type).planned?.plan.volumeTypes, [type]);
  });

  it('is written down with the reveal: which key, which request, which device', async () => {
    const { entries, id, requestId, deviceId } = await afterReveal();
    const [scheduled, ...more] = entries.filter(({ act }) => act === 'rotation-scheduled');
    assert.deepEqual(more, []);
    assert.deepEqual({ ...scheduled, device: scheduled?.device?.deviceId, keyId: scheduled?.keyId?.slice(0, 8) }, {
      time: now, act: 'rotation-scheduled', outcome: 'done', source: 'teams', conversation: 'personal', person: { id: alex.id, name: alex.name },
      device: deviceId, rotationId: id, requestId, cause: 'reveal', keyId: '1a2b3c4d', volumeType: 'operatingSystem',
    });
  });

  it('belongs to the request from then on', async () => {
    const test = await afterReveal();
    assert.equal(test.request(test.requestId).rotationId, test.id);
    assert.deepEqual([test.now().state, test.now().dueAt], ['scheduled', time('2026-11-22T10:00:00Z')]);
  });
});

describe('domain/plan-rotation: a person’s wish', () => {
  const cause: RotationCause = { by: 'person', requestId: requestOf().id, person: megan, reason: 'policy' };
  const wants = (...types: readonly VolumeType[]) => rotationWanted(testDesk().desk, askerOf(megan), sure(offering(keysOf(...types)).offer), cause, now).plan;

  const volumes: readonly (readonly [string, readonly VolumeType[], readonly VolumeType[]])[] = [
    ['the system’s volume where no key is known', [], ['operatingSystem']],
    ['the system’s volume', ['operatingSystem', 'operatingSystem'], ['operatingSystem']],
    ['data drives as well', ['operatingSystem', 'fixedData'], ['operatingSystem', 'fixedData']],
    ['the system’s volume too where only a data drive has a key', ['fixedData'], ['fixedData', 'operatingSystem']],
    ['no removable drive', ['operatingSystem', 'removableData'], ['operatingSystem']],
    ['the system’s volume where only a removable drive has a key', ['removableData'], ['operatingSystem']],
    ['a volume of an unknown kind, which may be the system’s', ['unknown'], ['unknown']],
    ['no unknown one beside the system’s', ['unknown', 'operatingSystem'], ['operatingSystem']],
  ];
  for (const [title, keys, rotated] of volumes) it(`is for ${title}`, () => assert.deepEqual(wants(...keys).volumeTypes, rotated));

  it('is due at once', () => assert.deepEqual([wants().dueAt, wants().at], [now, now]));

  it('is written down with its reason and ticket', async () => {
    const { entries, id } = await wanted();
    const scheduled = entries.find(({ act }) => act === 'rotation-scheduled');
    assert.deepEqual([scheduled?.rotationId, scheduled?.cause, scheduled?.reason, scheduled?.ticket, scheduled?.person?.id, scheduled?.source], [id, 'person', 'key-exposed', 'INC0012345', megan.id, 'teams']);
  });
});

describe('domain/plan-rotation: entries of what nobody presses', () => {
  it('name the system as their source, and whoever was the first cause', async () => {
    const test = await afterReveal();
    const rotation: Rotation = { ...test.now(), causes: [...test.now().causes, { by: 'person', requestId: test.requestId, person: megan, reason: 'policy' }] };
    assert.deepEqual(rotationEntry(test.desk, rotation, 'rotation-queued', 'done', { clientRequestId: 'c' }), {
      time: now, act: 'rotation-queued', outcome: 'done', source: 'system', device: rotation.device, rotationId: test.id,
      cause: 'reveal', requestId: test.requestId, person: { id: alex.id, name: alex.name }, clientRequestId: 'c',
    });
  });
});
