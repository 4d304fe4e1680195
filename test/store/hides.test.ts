import assert from 'node:assert/strict';
import { type Instant, plusSeconds } from '../../src/domain/instant.ts';
import type { RevealRequest } from '../../src/domain/request.ts';
import { testDatabase } from '../support/database.ts';
import { entryOf } from '../support/ledger-entries.ts';
import { actsIn, claimOf, noon, openStores, requestOf, shownOf, type Stores } from '../support/stores.ts';

describe('store/hides', () => {
  let one: Stores;
  let other: Stores;
  let next = 0;

  beforeEach(async () => {
    const { appUrl } = await testDatabase();
    one = openStores(appUrl);
    other = openStores(appUrl);
  });
  afterEach(() => Promise.all([one.close(), other.close()]));

  /** Shown at that time, to be hidden 300 s later. */
  const shown = async (time: Instant): Promise<RevealRequest> => {
    const request = requestOf((next += 1));
    await one.requests.open(request, entryOf());
    await one.requests.claim(claimOf(request));
    await one.requests.revealed(shownOf(request, 1, time));
    return request;
  };
  const due = plusSeconds(noon, 300);
  const later = plusSeconds(noon, 330);
  const idsOf = (requests: readonly RevealRequest[]): readonly string[] => requests.map(({ id }) => id);

  it('takes the cards whose time has come, the oldest first, at most as many as asked for', async () => {
    const [first, second, third] = [await shown(plusSeconds(noon, -2)), await shown(plusSeconds(noon, -1)), await shown(noon)];
    await shown(plusSeconds(noon, 0.001));
    assert.deepEqual(new Set(idsOf(await one.requests.takeDueHides(due, later, 2))), new Set(idsOf([first, second])));
    assert.deepEqual(idsOf(await one.requests.takeDueHides(due, later, 2)), idsOf([third]));
    assert.deepEqual(await one.requests.takeDueHides(due, later, 2), []);
  });

  it('gives a card to one of two instances', async () => {
    const cards = await Promise.all(Array.from({ length: 10 }, () => shown(noon)));
    const taken = await Promise.all([one, other, one, other].map((stores) => stores.requests.takeDueHides(due, later, 4)));
    assert.equal(taken.flat().length, 10);
    assert.deepEqual(idsOf(taken.flat()).toSorted(), idsOf(cards).toSorted());
  });

  it('neither waits for a card that another instance is just taking, nor takes it', async () => {
    const [held, free] = [await shown(noon), await shown(noon)];
    const taking = await other.database.db.startTransaction().execute();
    await taking.selectFrom('keydesk.request').select('id').where('id', '=', held.id).forUpdate().execute();
    assert.deepEqual(idsOf(await one.requests.takeDueHides(due, later, 9)), [free.id]);
    await taking.rollback().execute();
    assert.deepEqual(idsOf(await one.requests.takeDueHides(due, later, 9)), [held.id]);
  });

  it('gives the cards of an instance that died to the next, when its time is over', async () => {
    const card = await shown(noon);
    await one.requests.takeDueHides(due, later, 9);
    assert.deepEqual(await other.requests.takeDueHides(plusSeconds(later, -0.001), plusSeconds(later, 30), 9), []);
    assert.deepEqual(idsOf(await other.requests.takeDueHides(later, plusSeconds(later, 30), 9)), [card.id]);
  });

  it('hides a card once, with its entry, and takes it no more', async () => {
    const card = await shown(noon);
    const entry = entryOf({ act: 'hidden', requestId: card.id });
    const answers = await Promise.all([one, other].map((stores) => stores.requests.hidden(card.id, 1, due, entry)));
    assert.equal(answers.filter((hidden) => hidden).length, 1);
    assert.deepEqual(await one.requests.takeDueHides(plusSeconds(due, 999), plusSeconds(due, 1999), 9), []);
    assert.equal((await actsIn(one)).filter((act) => act === 'hidden done').length, 1);
    assert.equal((await one.requests.find(card.id))?.hiddenAt, due);
  });

  it('does not hide a card that was shown again meanwhile', async () => {
    const card = await shown(noon);
    await one.requests.takeDueHides(due, later, 9);
    await one.requests.claim(claimOf(card, { from: 'revealed', attempt: 2, at: due }));
    const entry = entryOf({ act: 'hidden', requestId: card.id });
    assert.equal(await one.requests.hidden(card.id, 1, due, entry), false);
    await one.requests.revealed(shownOf(card, 2, due));
    assert.equal(await one.requests.hidden(card.id, 1, due, entry), false);
    assert.deepEqual(await one.requests.takeDueHides(plusSeconds(due, 299), plusSeconds(due, 330), 9), []);
    assert.deepEqual(idsOf(await one.requests.takeDueHides(plusSeconds(due, 300), plusSeconds(due, 330), 9)), [card.id]);
    assert.equal(await one.requests.hidden(card.id, 2, plusSeconds(due, 300), entry), true);
  });

  it('leaves a card alone while it is claimed, and takes it when the claim is settled', async () => {
    const card = await shown(noon);
    await one.requests.claim(claimOf(card, { from: 'revealed', attempt: 2, at: due }));
    assert.deepEqual(await one.requests.takeDueHides(later, plusSeconds(later, 30), 9), []);
    await one.requests.settleClaims(plusSeconds(due, 1), later);
    assert.deepEqual(idsOf(await one.requests.takeDueHides(later, plusSeconds(later, 30), 9)), [card.id]);
  });
});
