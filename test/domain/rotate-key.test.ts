import assert from 'node:assert/strict';
import { askForKey, askToRotate } from '../../src/domain/ask-for-key.ts';
import { cancelRequest, chooseDevice } from '../../src/domain/close-card.ts';
import type { KeyQuestion } from '../../src/domain/command.ts';
import type { RequestId } from '../../src/domain/ids.ts';
import { plusSeconds } from '../../src/domain/instant.ts';
import type { Press, PressInputs } from '../../src/domain/press.ts';
import { revealKey } from '../../src/domain/reveal-key.ts';
import { askToRotateShown, type RotateAnswer, startRotation } from '../../src/domain/rotate-key.ts';
import { askerOf, cardPlace, pressOf, privateChat, type TestDesk, testDesk, type TestDeskOverrides } from '../support/desk.ts';
import { makeKeys } from '../support/desk/intune.ts';
import { afterReveal, Crash, rotatePress, sent, wanted, wish, wishInputs } from '../support/desk/rotating.ts';
import { adele, alex, grady, isaiah, lee, megan, passwordDigits, sure } from '../support/desk/world.ts';

const place = Promise.resolve(cardPlace);
const byName = (name: string): KeyQuestion => ({ by: 'device', name });

/** Megan's confirm card for LAPTOP-42. */
async function opened(overrides: TestDeskOverrides = {}): Promise<TestDesk & { readonly id: RequestId }> {
  const test = testDesk(overrides);
  const answer = await askToRotate(test.desk, askerOf(megan), byName('LAPTOP-42'), place);
  return answer.kind === 'confirm' ? { ...test, id: answer.request.id } : assert.fail('the ask was refused');
}

const codeOf = (answer: RotateAnswer | Awaited<ReturnType<typeof chooseDevice>>): string => (answer.kind === 'refused' ? answer.refusal.code : answer.kind);

