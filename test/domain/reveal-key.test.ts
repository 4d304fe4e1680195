import assert from 'node:assert/strict';
import { askForKey } from '../../src/domain/ask-for-key.ts';
import { cancelRequest, hideDueCards, hideKey, settleClaims } from '../../src/domain/close-card.ts';
import type { RequestId } from '../../src/domain/ids.ts';
import { plusSeconds } from '../../src/domain/instant.ts';
import type { Press } from '../../src/domain/press.ts';
import { type RevealAnswer, revealKey, showAgain } from '../../src/domain/reveal-key.ts';
import { askerOf, cardPlace, pressOf, type TestDesk, testDesk, type TestDeskOverrides, validInputs } from '../support/desk.ts';
import { alex, isaiah, keyIdOf, lee, passwordDigits, sure, time } from '../support/desk/world.ts';

const newerKey = keyIdOf('1a2b3c4d-0000-4000-8000-1a2b3c4d0000');
const newerPassword = passwordDigits(2);

async function opened(overrides: TestDeskOverrides = {}): Promise<TestDesk & { readonly id: RequestId }> {
  const test = testDesk(overrides);
  const answer = await askForKey(test.desk, askerOf(), { by: 'device', name: 'LAPTOP-42' }, Promise.resolve(cardPlace));
  return answer.kind === 'confirm' ? { ...test, id: answer.request.id } : assert.fail('the ask was refused');
}

async function revealed(overrides: TestDeskOverrides = {}): Promise<TestDesk & { readonly id: RequestId }> {
  const test = await opened(overrides);
  assert.equal((await revealKey(test.desk, pressOf(test.id))).kind, 'revealed');
  return test;
}

const codeOf = (answer: RevealAnswer): string => (answer.kind === 'refused' ? answer.refusal.code : answer.kind);
const lastEntry = (test: TestDesk) => sure(test.entries.at(-1));
const reads = (test: TestDesk): number => test.journal.filter((event) => event.startsWith('read ')).length;

describe('domain/reveal-key: the key is shown', () => {
  it('writes intended, reads, writes revealed, and shows: in this order', async () => {
    const test = await opened();
    const answer = await revealKey(test.desk, pressOf(test.id));
    assert.ok(answer.kind === 'revealed');
    assert.equal(answer.password.digits, newerPassword);
    assert.deepEqual(test.journal, ['ledger asked done', 'ledger intended done', `read ${newerKey}`, 'ledger revealed done', 'ledger rotation-scheduled done']);
  });

  it('writes who, which device, which key and why into both entries, and never the password', async () => {
    const test = await opened();
    await revealKey(test.desk, pressOf(test.id, { inputs: { ...validInputs, reason: 'other', reasonText: 'new board' } }));
    for (const entry of test.entries.slice(1, 3)) {
      assert.deepEqual(
        { ...entry, time: 0, act: 0, graphRequestId: 0, clientRequestId: 0 },
        {
          time: 0, act: 0, graphRequestId: 0, clientRequestId: 0, outcome: 'done', source: 'teams', conversation: 'personal',
          person: { id: alex.id, name: alex.name }, device: test.entries[0]?.device, keyId: newerKey, volumeType: 'operatingSystem',
          reason: 'other', reasonText: 'new board', callerCheck: 'call-back', ticket: 'INC0012345', requestId: test.id, attempt: 1,
        },
      );
    }
    const [, intended, shown] = test.entries;
    assert.equal(shown?.clientRequestId, intended?.clientRequestId);
    assert.equal(shown?.graphRequestId, `graph-${intended?.clientRequestId}`);
    for (const block of newerPassword.split('-')) assert.ok(!JSON.stringify([test.entries, [...test.memory.requests]]).includes(block));
  });

  it('says when the key will be hidden, and until when it may be shown again', async () => {
    const test = await opened();
    const answer = await revealKey(test.desk, pressOf(test.id));
    assert.ok(answer.kind === 'revealed');
    const { state, revealedAt, hideAt, showAgainUntil, attempt, hiddenAt } = answer.request;
    assert.deepEqual({ state, revealedAt, hideAt, showAgainUntil, attempt, hiddenAt }, {
      state: 'revealed', revealedAt: time('2026-11-22T09:00:00Z'), hideAt: time('2026-11-22T09:05:00Z'), showAgainUntil: time('2026-11-22T09:20:00Z'), attempt: 1, hiddenAt: undefined,
    });
    const { claimedAt: _claimed, ...stored } = test.request(test.id);
    const { claimedAt: _alsoClaimed, ...given } = answer.request;
    assert.deepEqual(given, stored);
  });

  it('shows a password that fails the block check all the same', async () => {
    const test = await opened();
    test.world.passwords.set(newerKey, '123456-231453-873456-213546-654678-765689-123456-324565');
    const answer = await revealKey(test.desk, pressOf(test.id));
    assert.ok(answer.kind === 'revealed' && answer.password.doubtfulBlocks.length > 0);
  });

  it('gives one deadline to all calls of a press', async () => {
    const test = await opened();
    const before = test.script.deadlines.length;
    await revealKey(test.desk, pressOf(test.id));
    const used = test.script.deadlines.slice(before);
    assert.equal(used.length, 2, 'the role and the read');
    assert.equal(new Set(used).size, 1);
  });
});

