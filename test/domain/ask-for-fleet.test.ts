import assert from 'node:assert/strict';
import { askForList, askForOverview, askForReadiness, turnPage } from '../../src/domain/ask-for-fleet.ts';
import type { FleetDevice, FleetList } from '../../src/domain/fleet.ts';
import type { Person } from '../../src/domain/person.ts';
import { askerOf, type TestDesk, testDesk } from '../support/desk.ts';
import type { TestIndex } from '../support/desk/fleet.ts';
import { alex, deviceOf, grady, isaiah, lee, megan, sure, time } from '../support/desk/world.ts';

const sweptAt = time('2026-11-22T06:00:00Z');
const indexed = (number: number, name: string, more: Partial<TestIndex['devices'][number]> = {}): TestIndex['devices'][number] => ({ ...deviceOf(number, name), status: 'escrowed', reason: 'key-escrowed', warnings: [], blockedBy: [], keyCount: 1, ...more });
const failed = { status: 'failed', reason: 'encrypted-without-key' } as const satisfies Partial<FleetDevice>;
const warm = (...devices: TestIndex['devices']): TestDesk => testDesk({ index: { state: { sweptAt, keysAt: sweptAt, missing: [] }, devices, keys: [] } });
const refusedCode = (answer: { readonly kind: string; readonly refusal?: { readonly code: string } }): string | undefined => answer.refusal?.code;
const pageOf = (desk: TestDesk, page: unknown, more: { list?: FleetList | undefined; person?: Person; trigger?: 'automatic'; conversation?: 'channel' } = {}) =>
  turnPage(desk.desk, { ...askerOf(more.person, more.conversation), trigger: more.trigger ?? 'manual' }, 'list' in more ? more.list : 'failed', typeof page === 'number' ? page : undefined);

describe('domain/ask-for-fleet', () => {
  it('answers people with a role, and writes down that they asked', async () => {
    for (const person of [alex, megan, grady]) {
      const test = warm(indexed(1, 'PC-1'), indexed(2, 'PC-2', failed));
      const overview = await askForOverview(test.desk, askerOf(person));
      assert.deepEqual(overview.kind === 'overview' && [overview.overview.counts.escrowed, overview.overview.counts.failed, overview.index.sweptAt], [1, 1, sweptAt]);
      const list = await askForList(test.desk, askerOf(person), 'missing');
      assert.deepEqual(list.kind === 'list' && [list.page, list.pages, list.found.devices.map(({ name }) => name)], [0, 1, ['PC-2']]);
      assert.deepEqual(test.entries.map(({ act, outcome, asked }) => [act, outcome, asked]), [['asked', 'done', 'status'], ['asked', 'done', 'missing']]);
    }
    const approver = await askForOverview(warm().desk, askerOf(isaiah));
    assert.equal(approver.kind, 'overview', 'an agent who also approves');
  });

  it('tells others nothing', async () => {
    const test = warm(indexed(1, 'PC-1'));
    const ask = askerOf(lee);
    assert.deepEqual([await askForOverview(test.desk, ask), await askForList(test.desk, ask, 'failed'), await askForReadiness(test.desk, ask, ['PC-1'], 1), await pageOf(test, 0, { person: lee })].map(refusedCode), ['no-role', 'no-role', 'no-role', 'no-role']);
    assert.ok(!test.script.calls.some((call) => /^fleet\.(?:overview|list|withNames)/.test(call)));
    assert.ok(test.entries.every(({ act }) => act === 'role-denied'));
  });

  it('says that the index is not there yet', async () => {
    const cold = testDesk({ index: { state: { missing: [], running: { entries: 12 } }, devices: [], keys: [] } });
    const answer = await askForOverview(cold.desk, askerOf());
    assert.deepEqual(answer.kind === 'refused' && [answer.refusal.code, answer.refusal.facts.indexing], ['index-not-ready', { entries: 12 }]);
  });

  it('notes an ask that failed', async () => {
    const test = warm();
    test.script.fail('fleet.overview', { code: 'store-unavailable' });
    await assert.rejects(() => askForOverview(test.desk, askerOf()));
    assert.deepEqual(test.entries.map(({ act, outcome, code }) => [act, outcome, code]), [['asked', 'failed', 'store-unavailable']]);
  });

  it('turns pages, and shows the last one when the list has become shorter', async () => {
    const test = warm(...Array.from({ length: 25 }, (_, n) => indexed(n, `PC-${n}`, failed)));
    const pages = await Promise.all([0, 1, 2, 3, 90_000].map((page) => pageOf(test, page)));
    assert.deepEqual(pages.map((answer) => answer.kind === 'list' && [answer.page, answer.pages, answer.found.devices.length]), [[0, 3, 10], [1, 3, 10], [2, 3, 5], [2, 3, 5], [2, 3, 5]]);
    assert.equal(test.entries.length, 0, 'a page more is no new question');
  });

  it('believes nothing of a button: no list, no page, pressed by nobody, or where others read', async () => {
    const test = warm(indexed(1, 'PC-1', failed));
    for (const page of [-1, 0.5, Number.NaN, 1e9, undefined]) assert.equal(refusedCode(await pageOf(test, page)), 'card-changed', String(page));
    assert.equal(refusedCode(await pageOf(test, 0, { list: undefined })), 'card-changed');
    assert.equal(refusedCode(await pageOf(test, 0, { trigger: 'automatic' })), 'automatic-refresh');
    assert.equal(refusedCode(await pageOf(test, 0, { conversation: 'channel' })), 'wrong-conversation');
    assert.equal((await pageOf(test, 0)).kind, 'list');
  });
});