describe('domain/rotate-key: the ask', () => {
  it('gives an admin a confirm card that is for rotating', async () => {
    const test = await opened();
    const { purpose, state, offer } = test.request(test.id);
    assert.deepEqual([purpose, state, offer?.device.name, offer?.keys.length], ['rotate', 'open', 'LAPTOP-42', 2]);
    assert.deepEqual(test.entries.map(({ act, outcome }) => `${act} ${outcome}`), ['asked done']);
  });

  const may: readonly (readonly [title: string, person: typeof alex, agentsMayRotate: boolean, answer: string])[] = [
    ['an admin', megan, false, 'confirm'],
    ['an agent', alex, false, 'no-role'],
    ['an agent where agents may', alex, true, 'confirm'],
    ['an agent through a group, where agents may', isaiah, true, 'confirm'],
    ['an auditor', grady, true, 'no-role'],
    ['the owner', adele, true, 'no-role'],
    ['somebody without a role', lee, true, 'no-role'],
  ];
  for (const [title, person, agentsMayRotate, answer] of may) {
    it(`answers ${title} with ${answer}`, async () => {
      const test = testDesk({ settings: { agentsMayRotate } });
      assert.equal(codeOf(await askToRotate(test.desk, askerOf(person), byName('LAPTOP-42'), place)), answer);
      assert.equal(codeOf(await askForKey(test.desk, askerOf(person), byName('LAPTOP-42'), place)), person === alex || person === megan || person === isaiah ? 'confirm' : 'no-role', 'and a key as ever');
    });
  }

  it('names nobody close to somebody without the right', async () => {
    const test = testDesk();
    const answer = await askToRotate(test.desk, askerOf(alex), byName('LAPTOP-43'), place);
    assert.ok(answer.kind === 'refused' && answer.refusal.code === 'no-role' && answer.refusal.facts.closest === undefined);
  });

  const devices: readonly (readonly [title: string, name: string, answer: string])[] = [
    ['a name that nobody carries', 'LAPTOP-43', 'device-not-found'],
    ['a name that two carry', 'TWIN-01', 'choose'],
    ['a device that is in Intune only', 'LAPTOP-GONE', 'device-not-found'],
    ['a device without a key, which makes one', 'LAPTOP-NONE', 'confirm'],
    ['a sensitive device: nothing of it is shown', 'VIP-01', 'confirm'],
  ];
  for (const [title, name, answer] of devices) {
    it(`answers ${title} with ${answer}`, async () => {
      const { desk } = testDesk({ settings: { sensitiveNames: [/^VIP-/] } });
      assert.equal(codeOf(await askToRotate(desk, askerOf(megan), byName(name), place)), answer);
    });
  }

  it('refuses a device that Intune does not manage, and not one of which that is not known', async () => {
    const test = testDesk();
    test.world.managed.length = 0;
    const refused = await askToRotate(test.desk, askerOf(megan), byName('LAPTOP-42'), place);
    assert.ok(refused.kind === 'refused' && refused.refusal.code === 'not-managed');
    assert.equal(refused.refusal.facts.asked, 'LAPTOP-42');
    for (const call of ['managedDevices.named', 'managedDevices.of']) test.script.fail(call);
    assert.equal(codeOf(await askToRotate(test.desk, askerOf(megan), byName('LAPTOP-42'), place)), 'confirm');
  });

  it('goes from two devices of a name to one, still for rotating', async () => {
    const test = testDesk();
    const choice = await askToRotate(test.desk, askerOf(megan), byName('TWIN-01'), place);
    assert.ok(choice.kind === 'choose' && choice.request.purpose === 'rotate');
    const deviceId = sure(choice.request.choices[1]).device.deviceId;
    assert.equal(codeOf(await startRotation(test.desk, rotatePress(choice.request.id))), 'request-closed', 'not before one was chosen');
    const card = await chooseDevice(test.desk, rotatePress(choice.request.id, { inputs: { deviceId } }));
    assert.ok(card.kind === 'confirm' && card.request.purpose === 'rotate');
    const answer = await startRotation(test.desk, rotatePress(choice.request.id));
    assert.ok(answer.kind === 'rotating' && answer.rotation.device.deviceId === deviceId);
  });

  it('lets nobody choose who has lost the right since, and chooses no device that nobody manages', async () => {
    for (const [prepare, code] of [
      [(test: TestDesk) => test.world.roles.set(megan.id, new Set(['agent'])), 'no-role'],
      [(test: TestDesk) => void (test.world.managed.length = 0), 'not-managed'],
    ] as const) {
      const test = testDesk();
      const choice = await askToRotate(test.desk, askerOf(megan), byName('TWIN-01'), place);
      assert.ok(choice.kind === 'choose');
      prepare(test);
      assert.equal(codeOf(await chooseDevice(test.desk, rotatePress(choice.request.id, { inputs: { deviceId: sure(choice.request.choices[0]).device.deviceId } }))), code);
    }
  });
});

