// `npm run audit -- erase`, as a process on a real database, and what is left afterwards.
import assert from 'node:assert/strict';
import { hostname, userInfo } from 'node:os';
import { sql } from 'kysely';
import { plusSeconds } from '../../src/domain/instant.ts';
import { audit, type Ended } from '../support/audit-command.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { at, entryOf, fullEntry, person } from '../support/ledger-entries.ts';
import { afterReveal, byPerson, claimed, deviceOf, openToRotate, reveal } from '../support/rotation-plans.ts';
import { entriesIn, noon, openStores, requestOf, type Stores, verified } from '../support/stores.ts';

const old = at('2025-02-01T08:00:00.000Z');
const adele = person(3);
const client = `${userInfo().username}@${hostname()}`;

describe('npm run audit -- erase', function () {
  this.timeout(60_000);
  let urls: TestDatabase;
  let stores: Stores;

  beforeEach(async () => {
    urls = await testDatabase();
    stores = openStores(urls.appUrl);
  });
  afterEach(() => stores.close());

  const erase = (...args: readonly string[]): Promise<Ended> => audit(['erase', ...args], { DATABASE_OWNER_URL: urls.ownerUrl });
  const withTexts = async (): Promise<readonly number[]> =>
    (await sql<{ seq: string }>`select seq from keydesk.ledger_text order by seq`.execute(stores.database.db)).rows.map(({ seq }) => Number(seq));
  const verdict = async (): Promise<Ended> => audit(['verify'], { DATABASE_URL: urls.appUrl });

  describe('--person', () => {
    beforeEach(async () => {
      await stores.ledger.append({ ...fullEntry, time: old });
      await stores.ledger.append(entryOf({ person: { id: adele, name: 'Adele Vance' }, asked: 'LAPTOP-42' }));
      await stores.ledger.append(entryOf({ act: 'alert', outcome: 'done', subjectId: person() }));
      await stores.ledger.append(entryOf({ subjectId: adele, person: { id: adele, name: 'Adele Vance' } }));
      await stores.ledger.append(entryOf({ act: 'erased', source: 'system', subjectId: person(), client: 'megan@desk' }));
    });

    it('says what would go, and erases nothing, until it is told to', async () => {
      const { code, out, err } = await erase('--person', person());
      assert.deepEqual([code, /about a1e00000-[^]*texts beside 3 entries, 0 requests/.test(out), /--yes/.test(err)], [2, true, true]);
      assert.deepEqual(await withTexts(), [1, 2, 3, 4, 5]);
      assert.equal((await entriesIn(stores)).length, 5);
    });

    it('erases the texts of entries by and about the person, of nobody else, and keeps the entries and their proof', async () => {
      const { code, out, err } = await erase('--person', person().toUpperCase(), '--yes');
      assert.deepEqual([code, err, /Erased: texts beside 3 entries/.test(out)], [0, '', true]);
      assert.deepEqual(await withTexts(), [2, 4, 6], 'the one about an earlier erasing, whose words are not about the person, was by Alex');
      const { findings, verdict: after } = await verified(stores.database);
      assert.deepEqual([findings, after.size], [[], 6]);
      assert.match((await verdict()).out, /^6 entries, root [0-9a-f]{64}, all intact \(\d+ personal texts were erased, which is no tampering\)\.\n$/);
    });

    it('is an entry: whose, how many, by whom on which machine', async () => {
      await erase('--person', person(), '--yes');
      const { time, to, ...entry } = (await entriesIn(stores)).at(-1) ?? entryOf();
      assert.deepEqual(entry, { act: 'erased', outcome: 'done', source: 'system', erased: 'texts', count: 3, subjectId: person(), client });
      assert.deepEqual([to, (time ?? '') > old], [time, true]);
    });

    it('leaves the words of an earlier erasing: they are not about the person', async () => {
      await erase('--person', adele, '--yes');
      const again = await erase('--person', adele, '--yes');
      assert.deepEqual([again.code, /Nothing to erase/.test(again.out)], [0, true]);
      assert.equal((await entriesIn(stores)).at(-1)?.client, client);
    });

    it('erases only what was recorded before a time', async () => {
      assert.match((await erase('--person', person(), '--before', '2025-03-01', '--yes')).out, /texts beside 1 entry/);
      assert.deepEqual(await withTexts(), [2, 3, 4, 5, 6]);
    });

    it("is shown as erased in the list, with the person's id", async () => {
      await erase('--person', person(), '--yes');
      const { out } = await audit(['list'], { DATABASE_URL: urls.appUrl });
      assert.match(out, /^1 .*revealed.*\(erased\) a1e00000.*\(erased\) de71ce00/m);
      assert.match(out, /^2 .*Adele Vance/m);
      assert.equal(out.includes('Alex Wilber') || out.includes('INC0012345'), false);
    });

    it('takes closed requests away, makes rotations that are over nameless, and leaves and tells what is open', async () => {
      await stores.requests.open(requestOf(10, { openedAt: old, expiresAt: plusSeconds(old, 600) }), entryOf());
      await stores.requests.open(requestOf(11, { openedAt: old, expiresAt: plusSeconds(old, 600), person: { ...requestOf(11).person, id: adele } }), entryOf());
      await stores.requests.open(requestOf(12, { expiresAt: at('2999-01-01T00:00:00.000Z') }), entryOf());
      const request = await openToRotate(stores, 13);
      const started = await stores.rotations.start(request.id, byPerson(request, { number: 13, device: deviceOf(13) }));
      assert.ok(started.kind === 'started');
      await stores.rotations.move(started.rotation, 'failed', { set: { endedAt: noon, failure: 'policy-os' } });
      const shown = await claimed(stores, 14);
      await reveal(stores, shown, afterReveal(shown, 1, { number: 14, device: deviceOf(14) }));

      const { code, out } = await erase('--person', person(), '--yes');
      assert.equal(code, 0);
      assert.match(out, /Left, because they are not over yet: 3 requests or rotations\./);
      assert.match(out, /Erased: [^]*, 2 requests that are over, 1 rotation that is over/);
      const left = await sql<{ id: string }>`select id from keydesk.request order by id`.execute(stores.database.db);
      assert.deepEqual(left.rows.map(({ id }) => id.slice(-2)), ['11', '12', '14']);
      assert.deepEqual((await stores.rotations.find(started.rotation.id))?.causes, [{ by: 'person', requestId: request.id, person: { ...request.person, name: '(erased)' }, reason: 'other' }]);
      assert.deepEqual((await entriesIn(stores)).slice(-2).map(({ erased, subjectId }) => [erased, subjectId]), [['texts', person()], ['requests', person()]]);
    });

    it('takes the words out of refusals that are being summed, and the sum is written all the same', async () => {
      const refused = entryOf({ act: 'refused', outcome: 'refused', code: 'no-role', asked: 'ADELE-PC' });
      for (const _ of [1, 2, 3]) await stores.ledger.refuse(refused);
      assert.match((await erase('--person', person(), '--yes')).out, /words in 1 sum of refusals/);
      assert.equal(await stores.ledger.settleRefusals(plusSeconds(refused.time, 61)), 1);
      const { count, asked, person: who } = (await entriesIn(stores)).at(-1) ?? entryOf();
      assert.deepEqual([count, asked, who], [2, undefined, { id: person() }]);
    });
  });

  it('--older-than erases by age, in the role of the owner also what is younger than the service may', async () => {
    const days = (ago: number) => plusSeconds(at(new Date().toISOString()), -ago * 86_400);
    for (const ago of [400, 20, 9, 1]) await stores.ledger.append(entryOf({ time: days(ago) }));
    await stores.requests.open(requestOf(10, { openedAt: days(20), expiresAt: days(20) }), entryOf({ time: days(1) }));
    const asked = await erase('--older-than', '10');
    assert.deepEqual([asked.code, /texts beside 2 entries, 1 request that is over/.test(asked.out)], [2, true]);
    assert.deepEqual(await withTexts(), [1, 2, 3, 4, 5]);
    const done = await erase('--older-than', '10', '--yes');
    assert.deepEqual([done.code, /Erased: texts beside 2 entries, 1 request that is over/.test(done.out)], [0, true]);
    assert.deepEqual(await withTexts(), [3, 4, 5, 6, 7]);
    assert.deepEqual((await entriesIn(stores)).slice(-2).map(({ erased, count, client: by }) => [erased, count, by]), [['texts', 2, client], ['requests', 1, client]]);
    assert.match((await erase('--older-than', '10', '--yes')).out, /Nothing to erase/);
  });

  it('ends with 2 on wrong usage, and erases nothing', async () => {
    const wrong = [[], ['--person', 'Alex'], ['--person', person(), '--older-than', '40'], ['--older-than', '0'], ['--older-than', 'x'], ['--older-than', '40', '--before', '2026-01-01'], ['--person', person(), '--before', 'soon'], ['--person', person(), '--before', '2999-01-01'], ['now']];
    for (const args of wrong) assert.equal((await erase(...args, '--yes')).code, 2, args.join(' '));
  });

  it('ends with 3 without an owner, and in the role of the service', async () => {
    const args = ['erase', '--person', person(), '--yes'];
    await stores.ledger.append(entryOf());
    const none = await audit(args, { DATABASE_URL: urls.appUrl });
    assert.deepEqual([none.code, /DATABASE_OWNER_URL is not set/.test(none.err)], [3, true]);
    const service = await audit(args, { DATABASE_OWNER_URL: urls.appUrl });
    assert.deepEqual([service.code, /42501/.test(service.err)], [3, true]);
    assert.deepEqual(await withTexts(), [1]);
  });
});