describe('domain/ask-for-fleet: readiness', () => {
  const check = async (test: TestDesk, ...names: readonly string[]) => {
    const answer = await askForReadiness(test.desk, askerOf(), names, names.length);
    return answer.kind === 'readiness' ? answer.report : assert.fail(answer.kind);
  };

  it('says of each name whether it could be recovered today', async () => {
    const test = warm(
      indexed(1, 'LAPTOP-1'),
      indexed(2, 'LAPTOP-2', failed),
      indexed(3, 'LAPTOP-3', { reason: 'key-older-than-enrolment', warnings: ['maybe-stale'] }),
      indexed(4, 'LAPTOP-4', { deletedAt: time('2026-11-20T06:00:00Z') }),
      indexed(5, 'LAPTOP-5', { status: 'unknown', reason: 'perhaps-in-active-directory' }),
      indexed(6, 'LAPTOP-6', { warnings: ['many-keys'] }),
    );
    const { rows, counts } = await check(test, 'laptop-1', 'LAPTOP-2', 'LAPTOP-3', 'LAPTOP-4', 'LAPTOP-5', 'LAPTOP-6', 'LAPTOP-7');
    assert.deepEqual(rows.map(({ name, readiness }) => [name, readiness]), [['laptop-1', 'ready'], ['LAPTOP-2', 'not-ready'], ['LAPTOP-3', 'doubtful'], ['LAPTOP-4', 'gone'], ['LAPTOP-5', 'not-ready'], ['LAPTOP-6', 'ready'], ['LAPTOP-7', 'no-such-name']]);
    assert.deepEqual(counts, { ready: 2, doubtful: 1, 'not-ready': 2, gone: 1, 'no-such-name': 1 });
    assert.equal(sure(rows[3]).devices[0]?.deletedAt, '2026-11-20T06:00:00.000Z');
    assert.deepEqual(test.entries.map(({ act, asked }) => [act, asked]), [['asked', 'check (7 names)']]);
  });

  it('is as ready as the worst of twins, and a device that is gone does not count beside one that is there', async () => {
    const test = warm(indexed(1, 'TWIN-1'), indexed(2, 'TWIN-1', failed), indexed(3, 'ANEW-1', { deletedAt: time('2026-11-20T06:00:00Z') }), indexed(4, 'ANEW-1'));
    const { rows } = await check(test, 'TWIN-1', 'ANEW-1');
    assert.deepEqual(rows.map(({ readiness, devices }) => [readiness, devices.length]), [['not-ready', 2], ['ready', 1]]);
  });

  it('looks at none of too many, and says how many they were', async () => {
    const test = warm();
    assert.deepEqual(await askForReadiness(test.desk, askerOf(), [], 10_000), { kind: 'too-many', count: 10_000 });
    assert.ok(!test.script.calls.includes('fleet.withNames'));
  });
});