describe('domain/rotate-key: the press', () => {
  it('schedules it for now, with its entry, and ends the request', async () => {
    const test = await opened();
    const answer = await startRotation(test.desk, rotatePress(test.id));
    assert.ok(answer.kind === 'rotating');
    const { rotation, joined, request } = answer;
    assert.deepEqual([rotation.state, rotation.dueAt, joined, rotation.causes], ['scheduled', test.clock.now(), false, [{ by: 'person', requestId: test.id, person: megan, reason: 'key-exposed', ticket: 'INC0012345' }]]);
    assert.deepEqual([request.state, request.rotationId], ['started', rotation.id]);
    assert.deepEqual(test.request(test.id), request);
    assert.equal(test.memory.wakeAt.get(rotation.id), test.clock.now());
    assert.deepEqual(test.journal, ['ledger asked done', 'ledger rotation-scheduled done'], 'nothing is sent by the press itself');
  });

  it('asks for the role afresh, in one deadline', async () => {
    const test = await opened();
    const before = test.script.calls.length;
    await startRotation(test.desk, rotatePress(test.id));
    assert.deepEqual(test.script.calls.slice(before), ['requests.find', 'roles.fresh', 'rotations.start']);
  });

  const refusals: readonly { readonly title: string; readonly press?: Partial<Press>; readonly prepare?: (test: TestDesk & { id: RequestId }) => unknown; readonly code: string }[] = [
    { title: 'another person', press: { person: isaiah }, code: 'not-your-card' },
    { title: 'an automatic refresh', press: { trigger: 'automatic' }, code: 'automatic-refresh' },
    { title: 'another conversation', press: { conversationId: 'a:other' }, code: 'wrong-conversation' },
    { title: 'a channel', press: { conversation: 'channel' }, code: 'wrong-conversation' },
    { title: 'an old card', prepare: (test) => test.clock.forward(600), code: 'request-expired' },
    { title: 'a request cancelled before', prepare: (test) => cancelRequest(test.desk, rotatePress(test.id)), code: 'request-closed' },
    { title: 'a right taken away since the ask', prepare: (test) => test.world.roles.set(megan.id, new Set(['agent'])), code: 'no-role' },
  ];
  for (const { title, press, prepare, code } of refusals) {
    it(`refuses ${title} with ${code}; nothing is scheduled`, async () => {
      const test = await opened();
      await prepare?.(test);
      const answer = await startRotation(test.desk, rotatePress(test.id, press));
      assert.ok(answer.kind === 'refused');
      const { act, code: written, reference, person } = sure(test.entries.at(-1));
      assert.deepEqual([answer.refusal.code, act, written, reference, person?.id], [code, code === 'no-role' ? 'role-denied' : 'refused', code, answer.refusal.reference, (press?.person ?? megan).id]);
      assert.equal(test.memory.rotations.size, 0);
      assert.ok(!JSON.stringify(answer).includes('LAPTOP-42'), 'and nothing of the card is told');
    });
  }

  it('refuses a request that nobody opened', async () => {
    const test = testDesk();
    assert.equal(codeOf(await startRotation(test.desk, rotatePress(undefined))), 'request-unknown');
    assert.equal(codeOf(await startRotation(test.desk, rotatePress((await opened()).id))), 'request-unknown');
  });

  it('is good a millisecond before ten minutes are over, and closes the request after', async () => {
    const test = await opened();
    test.clock.forward(599.999);
    assert.equal(codeOf(await startRotation(test.desk, rotatePress(test.id))), 'rotating');
    const late = await opened();
    late.clock.forward(600);
    assert.equal(codeOf(await startRotation(late.desk, rotatePress(late.id))), 'request-expired');
    assert.equal(late.request(late.id).state, 'expired');
    assert.equal(codeOf(await startRotation(late.desk, rotatePress(late.id))), 'request-expired');
    assert.equal(late.entries.filter(({ code }) => code === 'request-expired').length, 2);
  });

  it('never reveals with a card that is for rotating, nor rotates with one that is for a key', async () => {
    const test = await opened();
    const revealed = await revealKey(test.desk, pressOf(test.id, { person: megan }));
    assert.ok(revealed.kind === 'refused' && revealed.refusal.code === 'card-changed');
    assert.ok(!test.journal.some((event) => event.startsWith('read ')));
    assert.equal(codeOf(await startRotation(test.desk, rotatePress(test.id))), 'rotating', 'what it is for');

    const key = testDesk();
    const asked = await askForKey(key.desk, askerOf(megan), byName('LAPTOP-42'), place);
    assert.ok(asked.kind === 'confirm');
    assert.equal(codeOf(await startRotation(key.desk, rotatePress(asked.request.id))), 'card-changed');
    assert.equal(key.memory.rotations.size, 0);
    assert.equal((await revealKey(key.desk, pressOf(asked.request.id, { person: megan }))).kind, 'revealed', 'what it is for');
    assert.equal(codeOf(await startRotation(key.desk, rotatePress(asked.request.id))), 'card-changed', 'nor when it was used');
  });
});

