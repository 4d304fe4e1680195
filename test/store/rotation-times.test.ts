import assert from 'node:assert/strict';
import { plusSeconds } from '../../src/domain/instant.ts';
import type { Rotation } from '../../src/domain/rotation.ts';
import { testDatabase } from '../support/database.ts';
import { known } from '../support/known.ts';
import { byPerson, deviceOf, openToRotate, rotationIdOf } from '../support/rotation-plans.ts';
import { entriesIn, noon, openStores, type Stores } from '../support/stores.ts';

const later = plusSeconds(noon, 600);

describe('store/rotation-times', () => {
  let stores: Stores;
  let next = 0;

  before(async () => {
    stores = openStores((await testDatabase()).appUrl, 8);
  });
  afterEach(() => stores.database.db.deleteFrom('keydesk.rotation').execute());
  after(() => stores.close());

  const scheduled = async (dueAt = noon): Promise<Rotation> => {
    const number = (next += 1);
    const request = await openToRotate(stores, number);
    const started = await stores.rotations.start(request.id, byPerson(request, { number, device: deviceOf(number), dueAt }));
    assert.ok(started.kind === 'started');
    return started.rotation;
  };
  const ended = async ({ id }: Rotation): Promise<Rotation> => known(await stores.rotations.move(known(await stores.rotations.claim(id, later)), 'failed', { set: { endedAt: later, failure: 'not-managed' } }));
  const alertsOf = async ({ id }: Rotation) => (await entriesIn(stores)).filter(({ act, rotationId }) => act === 'alert' && rotationId === id);

  it('has the time of what is not over', async () => {
    const rotation = await scheduled();
    assert.equal(await stores.times.lookAt(rotation.id), noon);
    await ended(rotation);
    assert.equal(await stores.times.lookAt(rotation.id), undefined);
    assert.equal(await stores.times.lookAt(rotationIdOf(999_999)), undefined);
  });

  it('names what is due, the longest waiting first, as many as are wanted, and nothing that is over', async () => {
    const [third, first, second] = [await scheduled(later), await scheduled(plusSeconds(noon, -60)), await scheduled()];
    await ended(await scheduled());
    assert.deepEqual(await stores.times.due(noon, 10), [first.id, second.id]);
    assert.deepEqual(await stores.times.due(later, 10), [first.id, second.id, third.id]);
    assert.deepEqual(await stores.times.due(later, 1), [first.id]);
    assert.deepEqual(await stores.times.due(plusSeconds(noon, -61), 10), []);
  });

  it('puts off what has not moved, with a wake-up, and leaves alone what has', async () => {
    const rotation = await scheduled();
    await stores.times.postpone(rotation.id, noon, later);
    assert.deepEqual([await stores.times.lookAt(rotation.id), stores.wakes.at(-1)], [later, { id: rotation.id, at: later }]);
    const wakes = stores.wakes.length;
    await stores.times.postpone(rotation.id, noon, plusSeconds(later, 600));
    assert.deepEqual([await stores.times.lookAt(rotation.id), stores.wakes.length], [later, wakes]);
    assert.deepEqual(await stores.rotations.find(rotation.id), rotation);
  });

  it('alerts once when a job was given up, and shows it until the rotation moves', async () => {
    const rotation = await scheduled();
    assert.equal(await stores.times.givenUp(), 0);
    const alerted = await Promise.all([1, 2, 3].map(() => stores.times.gaveUp(rotation.id, noon, 'graph-unavailable')));
    assert.equal(alerted.filter((first) => first).length, 1);
    const [alert, ...more] = await alertsOf(rotation);
    assert.deepEqual(more, []);
    assert.deepEqual([alert?.outcome, alert?.source, alert?.code, alert?.rotationId, alert?.device, alert?.time], ['failed', 'system', 'graph-unavailable', rotation.id, { deviceId: rotation.device.deviceId }, noon]);
    assert.deepEqual([await stores.times.givenUp(), await stores.times.lookAt(rotation.id)], [1, plusSeconds(noon, 3600)]);
    // Woken again in an hour, and given up again: said once.
    assert.equal(await stores.times.gaveUp(rotation.id, plusSeconds(noon, 9000), 'graph-unavailable'), false);
    assert.deepEqual([(await alertsOf(rotation)).length, await stores.times.givenUp()], [1, 1]);
    await stores.rotations.claim(rotation.id, plusSeconds(noon, 9000));
    assert.equal(await stores.times.givenUp(), 0);
  });

  it('counts one no longer that moved without being claimed anew', async () => {
    const rotation = known(await stores.rotations.claim((await scheduled()).id, noon));
    const queued = known(await stores.rotations.move(rotation, 'queued', { lookAt: later }));
    await stores.times.gaveUp(rotation.id, later, 'graph-unavailable');
    assert.equal(await stores.times.givenUp(), 1);
    await stores.rotations.move(queued, 'waiting', { lookAt: plusSeconds(later, 60) });
    assert.equal(await stores.times.givenUp(), 0);
  });

  it('does not alert when the rotation has moved on meanwhile, or is over', async () => {
    const rotation = await scheduled(later);
    assert.equal(await stores.times.gaveUp(rotation.id, noon, 'internal'), false);
    await ended(rotation);
    assert.equal(await stores.times.gaveUp(rotation.id, later, 'internal'), false);
    assert.deepEqual([await alertsOf(rotation), await stores.times.givenUp()], [[], 0]);
  });

  it('alerts about a row that cannot be read any more', async () => {
    const rotation = await scheduled();
    await stores.database.db.updateTable('keydesk.rotation').set({ failure: 'of another program' }).where('id', '=', rotation.id).execute();
    await assert.rejects(stores.rotations.find(rotation.id), { code: 'internal' });
    assert.equal(await stores.times.gaveUp(rotation.id, noon, 'internal'), true);
    assert.deepEqual((await alertsOf(rotation)).map(({ rotationId, code }) => [rotationId, code]), [[rotation.id, 'internal']]);
  });
});
