import assert from 'node:assert/strict';
import { parseChannelId } from '../../src/domain/channel.ts';
import type { WatchedEntry } from '../../src/domain/channel-ports.ts';
import { parseRotationId } from '../../src/domain/ids.ts';
import { plusSeconds } from '../../src/domain/instant.ts';
import { alertKinds, type LedgerEntry } from '../../src/domain/ledger-entry.ts';
import { parseSchedule } from '../../src/domain/schedule.ts';
import { keepAuditChannel } from '../../src/domain/plan-summaries.ts';
import { watchLedger } from '../../src/domain/watch-ledger.ts';
import { alex, deviceOf, isaiah, sure } from '../support/desk/world.ts';
import { type TestDesk, testDesk } from '../support/desk.ts';

const id = sure(parseChannelId('19:audit@thread.tacv2'));
const auditChannel = { id, serviceUrl: 'http://127.0.0.1/', schedule: sure(parseSchedule('daily 08:00 UTC')) };
const rotationId = sure(parseRotationId('407a7e00-0000-4000-8000-000000000001'));

const withAudit = (): TestDesk => testDesk({ settings: { auditChannel } });
const noted = ({ clock, memory }: TestDesk, more: Partial<LedgerEntry>, seconds = 0): void =>
  void memory.entries.push({ time: plusSeconds(clock.now(), seconds), act: 'asked', outcome: 'done', source: 'teams', person: { id: alex.id, name: alex.name }, ...more });
const refused = (test: TestDesk, code: LedgerEntry['code'], more: Partial<LedgerEntry> = {}, seconds = 0): void => noted(test, { act: 'refused', outcome: 'refused', ...(code && { code }), ...more }, seconds);
const shown = (test: TestDesk, number: number, seconds = 0): void => noted(test, { act: 'revealed', device: deviceOf(number, 'PC') }, seconds);

/** Until nothing is new: alerts raised are entries themselves. */
async function watched(test: TestDesk): Promise<readonly string[]> {
  const untold: WatchedEntry[] = [];
  for (let step = 0; step < 3; step += 1) await watchLedger(test.desk, (alert) => void untold.push(alert));
  return untold.map(({ entry }) => `${entry.alert}`);
}
const alerts = ({ entries }: TestDesk): readonly string[] => entries.filter(({ act }) => act === 'alert').map(({ alert, subjectId, count }) => [alert, subjectId, count].filter((part) => part !== undefined).join(' '));
const queued = ({ channels }: TestDesk): readonly unknown[] => channels.postings.map(({ what, channelId }) => [what, channelId]);