describe('domain/reveal-key: refused, in the ledger, no key read', () => {
  const cases: readonly { title: string; press?: Partial<Press>; prepare?: (test: TestDesk & { id: RequestId }) => unknown; code: string; facts: readonly string[] }[] = [
    { title: 'another person', press: { person: isaiah }, code: 'not-your-card', facts: [] },
    { title: 'an automatic refresh', press: { trigger: 'automatic' }, code: 'automatic-refresh', facts: ['requestId', 'device', 'asked'] },
    { title: 'another conversation', press: { conversationId: 'a:other' }, code: 'wrong-conversation', facts: [] },
    { title: 'a channel', press: { conversation: 'channel' }, code: 'wrong-conversation', facts: [] },
    { title: 'an old card', prepare: (test) => test.clock.forward(600), code: 'request-expired', facts: ['requestId', 'device', 'asked'] },
    { title: 'changed card data', press: { inputs: { ...validInputs, keyId: 'eeeeeeee-0000-4000-8000-000000000000' } }, code: 'card-changed', facts: ['requestId', 'device', 'asked'] },
    { title: 'a role taken away since the ask', prepare: (test) => test.world.roles.set(alex.id, new Set(['auditor'])), code: 'no-role', facts: ['requestId', 'device', 'asked'] },
    { title: 'a request cancelled before', prepare: (test) => cancelRequest(test.desk, pressOf(test.id)), code: 'request-closed', facts: ['requestId', 'device', 'asked'] },
    { title: 'a second press', prepare: (test) => revealKey(test.desk, pressOf(test.id)), code: 'request-used', facts: ['requestId', 'at', 'device', 'asked'] },
  ];
  for (const { title, press, prepare, code, facts } of cases) {
    it(`refuses ${title}`, async () => {
      const test = await opened();
      await prepare?.(test);
      const before = reads(test);
      const answer = await revealKey(test.desk, pressOf(test.id, press));
      assert.ok(answer.kind === 'refused');
      assert.equal(answer.refusal.code, code);
      assert.deepEqual(Object.keys(answer.refusal.facts), facts);
      const { act, outcome, code: written, reference, requestId, person } = lastEntry(test);
      assert.deepEqual({ act, outcome, code: written, reference, requestId }, { act: code === 'no-role' ? 'role-denied' : 'refused', outcome: 'refused', code, reference: answer.refusal.reference, requestId: test.id });
      assert.equal(person?.id, (press?.person ?? alex).id);
      assert.equal(reads(test), before);
    });
  }

  it('refuses a request that nobody opened', async () => {
    const test = testDesk();
    const { id } = await opened();
    assert.equal(codeOf(await revealKey(test.desk, pressOf(undefined))), 'request-unknown');
    assert.equal(codeOf(await revealKey(test.desk, pressOf(id))), 'request-unknown');
    assert.deepEqual(test.memory.refusals.map(({ code }) => code), ['request-unknown', 'request-unknown']);
  });

  it('hands no request to somebody whose it is not', async () => {
    const test = await opened();
    for (const press of [{ person: lee }, { conversation: 'groupChat' }] as const) {
      const answer = await revealKey(test.desk, pressOf(test.id, press));
      assert.ok(answer.kind === 'refused' && answer.request === undefined);
      assert.ok(!JSON.stringify(answer).includes('LAPTOP-42'));
    }
  });

  it('closes an expired request, once', async () => {
    const test = await opened();
    test.clock.forward(600);
    const answer = await revealKey(test.desk, pressOf(test.id));
    assert.ok(answer.kind === 'refused' && answer.request?.state === 'expired');
    assert.equal(test.request(test.id).state, 'expired');
    assert.equal(codeOf(await revealKey(test.desk, pressOf(test.id))), 'request-expired');
    assert.equal(test.entries.filter(({ code }) => code === 'request-expired').length, 2, 'one for the end, one for the press after it');
  });

  it('refuses a device that became sensitive after the ask', async () => {
    const test = await opened();
    const answer = await revealKey({ ...test.desk, settings: { ...test.desk.settings, sensitiveNames: [/^LAPTOP/] } }, pressOf(test.id));
    assert.equal(codeOf(answer), 'approval-unavailable');
    assert.equal(reads(test), 0);
  });

  it('asks for the role afresh at every press, Show again included', async () => {
    const test = await revealed();
    await showAgain(test.desk, pressOf(test.id));
    assert.equal(test.script.calls.filter((call) => call === 'roles.fresh').length, 2);
    assert.equal(test.script.calls.filter((call) => call === 'roles.recent').length, 1, 'the ask only');
    test.world.roles.delete(alex.id);
    assert.equal(codeOf(await showAgain(test.desk, pressOf(test.id))), 'no-role');
  });

  it('gives the card back for a mistake, burns nothing, and takes the corrected form', async () => {
    const test = await opened();
    const answer = await revealKey(test.desk, pressOf(test.id, { inputs: { reason: 'other' } }));
    assert.ok(answer.kind === 'card-back');
    assert.deepEqual(answer.problems, [{ input: 'reasonText', problem: 'missing' }]);
    assert.equal(test.request(test.id).state, 'open');
    assert.equal(codeOf(await revealKey(test.desk, pressOf(test.id))), 'revealed');
  });
});

