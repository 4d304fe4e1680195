import assert from 'node:assert/strict';
import { plusSeconds } from '../../src/domain/instant.ts';
import { isOver, nextRotationStates, type Rotation, type RotationState, rotationStates } from '../../src/domain/rotation.ts';
import { sql } from 'kysely';
import { testDatabase } from '../support/database.ts';
import { known } from '../support/known.ts';
import { entryOf } from '../support/ledger-entries.ts';
import { afterReveal, baselineOf, byPerson, claimed, deviceOf, keyIdOf, openToRotate, reveal, rotationIdOf } from '../support/rotation-plans.ts';
import { entriesIn, noon, openStores, type Stores, verified } from '../support/stores.ts';

const later = plusSeconds(noon, 600);
const newKey = (device: Rotation['device']) => ({ keyId: keyIdOf(9), deviceId: device.deviceId, volumeType: 'operatingSystem', createdAt: later }) as const;

describe('store/rotations', () => {
  let one: Stores;
  let other: Stores;
  let next = 0;

  before(async () => {
    const { appUrl } = await testDatabase();
    one = openStores(appUrl, 10);
    other = openStores(appUrl, 10);
  });
  after(() => Promise.all([one.close(), other.close()]));

  const scheduled = async (device = deviceOf((next += 10))): Promise<Rotation> => {
    const number = (next += 1);
    const request = await openToRotate(one, number);
    const started = await one.rotations.start(request.id, byPerson(request, { number, device }));
    assert.ok(started.kind === 'started');
    return started.rotation;
  };
  /** A reveal of the key while another rotation of the device runs. */
  const revealedBeside = async ({ device }: Rotation, key: number): Promise<{ rotation: Rotation; request: Awaited<ReturnType<typeof claimed>> }> => {
    const number = (next += 1);
    const request = await claimed(one, number);
    const answer = await reveal(one, request, afterReveal(request, key, { number, device }));
    assert.ok(answer !== 'lost');
    return { rotation: known(answer.rotation), request };
  };
  const broughtTo = async (state: RotationState, rotation?: Rotation): Promise<Rotation> => {
    const start = rotation ?? (await scheduled());
    if (state === 'scheduled') return start;
    const sending = known(await one.rotations.claim(start.id, noon));
    if (state === 'sending') return sending;
    const intended = known(await one.rotations.move(sending, 'sending', { set: { baseline: baselineOf(1) } }));
    const queued = known(await one.rotations.move(intended, state === 'unknown' ? 'unknown' : 'queued', { lookAt: noon }));
    if (state === 'unknown' || state === 'queued') return queued;
    return known(await one.rotations.move(queued, state, isOver({ state }) ? { set: { endedAt: noon } } : { lookAt: noon }));
  };
  const found = async ({ id }: Pick<Rotation, 'id'>): Promise<Rotation> => known(await one.rotations.find(id));
  const actsOf = async ({ id }: Pick<Rotation, 'id'>): Promise<readonly string[]> => (await entriesIn(one)).filter((entry) => entry.rotationId === id).map(({ act, outcome }) => `${act} ${outcome}`);

  it('gives a rotation back with every field', async () => {
    const queued = await broughtTo('queued');
    const set = { sentAt: noon, looks: 3, newKeys: [newKey(queued.device)], byItself: true, failure: 'policy-os', errorCode: -2_144_272_166, endedAt: later, dueAt: later, baseline: baselineOf(1, 2) } as const;
    const failed = await one.rotations.move(queued, 'failed', { set });
    assert.deepEqual(failed, { ...queued, ...set, state: 'failed' });
    assert.deepEqual(await found(queued), failed);
  });

  it('finds nothing where nothing was planned', async () => {
    assert.equal(await one.rotations.find(rotationIdOf(999_999)), undefined);
    assert.equal(await one.rotations.underWay(deviceOf(999_999).deviceId), undefined);
    assert.equal(await one.rotations.claim(rotationIdOf(999_999), noon), undefined);
  });

  it('says where a row is not what this program writes, and nothing of what stands there', async () => {
    const rotation = await scheduled();
    await one.database.db.updateTable('keydesk.rotation').set({ failure: 'Confidential' }).where('id', '=', rotation.id).execute();
    await assert.rejects(one.rotations.find(rotation.id), (error: Error) => /failure/.test(error.message) && !error.message.includes('Confidential'));
  });

  describe('claim', () => {
    it('gives what is due to one of many, on two instances, and wakes when the claim is old', async () => {
      const rotation = await scheduled();
      const claims = await Promise.all(Array.from({ length: 12 }, (_, index) => (index % 2 === 0 ? one : other).rotations.claim(rotation.id, noon)));
      const won = claims.filter((claim) => claim !== undefined);
      assert.deepEqual(won, [{ ...rotation, state: 'sending', attempt: 1, claimedAt: noon }]);
      assert.deepEqual(await found(rotation), won[0]);
      const wakes = [...one.wakes, ...other.wakes].filter(({ id }) => id === rotation.id).map(({ at }) => at);
      assert.deepEqual(wakes, [noon, plusSeconds(noon, 120)]);
    });

    it('refuses what is not due, and what is not scheduled', async () => {
      const rotation = await scheduled();
      assert.equal(await one.rotations.claim(rotation.id, plusSeconds(noon, -0.001)), undefined);
      assert.deepEqual(await found(rotation), rotation);
      for (const state of rotationStates.filter((known) => known !== 'scheduled')) {
        const brought = await broughtTo(state);
        assert.equal(await one.rotations.claim(brought.id, later), undefined);
        assert.deepEqual(await found(brought), brought);
      }
    });

    it('begins each attempt without the baseline of the last', async () => {
      const unknown = await broughtTo('unknown');
      const again = known(await one.rotations.move(unknown, 'scheduled', { set: { dueAt: later }, lookAt: later }));
      assert.ok(again.baseline);
      const claim = known(await one.rotations.claim(again.id, later));
      assert.deepEqual([claim.attempt, claim.baseline, claim.claimedAt], [2, undefined, later]);
    });

    for (const state of ['sending', 'unknown', 'queued', 'waiting'] as const) {
      it(`puts off for a minute what waits for one of the device that is ${state}`, async () => {
        const brought = await broughtTo(state);
        const running = state === 'sending' ? known(await one.rotations.move(brought, 'sending', { set: { baseline: baselineOf(1) } })) : brought;
        const { rotation: ahead } = await revealedBeside(running, 7);
        assert.equal(await one.rotations.claim(ahead.id, ahead.dueAt), undefined);
        assert.deepEqual(await found(ahead), ahead);
        assert.deepEqual(one.wakes.at(-1), { id: ahead.id, at: plusSeconds(ahead.dueAt, 60) });
        assert.deepEqual(await one.times.lookAt(ahead.id), plusSeconds(ahead.dueAt, 60));
      });
    }

    it('lets go what waits for one that is overdue, or over', async () => {
      for (const state of ['overdue', 'done', 'failed'] as const) {
        const queued = await broughtTo('queued');
        const { rotation: ahead } = await revealedBeside(queued, 7);
        await one.rotations.move(queued, state, isOver({ state }) ? { set: { endedAt: noon } } : { lookAt: noon });
        assert.equal((await one.rotations.claim(ahead.id, ahead.dueAt))?.state, 'sending');
      }
    });
  });

  describe('move', () => {
    it('goes every way that there is, and no other', async () => {
      for (const from of rotationStates) {
        for (const to of rotationStates) {
          const rotation = await broughtTo(from);
          const change = isOver({ state: to }) ? { set: { endedAt: later } } : { lookAt: later };
          const allowed = !isOver(rotation) && (from === to || (nextRotationStates[from] as readonly RotationState[]).includes(to));
          if (allowed) assert.equal((await one.rotations.move(rotation, to, change))?.state, to, `${from} → ${to}`);
          else await assert.rejects(one.rotations.move(rotation, to, change), { code: 'internal' }, `${from} → ${to}`);
          assert.equal((await found(rotation)).state, allowed ? to : from);
        }
      }
    });

    it('is made by one of many, with its entries, in their order, and its wake-up', async () => {
      const queued = await broughtTo('queued');
      const entries = [entryOf({ act: 'rotation-overdue', outcome: 'failed', rotationId: queued.id }), entryOf({ act: 'alert', outcome: 'failed', rotationId: queued.id })];
      const moves = await Promise.all(Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? one : other).rotations.move(queued, 'overdue', { set: { looks: 1 }, entries, lookAt: later })));
      assert.equal(moves.filter((moved) => moved !== undefined).length, 1);
      assert.deepEqual(await actsOf(queued), ['rotation-scheduled done', 'rotation-overdue failed', 'alert failed']);
      assert.equal([...one.wakes, ...other.wakes].filter(({ id, at }) => id === queued.id && at === later).length, 1);
      assert.equal(await one.times.lookAt(queued.id), later);
      assert.deepEqual((await verified(one.database)).findings, []);
    });

    it('writes nothing when the rotation had moved, or was claimed again', async () => {
      const queued = await broughtTo('queued');
      await one.rotations.move(queued, 'waiting', { lookAt: noon });
      assert.equal(await one.rotations.move(queued, 'overdue', { entries: [entryOf({ act: 'alert', rotationId: queued.id })], lookAt: later }), undefined);
      const first = await broughtTo('sending');
      const again = known(await one.rotations.move(first, 'scheduled', { set: { dueAt: noon }, lookAt: noon }));
      const second = known(await one.rotations.claim(again.id, noon));
      assert.equal(await one.rotations.move(first, 'failed', { set: { endedAt: noon } }), undefined);
      assert.deepEqual([(await found(first)).state, await actsOf(queued)], ['sending', ['rotation-scheduled done']]);
      assert.equal((await one.rotations.move(second, 'failed', { set: { endedAt: noon } }))?.state, 'failed');
    });

    it('sets one baseline for a claim, and undoes none that it did not see', async () => {
      const sending = await broughtTo('sending');
      const intended = entryOf({ act: 'rotation-intended', rotationId: sending.id });
      const moves = await Promise.all([1, 2, 3].map((key) => one.rotations.move(sending, 'sending', { set: { baseline: baselineOf(key) }, entries: [intended] })));
      const [won, ...more] = moves.filter((moved) => moved !== undefined);
      assert.deepEqual([won?.baseline?.keyIds.length, more, await actsOf(sending)], [1, [], ['rotation-scheduled done', 'rotation-intended done']]);
      for (const to of ['scheduled', 'failed', 'done', 'unknown'] as const) assert.equal(await one.rotations.move(sending, to, { lookAt: later, set: { endedAt: later } }), undefined, to);
      assert.equal((await one.rotations.move(known(won), 'queued', { lookAt: later }))?.state, 'queued');
    });

    it('is not done for a cause that joined after the look', async () => {
      const queued = await broughtTo('queued');
      const { rotation: joined } = await revealedBeside(queued, 1);
      assert.equal(joined.id, queued.id);
      assert.equal(await one.rotations.move(queued, 'done', { set: { newKeys: [newKey(queued.device)], endedAt: later } }), undefined);
      assert.equal((await one.rotations.move(joined, 'done', { set: { newKeys: [newKey(queued.device)], endedAt: later } }))?.state, 'done');
      const failing = await broughtTo('queued');
      await revealedBeside(failing, 1);
      assert.equal((await one.rotations.move(failing, 'failed', { set: { endedAt: later, failure: 'cancelled' } }))?.state, 'failed');
    });

    it('back to scheduled takes up what is ahead for the device: causes, requests and a line in the ledger', async () => {
      const unknown = await broughtTo('unknown');
      const { rotation: ahead, request } = await revealedBeside(unknown, 7);
      assert.notEqual(ahead.id, unknown.id);
      const merged = known(await one.rotations.move(unknown, 'scheduled', { set: { dueAt: later }, lookAt: later }));
      assert.deepEqual([merged.causes.length, merged.causes[1]?.requestId, merged.dueAt], [2, request.id, later]);
      assert.equal(await one.rotations.find(ahead.id), undefined);
      assert.deepEqual([(await one.rotations.told(ahead.id))?.id, (await one.rotations.told(unknown.id))?.id], [unknown.id, unknown.id], 'whoever was told of it finds what it became');
      assert.equal((await one.requests.find(request.id))?.rotationId, unknown.id);
      const entry = (await entriesIn(one)).at(-1);
      assert.deepEqual([entry?.act, entry?.rotationId, entry?.requestId, entry?.keyId, entry?.time], ['rotation-scheduled', unknown.id, request.id, keyIdOf(7), noon]);
    });

    it('rolls back as a whole when an entry cannot be written', async () => {
      const queued = await broughtTo('queued');
      const secret = '111111-222222-333333-444444-555555-666666-777777-888888';
      await assert.rejects(one.rotations.move(queued, 'overdue', { entries: [entryOf({ act: 'alert', rotationId: queued.id }), entryOf({ asked: secret })], lookAt: later }), { code: 'internal' });
      assert.deepEqual([await found(queued), await actsOf(queued)], [queued, ['rotation-scheduled done']]);
    });
  });

  it('holds one that is ahead and one that runs for a device, whatever writes', async () => {
    const running = await broughtTo('queued');
    const { rotation: ahead } = await revealedBeside(running, 7);
    const copy = (state: RotationState) => sql`
      insert into keydesk.rotation (id, device_id, device, causes, volume_types, state, created_at, due_at, attempt, looks, new_keys, look_at)
      select gen_random_uuid(), device_id, device, causes, volume_types, ${state}, created_at, due_at, 0, 0, new_keys, look_at from keydesk.rotation where id = ${ahead.id}`.execute(one.database.db);
    for (const state of ['scheduled', 'sending', 'unknown', 'queued', 'waiting'] as const) await assert.rejects(copy(state), { code: '23505' }, state);
    await copy('overdue');
    assert.equal((await one.rotations.underWay(running.device.deviceId))?.state === 'scheduled', false);
  });
});