describe('domain/rotate-key: the form', () => {
  const digits = passwordDigits(3);
  const mistakes: readonly (readonly [title: string, inputs: PressInputs, problems: readonly string[]])[] = [
    ['no reason', { ticket: 'INC0012345' }, ['reason missing']],
    ['a reason that the card never offered', { reason: 'wrong-pin' }, ['reason unknown']],
    ['"other" without words', { reason: 'other' }, ['reasonText missing']],
    ['words without end', { reason: 'other', reasonText: 'x'.repeat(501) }, ['reasonText too-long']],
    ['a recovery password among the words', { reason: 'other', reasonText: `it was ${digits}` }, ['reasonText holds-password']],
    ['a recovery password as the ticket', { reason: 'policy', ticket: digits }, ['ticket holds-password']],
    ['eight numbers of six digits, which no card could repeat', { reason: 'other', reasonText: Array.from({ length: 8 }, (_, index) => 100_001 + index).join(' and ') }, ['reasonText holds-password']],
    ['a ticket of another form', { reason: 'policy', ticket: 'see chat' }, ['ticket wrong-form']],
    ['everything wrong at once', { reason: 'no', reasonText: digits, ticket: '!' }, ['reason unknown', 'reasonText holds-password', 'ticket wrong-form']],
  ];
  for (const [title, inputs, problems] of mistakes) {
    it(`gives the card back for ${title}, burns nothing, and takes it when it is mended`, async () => {
      const test = await opened();
      const answer = await startRotation(test.desk, rotatePress(test.id, { inputs }));
      assert.ok(answer.kind === 'card-back');
      assert.deepEqual(answer.problems.map(({ input, problem }) => `${input} ${problem}`), problems);
      assert.ok(!JSON.stringify(answer.values).includes(digits.slice(0, 13)), 'no password goes back');
      assert.deepEqual([test.request(test.id).state, test.entries.length, test.memory.rotations.size], ['open', 1, 0]);
      assert.equal(codeOf(await startRotation(test.desk, rotatePress(test.id))), 'rotating');
    });
  }

  it('keeps what was typed', async () => {
    const test = await opened();
    const answer = await startRotation(test.desk, rotatePress(test.id, { inputs: { reason: 'other', reasonText: '', ticket: 'inc0012345' } }));
    assert.ok(answer.kind === 'card-back');
    assert.deepEqual([answer.values.reason, answer.values.ticket], ['other', 'inc0012345']);
  });

  it('wants a ticket where the installation does, and writes it in capitals', async () => {
    const test = await opened({ settings: { ticketRequired: true } });
    const without = await startRotation(test.desk, rotatePress(test.id, { inputs: { reason: 'policy' } }));
    assert.ok(without.kind === 'card-back' && without.problems[0]?.problem === 'missing');
    const answer = await startRotation(test.desk, rotatePress(test.id, { inputs: { reason: 'policy', ticket: 'inc0012345' } }));
    assert.ok(answer.kind === 'rotating' && answer.rotation.causes[0]?.by === 'person' && answer.rotation.causes[0].ticket === 'INC0012345');
  });

  it('takes every reason there is, and no ticket where none is wanted', async () => {
    for (const inputs of [{ reason: 'key-exposed' }, { reason: 'after-repair' }, { reason: 'handover' }, { reason: 'policy' }, { reason: 'other', reasonText: 'lost in a train' }]) {
      const test = await opened();
      const answer = await startRotation(test.desk, rotatePress(test.id, { inputs }));
      assert.ok(answer.kind === 'rotating');
      assert.deepEqual(answer.rotation.causes, [{ by: 'person', requestId: test.id, person: megan, ...inputs }]);
    }
  });
});