describe('domain/reveal-key: limits', () => {
  const oneMore = async (test: TestDesk): Promise<RevealAnswer> => {
    const asked = await askForKey(test.desk, askerOf(), { by: 'device', name: 'LAPTOP-42' }, Promise.resolve(cardPlace));
    return revealKey(test.desk, pressOf(asked.kind === 'confirm' ? asked.request.id : assert.fail()));
  };

  it('refuses the sixth reveal in a minute, says when the next is free, and allows it then', async () => {
    const test = testDesk();
    for (let count = 0; count < 5; count += 1) {
      assert.equal(codeOf(await oneMore(test)), 'revealed');
      test.clock.forward(1);
    }
    const answer = await oneMore(test);
    assert.ok(answer.kind === 'refused');
    assert.equal(answer.refusal.code, 'reveal-limit');
    assert.deepEqual([answer.refusal.facts.limit, answer.refusal.facts.at], [{ max: 5, seconds: 60 }, time('2026-11-22T09:01:00Z')]);
    assert.equal(answer.request?.state, 'open');
    assert.equal(reads(test), 5);
    test.clock.set(time('2026-11-22T09:01:00Z'));
    assert.equal(codeOf(await oneMore(test)), 'revealed');
  });

  it('counts Show again, and reads that failed', async () => {
    const test = await revealed({ settings: { revealLimits: [{ max: 3, seconds: 3600 }] } });
    await showAgain(test.desk, pressOf(test.id));
    test.script.fail('recoveryKeys.read');
    await assert.rejects(showAgain(test.desk, pressOf(test.id)));
    assert.equal(codeOf(await showAgain(test.desk, pressOf(test.id))), 'reveal-limit');
  });
});

