import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { parseAppId } from '../../src/domain/ids.ts';
import { plusSeconds } from '../../src/domain/instant.ts';
import type { RevealRequest } from '../../src/domain/request.ts';
import { onceIn } from '../../src/store/open-once.ts';
import { testDatabase } from '../support/database.ts';
import { known } from '../support/known.ts';
import { entryOf } from '../support/ledger-entries.ts';
import { actsIn, noon, openStores, requestOf, type Stores } from '../support/stores.ts';

describe('store/open-once', () => {
  let stores: Stores;
  let other: Stores;
  let next = 0;
  before(async () => {
    const { appUrl } = await testDatabase();
    [stores, other] = [openStores(appUrl), openStores(appUrl)];
  });
  after(async () => {
    await stores.close();
    await other.close();
  });

  const ofApi = (openedAt = noon): RevealRequest => {
    const { card: _card, ...request } = requestOf((next += 1), { purpose: 'rotate', openedAt });
    return { ...request, api: { caller: 'app', appId: known(parseAppId('ac1d0000-0000-4000-8000-000000000004')), requestedBy: 'Adele Vance' } };
  };
  const open = (by: Stores, request: RevealRequest, key: string, wish = 'rotate') => by.requests.openOnce(request, entryOf({ requestId: request.id }), { caller: request.person.id, key, wish });

  it('opens the first, with its entry; a repeat is told which, and something else that the key is taken', async () => {
    const [first, second] = [ofApi(), ofApi()];
    assert.equal(await open(stores, first, 'a'), 'opened');
    assert.deepEqual(await stores.requests.find(first.id), first, 'where it came from stands with it');
    assert.deepEqual(await open(other, second, 'a'), { kind: 'repeat', id: first.id });
    assert.deepEqual(await open(stores, ofApi(), 'a', 'another'), { kind: 'other' });
    assert.equal(await stores.requests.find(second.id), undefined);
    assert.equal((await actsIn(stores)).length, 1);
  });

  it('opens one of many at once, on two instances', async () => {
    const before = (await actsIn(stores)).length;
    const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => open(index % 2 === 0 ? stores : other, ofApi(), 'b')));
    assert.equal(answers.filter((answer) => answer === 'opened').length, 1);
    assert.equal(new Set(answers.flatMap((answer) => (typeof answer === 'object' && answer.kind === 'repeat' ? [answer.id] : []))).size, 1);
    assert.equal((await actsIn(stores)).length, before + 1);
  });

  it('is good for 24 hours, to the millisecond, whether or not it was forgotten meanwhile', async () => {
    assert.equal(await open(stores, ofApi(), 'c'), 'opened');
    assert.equal(typeof (await open(stores, ofApi(plusSeconds(noon, 86_399.999)), 'c')), 'object');
    assert.equal(await open(stores, ofApi(plusSeconds(noon, 86_400)), 'c', 'another'), 'opened');
    assert.equal(await onceIn(stores.database).prune(plusSeconds(noon, 1)), 2);
    assert.equal(await open(stores, ofApi(), 'a', 'another'), 'opened');
  });

  it('keeps neither the key nor the wish in words', async () => {
    await open(stores, ofApi(), 'INC0012345 of Adele', 'a reason in words');
    const { rows } = await sql<{ text: string }>`select o::text as text from keydesk.api_once o`.execute(stores.database.db);
    assert.ok(rows.length > 0 && rows.every(({ text }) => !text.includes(Buffer.from('Adele').toString('hex')) && !text.includes('words')));
  });

  it('holds no request that came from nowhere, or from two places', async () => {
    const { card: _card, ...nowhere } = requestOf((next += 1));
    for (const request of [nowhere, { ...ofApi(), card: { conversationId: 'a:1', serviceUrl: 'https://smba.example/emea/' } }]) await assert.rejects(stores.requests.open(request, entryOf({ requestId: request.id })));
  });
});
