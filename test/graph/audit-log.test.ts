import assert from 'node:assert/strict';
import type { KeyReadPage } from '../../src/domain/entra-ports.ts';
import { plusSeconds } from '../../src/domain/instant.ts';
import { auditRow } from '../support/audit-rows.ts';
import { type Bench, deadlineAt, faultOf, graphAt, never } from '../support/graph-at.ts';
import { at } from '../support/ledger-entries.ts';
import { type Scripted, type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';

const period = { from: at('2026-11-22T06:00:00.000Z'), to: at('2026-11-22T09:00:00.000Z') };
const next = (token: string): string => `https://graph.microsoft.com/v1.0/auditLogs/directoryAudits?$filter=x&$skiptoken=${token}`;
const page = (numbers: readonly number[], nextLink?: string): Scripted => ({ body: { value: numbers.map((number) => auditRow(number)), ...(nextLink !== undefined && { '@odata.nextLink': nextLink }) } });

describe('graph/audit-log', () => {
  let upstream: ScriptedUpstream;
  let bench: Bench;
  let taken: KeyReadPage[];
  before(async () => (upstream = await startScriptedUpstream()));
  after(() => upstream.stop());
  beforeEach(() => {
    upstream.reset();
    bench = graphAt(upstream.origin);
    taken = [];
  });
  afterEach(() => bench.graph.stop());

  const read = (most = Infinity, deadline = never) => bench.graph.auditLog.keyReads(period, { deadline, take: async (one) => taken.push(one) < most });
  const numbers = (): readonly (readonly number[])[] => taken.map(({ reads }) => reads.map(({ id }) => Number(id.slice(-6))));

  it('asks for one category in a period, the newest first, and for nothing that is not documented', async () => {
    upstream.script(page([]));
    await read();
    const [asked] = upstream.arrived;
    assert.deepEqual([...new URLSearchParams(asked?.url.split('?')[1])], [
      ['$filter', "category eq 'KeyManagement' and activityDateTime ge 2026-11-22T06:00:00.000Z and activityDateTime le 2026-11-22T09:00:00.000Z"],
      ['$orderby', 'activityDateTime desc'],
      ['$top', '500'],
    ]);
    assert.equal(asked?.url.split('?')[0], '/v1.0/auditLogs/directoryAudits');
  });

  it('hands over page by page, each row once, and asks for the next when the page was taken', async () => {
    upstream.script(page([1, 2], next('A')), page([], next('B')), page([2, 3]));
    const order: string[] = [];
    await bench.graph.auditLog.keyReads(period, {
      deadline: never,
      take: async (one) => {
        taken.push(one);
        await Promise.resolve();
        order.push(`taken ${taken.length}, asked ${upstream.arrived.length}`);
        return true;
      },
    });
    assert.deepEqual([numbers(), order], [[[1, 2], [], [3]], ['taken 1, asked 1', 'taken 2, asked 2', 'taken 3, asked 3']]);
  });

  it('asks for nothing further when that is enough', async () => {
    upstream.script(page([1], next('A')));
    await read(1);
    assert.equal(upstream.arrived.length, 1);
  });

  it('leaves out what is about something else or lies outside of the period, and counts what it cannot read', async () => {
    const value = [auditRow(1), auditRow(2, { activityDisplayName: 'Add BitLocker key' }), auditRow(3, { activityDateTime: '2026-11-22T05:59:59Z' }), auditRow(4, { activityDateTime: null }), { odd: true }, auditRow(5)];
    upstream.script({ body: { value } });
    await read();
    assert.deepEqual([numbers(), taken.map(({ unreadable }) => unreadable)], [[[1, 5]], [2]]);
  });

  const ends: readonly (readonly [string, Scripted, string])[] = [
    ['answers 500 four times', { status: 500 }, 'graph-unavailable'],
    ['answers 403', { status: 403, body: { error: { code: 'Authentication_MSGraphPermissionMissing' } } }, 'graph-forbidden'],
    ['is cut off in the middle', (_request, response) => void (response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' }).write('{"value":['), response.destroy()), 'graph-cut'],
    ['is no JSON', { body: '{"value":[' }, 'graph-nonsense'],
    ['is the same page under another link', page([1], next('B')), 'graph-nonsense'],
    ['leads back to itself', page([2], next('A')), 'graph-nonsense'],
    ['leads to another host', page([2], 'https://evil.example/v1.0/auditLogs/directoryAudits'), 'graph-nonsense'],
    ['is no list', { body: { value: {} } }, 'graph-nonsense'],
  ];
  for (const [what, second, code] of ends) {
    it(`keeps the first page when the second ${what}: ${code}`, async () => {
      upstream.always(({ url }) => (url.includes('skiptoken') ? second : page([1], next('A'))));
      assert.equal((await faultOf(read())).code, code);
      assert.deepEqual(numbers()[0], [1]);
    });
  }

  it('takes no bearer to another host', async () => {
    const evil = await startScriptedUpstream();
    upstream.script(page([1], `${evil.origin}/v1.0/auditLogs/directoryAudits`));
    assert.equal((await faultOf(read())).code, 'graph-nonsense');
    assert.deepEqual(evil.arrived, []);
    await evil.stop();
  });

  it('ends at a hundred pages, whatever the links say', async () => {
    let pages = 0;
    upstream.always(() => page([(pages += 1)], next(String(pages))));
    assert.match((await faultOf(read())).message, /do not end$/);
    assert.deepEqual([upstream.arrived.length, taken.length], [100, 100]);
  });

  it('asks four times in ten seconds at most, repeats included', async () => {
    const at: number[] = [];
    let pages = 0;
    upstream.always(() => {
      at.push(Date.parse(bench.clock.now()));
      pages += 1;
      return pages % 5 === 0 ? { status: 503 } : page([pages], pages < 19 ? next(String(pages)) : undefined);
    });
    await read();
    assert.ok(at.length >= 19);
    for (const start of at) assert.ok(at.filter((one) => one >= start && one - start < 10_000).length <= 4, 'never a fifth');
  });

  it('waits as long as Graph says when it is throttled all the same', async () => {
    upstream.script({ status: 429, headers: { 'retry-after': '7' } }, page([1]));
    await read(Infinity, () => deadlineAt(plusSeconds(bench.clock.now(), 20)));
    assert.deepEqual([numbers(), bench.clock.waits], [[[1]], [7000]]);
  });

  it('says when to come back when that would take longer than the page has time', async () => {
    upstream.script({ status: 429, headers: { 'retry-after': '60' } });
    const fault = await faultOf(read(Infinity, () => deadlineAt(plusSeconds(bench.clock.now(), 20))));
    assert.deepEqual([fault.code, fault.retryAfterSeconds, upstream.arrived.length], ['graph-throttled', 60, 1]);
  });

  it('gives every page a deadline of its own', async () => {
    let made = 0;
    upstream.script(page([1], next('A')), page([2], next('B')), page([3]));
    await read(Infinity, () => ((made += 1), never()));
    assert.equal(made, 3);
  });
});