describe('domain/rotate-key: twice, and together', () => {
  it('shows the same rotation at a second press, as it stands by then', async () => {
    const test = await wanted();
    await sent(test);
    const again = await startRotation(test.desk, rotatePress(test.requestId));
    assert.ok(again.kind === 'rotating');
    assert.deepEqual([again.rotation.id, again.rotation.state, again.joined], [test.id, 'queued', false]);
    assert.deepEqual([test.memory.rotations.size, test.entries.filter(({ act }) => act === 'rotation-scheduled').length, test.posts.length], [1, 1, 1]);
  });

  it('shows it to nobody else, and in no other place, also after ten minutes', async () => {
    const test = await wanted();
    test.clock.forward(3600);
    assert.equal(codeOf(await startRotation(test.desk, rotatePress(test.requestId))), 'rotating');
    for (const [press, code] of [[{ person: isaiah }, 'not-your-card'], [{ conversationId: 'a:other' }, 'wrong-conversation'], [{ trigger: 'automatic' }, 'automatic-refresh']] as const) {
      assert.equal(codeOf(await startRotation(test.desk, rotatePress(test.requestId, press))), code);
    }
  });

  it('makes one of two presses at the same time', async () => {
    const test = await opened();
    const hold = test.script.hold('rotations.start');
    const both = [startRotation(test.desk, rotatePress(test.id)), startRotation(test.second(), rotatePress(test.id))];
    await new Promise((resolve) => void setImmediate(resolve));
    hold.release();
    const answers = await Promise.all(both);
    assert.ok(answers.every((answer) => answer.kind === 'rotating'));
    assert.equal(test.memory.rotations.size, 1);
    assert.equal(test.entries.filter(({ act }) => act === 'rotation-scheduled').length, 1);
  });

  it('loses against a cancel that was faster', async () => {
    const test = await opened();
    const hold = test.script.hold('rotations.start');
    const press = startRotation(test.desk, rotatePress(test.id));
    await cancelRequest(test.desk, rotatePress(test.id));
    hold.release();
    assert.equal(codeOf(await press), 'request-closed');
    assert.equal(test.memory.rotations.size, 0);
  });

  it('pulls one that is scheduled after a reveal to now', async () => {
    const test = await afterReveal();
    const requestId = await wish(test);
    assert.deepEqual([test.memory.rotations.size, test.now().dueAt, test.now().causes.map(({ by }) => by)], [1, test.clock.now(), ['reveal', 'person']]);
    assert.equal(test.request(requestId).rotationId, test.id);
    const second = await startRotation(test.desk, rotatePress(requestId));
    assert.ok(second.kind === 'rotating' && second.rotation.id === test.id);
  });

  it('joins one that runs, and says so', async () => {
    const test = await sent(await wanted());
    const asked = await askToRotate(test.desk, askerOf(megan), byName('LAPTOP-42'), place);
    assert.ok(asked.kind === 'confirm');
    const answer = await startRotation(test.desk, rotatePress(asked.request.id));
    assert.ok(answer.kind === 'rotating');
    assert.deepEqual([answer.joined, answer.rotation.id, answer.rotation.state, test.memory.rotations.size, test.posts.length], [true, test.id, 'queued', 1, 1]);
  });

  for (const [afterDoing, size] of [[false, 0], [true, 1]] as const) {
    for (const error of [undefined, new Crash()]) {
      it(`schedules one in the end when ${error === undefined ? 'the store fails' : 'the process ends'} ${afterDoing ? 'after' : 'before'} it is written`, async () => {
        const test = await opened();
        test.script.fail('rotations.start', { afterDoing, ...(error !== undefined && { error }) });
        await assert.rejects(startRotation(test.desk, rotatePress(test.id)));
        assert.equal(test.memory.rotations.size, size);
        assert.equal(codeOf(await startRotation(test.second(), rotatePress(test.id))), 'rotating');
        assert.deepEqual([test.memory.rotations.size, test.entries.filter(({ act }) => act === 'rotation-scheduled').length], [1, 1]);
      });
    }
  }
});

