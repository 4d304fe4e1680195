import assert from 'node:assert/strict';
import { createTimekeeper, type Wait } from '../../src/jobs/timekeeper.ts';

/** Timers that fire when the test says so. */
function handTimers() {
  const pending = new Map<object, { milliseconds: number; wake: () => void }>();
  const wait: Wait = (milliseconds, wake) => {
    const handle = {
      cancel: () => {
        pending.delete(handle);
      },
    };
    pending.set(handle, { milliseconds, wake });
    return handle;
  };
  const fire = (): void => {
    const now = [...pending.entries()];
    pending.clear();
    for (const [, timer] of now) timer.wake();
  };
  return { wait, fire, waits: () => [...pending.values()].map((timer) => timer.milliseconds) };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('timekeeper', () => {
  it('runs every chore at once and then at its interval', async () => {
    const timers = handTimers();
    const done: string[] = [];
    const chore = (name: string, everySeconds: number) => ({ name, everySeconds, work: () => Promise.resolve(done.push(name)) });
    const keeper = createTimekeeper([chore('hide', 1), chore('settle', 5)], assert.fail, timers.wait);
    keeper.start();
    await settled();
    assert.deepEqual(done, ['hide', 'settle']);
    assert.deepEqual(timers.waits().sort((a, b) => a - b), [1000, 5000]);
    timers.fire();
    await settled();
    assert.deepEqual(done, ['hide', 'settle', 'hide', 'settle']);
    await keeper.stop();
    assert.deepEqual(timers.waits(), []);
  });

  it('reports a chore that fails and gives it its next turn', async () => {
    const timers = handTimers();
    const reports: unknown[] = [];
    let turns = 0;
    const work = (): Promise<void> => {
      turns += 1;
      return turns === 1 ? Promise.reject(new Error('away')) : Promise.resolve();
    };
    const keeper = createTimekeeper([{ name: 'hide', everySeconds: 1, work }], (name, error) => reports.push([name, String(error)]), timers.wait);
    keeper.start();
    await settled();
    timers.fire();
    await settled();
    assert.deepEqual(reports, [['hide', 'Error: away']]);
    assert.equal(turns, 2);
    await keeper.stop();
  });

  it('never overlaps a chore with itself, and stop waits for the running one', async () => {
    const timers = handTimers();
    let release = (): void => undefined;
    let ended = false;
    const work = async (): Promise<void> => {
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      ended = true;
    };
    const keeper = createTimekeeper([{ name: 'hide', everySeconds: 1, work }], assert.fail, timers.wait);
    keeper.start();
    await settled();
    assert.deepEqual(timers.waits(), [], 'no interval runs while the chore does');
    const stopping = keeper.stop();
    assert.equal(ended, false);
    release();
    await stopping;
    assert.equal(ended, true);
    assert.deepEqual(timers.waits(), [], 'nothing is left waiting after stop');
  });
});