describe('domain/reveal-key: what the caller reads out', () => {
  const proof = { settings: { callerProof: true } };
  const guess = (test: TestDesk & { id: RequestId }, keyId: string) => revealKey(test.desk, pressOf(test.id, { inputs: { ...validInputs, keyId } }));

  it('reveals the key whose ID was read out', async () => {
    const test = await opened(proof);
    assert.equal(codeOf(await guess(test, '0A0A 0A0A')), 'revealed');
    assert.equal(lastEntry(test).keyId, '0a0a0a0a-0000-4000-8000-0a0a0a0a0000');
  });

  it('closes the request at the third miss, in the ledger with the reference that it gives out', async () => {
    const test = await opened(proof);
    for (const missesLeft of [2, 1]) {
      const answer = await guess(test, 'EEEEEEEE');
      assert.ok(answer.kind === 'card-back');
      assert.deepEqual([answer.missesLeft, answer.problems], [missesLeft, [{ input: 'keyId', problem: 'no-match' }]]);
    }
    const closed = await guess(test, 'EEEEEEEE');
    assert.ok(closed.kind === 'refused');
    assert.deepEqual(closed.request, test.request(test.id), 'so that its card can say so for good');
    assert.deepEqual([closed.refusal.code, closed.refusal.facts], ['too-many-misses', {}]);
    assert.equal(lastEntry(test).reference, closed.refusal.reference);
    assert.equal(test.request(test.id).state, 'refused');
    assert.equal(codeOf(await guess(test, '1A2B3C4D')), 'request-closed', 'the right ID comes too late');
    assert.equal(reads(test), 0);
  });

  it('counts no miss for a mistake of another kind, nor for somebody without a role', async () => {
    const test = await opened(proof);
    await guess(test, '1A2B');
    await revealKey(test.desk, pressOf(test.id, { inputs: { keyId: 'EEEEEEEE' } }));
    test.world.roles.delete(alex.id);
    assert.equal(codeOf(await guess(test, 'EEEEEEEE')), 'no-role');
    assert.equal(codeOf(await guess(test, '1A2B3C4D')), 'no-role', 'the same answer for the right ID');
    assert.equal(test.request(test.id).misses, 0);
  });
});

describe('domain/reveal-key: one press wins', () => {
  it('gives one reveal to two presses at once, on two instances', async () => {
    const test = await opened();
    const answers = await Promise.all([revealKey(test.desk, pressOf(test.id)), revealKey(test.second(), pressOf(test.id))]);
    assert.deepEqual(answers.map(codeOf).sort(), ['request-busy', 'revealed']);
    assert.equal(reads(test), 1);
    assert.equal(test.entries.filter(({ act }) => act === 'intended').length, 1);
  });

  it('tells a press that lost to a cancel that the request is closed, and a cancel that lost to a press that it is used', async () => {
    const test = await opened();
    const hold = test.script.hold('requests.claim');
    const press = revealKey(test.desk, pressOf(test.id));
    await settled();
    assert.equal((await cancelRequest(test.second(), pressOf(test.id))).kind, 'closed');
    hold.release();
    assert.equal(codeOf(await press), 'request-closed');
    assert.equal(reads(test), 0);

    const other = await opened();
    const held = other.script.hold('requests.close');
    const cancel = cancelRequest(other.second(), pressOf(other.id));
    await settled();
    assert.equal(codeOf(await revealKey(other.desk, pressOf(other.id))), 'revealed');
    held.release();
    const answer = await cancel;
    assert.ok(answer.kind === 'refused');
    assert.deepEqual([answer.refusal.code, answer.refusal.facts], ['request-used', { at: time('2026-11-22T09:00:00Z') }]);
  });

  it('drops the password unseen when its claim was settled meanwhile', async () => {
    const test = await opened();
    const hold = test.script.hold('recoveryKeys.read');
    const press = revealKey(test.desk, pressOf(test.id));
    await settled();
    test.clock.forward(31);
    assert.equal(await settleClaims(test.second()), 1);
    hold.release();
    const answer = await press;
    assert.equal(codeOf(answer), 'request-closed');
    assert.ok(!('password' in answer));
    assert.deepEqual(test.entries.map(({ act, outcome }) => `${act} ${outcome}`), ['asked done', 'intended done', 'revealed unknown', 'refused refused']);
  });

  it('settles a claim whose instance is gone at the next press, and not before its time', async () => {
    const test = await opened();
    test.script.hold('recoveryKeys.read');
    void revealKey(test.desk, pressOf(test.id));
    await settled();
    test.clock.forward(30);
    assert.equal(codeOf(await revealKey(test.second(), pressOf(test.id))), 'request-busy');
    test.clock.forward(1);
    assert.equal(codeOf(await revealKey(test.second(), pressOf(test.id))), 'request-closed');
    assert.equal(test.request(test.id).state, 'failed');
  });
});

