import assert from 'node:assert/strict';
import { type Instant, plusSeconds } from '../../src/domain/instant.ts';
import type { Rotation, RotationState } from '../../src/domain/rotation.ts';
import { testDatabase } from '../support/database.ts';
import { known } from '../support/known.ts';
import { entryOf, requestId } from '../support/ledger-entries.ts';
import { afterReveal, baselineOf, byPerson, claimed, deviceOf, keyIdOf, openToRotate, reveal, rotationIdOf } from '../support/rotation-plans.ts';
import { claimOf, entriesIn, noon, openStores, requestOf, shownOf, type Stores } from '../support/stores.ts';

const soon = plusSeconds(noon, 1800);
const hour = plusSeconds(noon, 3600);

describe('store/schedule-rotation', () => {
  let one: Stores;
  let other: Stores;
  let next = 0;

  before(async () => {
    const { appUrl } = await testDatabase();
    one = openStores(appUrl, 10);
    other = openStores(appUrl, 10);
  });
  after(() => Promise.all([one.close(), other.close()]));

  /** Numbers and a device that no other test has. */
  const fresh = () => {
    next += 10;
    return { number: next, device: deviceOf(next) };
  };
  const revealed = async (stores: Stores, wanted: Parameters<typeof afterReveal>[2], key = 1) => {
    const request = await claimed(stores, wanted.number);
    const answer = await reveal(stores, request, afterReveal(request, key, wanted));
    assert.ok(answer !== 'lost');
    return { request, rotation: known(answer.rotation) };
  };
  const pressed = async (stores: Stores, wanted: Parameters<typeof byPerson>[1]) => {
    const request = await openToRotate(stores, wanted.number);
    const answer = await stores.rotations.start(request.id, byPerson(request, wanted));
    assert.ok(answer.kind === 'started');
    return { request, ...answer };
  };
  const found = async ({ id }: Pick<Rotation, 'id'>): Promise<Rotation> => known(await one.rotations.find(id));
  const causesOf = ({ causes }: Rotation) => causes.map((cause) => cause.requestId);
  const wakesOf = ({ id }: Pick<Rotation, 'id'>): readonly Instant[] => one.wakes.filter((wake) => wake.id === id).map(({ at }) => at);
  /** Brought as far as a state, with keys 1 and 2 there before. */
  const broughtTo = async (rotation: Rotation, state: RotationState): Promise<Rotation> => {
    if (state === 'scheduled') return rotation;
    const sending = known(await one.rotations.claim(rotation.id, rotation.dueAt));
    if (state === 'sending') return sending;
    const intended = known(await one.rotations.move(sending, 'sending', { set: { baseline: baselineOf(1, 2) } }));
    const queued = known(await one.rotations.move(intended, state === 'unknown' ? 'unknown' : 'queued', { set: { sentAt: noon }, lookAt: noon }));
    return state === 'queued' || state === 'unknown' ? queued : known(await one.rotations.move(queued, state, { lookAt: noon }));
  };

  it('makes a rotation of its own for the first reveal, with its wake-up, its entry and the request', async () => {
    const wanted = fresh();
    const { request, rotation } = await revealed(one, wanted);
    assert.deepEqual(rotation, {
      id: rotationIdOf(wanted.number),
      device: wanted.device,
      causes: [{ by: 'reveal', requestId: request.id, person: request.person, keyId: keyIdOf(1), volumeType: 'operatingSystem', keyCreatedAt: plusSeconds(noon, -86_400), knownKeyIds: [keyIdOf(1)] }],
      volumeTypes: ['operatingSystem'],
      state: 'scheduled',
      createdAt: noon,
      dueAt: hour,
      attempt: 0,
      looks: 0,
      newKeys: [],
    });
    assert.deepEqual(await found(rotation), rotation);
    assert.deepEqual(wakesOf(rotation), [hour]);
    assert.equal((await one.requests.find(request.id))?.rotationId, rotation.id);
    const entries = (await entriesIn(one)).filter((entry) => entry.requestId === request.id);
    assert.deepEqual(entries.map(({ act, rotationId }) => [act, rotationId]), [['asked', undefined], ['intended', undefined], ['revealed', undefined], ['rotation-scheduled', rotation.id]]);
  });

  it('makes a rotation of its own for a press, due at once, and ends the request', async () => {
    const wanted = fresh();
    const { request, rotation, joined } = await pressed(one, wanted);
    assert.deepEqual([joined, rotation.dueAt, wakesOf(rotation)], [false, noon, [noon]]);
    assert.deepEqual(rotation.causes, [{ by: 'person', requestId: request.id, person: request.person, reason: 'other', reasonText: 'lost bag', ticket: 'INC7' }]);
    const { state, rotationId } = known(await one.requests.find(request.id));
    assert.deepEqual({ state, rotationId }, { state: 'started', rotationId: rotation.id });
  });

  it('lets a second reveal join what is scheduled, and the earlier time stands', async () => {
    const wanted = fresh();
    const first = await revealed(one, wanted);
    const later = await revealed(other, { ...wanted, number: wanted.number + 1, dueAt: plusSeconds(hour, 60) });
    assert.deepEqual([later.rotation.id, later.rotation.dueAt], [first.rotation.id, hour]);
    const sooner = await revealed(one, { ...wanted, number: wanted.number + 2, dueAt: soon, volumeTypes: ['fixedData'] });
    assert.deepEqual([sooner.rotation.id, sooner.rotation.dueAt], [first.rotation.id, soon]);
    assert.deepEqual(sooner.rotation.volumeTypes, ['operatingSystem', 'fixedData']);
    assert.deepEqual(causesOf(sooner.rotation), [first, later, sooner].map(({ request }) => request.id));
    assert.deepEqual([wakesOf(first.rotation), await one.rotations.find(rotationIdOf(wanted.number + 1))], [[hour, soon], undefined]);
  });

  it('is pulled to now by a press, and keeps both causes', async () => {
    const wanted = fresh();
    const { rotation: scheduled } = await revealed(one, wanted);
    const { rotation, joined } = await pressed(one, { ...wanted, number: wanted.number + 1 });
    assert.deepEqual([rotation.id, rotation.dueAt, joined, rotation.causes.map(({ by }) => by)], [scheduled.id, noon, true, ['reveal', 'person']]);
    assert.deepEqual(wakesOf(rotation), [hour, noon]);
    const entry = (await entriesIn(one)).findLast(({ act }) => act === 'rotation-scheduled');
    assert.deepEqual([entry?.rotationId, entry?.cause], [scheduled.id, 'person']);
  });

  for (const state of ['sending', 'unknown', 'queued', 'waiting', 'overdue'] as const) {
    it(`lets a press and a reveal of an old key join one that is ${state}, and moves no time`, async () => {
      const wanted = fresh();
      const before = await broughtTo((await pressed(one, wanted)).rotation, state);
      const { rotation: joined } = await revealed(one, { ...wanted, number: wanted.number + 1 }, 2);
      const press = await pressed(one, { ...wanted, number: wanted.number + 2 });
      assert.deepEqual([joined.id, press.rotation.id, press.joined, press.rotation.state, press.rotation.dueAt], [before.id, before.id, true, state, before.dueAt]);
      assert.equal(press.rotation.causes.length, 3);
    });
  }

  for (const state of ['unknown', 'queued', 'waiting', 'overdue'] as const) {
    it(`schedules one of its own beside one that is ${state} when the key shown was not there before it`, async () => {
      const wanted = fresh();
      const running = await broughtTo((await pressed(one, wanted)).rotation, state);
      const { rotation } = await revealed(one, { ...wanted, number: wanted.number + 1 }, 3);
      assert.deepEqual([rotation.id, rotation.state, rotation.dueAt], [rotationIdOf(wanted.number + 1), 'scheduled', hour]);
      assert.equal((await found(running)).causes.length, 1);
      // What is ahead takes whatever comes next, also what the running one would cover.
      assert.equal((await revealed(one, { ...wanted, number: wanted.number + 2 }, 1)).rotation.id, rotation.id);
    });
  }

  for (const state of ['done', 'failed'] as const) {
    it(`begins anew when the one before is ${state}`, async () => {
      const wanted = fresh();
      const before = await broughtTo((await pressed(one, wanted)).rotation, 'queued');
      await one.rotations.move(before, state, { set: { endedAt: noon } });
      const { rotation, joined } = await pressed(one, { ...wanted, number: wanted.number + 1 });
      assert.deepEqual([joined, rotation.id], [false, rotationIdOf(wanted.number + 1)]);
    });
  }

  it('adds nothing for a Show again, and moves no time, whatever became of the rotation', async () => {
    const wanted = fresh();
    const { request, rotation } = await revealed(one, wanted);
    const showAgain = async (attempt: number) => {
      await one.requests.claim(claimOf(request, { from: 'revealed', attempt }));
      return reveal(one, request, afterReveal(request, 1, { ...wanted, number: wanted.number + attempt, dueAt: soon }), attempt);
    };
    assert.deepEqual(await showAgain(2), { rotation });
    const done = known(await one.rotations.move(known(await one.rotations.claim(rotation.id, hour)), 'done', { set: { endedAt: hour, byItself: true } }));
    assert.deepEqual(await showAgain(3), { rotation: done });
    const entries = (await entriesIn(one)).filter((entry) => entry.requestId === request.id && entry.act === 'rotation-scheduled');
    assert.deepEqual([entries.length, wakesOf(rotation)[1]], [1, plusSeconds(hour, 120)]);
  });

  it('writes nothing at all for a reveal whose claim was lost, and for a press on a request that is over', async () => {
    const wanted = fresh();
    const request = await claimed(one, wanted.number);
    await one.requests.failed({ id: request.id, attempt: 1, at: noon, entry: shownOf(request, 1, noon).entry });
    const before = (await entriesIn(one)).length;
    assert.equal(await reveal(one, request, afterReveal(request, 1, wanted)), 'lost');
    const { request: started } = await pressed(one, { ...wanted, number: wanted.number + 1, device: deviceOf(wanted.number + 1) });
    const second = await one.rotations.start(started.id, byPerson(started, { ...wanted, number: wanted.number + 2 }));
    assert.deepEqual([second.kind, second.kind === 'lost' && second.request.state], ['lost', 'started']);
    assert.equal(await one.rotations.underWay(wanted.device.deviceId), undefined);
    assert.equal((await entriesIn(one)).length, before + 2);
  });

  it('starts no rotation with a request for a key, and none with one that was never opened', async () => {
    const wanted = fresh();
    const forKey = requestOf(wanted.number);
    await one.requests.open(forKey, entryOf({ requestId: forKey.id }));
    await assert.rejects(one.rotations.start(forKey.id, byPerson(forKey, wanted)), { code: 'internal' });
    await assert.rejects(one.rotations.start(requestId(999_999), byPerson(forKey, wanted)), { code: 'internal' });
    assert.deepEqual([(await one.requests.find(forKey.id))?.state, await one.rotations.underWay(wanted.device.deviceId)], ['open', undefined]);
  });

  it('makes one rotation of many causes at once, on two instances', async () => {
    for (let round = 0; round < 5; round += 1) {
      const wanted = fresh();
      const numbers = Array.from({ length: 8 }, (_, index) => wanted.number + index);
      const requests = await Promise.all(numbers.map((number, index) => (index < 4 ? claimed(one, number) : openToRotate(one, number))));
      await Promise.all(
        requests.map((request, index) => {
          const stores = index % 2 === 0 ? one : other;
          const mine = { ...wanted, number: wanted.number + index };
          return index < 4 ? reveal(stores, request, afterReveal(request, 1, mine)) : stores.rotations.start(request.id, byPerson(request, mine));
        }),
      );
      const { causes, dueAt } = known(await one.rotations.underWay(wanted.device.deviceId));
      assert.deepEqual([new Set(causes.map((cause) => cause.requestId)).size, dueAt], [8, noon]);
    }
  });

  it('leaves the claim as it was when the rotation cannot be written', async () => {
    const wanted = fresh();
    const request = await claimed(one, wanted.number);
    const broken = afterReveal(request, 1, wanted);
    const digits = '111111-222222-333333-444444-555555-666666-777777-888888';
    await assert.rejects(reveal(one, request, { ...broken, plan: { ...broken.plan, device: { ...wanted.device, name: digits } } }), { code: 'internal' });
    assert.equal((await one.requests.find(request.id))?.state, 'claimed');
    const answer = await reveal(one, request, broken);
    assert.ok(answer !== 'lost' && answer.rotation !== undefined);
  });
});