describe('domain/watch-ledger', () => {
  it('hands every alert, whoever raised it, to the audit channel once', async () => {
    const test = withAudit();
    for (const alert of alertKinds) noted(test, { act: 'alert', alert, source: 'system' });
    assert.deepEqual(await watched(test), [], 'none is untold');
    assert.deepEqual(queued(test), alertKinds.map((_, index) => [{ kind: 'alert', seq: index + 1 }, id]));
    await watched(test);
    assert.equal(test.channels.postings.length, alertKinds.length);
  });

  it('tells of each alert once where there is no audit channel, and queues nothing', async () => {
    const test = testDesk();
    noted(test, { act: 'alert', alert: 'ledger-mismatch' });
    assert.deepEqual(await watched(test), ['ledger-mismatch']);
    assert.deepEqual(await watched(test), []);
    assert.deepEqual(queued(test), []);
  });

  it('raises an alert when a person is over a limit, once an hour', async () => {
    const test = withAudit();
    refused(test, 'reveal-limit');
    refused(test, 'reveal-limit', { count: 2 });
    await watched(test);
    assert.deepEqual(alerts(test), [`reveal-limit ${alex.id}`]);
    assert.equal(queued(test).length, 1, 'what the watcher raises is posted too');
    test.clock.forward(3600);
    refused(test, 'reveal-limit');
    refused(test, 'reveal-limit', { person: { id: isaiah.id } });
    await watched(test);
    assert.deepEqual(alerts(test), [`reveal-limit ${alex.id}`, `reveal-limit ${alex.id}`, `reveal-limit ${isaiah.id}`]);
  });

  it('raises an alert when one person was shown keys of many devices within an hour', async () => {
    const test = withAudit();
    for (let number = 1; number <= 9; number += 1) shown(test, number, number);
    shown(test, 9, 10);
    await watched(test);
    assert.deepEqual(alerts(test), [], 'nine devices are not ten');
    shown(test, 10, 11);
    await watched(test);
    assert.deepEqual(alerts(test), [`many-devices ${alex.id} 10`]);
  });

  it('raises none for as many devices over a longer time', async () => {
    const test = withAudit();
    for (let number = 1; number <= 20; number += 1) shown(test, number, number * 401);
    await watched(test);
    assert.deepEqual(alerts(test), []);
  });

  it('raises an alert after refusals in a row, sums counted whole', async () => {
    const test = withAudit();
    refused(test, 'device-not-found');
    refused(test, 'key-not-found', { count: 3 });
    await watched(test);
    assert.deepEqual(alerts(test), []);
    noted(test, { act: 'role-denied', outcome: 'refused', code: 'no-role' });
    await watched(test);
    assert.deepEqual(alerts(test), [`refused-in-a-row ${alex.id} 5`]);
  });

  it('raises none when something was granted between, when they are old, or when they say nothing about the person', async () => {
    const test = withAudit();
    for (let count = 0; count < 4; count += 1) refused(test, 'device-not-found');
    noted(test, { act: 'asked' });
    refused(test, 'device-not-found');
    for (let count = 0; count < 9; count += 1) refused(test, 'request-used', {}, 10);
    for (let count = 0; count < 3; count += 1) refused(test, 'device-not-found', {}, 4000);
    await watched(test);
    assert.deepEqual(alerts(test), []);
  });

  it('raises an alert when a rotation is overdue, once', async () => {
    const test = withAudit();
    for (let count = 0; count < 2; count += 1) noted(test, { act: 'rotation-overdue', rotationId, device: deviceOf(42, 'LAPTOP-42'), source: 'system' });
    await watched(test);
    const raised = test.entries.filter(({ act }) => act === 'alert');
    assert.deepEqual(raised.map(({ alert, rotationId: of, device }) => [alert, of, device?.name]), [['rotation-overdue', rotationId, 'LAPTOP-42']]);
  });

  it('says when it happened, also when it is read later', async () => {
    const test = withAudit();
    const then = test.clock.now();
    refused(test, 'reveal-limit');
    test.clock.forward(7200);
    await watched(test);
    const [alert] = test.entries.filter(({ act }) => act === 'alert');
    assert.deepEqual([alert?.happenedAt, alert?.time], [then, test.clock.now()]);
  });

  it('reads once over two instances, and raises once', async () => {
    const test = withAudit();
    await keepAuditChannel(test.desk);
    const second = test.second();
    for (let count = 0; count < 5; count += 1) refused(test, 'device-not-found');
    noted(test, { act: 'alert', alert: 'ledger-resumed' });
    const untold = (): void => assert.fail('there is an audit channel');
    for (let step = 0; step < 3; step += 1) await Promise.all([watchLedger(test.desk, untold), watchLedger(second, untold)]);
    assert.deepEqual(alerts(test), ['ledger-resumed', `refused-in-a-row ${alex.id} 5`]);
    assert.equal(test.channels.postings.length, 2);
  });

  it('loses no alert when it ends between raising and stepping on', async () => {
    const test = withAudit();
    refused(test, 'reveal-limit');
    test.script.fail('watch.advance', { error: new Error('the process ended') });
    await assert.rejects(watchLedger(test.desk, () => undefined));
    assert.deepEqual(alerts(test), [`reveal-limit ${alex.id}`]);
    await watched(test);
    assert.deepEqual(alerts(test), [`reveal-limit ${alex.id}`], 'raised once');
    assert.equal(test.channels.postings.length, 1, 'and posted once');
  });

  it('reads a long ledger in steps', async () => {
    const test = withAudit();
    for (let count = 0; count < 1300; count += 1) noted(test, count % 100 === 0 ? { act: 'alert', alert: 'many-devices' } : {});
    await watched(test);
    assert.equal(test.channels.watched, 1300);
    assert.equal(test.channels.postings.length, 13);
  });
});