describe('domain/reveal-key: Show again', () => {
  it('reads afresh, with entries of its own, and shows until a time fixed at the first reveal', async () => {
    const test = await revealed();
    const until = test.request(test.id).showAgainUntil;
    test.clock.forward(100);
    const answer = await showAgain(test.desk, pressOf(test.id, { inputs: {} }));
    assert.ok(answer.kind === 'revealed');
    assert.equal(answer.password.digits, newerPassword);
    assert.equal(answer.request.showAgainUntil, until);
    assert.equal(test.request(test.id).showAgainUntil, until);
    assert.equal(answer.request.hideAt, time('2026-11-22T09:06:40Z'));
    assert.deepEqual(test.entries.map(({ act, attempt }) => `${act} ${attempt}`), ['asked undefined', 'intended 1', 'revealed 1', 'rotation-scheduled undefined', 'intended 2', 'revealed 2']);
    assert.equal(lastEntry(test).reason, 'firmware-update');
  });

  it('shows a card as shown that was hidden before', async () => {
    const test = await revealed();
    assert.equal((await hideKey(test.desk, pressOf(test.id), async () => 'done')).kind, 'closed');
    const answer = await showAgain(test.desk, pressOf(test.id));
    assert.ok(answer.kind === 'revealed' && answer.request.hiddenAt === undefined);
    assert.equal(test.request(test.id).hiddenAt, undefined);
  });

  it('is over when its time is over, and cannot be drawn out by pressing', async () => {
    const test = await revealed({ settings: { revealLimits: [] } });
    for (let press = 0; press < 11; press += 1) {
      test.clock.forward(109);
      assert.equal(codeOf(await showAgain(test.desk, pressOf(test.id))), 'revealed');
    }
    test.clock.set(time('2026-11-22T09:20:00Z'));
    assert.equal(codeOf(await showAgain(test.desk, pressOf(test.id))), 'show-again-over');
  });

  it('is nobody else’s, and nothing for a request that was never revealed', async () => {
    const test = await revealed();
    assert.equal(codeOf(await showAgain(test.desk, pressOf(test.id, { person: isaiah }))), 'not-your-card');
    assert.equal(codeOf(await showAgain(test.desk, pressOf(test.id, { trigger: 'automatic' }))), 'automatic-refresh');
    const { desk, id } = await opened();
    assert.equal(codeOf(await showAgain(desk, pressOf(id))), 'request-closed');
  });

  it('ignores a form that comes with it: the key is the one that was granted', async () => {
    const test = await revealed();
    await showAgain(test.desk, pressOf(test.id, { inputs: { ...validInputs, keyId: '0a0a0a0a-0000-4000-8000-0a0a0a0a0000', reason: 'wrong-pin' } }));
    assert.deepEqual([lastEntry(test).keyId, lastEntry(test).reason], [newerKey, 'firmware-update']);
  });

  it('leaves the request as it was when the read fails, and works at the next press', async () => {
    const test = await revealed();
    test.script.fail('recoveryKeys.read', { code: 'graph-timeout' });
    await assert.rejects(showAgain(test.desk, pressOf(test.id)), { code: 'graph-timeout' });
    assert.equal(test.request(test.id).state, 'revealed');
    assert.equal(codeOf(await showAgain(test.desk, pressOf(test.id))), 'revealed');
    assert.equal(test.request(test.id).attempt, 3);
  });

  it('offers one more press when its claim was settled meanwhile', async () => {
    const test = await revealed();
    const hold = test.script.hold('recoveryKeys.read');
    const press = showAgain(test.desk, pressOf(test.id));
    await settled();
    test.clock.forward(31);
    await settleClaims(test.second());
    hold.release();
    assert.equal(codeOf(await press), 'request-used');
  });
});

