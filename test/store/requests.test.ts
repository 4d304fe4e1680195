import assert from 'node:assert/strict';
import type { Fault } from '../../src/domain/fault.ts';
import { plusSeconds } from '../../src/domain/instant.ts';
import type { RevealRequest } from '../../src/domain/request.ts';
import { testDatabase } from '../support/database.ts';
import { entryOf, requestId } from '../support/ledger-entries.ts';
import { actsIn, noon, offer, openStores, requestOf, type Stores, verified } from '../support/stores.ts';

describe('store/requests', () => {
  let stores: Stores;
  let next = 0;

  before(async () => {
    stores = openStores((await testDatabase()).appUrl, 8);
  });
  after(() => stores.close());

  const opened = async (more: Partial<RevealRequest> = {}): Promise<RevealRequest> => {
    const request = requestOf((next += 1), more);
    await stores.requests.open(request, entryOf({ requestId: request.id }));
    return request;
  };
  const found = async ({ id }: RevealRequest): Promise<RevealRequest> => {
    const request = await stores.requests.find(id);
    assert.ok(request);
    return request;
  };

  it('gives a request back as it was opened, with every field', async () => {
    const request = await opened({ choices: [{ device: offer.device, owner: { name: 'Adele Vance' }, keyCount: 2 }], preset: { keyId: 'x', typedKeyId: '1A2B3C4D', reason: 'other', reasonText: 'r', callerCheck: 'manager', ticket: 't' } });
    assert.deepEqual(await found(request), request);
  });

  it('gives back whose request it is, and what it is for', async () => {
    for (const by of ['helpdesk', 'owner'] as const) {
      for (const purpose of ['reveal', 'rotate', 'status'] as const) {
        const request = await opened({ by, purpose });
        assert.deepEqual(await found(request), request);
      }
    }
  });

  it('gives back a choice without an offer', async () => {
    const { offer: _, ...choosing } = requestOf((next += 1), { state: 'choosing' });
    await stores.requests.open(choosing, entryOf());
    assert.deepEqual(await found(choosing), choosing);
  });

  it('finds nothing where nothing was opened', async () => {
    assert.equal(await stores.requests.find(requestId(999_999)), undefined);
  });

  it('writes request and entry, or neither', async () => {
    const request = await opened();
    const before = await actsIn(stores);
    await assert.rejects(stores.requests.open(request, entryOf()), { code: 'store-unavailable', retry: 'never' });
    assert.deepEqual(await actsIn(stores), before);
  });

  it('keeps names that no database likes readable', async () => {
    const request = await opened({ person: { ...requestOf(1).person, name: "Robert'); drop\0 table \ud800" } });
    assert.equal((await found(request)).person.name, "Robert'); drop\ufffd table \ufffd");
  });

  it('opens a choice once', async () => {
    const { offer: _, ...choosing } = requestOf((next += 1), { state: 'choosing', choices: [{ device: offer.device }] });
    await stores.requests.open(choosing, entryOf());
    const answers = await Promise.all([1, 2, 3].map(() => stores.requests.choose(choosing.id, offer, { ticket: 'INC7' }, entryOf({ requestId: choosing.id }))));
    assert.equal(answers.filter((chosen) => chosen).length, 1);
    assert.deepEqual(await found(choosing), { ...choosing, state: 'open', choices: [], offer, preset: { ticket: 'INC7' } });
    assert.equal((await actsIn(stores)).length, (await verified(stores.database)).verdict.size);
  });

  it('remembers where the card stands', async () => {
    const request = await opened();
    const card = { conversationId: 'a:2', serviceUrl: 'https://smba.example/amer/', activityId: '17' };
    await stores.requests.placed(request.id, card);
    assert.deepEqual(await found(request), { ...request, card });
  });

  it('closes at the third miss, with one entry, however they come', async () => {
    const request = await opened();
    const before = (await actsIn(stores)).length;
    const entry = entryOf({ act: 'refused', outcome: 'refused', code: 'too-many-misses', requestId: request.id });
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => stores.requests.miss(request.id, entry)));
    assert.deepEqual(answers.map(({ misses }) => misses).toSorted((a, b) => a - b), [1, 2, 3, 3, 3]);
    assert.deepEqual(answers.map(({ misses, closed }) => closed === misses >= 3), [true, true, true, true, true]);
    assert.equal((await found(request)).state, 'refused');
    assert.equal((await actsIn(stores)).length, before + 1);
  });

  it('counts no miss of a request that is over, and none of a request that never was', async () => {
    const request = await opened();
    await stores.requests.close(request.id, 'cancelled', entryOf({ act: 'cancelled' }));
    assert.deepEqual(await stores.requests.miss(request.id, entryOf()), { misses: 0, closed: false });
    await assert.rejects(stores.requests.miss(requestId(999_999), entryOf()), { code: 'internal' });
  });

  for (const to of ['cancelled', 'expired', 'refused'] as const) {
    for (const from of ['open', 'choosing'] as const) {
      it(`closes ${from} as ${to} once, with one entry`, async () => {
        const request = await opened({ state: from });
        const before = (await actsIn(stores)).length;
        assert.equal(await stores.requests.close(request.id, to, entryOf({ act: 'cancelled' })), true);
        assert.equal(await stores.requests.close(request.id, to, entryOf({ act: 'cancelled' })), false);
        assert.equal((await found(request)).state, to);
        assert.equal((await actsIn(stores)).length, before + 1);
      });
    }
  }

  it('closes nothing that is claimed or revealed', async () => {
    for (const state of ['claimed', 'revealed'] as const) {
      const request = await opened({ state });
      assert.equal(await stores.requests.close(request.id, 'cancelled', entryOf()), false);
      assert.equal((await found(request)).state, state);
    }
  });

  it('says where a row is not what this program writes, and nothing of what stands there', async () => {
    const request = await opened();
    await stores.database.db.updateTable('keydesk.request').set({ viewer: { toPostgres: () => '{"locale":7,"timeZone":"Confidential"}', value: null } }).where('id', '=', request.id).execute();
    await assert.rejects(stores.requests.find(request.id), (fault: Fault) => fault.code === 'internal' && /viewer\.locale/.test(fault.message) && !fault.message.includes('Confidential'));
  });

  it('keeps times to the millisecond', async () => {
    const request = await opened({ openedAt: plusSeconds(noon, 0.123), expiresAt: plusSeconds(noon, 600.001) });
    assert.deepEqual(await found(request), request);
  });
});
