import assert from 'node:assert/strict';
import type { CredentialEnd } from '../../src/domain/credential-end.ts';
import { instantAt } from '../../src/domain/instant.ts';
import { watchCredentials } from '../../src/keydesk/credential-watch.ts';
import { createLog } from '../../src/log.ts';

const day = 86_400_000;
const start = Date.parse('2026-11-25T12:00:00Z');
const end = (days: number, more: Partial<CredentialEnd> = {}): CredentialEnd => ({ purposes: ['metadata', 'reveal'], kind: 'certificate', endsAt: instantAt(start + days * day), ...more });

describe('keydesk/credential-watch', () => {
  it('says nothing 31 days before the end, and from 30 days on each time it looks, which is once a day', async () => {
    const lines: string[] = [];
    let now = start;
    const watch = watchCredentials({ look: () => Promise.resolve([end(40), end(400, { kind: 'client secret', purposes: ['rotation'] })]), clock: { now: () => instantAt(now) }, log: createLog({ level: 'info', destination: { write: (line) => void lines.push(line) } }) });
    assert.equal(watch.chore.everySeconds, 86_400);
    await watch.chore.work();
    assert.deepEqual([lines.length, watch.warnings()], [0, {}]);
    now = start + 9 * day;
    await watch.chore.work();
    assert.deepEqual([lines.length, watch.warnings()], [0, {}]);
    now = start + 11 * day;
    await watch.chore.work();
    assert.deepEqual(watch.warnings(), { credentials: 'the certificate (metadata, reveal) ends on 2027-01-04, in 29 days' });
    await watch.chore.work();
    assert.equal(lines.length, 2);
    assert.match(lines[0] ?? '', /"level":"warn".*"credential":"certificate".*"endsAt":"2027-01-04/);
  });

  it('names the bot whose certificate is for nothing at Graph: every purpose has an identity of its own', async () => {
    const watch = watchCredentials({ look: () => Promise.resolve([end(3, { purposes: [] })]), clock: { now: () => instantAt(start) }, log: createLog({ level: 'error', destination: { write: () => undefined } }) });
    await watch.chore.work();
    assert.deepEqual(watch.warnings(), { credentials: 'the certificate (bot) ends on 2026-11-28, in 3 days' });
  });

  it('counts down by the clock between two looks, to the day and behind it', async () => {
    let now = start;
    const watch = watchCredentials({ look: () => Promise.resolve([end(1.5)]), clock: { now: () => instantAt(now) }, log: createLog({ level: 'error', destination: { write: () => undefined } }) });
    await watch.chore.work();
    const words = (): string => String(watch.warnings()['credentials']);
    assert.match(words(), /tomorrow$/);
    now = start + day;
    assert.match(words(), /today$/);
    now = start + 2 * day;
    assert.match(words(), /ended on 2026-11-27$/);
  });
});
