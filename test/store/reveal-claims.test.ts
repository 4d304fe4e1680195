import assert from 'node:assert/strict';
import { plusSeconds } from '../../src/domain/instant.ts';
import type { RevealRequest } from '../../src/domain/request.ts';
import { reachedLimit } from '../../src/store/reveal-claims.ts';
import { testDatabase } from '../support/database.ts';
import { entryOf, person, requestId } from '../support/ledger-entries.ts';
import { actsIn, claimOf, entriesIn, grant, noon, openStores, requestOf, shownOf, type Stores, untilWaiting, verified } from '../support/stores.ts';

describe('store/reveal-claims', () => {
  let one: Stores;
  let other: Stores;
  let next = 0;

  beforeEach(async () => {
    const { appUrl } = await testDatabase();
    one = openStores(appUrl, 10);
    other = openStores(appUrl, 10);
  });
  afterEach(() => Promise.all([one.close(), other.close()]));

  const opened = async (more: Partial<RevealRequest> = {}): Promise<RevealRequest> => {
    const request = requestOf((next += 1), more);
    await one.requests.open(request, entryOf({ requestId: request.id }));
    return request;
  };
  const found = async ({ id }: RevealRequest): Promise<RevealRequest> => {
    const request = await one.requests.find(id);
    assert.ok(request);
    return request;
  };

  it('opens again what certainly came to nothing, for the next attempt, and never what was shown before', async () => {
    const request = await opened();
    await one.requests.claim(claimOf(request));
    const failed = { id: request.id, attempt: 1, at: noon, entry: entryOf({ act: 'revealed', outcome: 'failed', code: 'graph-forbidden', attempt: 1 }), reopen: true };
    assert.deepEqual([await one.requests.failed(failed), await other.requests.failed(failed)], [true, false]);
    assert.equal((await found(request)).state, 'open');
    assert.equal((await other.requests.claim(claimOf(request, { attempt: 2 }))).kind, 'claimed');
    await one.requests.revealed(shownOf(request, 2, noon));
    await one.requests.claim(claimOf(request, { from: 'revealed', attempt: 3 }));
    assert.equal(await one.requests.failed({ ...failed, attempt: 3 }), true);
    assert.equal((await found(request)).state, 'revealed');
  });

  it('claims an open request, with its grant and `intended`', async () => {
    const request = await opened();
    const claimed = { ...request, state: 'claimed', claimedAt: noon, attempt: 1, grant } as const;
    assert.deepEqual(await one.requests.claim(claimOf(request)), { kind: 'claimed', request: claimed });
    assert.deepEqual(await found(request), claimed);
    assert.deepEqual(await actsIn(one), ['asked done', 'intended done 1']);
  });

  it('gives one of many presses the claim, on two instances, and one `intended`', async () => {
    const request = await opened();
    const results = await Promise.all(Array.from({ length: 12 }, (_, number) => (number % 2 === 0 ? one : other).requests.claim(claimOf(request))));
    assert.deepEqual(results.map(({ kind }) => kind).toSorted(), ['claimed', ...Array.from({ length: 11 }, () => 'lost')]);
    for (const result of results) if (result.kind === 'lost') assert.equal(result.request.state, 'claimed');
    assert.deepEqual(await actsIn(one), ['asked done', 'intended done 1']);
  });

  it('is lost on a request that is over, and on another attempt than the next', async () => {
    const request = await opened();
    assert.equal((await one.requests.claim(claimOf(request, { attempt: 2 }))).kind, 'lost');
    await one.requests.close(request.id, 'cancelled', entryOf({ act: 'cancelled' }));
    const lost = await one.requests.claim(claimOf(request));
    assert.deepEqual([lost.kind, lost.kind === 'lost' && lost.request.state], ['lost', 'cancelled']);
    assert.deepEqual(await actsIn(one), ['asked done', 'cancelled done']);
  });

  it('is lost on a request that is cancelled between the look and the set', async () => {
    const request = await opened();
    const cancelling = await other.database.db.startTransaction().execute();
    await cancelling.updateTable('keydesk.request').set({ state: 'cancelled' }).where('id', '=', request.id).execute();
    const claiming = one.requests.claim(claimOf(request));
    await untilWaiting(other.database, 1);
    await cancelling.commit().execute();
    const lost = await claiming;
    assert.deepEqual([lost.kind, lost.kind === 'lost' && lost.request.state], ['lost', 'cancelled']);
    assert.deepEqual(await actsIn(one), ['asked done']);
  });

  it('claims nothing that was never opened, and nothing with an entry about somebody else', async () => {
    await assert.rejects(one.requests.claim(claimOf(requestOf(999_999))), { code: 'internal' });
    const request = await opened();
    const intended = entryOf({ act: 'intended', person: { id: person(7) } });
    await assert.rejects(one.requests.claim(claimOf(request, { intended })), { code: 'internal' });
    assert.equal((await found(request)).state, 'open');
  });

  it('reveals what it claimed, once, with its entry', async () => {
    const request = await opened();
    await one.requests.claim(claimOf(request));
    const shown = shownOf(request, 1, plusSeconds(noon, 1));
    assert.deepEqual(await one.requests.revealed(shown), {});
    assert.equal(await other.requests.revealed(shown), 'lost');
    const { state, revealedAt, hideAt, showAgainUntil } = await found(request);
    assert.deepEqual({ state, revealedAt, hideAt, showAgainUntil }, { state: 'revealed', revealedAt: shown.at, ...shown.card });
    assert.deepEqual(await actsIn(one), ['asked done', 'intended done 1', 'revealed done 1']);
  });

  it('reveals nothing for a claim that was settled meanwhile, so that the password is dropped', async () => {
    const request = await opened();
    await one.requests.claim(claimOf(request));
    assert.equal(await other.requests.settleClaims(plusSeconds(noon, 1), plusSeconds(noon, 31)), 1);
    assert.equal(await one.requests.revealed(shownOf(request, 1, plusSeconds(noon, 32))), 'lost');
    assert.deepEqual(await actsIn(one), ['asked done', 'intended done 1', 'revealed unknown 1']);
    assert.equal((await found(request)).state, 'failed');
  });

  it('shows again by a claim of its own, with a new time to hide and the old end', async () => {
    const request = await opened();
    await one.requests.claim(claimOf(request));
    const first = shownOf(request, 1, plusSeconds(noon, 1));
    await one.requests.revealed(first);
    await one.requests.hidden(request.id, 1, plusSeconds(noon, 60), entryOf({ act: 'hidden' }));
    const again = claimOf(request, { from: 'revealed', attempt: 2, at: plusSeconds(noon, 90) });
    assert.equal((await one.requests.claim(again)).kind, 'claimed');
    const second = shownOf(request, 2, plusSeconds(noon, 91));
    assert.deepEqual(await one.requests.revealed(second), {});
    const { revealedAt, hideAt, hiddenAt, showAgainUntil, attempt } = await found(request);
    assert.deepEqual({ revealedAt, hideAt, hiddenAt, showAgainUntil, attempt }, { revealedAt: second.at, hideAt: second.card.hideAt, hiddenAt: undefined, showAgainUntil: first.card.showAgainUntil, attempt: 2 });
  });

  it('fails what it claimed, once, with its entry', async () => {
    const request = await opened();
    await one.requests.claim(claimOf(request));
    const failed = { id: request.id, attempt: 1, at: noon, entry: entryOf({ act: 'revealed', outcome: 'failed', code: 'graph-timeout', attempt: 1 }) };
    assert.deepEqual([await one.requests.failed(failed), await one.requests.failed(failed)], [true, false]);
    assert.equal((await found(request)).state, 'failed');
    assert.deepEqual(await actsIn(one), ['asked done', 'intended done 1', 'revealed failed 1']);
  });

  it('goes back to revealed when a Show again fails', async () => {
    const request = await opened();
    await one.requests.claim(claimOf(request));
    await one.requests.revealed(shownOf(request, 1, noon));
    await one.requests.claim(claimOf(request, { from: 'revealed', attempt: 2 }));
    assert.equal(await one.requests.failed({ id: request.id, attempt: 1, at: noon, entry: entryOf() }), false);
    assert.equal(await one.requests.failed({ id: request.id, attempt: 2, at: noon, entry: entryOf({ act: 'revealed', outcome: 'failed' }) }), true);
    assert.deepEqual([(await found(request)).state, (await found(request)).attempt], ['revealed', 2]);
  });

  it('settles each claim of a crashed instance once, with outcome unknown, and leaves the young', async () => {
    const requests = await Promise.all([1, 2, 3].map(() => opened()));
    for (const [second, request] of requests.entries()) await one.requests.claim(claimOf(request, { at: plusSeconds(noon, second) }));
    const settled = await Promise.all([one, other].map((stores) => stores.requests.settleClaims(plusSeconds(noon, 2), plusSeconds(noon, 40))));
    assert.equal(settled.reduce((sum, count) => sum + count), 2);
    assert.deepEqual(await Promise.all(requests.map(async (request) => (await found(request)).state)), ['failed', 'failed', 'claimed']);
    const unknown = (await entriesIn(one)).filter(({ outcome }) => outcome === 'unknown');
    assert.deepEqual(new Set(unknown.map((entry) => entry.requestId)), new Set(requests.slice(0, 2).map(({ id }) => id)));
    assert.equal(unknown.length, 2);
    const { keyId, reason, ticket, device, time, attempt } = unknown[0] ?? {};
    assert.deepEqual({ keyId, reason, ticket, name: device?.name, time, attempt }, { keyId: grant.key.keyId, reason: 'other', ticket: 'INC0012345', name: requests[0]?.offer?.device.name, time: plusSeconds(noon, 40), attempt: 1 });
  });

  it('settles the claim of an owner as what it was: self-service', async () => {
    const [own, helpdesk] = [await opened({ by: 'owner' }), await opened()];
    for (const request of [own, helpdesk]) await one.requests.claim(claimOf(request));
    await one.requests.settleClaims(plusSeconds(noon, 1), plusSeconds(noon, 40));
    const sources = new Map((await entriesIn(one)).filter(({ outcome }) => outcome === 'unknown').map(({ requestId, source }) => [requestId, source]));
    assert.deepEqual([sources.get(own.id), sources.get(helpdesk.id)], ['self-service', 'teams']);
  });

  it('holds limits exactly under 20 claims at once, on two instances', async () => {
    const requests = await Promise.all(Array.from({ length: 20 }, () => opened()));
    const limits = [{ max: 5, seconds: 60 }];
    const results = await Promise.all(requests.map((request, number) => (number % 2 === 0 ? one : other).requests.claim(claimOf(request, { limits, at: plusSeconds(noon, number / 10) }))));
    assert.equal(results.filter(({ kind }) => kind === 'claimed').length, 5);
    assert.equal(results.filter(({ kind }) => kind === 'limit').length, 15);
    assert.equal((await entriesIn(one)).filter(({ act }) => act === 'intended').length, 5);
    assert.equal((await Promise.all(requests.map(found))).filter(({ state }) => state === 'open').length, 15);
    assert.deepEqual((await verified(one.database)).findings, []);
  });

  it('counts each person alone', async () => {
    const limits = [{ max: 1, seconds: 60 }];
    const [mine, yours] = [await opened(), await opened({ person: { ...requestOf(1).person, id: person(2) } })];
    assert.equal((await one.requests.claim(claimOf(mine, { limits }))).kind, 'claimed');
    assert.equal((await one.requests.claim(claimOf(yours, { limits }))).kind, 'claimed');
  });

  it('says which limit, and when it is free again', async () => {
    const limits = [
      { max: 2, seconds: 60 },
      { max: 3, seconds: 3600 },
    ];
    const claim = async (second: number) => one.requests.claim(claimOf(await opened(), { limits, at: plusSeconds(noon, second) }));
    assert.deepEqual([(await claim(0)).kind, (await claim(10)).kind], ['claimed', 'claimed']);
    assert.deepEqual(await claim(59), { kind: 'limit', limit: limits[0], freeAt: plusSeconds(noon, 60) });
    assert.equal((await claim(60)).kind, 'claimed');
    assert.deepEqual(await claim(61), { kind: 'limit', limit: limits[1], freeAt: plusSeconds(noon, 3600) });
  });

  it('reaches no limit where there is none, and a limit of nothing at once', () => {
    assert.equal(reachedLimit([], [{ max: 1, seconds: 60 }], noon), undefined);
    assert.equal(reachedLimit([noon], [], noon), undefined);
    assert.deepEqual(reachedLimit([], [{ max: 0, seconds: 60 }], noon), { limit: { max: 0, seconds: 60 }, freeAt: plusSeconds(noon, 60) });
  });

  it('leaves a request open when its entry cannot be written', async () => {
    const request = await opened();
    const intended = { ...claimOf(request).intended, asked: '111111-222222-333333-444444-555555-666666-777777-888888' };
    await assert.rejects(one.requests.claim(claimOf(request, { intended })), { code: 'internal' });
    assert.equal((await found(request)).state, 'open');
    assert.equal((await one.requests.claim(claimOf(request))).kind, 'claimed');
    assert.equal(await one.requests.find(requestId(999_999)), undefined);
  });
});
