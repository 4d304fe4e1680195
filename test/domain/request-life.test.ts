// The life of a request as a game: any sequence of presses, by two instances on one store, with waiting, faults and
// settling between them. After every move the laws hold.

import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { askForKey } from '../../src/domain/ask-for-key.ts';
import { cancelRequest, hideDueCards, hideKey, settleClaims } from '../../src/domain/close-card.ts';
import type { Desk } from '../../src/domain/desk.ts';
import { Fault } from '../../src/domain/fault.ts';
import type { RequestId } from '../../src/domain/ids.ts';
import { plusSeconds } from '../../src/domain/instant.ts';
import type { Person } from '../../src/domain/person.ts';
import type { Press } from '../../src/domain/press.ts';
import { type RevealAnswer, revealKey, showAgain } from '../../src/domain/reveal-key.ts';
import { askerOf, cardPlace, pressOf, type TestDesk, testDesk, validInputs } from '../support/desk.ts';
import { alex, isaiah, passwordDigits, sure } from '../support/desk/world.ts';

interface Showing {
  readonly requestId: RequestId;
  readonly attempt: number;
  readonly by: Person;
  /** How many entries the ledger held when the password came out. */
  readonly ledgerLength: number;
}

type Move =
  | { readonly kind: 'press'; readonly verb: 'reveal' | 'again'; readonly instance: 0 | 1; readonly by: 'alex' | 'isaiah'; readonly trigger: 'manual' | 'automatic'; readonly wait: boolean; readonly keyId?: string }
  | { readonly kind: 'cancel' | 'hide' | 'hide-due' | 'settle'; readonly instance: 0 | 1 }
  | { readonly kind: 'lose-role' }
  | { readonly kind: 'gain-role' }
  | { readonly kind: 'forward'; readonly seconds: number }
  | { readonly kind: 'fail'; readonly call: string; readonly afterDoing: boolean }
  | { readonly kind: 'hold' }
  | { readonly kind: 'release' };

const instance = fc.constantFrom(0 as const, 1 as const);
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('press' as const), verb: fc.constantFrom('reveal' as const, 'again' as const), instance, by: fc.constantFrom('alex' as const, 'alex' as const, 'isaiah' as const), trigger: fc.constantFrom('manual' as const, 'manual' as const, 'automatic' as const), wait: fc.boolean(), keyId: fc.constantFrom('', '1A2B3C4D', 'EEEEEEEE') }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('cancel' as const, 'hide' as const, 'hide-due' as const, 'settle' as const), instance }) },
  { weight: 1, arbitrary: fc.constantFrom<Move>({ kind: 'lose-role' }, { kind: 'gain-role' }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('forward' as const), seconds: fc.constantFrom(1, 20, 31, 299, 300, 600, 901) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('fail' as const), call: fc.constantFrom('requests.claim', 'recoveryKeys.read', 'requests.revealed', 'requests.failed', 'requests.find', 'roles.fresh', 'ledger.refuse', 'requests.hidden'), afterDoing: fc.boolean() }) },
  { weight: 3, arbitrary: fc.constantFrom<Move>({ kind: 'hold' }, { kind: 'release' }) },
);

/** Half of the games begin with the press that everybody hopes for, so that what comes after it is played as well. */
const hoped: Move = { kind: 'press', verb: 'reveal', instance: 0, by: 'alex', trigger: 'manual', wait: true, keyId: '1A2B3C4D' };
const game = fc.tuple(fc.boolean(), fc.array(move, { maxLength: 25 })).map(([begins, moves]) => (begins ? [hoped, ...moves] : moves));

