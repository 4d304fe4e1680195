import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { plusSeconds } from '../../src/domain/instant.ts';
import type { RevealRequest } from '../../src/domain/request.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { signInsIn, type SignInStore } from '../../src/store/sign-ins.ts';
import { testDatabase } from '../support/database.ts';
import { entryOf } from '../support/ledger-entries.ts';
import { noon, openStores, requestOf, type Stores } from '../support/stores.ts';

const met = { met: true } as const;
const hash = (text: string): Uint8Array => createHash('sha256').update(text).digest();

describe('store/sign-ins', () => {
  let stores: Stores;
  let database: Database;
  let one: SignInStore;
  let other: SignInStore;
  before(async () => {
    const { appUrl } = await testDatabase();
    stores = openStores(appUrl);
    database = openDatabase(appUrl);
    one = signInsIn(database);
    other = signInsIn(database);
  });
  after(async () => {
    await stores.close();
    await database.close();
  });

  let opening = 0;
  const opened = async (change: Partial<RevealRequest> = {}): Promise<RevealRequest> => {
    const request = requestOf((opening += 1), change);
    await stores.requests.open(request, entryOf({ requestId: request.id }));
    return request;
  };
  const ask = ({ id, person }: RevealRequest, claims: string, at = noon) => one.ask({ requestId: id, person: person.id, claims, at });

  it('hands what was asked to the sign-in that follows, on whatever instance', async () => {
    const request = await opened();
    await ask(request, 'first');
    await ask(request, 'second');
    assert.deepEqual(await other.begin(request.id, hash('a'), noon), { claims: 'second' });
    assert.equal(await one.end(hash('a'), met, noon), true);
    assert.deepEqual(await one.begin(request.id, hash('b'), noon), {}, 'what was met is asked no more');
  });

  it('ends once, of two that come at one moment', async () => {
    const request = await opened();
    await one.begin(request.id, hash('storm'), noon);
    const ends = await Promise.all([one, other, one, other].map((store) => store.end(hash('storm'), met, noon)));
    assert.deepEqual(ends.filter(Boolean), [true]);
  });

  it('that somebody broke off is over, and the next one must meet what it was to meet', async () => {
    const request = await opened();
    await ask(request, 'claims');
    await one.begin(request.id, hash('broken off'), noon);
    const ends = [await other.end(hash('broken off'), { met: false }, noon), await one.end(hash('broken off'), met, noon)];
    assert.deepEqual(ends, [true, false]);
    assert.deepEqual(await one.begin(request.id, hash('next'), noon), { claims: 'claims' });
  });

  it('lets a later beginning end the one before it', async () => {
    const request = await opened();
    await one.begin(request.id, hash('earlier'), noon);
    await other.begin(request.id, hash('later'), noon);
    assert.deepEqual([await one.end(hash('earlier'), met, noon), await one.end(hash('later'), met, noon)], [false, true]);
  });

  it('is over after ten minutes, claims and sign-in alike', async () => {
    const request = await opened({ expiresAt: plusSeconds(noon, 7200) });
    await ask(request, 'old');
    assert.deepEqual(await one.begin(request.id, hash('x'), plusSeconds(noon, 601)), {});
    assert.equal(await one.end(hash('x'), met, plusSeconds(noon, 1202)), false);
    await one.begin(request.id, hash('y'), plusSeconds(noon, 1300));
    assert.equal(await one.end(hash('y'), met, plusSeconds(noon, 1899)), true);
  });

  it('begins for no request that is unknown, over or closed', async () => {
    const unknown = requestOf(999);
    const expired = await opened();
    assert.equal(await one.begin(unknown.id, hash('1'), noon), undefined);
    assert.equal(await one.begin(expired.id, hash('2'), expired.expiresAt), undefined);
    const cancelled = await opened();
    await stores.requests.close(cancelled.id, 'cancelled', entryOf({ act: 'cancelled', requestId: cancelled.id }));
    assert.equal(await one.begin(cancelled.id, hash('3'), noon), undefined);
    assert.deepEqual(await one.begin((await opened()).id, hash('4'), noon), {});
  });

  it('forgets what was over before a time, and nothing else', async () => {
    const [old, young] = [await opened({ expiresAt: plusSeconds(noon, 90_000) }), await opened({ expiresAt: plusSeconds(noon, 90_000) })];
    await ask(old, 'old', plusSeconds(noon, -90_000));
    await ask(young, 'young', noon);
    assert.equal(await one.prune(plusSeconds(noon, -86_400)), 1);
    assert.deepEqual(await one.begin(young.id, hash('kept'), noon), { claims: 'young' });
  });
});