describe('domain/reveal-key: every fault at every step', () => {
  // After each: what the ledger holds at once, whether a key may have been read, and where the request ends.
  const steps: readonly { call: string; afterDoing: boolean; entries: readonly string[]; reads: number; ends: string }[] = [
    { call: 'requests.find', afterDoing: false, entries: [], reads: 0, ends: 'open' },
    { call: 'roles.fresh', afterDoing: false, entries: [], reads: 0, ends: 'open' },
    { call: 'roles.fresh', afterDoing: true, entries: [], reads: 0, ends: 'open' },
    { call: 'requests.claim', afterDoing: false, entries: [], reads: 0, ends: 'open' },
    { call: 'requests.claim', afterDoing: true, entries: ['intended done', 'revealed unknown'], reads: 0, ends: 'failed' },
    { call: 'recoveryKeys.read', afterDoing: false, entries: ['intended done', 'revealed failed'], reads: 0, ends: 'failed' },
    { call: 'recoveryKeys.read', afterDoing: true, entries: ['intended done', 'revealed failed'], reads: 1, ends: 'failed' },
    { call: 'requests.revealed', afterDoing: false, entries: ['intended done', 'revealed unknown'], reads: 1, ends: 'failed' },
    { call: 'requests.revealed', afterDoing: true, entries: ['intended done', 'revealed done', 'rotation-scheduled done'], reads: 1, ends: 'revealed' },
  ];
  for (const { call, afterDoing, entries, reads: read, ends } of steps) {
    it(`shows nothing when ${call} fails${afterDoing ? ' after doing its work' : ''}; the request ends ${ends}`, async () => {
      const test = await opened();
      test.script.fail(call, { code: 'graph-timeout', afterDoing });
      await assert.rejects(revealKey(test.desk, pressOf(test.id)), { name: 'Fault', code: 'graph-timeout' });
      // What start-up and the timekeeper do.
      test.clock.forward(60);
      await settleClaims(test.second());
      assert.deepEqual(test.entries.slice(1).map(({ act, outcome }) => `${act} ${outcome}`), entries);
      assert.equal(reads(test), read);
      assert.equal(test.request(test.id).state, ends);
    });
  }

  it('is one click on Show again away when the answer was lost after revealed was written', async () => {
    const test = await opened();
    test.script.fail('requests.revealed', { afterDoing: true });
    await assert.rejects(revealKey(test.desk, pressOf(test.id)));
    const again = await revealKey(test.desk, pressOf(test.id));
    assert.ok(again.kind === 'refused');
    assert.deepEqual([again.refusal.code, again.refusal.facts.requestId], ['request-used', test.id]);
    assert.equal(codeOf(await showAgain(test.desk, pressOf(test.id))), 'revealed');
  });

  it('calls an outcome unknown when the read may have happened, and a defect of ours too', async () => {
    for (const failure of [{ code: 'graph-cut', retry: 'unknown-outcome' }, { error: new TypeError('defect') }] as const) {
      const test = await opened();
      test.script.fail('recoveryKeys.read', failure);
      await assert.rejects(revealKey(test.desk, pressOf(test.id)));
      const { act, outcome, code } = lastEntry(test);
      assert.deepEqual({ act, outcome, code }, { act: 'revealed', outcome: 'unknown', code: 'code' in failure ? failure.code : 'internal' });
    }
  });

  it('reports the fault of the read when the failure cannot be written down either, and settles it later', async () => {
    const test = await opened();
    test.script.fail('recoveryKeys.read', { code: 'graph-forbidden' });
    test.script.fail('requests.failed');
    await assert.rejects(revealKey(test.desk, pressOf(test.id)), { code: 'graph-forbidden' });
    assert.equal(test.request(test.id).state, 'claimed');
    test.clock.forward(31);
    assert.equal(await settleClaims(test.desk), 1);
    assert.equal(await settleClaims(test.desk), 0, 'once');
    assert.equal(lastEntry(test).outcome, 'unknown');
  });

  it('says that a key has gone from Entra since the ask', async () => {
    const test = await opened();
    test.world.passwords.clear();
    await assert.rejects(revealKey(test.desk, pressOf(test.id)), { code: 'graph-not-found' });
    assert.equal(lastEntry(test).code, 'graph-not-found');
  });

  it('gives no refusal that it cannot write down', async () => {
    const test = await opened();
    test.script.fail('ledger.refuse');
    await assert.rejects(revealKey(test.desk, pressOf(test.id, { person: lee })), { code: 'ledger-unavailable' });
  });

  it('hides the card of a lost answer when its time has come', async () => {
    const test = await opened();
    test.script.fail('requests.revealed', { afterDoing: true });
    await assert.rejects(revealKey(test.desk, pressOf(test.id)));
    test.clock.set(plusSeconds(test.clock.now(), 300));
    assert.equal(await hideDueCards(test.desk, async () => 'done'), 1);
  });
});

const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
