import assert from 'node:assert/strict';
import { type EntraClaim, type EntraProgress, revealsToJudge, slicesToRead, stateInWords } from '../../src/domain/entra-log.ts';
import { type Instant, plusSeconds, secondsBetween } from '../../src/domain/instant.ts';
import { time } from '../support/desk/world.ts';

const now = time('2026-11-22T12:00:00Z');
const hour = 3600;
const day = 24 * hour;
const ago = (seconds: number): Instant => plusSeconds(now, -seconds);
const claim = (more: EntraProgress & { readonly ledgerBegan?: Instant } = {}): EntraClaim => ({ taken: 1, ...more });

/** The quick reading, and the deep one behind it where there is one. */
function readings(given: EntraClaim, at = now) {
  const slices = slicesToRead(given, at);
  const [quick, deep] = [slices.filter(({ reached }) => reached.readTo !== undefined), slices.filter(({ reached }) => reached.deepTo !== undefined)];
  assert.deepEqual(slices, [...quick, ...deep]);
  for (const part of [quick, deep]) {
    for (const [index, { from, to }] of part.entries()) {
      assert.ok(secondsBetween(from, to) <= 6 * hour);
      assert.equal(from, part[index - 1]?.to ?? from, 'without a gap');
    }
    assert.equal(part.at(-1)?.to ?? at, at);
  }
  return { quick: quick[0]?.from, deep: deep[0]?.from, slices };
}
/** What is known after all of it was read. */
const after = (given: EntraClaim, at = now): EntraProgress => slicesToRead(given, at).reduce<EntraProgress>((progress, { reached }) => ({ ...progress, ...reached }), given);
const froms = (given: EntraClaim) => {
  const { quick, deep } = readings(given);
  return [quick, deep];
};

describe('domain/entra-log: what is read next', () => {
  it('is the last two hours, and everything since the ledger began, the first time', () => {
    assert.deepEqual(froms(claim({ ledgerBegan: ago(3 * hour) })), [ago(2 * hour), ago(3 * hour + 600)]);
  });

  it('is nothing from before the ledger but the minutes by which clocks may differ', () => {
    assert.deepEqual([froms(claim()), froms(claim({ ledgerBegan: ago(hour) }))], [[ago(600), ago(600)], [ago(hour + 600), ago(hour + 600)]]);
    assert.deepEqual(froms(claim({ ledgerBegan: ago(3 * hour), readTo: ago(300), deepFrom: ago(3 * hour + 600), deepTo: ago(hour) })), [ago(300 + 2 * hour), ago(3 * hour + 600)]);
  });

  it('goes back seven days at most, as long as Entra keeps its log', () => {
    assert.deepEqual(froms(claim({ ledgerBegan: ago(365 * day) })), [ago(2 * hour), ago(7 * day)]);
    assert.deepEqual(froms(claim({ ledgerBegan: ago(365 * day), readTo: ago(30 * day), deepFrom: ago(60 * day), deepTo: ago(30 * day) })), [ago(7 * day), ago(7 * day)]);
  });

  const old = { ledgerBegan: ago(365 * day) };

  it('is two hours behind the last reading, as a rule', () => {
    const progress = { ...old, readTo: ago(300), deepFrom: ago(9 * day), deepTo: ago(3000) };
    assert.deepEqual([froms(claim(progress)), after(claim(progress))], [[ago(300 + 2 * hour), undefined], { taken: 1, ...progress, readTo: now }]);
  });

  it('is 26 hours behind the last deep reading too, once an hour', () => {
    const progress = { ...old, readTo: ago(300), deepFrom: ago(9 * day), deepTo: ago(hour) };
    assert.deepEqual([froms(claim(progress)), after(claim(progress))], [[ago(300 + 2 * hour), ago(27 * hour)], { taken: 1, ...progress, readTo: now, deepTo: now }]);
  });

  it('comes in slices of six hours, what is new before what came late', () => {
    const { slices } = readings(claim(old));
    assert.deepEqual([slices.length, slices[0]?.to], [1 + 28, now]);
    assert.deepEqual(slices.slice(1).map(({ reached }) => reached), slices.slice(1).map(({ to }) => ({ deepFrom: ago(7 * day), deepTo: to })));
  });

  it('loses nothing that was reached when only the first slices could be read', () => {
    const progress = { ...old, readTo: ago(hour), deepFrom: ago(9 * day), deepTo: ago(2 * hour) };
    const [quick, first] = slicesToRead(claim(progress), now);
    assert.deepEqual([quick?.reached, first?.reached], [{ readTo: now }, { deepFrom: ago(9 * day), deepTo: ago(2 * hour) }]);
  });

  it('concludes nothing about a time that Entra had forgotten before it was read twice', () => {
    const progress = { ...old, readTo: ago(6.5 * day), deepFrom: ago(20 * day), deepTo: ago(6.5 * day) };
    assert.equal(after(claim(progress)).deepFrom, ago(7 * day));
    assert.equal(after(claim({ ...progress, deepTo: ago(5 * day) })).deepFrom, ago(20 * day));
  });

  it('goes on when the clock was put back, and forgets nothing', () => {
    const progress = { ...old, readTo: plusSeconds(now, 3 * hour), deepFrom: ago(9 * day), deepTo: plusSeconds(now, 3 * hour) };
    assert.deepEqual(after(claim(progress)), { taken: 1, ...progress });
  });
});

