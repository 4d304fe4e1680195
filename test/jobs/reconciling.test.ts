import assert from 'node:assert/strict';
import type { EntraReads } from '../../src/domain/entra-ports.ts';
import type { FaultCode } from '../../src/domain/fault.ts';
import type { Deadline } from '../../src/domain/ports.ts';
import { createReconciling, type ReconcilingParts } from '../../src/jobs/reconciling.ts';
import { deadlineAt, never } from '../support/graph-at.ts';
import { adele, time } from '../support/desk/world.ts';
import { entraInMemory, readOf } from '../support/entra.ts';

const now = time('2026-11-22T12:00:00Z');
const byAdele = { kind: 'person', id: adele.id, name: adele.name } as const;

/** A store that is always free, and new. */
function reads(state?: Awaited<ReturnType<EntraReads['state']>>): EntraReads {
  const yes = async () => true;
  return {
    claim: async () => ({ taken: 1, ledgerBegan: now }),
    renew: yes,
    advance: yes,
    succeeded: yes,
    failed: yes,
    release: yes,
    state: async () => state,
    unseen: async (all) => all,
    intentions: async () => [],
    record: yes,
    withoutRead: async () => [],
    prune: async () => 0,
  };
}

function job(more: Partial<ReconcilingParts> = {}) {
  const told: string[] = [];
  const fields: object[] = [];
  const entra = entraInMemory();
  const created = createReconciling({
    clock: { now: () => now },
    alerts: { raise: async () => true },
    auditLog: entra,
    reads: reads(),
    ownAppIds: new Set(),
    everySeconds: 300,
    work: never,
    tell: (level, about, message) => void (told.push(`${level} ${message}`), fields.push(about)),
    ...more,
  });
  return { created, entra, told, fields };
}

describe('jobs/reconciling', () => {
  it('runs as often as it is told to', () => {
    const { chore } = job({ everySeconds: 42 }).created;
    assert.deepEqual([chore.name, chore.everySeconds], ['read-entra-log', 42]);
  });

  it('says nothing while there is nothing to say', async () => {
    const { created, told } = job();
    await created.chore.work();
    assert.deepEqual(told, []);
  });

  it('says how many were found, and no name', async () => {
    const { created, entra, told, fields } = job();
    entra.rows.push(readOf(1, now, byAdele));
    await created.chore.work();
    assert.equal(told.length, 1);
    assert.doesNotMatch(JSON.stringify(fields), new RegExp(adele.name));
    assert.match(JSON.stringify(fields), /"external":[12]/);
  });

  it('says once what fails, again when it fails otherwise, and when it is well', async () => {
    const { created, entra, told } = job();
    const fails = async (code: FaultCode | undefined): Promise<void> => {
      entra.breaks = code && { after: 0, code };
      await created.chore.work();
    };
    for (const code of ['graph-forbidden', 'graph-forbidden', 'graph-cut', 'graph-cut', undefined, undefined] as const) await fails(code);
    assert.deepEqual(told.map((line) => line.split(':')[0]), ["warn Graph refuses Entra's audit log", "warn Entra's audit log could not be read to its end and will be tried again", "info Entra's audit log is read again"]);
  });

  it('says how many rows nobody understands when their number changes', async () => {
    const { created, entra, told } = job();
    for (const unreadable of [0, 2, 2, 3, 0, 2]) {
      entra.unreadable = unreadable;
      await created.chore.work();
    }
    assert.equal(told.length, 3);
  });

  it('gives each page the time of the work, and ends it when Keydesk is stopped', async () => {
    const given: Deadline[] = [];
    const entra = entraInMemory();
    const { created } = job({
      work: () => deadlineAt(now),
      auditLog: { keyReads: (period, { deadline, take }) => entra.keyReads(period, { deadline: () => (given.push(deadline()), given.at(-1) ?? never()), take }) },
    });
    await created.chore.work();
    assert.ok(given.length > 0 && given.every(({ aborted, endsAt }) => !aborted && endsAt === now));
    created.stop();
    assert.ok(given.every(({ aborted }) => aborted));
    await created.chore.work();
  });

  it('tells how it fares', async () => {
    assert.deepEqual(await Promise.all([job().created.state(), job({ reads: reads({ fault: 'graph-forbidden', unreadable: 0 }) }).created.state()]), ['ok', 'off: Graph refuses the log; grant AuditLog.Read.All']);
  });
});
