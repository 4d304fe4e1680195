import assert from 'node:assert/strict';
import { Fault } from '../../src/domain/fault.ts';
import { parseRotationId } from '../../src/domain/ids.ts';
import { type Instant, plusSeconds } from '../../src/domain/instant.ts';
import { createLook } from '../../src/jobs/look.ts';
import { known } from '../support/known.ts';
import { at } from '../support/ledger-entries.ts';

const noon = at('2026-11-22T12:00:00.000Z');
const id = known(parseRotationId('40a70000-0000-4000-8000-000000000001'));

/** A look at a row that wants to be worked on at `time`; what it did, in words. */
async function lookAtOne(time: Instant | undefined, work: () => Promise<unknown> = () => Promise.resolve()): Promise<readonly string[]> {
  const did: string[] = [];
  const look = createLook({
    clock: { now: () => noon },
    random: () => 0.5,
    times: {
      lookAt: () => Promise.resolve(time),
      postpone: async (_id, seen, until) => void did.push(`postponed from ${seen} until ${until}`),
    },
    wakeAt: async (_id, when) => void did.push(`woken at ${when}`),
    work: async () => {
      did.push('worked');
      await work();
    },
  });
  await look(id);
  return did;
}

describe('jobs/look', () => {
  it('works on what is due, and on what has been due for long', async () => {
    assert.deepEqual(await lookAtOne(noon), ['worked']);
    assert.deepEqual(await lookAtOne(plusSeconds(noon, -9000)), ['worked']);
  });

  it('sends a wake-up that came early again, for the time of the row', async () => {
    const later = plusSeconds(noon, 0.001);
    assert.deepEqual(await lookAtOne(later), [`woken at ${later}`]);
  });

  it('works once more on what is over, because its cards may not have been told', async () => {
    assert.deepEqual(await lookAtOne(undefined), ['worked']);
  });

  it('waits as long as the one who throttles says, and up to a fifth more', async () => {
    const throttled = new Fault('graph-throttled', 'later', { retryAfterSeconds: 100 });
    assert.deepEqual(await lookAtOne(noon, () => Promise.reject(throttled)), ['worked', `postponed from ${noon} until ${plusSeconds(noon, 110)}`]);
  });

  it('waits a second at least', async () => {
    const throttled = new Fault('graph-throttled', 'later', { retryAfterSeconds: 0 });
    assert.deepEqual(await lookAtOne(noon, () => Promise.reject(throttled)), ['worked', `postponed from ${noon} until ${plusSeconds(noon, 1)}`]);
  });

  it('leaves every other fault to the jobs, which try again', async () => {
    const away = new Fault('graph-unavailable', 'later');
    await assert.rejects(lookAtOne(noon, () => Promise.reject(away)), away);
    const defect = new TypeError('a defect');
    await assert.rejects(lookAtOne(noon, () => Promise.reject(defect)), defect);
  });
});