describe('domain/entra-log: reveals to be looked for', () => {
  it('are a day old, and lie within what was read twice', () => {
    assert.deepEqual(revealsToJudge({ deepFrom: ago(9 * day), deepTo: now, judgedTo: ago(30 * hour) }), { from: ago(30 * hour), to: ago(day) });
    assert.deepEqual(revealsToJudge({ deepFrom: ago(2 * day), deepTo: now }), { from: ago(2 * day - 600), to: ago(day) });
    assert.deepEqual(revealsToJudge({ deepFrom: ago(2 * day), deepTo: now, judgedTo: ago(5 * day) }), { from: ago(2 * day - 600), to: ago(day) });
  });

  it('are none before that', () => {
    for (const progress of [{}, { deepTo: now }, { deepFrom: ago(day), deepTo: now }, { deepFrom: ago(2 * day), deepTo: now, judgedTo: ago(day) }]) assert.equal(revealsToJudge(progress), undefined);
  });

  it('were always read once more when their day was over, whenever a reading was possible', () => {
    // Readings at odd times, some far apart: what is judged was read to its end by a reading that began after its day.
    for (const pauses of [[1, 1, 1, 22, 1, 1], [30, 1, 40, 5], [1, 23, 1, 23, 1], [100, 3, 20, 60]]) {
      let progress: EntraProgress & { readonly ledgerBegan: Instant } = { ledgerBegan: ago(365 * day), deepFrom: ago(9 * day), deepTo: now, judgedTo: now };
      let at = now;
      const done: { readonly from: Instant; readonly at: Instant }[] = [];
      for (const hours of pauses) {
        at = plusSeconds(at, hours * hour);
        done.push({ from: readings(claim(progress), at).deep ?? at, at });
        progress = { ...progress, ...after(claim(progress), at) };
        const judged = revealsToJudge(progress);
        if (judged === undefined) continue;
        for (let reveal = judged.from; reveal < judged.to; reveal = plusSeconds(reveal, 600)) {
          assert.ok(done.some((one) => one.from <= plusSeconds(reveal, -600) && one.at >= plusSeconds(reveal, day)), `${reveal} with pauses of ${pauses.join(', ')}`);
        }
        progress = { ...progress, judgedTo: judged.to };
      }
    }
  });
});

describe('domain/entra-log: its state in words', () => {
  const words = (state: Parameters<typeof stateInWords>[0]) => stateInWords(state, now, 300);

  it('is ok before the first reading and after a good one', () => assert.deepEqual([words(undefined), words({ unreadable: 0 }), words({ succeededAt: ago(600), unreadable: 0 })], ['ok', 'ok', 'ok']));
  it('says that it is off, and what to do, when Graph refuses it', () => assert.equal(words({ fault: 'graph-forbidden', succeededAt: ago(600), unreadable: 0 }), 'off: Graph refuses the log; grant AuditLog.Read.All'));
  it('says what broke it off, and until when it was read', () => {
    assert.equal(words({ fault: 'graph-throttled', succeededAt: ago(600), unreadable: 0 }), `graph-throttled; read ${ago(600)}`);
    assert.equal(words({ fault: 'graph-cut', unreadable: 0 }), 'graph-cut; never read');
  });
  it('says that nobody has read it for half an hour', () => assert.equal(words({ succeededAt: ago(1801), unreadable: 0 }), `not read since ${ago(1801)}`));
  it('says how many rows nobody understood', () => assert.equal(words({ succeededAt: ago(60), unreadable: 3 }), 'rows not understood: 3'));
});
