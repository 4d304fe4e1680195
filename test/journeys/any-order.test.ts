// Presses, deliveries, chores, faults and the passing of time in any order, at two instances at once. Whatever comes,
// what was shown is on record, what was read was intended before, and the ledger verifies.

import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Fault } from '../../src/sim/http/faults.ts';
import { blocksIn, dataOf, headingOf, standing } from '../support/keydesk/cards.ts';
import { checkWhatAlwaysHolds } from '../support/keydesk/always.ts';
import type { Instance } from '../support/keydesk/instance.ts';
import { alex, megan } from '../support/keydesk/people.ts';
import { inKeydesk, type TestKeydesk } from '../support/keydesk.ts';

const read = /select=key/;
const faults: readonly Fault[] = [
  { path: read, status: 500, times: 1 },
  { path: read, drop: 'middle', times: 1 },
  { path: read, status: 200, body: '{"key":', times: 1 },
  { path: read, status: 429, headers: { 'retry-after': '1' }, times: 1 },
  { path: /checkMemberGroups/, status: 403, times: 1 },
];

const press = fc.record({
  kind: fc.constant('press' as const),
  verb: fc.constantFrom('reveal', 'reveal', 'again', 'again', 'hide', 'cancel'),
  by: fc.constantFrom(alex, alex, alex, megan),
  at: fc.constantFrom(0 as const, 1 as const),
});
const move = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('presses' as const), presses: fc.array(press, { minLength: 1, maxLength: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('forward' as const), seconds: fc.constantFrom(1, 31, 61, 300, 601) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('chores' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('fault' as const), fault: fc.constantFrom(...faults) }) },
);
type Move = typeof move extends fc.Arbitrary<infer T> ? T : never;

/** @returns how often a key was seen */
async function walk(keydesk: TestKeydesk, both: readonly [Instance, Instance], moves: readonly Move[]): Promise<number> {
  const confirm = await keydesk.ask('key for LAPTOP-42');
  const data = dataOf(confirm.card, 'reveal');
  let seen = 0;
  for (const made of moves) {
    switch (made.kind) {
      case 'presses': {
        const pressed = await Promise.all(made.presses.map(({ verb, by, at }) => both[at].press(confirm, verb, { reason: 'firmware-update' }, { as: by, data })));
        seen += pressed.filter(({ card }) => blocksIn(card).length === 8).length;
        for (const { status, card } of pressed) assert.deepEqual([status, card !== undefined], [200, true], 'every press is answered with a card');
        break;
      }
      case 'forward':
        keydesk.clock.forward(made.seconds);
        break;
      case 'chores':
        await Promise.all(both.map((instance) => instance.runChores()));
        break;
      case 'fault':
        keydesk.simulator.faults.add(made.fault);
        break;
    }
  }
  keydesk.simulator.faults.clear();
  keydesk.clock.forward(1000);
  await both[0].runChores();
  const { card } = standing(keydesk.now(confirm));
  if (seen > 0) assert.match(headingOf(card), /hidden/, 'what was shown is hidden in the end');
  return seen;
}

describe('in any order', () => {
  it('what was shown is on record, what was read was intended, and what was shown is hidden in the end', async () => {
    let showings = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(move, { minLength: 3, maxLength: 12 }), (moves) =>
        inKeydesk({ settings: { revealLimits: [{ max: 6, seconds: 3600 }] } }, async (keydesk) => {
          const seen = await walk(keydesk, [keydesk, await keydesk.another()], moves);
          showings += seen;
          const entries = await keydesk.ledger();
          const count = (act: string, outcome: string): number => entries.filter((entry) => entry.act === act && entry.outcome === outcome).length;
          assert.equal(count('revealed', 'done'), seen, 'as many entries as showings');
          assert.ok(count('intended', 'done') <= 6, 'never more than the limit');
          assert.ok(entries.filter(({ act, person }) => act === 'intended' && person?.id !== alex.id).length === 0, 'nobody else ever claims it');
          assert.equal(count('intended', 'done'), entries.filter(({ act }) => act === 'revealed').length, 'every claim has its end');
          assert.ok(count('hidden', 'done') <= seen);
          await checkWhatAlwaysHolds(keydesk);
        })(),
      ),
      { numRuns: 12 },
    );
    assert.ok(showings > 0, 'some of the walks showed a key');
  });
});
