import assert from 'node:assert/strict';
import { Fault } from '../../src/domain/fault.ts';
import { sweepStreams } from '../../src/domain/fleet.ts';
import { plusSeconds } from '../../src/domain/instant.ts';
import { createSweeper } from '../../src/domain/sweep-fleet.ts';
import { known } from '../support/known.ts';
import { addMachine, first, linkAt, openSweeps, second, statusesIn, type TestSweeps } from '../support/sweeping.ts';

const later = (seconds?: number): Fault => new Fault('graph-throttled', 'later', seconds === undefined ? {} : { retryAfterSeconds: seconds });

describe('store/sweep: what goes wrong', () => {
  let sweeps: TestSweeps;
  before(async () => void (sweeps = await openSweeps()));
  beforeEach(() => {
    for (let n = 1; n <= 7; n += 1) addMachine(sweeps.tenant, n, `PC-${n}`, { report: {} });
    addMachine(sweeps.tenant, 8, 'FAILED-8', { key: false });
    addMachine(sweeps.tenant, 9, 'NONE-9', { key: false, managed: { encrypted: false } });
  });
  afterEach(() => sweeps.wipe());
  after(() => sweeps.close());

  const forward = (seconds: number): void => void (sweeps.now = plusSeconds(sweeps.now, seconds));
  const asked = (stream: string): number => sweeps.tenant.asked.filter((one) => one.stream === stream).length;
  const read = () => statusesIn(sweeps, 'pc-1', 'failed-8', 'none-9');
  const well = { 'PC-1': 'escrowed key-escrowed', 'FAILED-8': 'failed encrypted-without-key', 'NONE-9': 'not-available not-encrypted' };

  it('waits as long as a throttled list asks, in its row, and then goes on where it was', async () => {
    let throttled = true;
    sweeps.tenant.disturb((stream, page) => (stream === 'keys' && page === 2 && throttled ? later(70) : undefined));
    assert.equal(await sweeps.turn(), 'waits');
    forward(69);
    assert.equal(await sweeps.turn(), 'waits');
    assert.equal(asked('keys'), 2, 'nobody asks before the time');
    throttled = false;
    forward(1);
    assert.equal(await sweeps.turn(), 'done');
    assert.equal(asked('keys'), 4, 'the first page was not asked for again');
    assert.equal(asked('devices'), 3);
    assert.deepEqual(await read(), well);
  });

  it('goes on after a restart where the rows say, page by page', async () => {
    const stop = new AbortController();
    sweeps.tenant.disturb((stream, page) => {
      if (stream === 'keys' && page === 2) stop.abort();
      return undefined;
    });
    const stopped = await sweeps.turn(first, stop.signal);
    assert.equal(stopped, 'stopped');
    sweeps.tenant.disturb(() => undefined);
    assert.equal(await sweeps.turn(second), 'idle', 'the first still holds it');
    forward(61);
    assert.equal(await sweeps.turn(second), 'done');
    assert.ok(asked('keys') <= 4, 'no list was begun anew');
    assert.deepEqual(await read(), well);
  });

  it('is let go of when its instance stops, so that the next one goes on at once', async () => {
    sweeps.tenant.disturb((stream, page) => (stream === 'keys' && page === 2 ? later(1) : undefined));
    const sweeper = createSweeper(sweeps.desk(first));
    assert.equal(await sweeper.turn(), 'waits');
    await sweeper.stop();
    sweeps.tenant.disturb(() => undefined);
    forward(2);
    assert.equal(await sweeps.turn(second), 'done');
  });

  it('is worked on by one instance at a time: who lost it writes nothing more', async () => {
    const { sweeps: store } = sweeps.desk(first);
    const holding = () => ({ holder: first, now: sweeps.now, until: plusSeconds(sweeps.now, 60) });
    const taken = known(await store.take(holding(), sweeps.now));
    assert.equal(await sweeps.turn(second), 'idle', 'the first holds it');
    forward(61);
    assert.equal(await sweeps.turn(second), 'done', 'the first was silent for too long');
    const page = { entries: [], unreadable: 0 };
    assert.deepEqual(
      [await store.keep(taken, holding(), 'keys', page), await store.note(taken, holding(), 'keys', { restart: true }), await store.conclude(taken, holding()), await store.concluded(taken, holding(), sweeps.now, []), await store.finish(taken, holding(), sweeps.now)],
      [undefined, undefined, undefined, false, false],
    );
    assert.deepEqual(await read(), well);
  });

  it('is begun once by two instances that start together', async () => {
    const ends = await Promise.all([sweeps.turn(first), sweeps.turn(second)]);
    assert.deepEqual([...ends].sort(), ['done', 'idle']);
  });

  for (const stream of sweepStreams) {
    it(`says what it had to do without, and concludes nothing from it: ${stream}`, async () => {
      await sweeps.turn();
      sweeps.tenant.lists[stream] = [];
      sweeps.tenant.disturb((name) => (name === stream ? new Fault('graph-forbidden', 'never') : undefined));
      assert.equal(await sweeps.again(), 'done');
      assert.deepEqual((await sweeps.index.state()).missing, [stream]);
      const told = sweeps.told.at(-1);
      assert.deepEqual(told?.kind === 'done' && told.missing, [{ stream, code: 'graph-forbidden' }]);
      assert.deepEqual(await read(), {
        devices: { 'PC-1': 'escrowed key-escrowed', 'FAILED-8': 'unknown keys-unavailable', 'NONE-9': 'unknown keys-unavailable' },
        managed: { 'PC-1': 'escrowed key-escrowed', 'FAILED-8': 'unknown managed-unavailable', 'NONE-9': 'unknown managed-unavailable' },
        encryption: { 'PC-1': 'escrowed key-escrowed', 'FAILED-8': 'failed encrypted-without-key', 'NONE-9': 'unknown encryption-unavailable' },
        keys: { 'PC-1': 'unknown keys-unavailable', 'FAILED-8': 'unknown keys-unavailable', 'NONE-9': 'unknown keys-unavailable' },
      }[stream]);
      sweeps.tenant.disturb(() => undefined);
    });
  }

  it('keeps the keys of a list that was not read: they can still be found', async () => {
    await sweeps.turn();
    sweeps.tenant.disturb((stream) => (stream === 'keys' ? new Fault('graph-forbidden', 'never') : undefined));
    await sweeps.again();
    assert.equal((await sweeps.index.keysBeginning('00000001', 5)).length, 1);
    assert.equal((await sweeps.index.state()).keysAt, plusSeconds(sweeps.now, -86_400), 'and their age is told');
  });

  it('does not call a device newly Failed that was Unknown for a while only', async () => {
    sweeps.tenant.lists.keys.shift();
    await sweeps.turn();
    sweeps.tenant.disturb((stream) => (stream === 'keys' ? new Fault('graph-forbidden', 'never') : undefined));
    await sweeps.again();
    sweeps.tenant.disturb(() => undefined);
    await sweeps.again();
    assert.equal((await sweeps.index.newlyFailed(sweeps.now, plusSeconds(sweeps.now, 1), 5)).count, 0);
  });

  it('gives a list up that does not answer for long, and the others count', async () => {
    sweeps.tenant.disturb((stream) => (stream === 'encryption' ? new Fault('graph-unavailable', 'later') : undefined));
    let turns = 0;
    while ((await sweeps.turn()) === 'waits' && turns < 50) {
      turns += 1;
      forward(300);
    }
    assert.equal(asked('encryption'), 9);
    assert.deepEqual((await sweeps.index.state()).missing, ['encryption']);
  });

  it('reads a list from its beginning when its next page is not known any more', async () => {
    let stale = true;
    sweeps.tenant.disturb((stream, page) => {
      if (stream !== 'devices' || page !== 3 || !stale) return undefined;
      stale = false;
      return new Fault('graph-not-found', 'never');
    });
    assert.equal(await sweeps.turn(), 'done');
    assert.equal(asked('devices'), 6);
    assert.deepEqual((await sweeps.index.state()).missing, []);
    assert.deepEqual(await read(), well);
  });

  it('gives a list up whose pages run in a circle', async () => {
    sweeps.tenant.disturb((stream, page) => (stream === 'keys' && page === 3 ? { entries: sweeps.tenant.lists.keys.slice(0, 3), unreadable: 0, next: linkAt('keys', 3) } : undefined));
    assert.equal(await sweeps.turn(), 'done');
    assert.deepEqual((await sweeps.index.state()).missing, ['keys']);
    assert.equal(asked('keys'), 9, 'three times three pages');
    assert.equal((await read())['FAILED-8'], 'unknown keys-unavailable');
  });

  it('gives a list up that names its own page as the next, and one of endless empty pages', async () => {
    sweeps.tenant.disturb((stream, page, link) => {
      if (stream === 'keys' && page === 2) return { entries: [], unreadable: 0, next: linkAt('keys', 3) };
      if (stream === 'encryption') return { entries: [], unreadable: 0, next: linkAt('encryption', 3 + Number(/\d+$/.exec(link ?? '0')?.[0])) };
      return undefined;
    });
    assert.equal(await sweeps.turn(), 'done');
    assert.deepEqual((await sweeps.index.state()).missing, ['encryption', 'keys']);
  });

  it('goes over an empty page with a next one, and over entries that nobody can read', async () => {
    sweeps.tenant.disturb((stream, page) => {
      if (stream === 'keys' && page === 2) return { entries: [], unreadable: 2, next: linkAt('keys', 6) };
      return undefined;
    });
    assert.equal(await sweeps.turn(), 'done');
    const told = sweeps.told.at(-1);
    assert.equal(told?.kind === 'done' && told.unreadable, 2);
    assert.deepEqual(await read(), well);
  });

  it('comes to the same end when it is concluded a second time', async () => {
    await sweeps.turn();
    sweeps.tenant.lists.keys.shift();
    sweeps.now = plusSeconds(sweeps.now, 86_400);
    const concludedAt = sweeps.now;
    const desk = sweeps.desk(first);
    const crashing = { ...desk, sweeps: { ...desk.sweeps, finish: () => Promise.reject(new Error('killed')) } };
    await assert.rejects(() => createSweeper(crashing).turn(), /killed/);
    forward(3600);
    assert.equal(await sweeps.turn(second), 'done');
    assert.deepEqual((await sweeps.index.newlyFailed(concludedAt, plusSeconds(concludedAt, 1), 5)).devices.map(({ name }) => name), ['PC-1'], 'failed since the lists were read');
  });
});