/** Plays the moves. Presses that do not wait run beside the moves that follow. */
async function play(test: TestDesk, id: RequestId, moves: readonly Move[], check: () => void): Promise<readonly Showing[]> {
  const desks: readonly Desk[] = [test.desk, test.second()];
  const showings: Showing[] = [];
  const running: Promise<unknown>[] = [];
  let hold: { release(): void } | undefined;
  const tolerant = <T>(work: Promise<T>): Promise<T | undefined> => work.catch((error: unknown) => (error instanceof Fault ? undefined : Promise.reject(error)));
  const press = async (made: Extract<Move, { kind: 'press' }>): Promise<void> => {
    const by = made.by === 'alex' ? alex : isaiah;
    const full: Press = pressOf(id, { person: by, trigger: made.trigger, inputs: { ...validInputs, ...(made.keyId && { keyId: made.keyId }) } });
    const answer: RevealAnswer | undefined = await tolerant((made.verb === 'reveal' ? revealKey : showAgain)(sure(desks[made.instance]), full));
    if (answer?.kind === 'revealed') showings.push({ requestId: id, attempt: answer.request.attempt, by, ledgerLength: test.entries.length });
  };
  const others: Record<'cancel' | 'hide' | 'hide-due' | 'settle', (desk: Desk) => Promise<unknown>> = {
    cancel: (desk) => cancelRequest(desk, pressOf(id)),
    hide: (desk) => hideKey(desk, pressOf(id), async () => 'done'),
    'hide-due': (desk) => hideDueCards(desk, async () => 'done'),
    settle: settleClaims,
  };
  for (const made of moves) {
    if (made.kind === 'press') {
      const pressed = press(made);
      running.push(pressed);
      if (made.wait && hold === undefined) await pressed;
    } else if (made.kind === 'forward') test.clock.forward(made.seconds);
    else if (made.kind === 'fail') test.script.fail(made.call, { afterDoing: made.afterDoing });
    else if (made.kind === 'hold') hold ??= test.script.hold('recoveryKeys.read');
    else if (made.kind === 'release') {
      hold?.release();
      hold = undefined;
    }
    else if (made.kind === 'lose-role') test.world.roles.set(alex.id, new Set());
    else if (made.kind === 'gain-role') test.world.roles.set(alex.id, new Set(['agent']));
    else await tolerant(others[made.kind](sure(desks[made.instance])));
    await new Promise((resolve) => void setImmediate(resolve));
    check();
  }
  hold?.release();
  await Promise.all(running);
  check();
  return showings;
}

async function openedRequest(callerProof: boolean): Promise<TestDesk & { readonly id: RequestId }> {
  const test = testDesk({ settings: { callerProof } });
  const answer = await askForKey(test.desk, askerOf(), { by: 'device', name: 'LAPTOP-42' }, Promise.resolve(cardPlace));
  return answer.kind === 'confirm' ? { ...test, id: answer.request.id } : assert.fail();
}

const entriesOf = (test: TestDesk, act: string, attempt: number, outcome = 'done') =>
  test.entries.flatMap((entry, index) => (entry.act === act && entry.attempt === attempt && entry.outcome === outcome ? [index] : []));

/** What must hold at every moment, whatever was pressed. */
function laws(test: TestDesk, id: RequestId): void {
  const request = test.request(id);
  for (let attempt = 1; attempt <= request.attempt; attempt += 1) {
    assert.equal(entriesOf(test, 'intended', attempt).length, 1, 'each claim has one intended entry');
    const ends = ['done', 'failed', 'unknown'].flatMap((outcome) => entriesOf(test, 'revealed', attempt, outcome));
    assert.ok(ends.length <= 1, 'and at most one end');
    assert.ok(ends.length === 1 || (request.state === 'claimed' && attempt === request.attempt), 'and an end, unless it is being worked on');
    assert.ok(ends.every((end) => end > sure(entriesOf(test, 'intended', attempt)[0])));
  }
  assert.equal(request.revealedAt !== undefined, entriesOf(test, 'revealed', 1).length === 1, 'revealed means written');
  const first = test.entries.find(({ act, outcome }) => act === 'revealed' && outcome === 'done');
  assert.equal(request.showAgainUntil, first && plusSeconds(first.time, 300 + 900), 'bounded from the first showing on');
  const password = passwordDigits(2).split('-');
  assert.ok(!password.some((block) => JSON.stringify([test.entries, request]).includes(block)), 'no password in ledger or request');
}

describe('domain: the life of a request', () => {
  for (const callerProof of [false, true]) {
    it(`shows no password without intended and revealed before it, and none twice for one claim${callerProof ? ', with callerProof' : ''}`, async () => {
      let shown = 0;
      await fc.assert(
        fc.asyncProperty(game, async (moves) => {
          const test = await openedRequest(callerProof);
          const showings = await play(test, test.id, moves, () => laws(test, test.id));
          shown += showings.length;
          for (const { attempt, by, ledgerLength } of showings) {
            assert.equal(by, alex, 'nobody but the one who asked');
            const [intended, revealed] = [entriesOf(test, 'intended', attempt)[0], entriesOf(test, 'revealed', attempt)[0]];
            assert.ok(intended !== undefined && revealed !== undefined && intended < revealed && revealed < ledgerLength);
          }
          const attempts = showings.map(({ attempt }) => attempt);
          assert.equal(new Set(attempts).size, attempts.length, 'never two showings for one claim');
        }),
        { numRuns: 200 },
      );
      assert.ok(shown > 50, `the game shows passwords at all (${shown})`);
    });
  }

  it('leaves no request stuck: after the longest time every claim is settled', async () => {
    await fc.assert(
      fc.asyncProperty(game, async (moves) => {
        const test = await openedRequest(false);
        await play(test, test.id, moves, () => undefined);
        test.clock.forward(31);
        await settleClaims(test.desk);
        assert.notEqual(test.request(test.id).state, 'claimed');
        laws(test, test.id);
      }),
      { numRuns: 100 },
    );
  });
});