describe('domain/rotate-key: from the card of a key that was shown', () => {
  /** Megan, an admin, has been shown the key of LAPTOP-42. */
  const shown = async (overrides: TestDeskOverrides = {}): Promise<TestDesk & { readonly id: RequestId }> => {
    const test = testDesk(overrides);
    const asked = await askForKey(test.desk, askerOf(megan), byName('LAPTOP-42'), place);
    assert.ok(asked.kind === 'confirm');
    assert.equal((await revealKey(test.desk, pressOf(asked.request.id, { person: megan }))).kind, 'revealed');
    return { ...test, id: asked.request.id };
  };

  it('makes a confirm card of its own in the same chat, with reason and ticket filled in', async () => {
    const test = await shown();
    const answer = await askToRotateShown(test.desk, rotatePress(test.id, { inputs: {} }));
    assert.ok(answer.kind === 'confirm');
    const { id, purpose, state, card, preset, expiresAt } = answer.request;
    assert.notEqual(id, test.id);
    assert.deepEqual({ purpose, state, card, preset, expiresAt }, {
      purpose: 'rotate', state: 'open', card: { conversationId: privateChat, serviceUrl: cardPlace.serviceUrl },
      preset: { reason: 'key-exposed', ticket: 'INC0012345' }, expiresAt: plusSeconds(test.clock.now(), 600),
    });
    assert.deepEqual([test.request(test.id).state, test.entries.at(-1)?.act, test.entries.at(-1)?.requestId], ['revealed', 'asked', id]);
    assert.equal(codeOf(await startRotation(test.desk, rotatePress(id, { inputs: wishInputs }))), 'rotating');
    assert.equal(test.memory.rotations.size, 1, 'it pulls the one that the reveal had scheduled');
  });

  it('names the keys that are there now, not those of then', async () => {
    const test = await shown();
    test.clock.forward(86_400);
    const { deviceId } = sure(test.world.devices[0]);
    const [made] = makeKeys(test.world, test.clock, deviceId);
    const answer = await askToRotateShown(test.desk, rotatePress(test.id));
    assert.ok(answer.kind === 'confirm');
    assert.deepEqual(answer.request.offer?.keys.map(({ keyId, state }) => [keyId === made?.keyId, state]), [[true, 'active'], [false, 'superseded'], [false, 'superseded']]);
  });

  const refusals: readonly { readonly title: string; readonly press?: Partial<Press>; readonly prepare?: (test: TestDesk) => unknown; readonly code: string }[] = [
    { title: 'another person', press: { person: isaiah }, code: 'not-your-card' },
    { title: 'an automatic refresh', press: { trigger: 'automatic' }, code: 'automatic-refresh' },
    { title: 'another conversation', press: { conversationId: 'a:other' }, code: 'wrong-conversation' },
    { title: 'a right taken away', prepare: (test) => test.world.roles.set(megan.id, new Set(['agent'])), code: 'no-role' },
    { title: 'a device that is no longer managed', prepare: (test) => void (test.world.managed.length = 0), code: 'not-managed' },
  ];
  for (const { title, press, prepare, code } of refusals) {
    it(`refuses ${title} with ${code}, and opens nothing`, async () => {
      const test = await shown();
      prepare?.(test);
      const before = test.memory.requests.size;
      assert.equal(codeOf(await askToRotateShown(test.desk, rotatePress(test.id, press))), code);
      assert.equal(test.memory.requests.size, before);
    });
  }

  it('refuses a card that has shown nothing, one that is for rotating, and none at all', async () => {
    const test = testDesk();
    const asked = await askForKey(test.desk, askerOf(megan), byName('LAPTOP-42'), place);
    assert.ok(asked.kind === 'confirm');
    assert.equal(codeOf(await askToRotateShown(test.desk, rotatePress(asked.request.id))), 'request-closed');
    const rotating = await opened();
    assert.equal(codeOf(await askToRotateShown(rotating.desk, rotatePress(rotating.id))), 'card-changed');
    assert.equal(codeOf(await askToRotateShown(test.desk, rotatePress(undefined))), 'request-unknown');
  });

  it('is refused to an agent, and not where agents may', async () => {
    for (const [agentsMayRotate, answer] of [[false, 'no-role'], [true, 'confirm']] as const) {
      const test = await afterReveal({ settings: { agentsMayRotate } });
      assert.equal(codeOf(await askToRotateShown(test.desk, rotatePress(test.requestId, { person: alex }))), answer);
    }
  });
});
