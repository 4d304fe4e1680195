import assert from 'node:assert/strict';
import { createTimekeeper, type Wait, type Witness } from '../../src/jobs/timekeeper.ts';

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
  let milliseconds = 0;
  const pass = (seconds: number): void => void (milliseconds += seconds * 1000);
  return { wait, fire, pass, now: () => milliseconds, waits: () => [...pending.values()].map((timer) => timer.milliseconds) };
}

const untroubled: Witness = { failing: assert.fail, well: assert.fail };

/** Writes down what it is told. */
function diary(): { readonly witness: Witness; readonly lines: string[] } {
  const lines: string[] = [];
  return { lines, witness: { failing: (chore, error, times) => void lines.push(`${chore} failing ${times}: ${String(error)}`), well: (chore, times) => void lines.push(`${chore} well after ${times}`) } };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('timekeeper', () => {
  it('runs every chore at once and then at its interval', async () => {
    const timers = handTimers();
    const done: string[] = [];
    const chore = (name: string, everySeconds: number) => ({ name, everySeconds, work: () => Promise.resolve(done.push(name)) });
    const keeper = createTimekeeper([chore('hide', 1), chore('settle', 5)], untroubled, timers);
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

  it('gives a chore that fails its next turn, and says when it fails and when it is well again', async () => {
    const timers = handTimers();
    const { witness, lines } = diary();
    let turns = 0;
    const work = (): Promise<void> => {
      turns += 1;
      return turns === 1 ? Promise.reject(new Error('away')) : Promise.resolve();
    };
    const keeper = createTimekeeper([{ name: 'hide', everySeconds: 1, work }], witness, timers);
    keeper.start();
    await settled();
    timers.fire();
    await settled();
    timers.fire();
    await settled();
    assert.deepEqual(lines, ['hide failing 1: Error: away', 'hide well after 1']);
    assert.equal(turns, 3);
    await keeper.stop();
  });

  it('says once a minute that a chore goes on failing, and at once when another begins to', async () => {
    const timers = handTimers();
    const { witness, lines } = diary();
    const broken = (name: string, fine = 0) => {
      let turns = 0;
      return { name, everySeconds: 1, work: () => ((turns += 1) <= fine ? Promise.resolve() : Promise.reject(new Error('away'))) };
    };
    const keeper = createTimekeeper([broken('hide'), broken('settle', 100)], witness, timers);
    keeper.start();
    await settled();
    for (let second = 1; second <= 120; second += 1) {
      timers.pass(1);
      timers.fire();
      await settled();
    }
    assert.deepEqual(lines, ['hide failing 1: Error: away', 'hide failing 61: Error: away', 'settle failing 1: Error: away', 'hide failing 121: Error: away']);
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
    const keeper = createTimekeeper([{ name: 'hide', everySeconds: 1, work }], untroubled, timers);
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
