import assert from 'node:assert/strict';
import { askForKey, type AskAnswer } from '../../src/domain/ask-for-key.ts';
import { cancelRequest, chooseDevice, type CloseAnswer, type HideCard, hideDueCards, hideKey } from '../../src/domain/close-card.ts';
import type { KeyQuestion } from '../../src/domain/command.ts';
import type { StatusAnswer } from '../../src/domain/device-status.ts';
import { Fault } from '../../src/domain/fault.ts';
import type { RequestId } from '../../src/domain/ids.ts';
import type { RevealRequest } from '../../src/domain/request.ts';
import { revealKey, showAgain } from '../../src/domain/reveal-key.ts';
import { askerOf, cardPlace, pressOf, type TestDesk, testDesk, type TestDeskOverrides } from '../support/desk.ts';
import { alex, isaiah, lee, sure, time } from '../support/desk/world.ts';

type Opened = TestDesk & { readonly id: RequestId };

async function asked(question: KeyQuestion, overrides: TestDeskOverrides = {}): Promise<Opened> {
  const test = testDesk(overrides);
  const answer = await askForKey(test.desk, askerOf(), question, Promise.resolve(cardPlace));
  return answer.kind === 'refused' ? assert.fail(answer.refusal.code) : { ...test, id: answer.request.id };
}
const twins = (overrides?: TestDeskOverrides): Promise<Opened> => asked({ by: 'device', name: 'TWIN-01', keyId: { hex: '22220001', forgiven: false }, ticket: 'INC0012345' }, overrides);
async function revealed(): Promise<Opened> {
  const test = await asked({ by: 'device', name: 'LAPTOP-42' });
  assert.equal((await revealKey(test.desk, pressOf(test.id))).kind, 'revealed');
  return test;
}

const codeOf = (answer: AskAnswer | CloseAnswer | StatusAnswer): string => (answer.kind === 'refused' ? answer.refusal.code : answer.kind);
const twinOf = (test: Opened, index: number) => sure(test.request(test.id).choices[index]).device.deviceId;
const choose = (test: Opened, deviceId: string, more: Parameters<typeof pressOf>[1] = {}) => chooseDevice(test.desk, pressOf(test.id, { inputs: { deviceId }, ...more }));
const lastEntry = (test: TestDesk) => sure(test.entries.at(-1));

describe('domain/close-card: a device is chosen', () => {
  it('opens the request with that device and the key ID that was typed in the ask', async () => {
    const test = await twins();
    const deviceId = twinOf(test, 0);
    const answer = await choose(test, deviceId);
    assert.ok(answer.kind === 'confirm');
    assert.equal(answer.request.offer?.device.deviceId, deviceId);
    assert.equal(answer.request.preset.keyId?.slice(0, 8), '22220001');
    assert.equal(answer.request.preset.ticket, 'INC0012345');
    assert.equal(answer.note, undefined);
    assert.deepEqual(test.request(test.id), answer.request);
    const { act, outcome, device } = lastEntry(test);
    assert.deepEqual([act, outcome, device?.deviceId], ['asked', 'done', deviceId]);
  });

  it('says so when the key ID of the ask fits no key of the device that was chosen', async () => {
    const test = await twins();
    const answer = await choose(test, twinOf(test, 1));
    assert.ok(answer.kind === 'confirm');
    assert.deepEqual(answer.note, { kind: 'no-key-matches', typed: '22220001' });
    assert.equal((await revealKey(test.desk, pressOf(test.id))).kind, 'card-back', 'and no other key is taken in its place');
  });

  it('says nothing of it with callerProof', async () => {
    for (const index of [0, 1]) {
      const test = await twins({ settings: { callerProof: true } });
      const answer = await choose(test, twinOf(test, index));
      assert.ok(answer.kind === 'confirm' && answer.note === undefined);
      assert.deepEqual(answer.request.preset, { ticket: 'INC0012345', typedKeyId: '22220001' });
    }
  });

  it('gives the same card to a second press, and the first device wins', async () => {
    const test = await twins();
    const [first, second] = [twinOf(test, 0), twinOf(test, 1)];
    const hold = test.script.hold('requests.choose');
    const presses = Promise.all([choose(test, first), choose(test, second)]);
    await new Promise((resolve) => void setImmediate(resolve));
    hold.release();
    const answers = await presses;
    assert.deepEqual(answers.map((answer) => (answer.kind === 'confirm' ? answer.request.offer?.device.deviceId : answer.kind)), [first, first]);
    assert.equal(codeOf(await choose(test, second)), 'confirm');
    assert.equal(test.request(test.id).offer?.device.deviceId, first);
  });

  it('shows the choice again when nothing was chosen', async () => {
    const test = await twins();
    assert.equal(codeOf(await choose(test, '')), 'choose');
    assert.equal(codeOf(await chooseDevice(test.desk, pressOf(test.id, { inputs: {} }))), 'choose');
  });

  it('refuses what is not the person’s, not on the card, too late, or without a role', async () => {
    const refusedWith = async (prepare: (test: Opened) => unknown, more: Parameters<typeof pressOf>[1] = {}, deviceId?: string): Promise<string> => {
      const test = await twins();
      const wanted = deviceId ?? twinOf(test, 0);
      await prepare(test);
      const code = codeOf(await choose(test, wanted, more));
      assert.equal(lastEntry(test).code, code);
      return code;
    };
    const nothing = (): void => undefined;
    const other = sure(testDesk().world.devices.find(({ name }) => name === 'LAPTOP-42')).deviceId;
    assert.equal(await refusedWith(nothing, { person: isaiah }), 'not-your-card');
    assert.equal(await refusedWith(nothing, { trigger: 'automatic' }), 'automatic-refresh');
    assert.equal(await refusedWith(nothing, { conversation: 'channel' }), 'wrong-conversation');
    assert.equal(await refusedWith(nothing, {}, other), 'card-changed');
    assert.equal(await refusedWith(nothing, {}, 'TWIN-01'), 'card-changed');
    assert.equal(await refusedWith((test) => test.clock.forward(600)), 'request-expired');
    assert.equal(await refusedWith((test) => cancelRequest(test.desk, pressOf(test.id))), 'request-closed');
    assert.equal(await refusedWith((test) => test.world.roles.delete(alex.id)), 'no-role');
    assert.equal(codeOf(await chooseDevice(testDesk().desk, pressOf(undefined))), 'request-unknown');
  });

  it('leaves the choice open when the chosen device has no key or is sensitive', async () => {
    const test = await twins();
    test.world.keys.splice(0, test.world.keys.length, ...test.world.keys.filter(({ deviceId }) => deviceId !== twinOf(test, 0)));
    assert.equal(codeOf(await choose(test, twinOf(test, 0))), 'no-keys');
    assert.equal(lastEntry(test).device?.deviceId, twinOf(test, 0));
    assert.equal(codeOf(await choose(test, twinOf(test, 1))), 'confirm');
    const sensitive = await twins({ settings: { sensitiveNames: [/^TWIN/] } });
    assert.equal(codeOf(await choose(sensitive, twinOf(sensitive, 0))), 'approval-unavailable');
  });

  it('says what failed, and works at the next press', async () => {
    for (const call of ['requests.find', 'roles.recent', 'recoveryKeys.of', 'requests.choose']) {
      const test = await twins();
      const deviceId = twinOf(test, 0);
      test.script.fail(call, { code: 'graph-cut' });
      await assert.rejects(choose(test, deviceId), { code: 'graph-cut' }, call);
      assert.equal(codeOf(await choose(test, deviceId)), 'confirm', call);
    }
  });

  it('gives the card that stands when the write had happened after all', async () => {
    const test = await twins();
    const deviceId = twinOf(test, 0);
    test.script.fail('requests.choose', { afterDoing: true });
    await assert.rejects(choose(test, deviceId));
    assert.equal(codeOf(await choose(test, deviceId)), 'confirm');
    assert.equal(test.entries.filter(({ act }) => act === 'asked').length, 2, 'the ask and the choice, each once');
  });
});

describe('domain/close-card: cancelled', () => {
  it('closes a request before anything was shown, with an entry', async () => {
    for (const open of [twins, () => asked({ by: 'device', name: 'LAPTOP-42' })]) {
      const test = await open();
      assert.equal(codeOf(await cancelRequest(test.desk, pressOf(test.id))), 'closed');
      assert.deepEqual([lastEntry(test).act, lastEntry(test).requestId], ['cancelled', test.id]);
      assert.equal(codeOf(await cancelRequest(test.desk, pressOf(test.id))), 'request-closed');
    }
  });

  it('is refused to others, and for what was shown already', async () => {
    const test = await revealed();
    assert.equal(codeOf(await cancelRequest(test.desk, pressOf(test.id, { person: lee }))), 'not-your-card');
    assert.equal(codeOf(await cancelRequest(test.desk, pressOf(test.id))), 'request-used');
    assert.equal(codeOf(await cancelRequest(test.desk, pressOf(undefined))), 'request-unknown');
    assert.equal(test.request(test.id).state, 'revealed');
  });
});

const edited: HideCard = async () => 'done';

describe('domain/close-card: hidden by a press', () => {
  it('hides what is shown, once, and answers the same when pressed again', async () => {
    const test = await revealed();
    for (let press = 0; press < 2; press += 1) {
      const answer = await hideKey(test.desk, pressOf(test.id), edited);
      assert.ok(answer.kind === 'closed' && answer.request.hiddenAt === time('2026-11-22T09:00:00Z'));
    }
    const hidden = test.entries.filter(({ act }) => act === 'hidden');
    assert.deepEqual(hidden.map(({ attempt, keyId, reason }) => [attempt, keyId?.slice(0, 8), reason]), [[1, '1a2b3c4d', 'firmware-update']]);
  });

  it('edits the message before it writes that it did, so that a crash between them leaves the card to the timekeeper', async () => {
    const test = await revealed();
    const entriesAtTheEdit: number[] = [];
    await hideKey(test.desk, pressOf(test.id), async () => {
      entriesAtTheEdit.push(test.entries.filter(({ act }) => act === 'hidden').length);
      return 'done';
    });
    assert.deepEqual(entriesAtTheEdit, [0]);
    assert.equal(test.entries.at(-1)?.act, 'hidden');
  });

  it('leaves the message to the timekeeper when Teams is away, and writes failed when the message is gone', async () => {
    const test = await revealed();
    const answer = await hideKey(test.desk, pressOf(test.id), () => Promise.reject(new Fault('teams-unreachable', 'later')));
    assert.ok(answer.kind === 'closed' && answer.request.hiddenAt !== undefined, 'the key leaves the screen all the same');
    assert.equal(test.request(test.id).hiddenAt, undefined);
    await hideKey(test.desk, pressOf(test.id), async () => 'gone');
    assert.deepEqual([test.entries.at(-1)?.act, test.entries.at(-1)?.outcome], ['hidden', 'failed']);
  });

  it('tells nobody else when the key was shown', async () => {
    const test = await revealed();
    for (const act of [hideKey, cancelRequest]) {
      for (const press of [{ person: isaiah }, { conversationId: 'a:other' }]) {
        const answer = await act(test.desk, pressOf(test.id, press), edited);
        assert.ok(answer.kind === 'refused');
        assert.deepEqual(answer.refusal.facts, {});
      }
      assert.equal(test.request(test.id).hiddenAt, undefined);
    }
  });

  it('hides nothing that was never shown', async () => {
    const test = await asked({ by: 'device', name: 'LAPTOP-42' });
    assert.equal(codeOf(await hideKey(test.desk, pressOf(test.id), edited)), 'request-closed');
    assert.equal(codeOf(await hideKey(test.desk, pressOf(undefined), edited)), 'request-unknown');
  });
});

describe('domain/close-card: hidden when the time has come', () => {
  const done = async (): Promise<'done'> => 'done';

  it('hides each showing once, not before its time, over two instances', async () => {
    const test = await revealed();
    test.clock.forward(299);
    assert.equal(await hideDueCards(test.desk, done), 0);
    test.clock.forward(1);
    const counts = await Promise.all([hideDueCards(test.desk, done), hideDueCards(test.second(), done)]);
    assert.deepEqual(counts, [1, 0]);
    assert.equal(await hideDueCards(test.desk, done), 0);
    assert.deepEqual(test.entries.filter(({ act }) => act === 'hidden').map(({ outcome }) => outcome), ['done']);
  });

  it('hides a card again that was shown again', async () => {
    const test = await revealed();
    test.clock.forward(300);
    await hideDueCards(test.desk, done);
    await showAgain(test.desk, pressOf(test.id));
    assert.equal(await hideDueCards(test.desk, done), 0);
    test.clock.forward(300);
    assert.equal(await hideDueCards(test.desk, done), 1);
    assert.deepEqual(test.entries.filter(({ act }) => act === 'hidden').map(({ attempt }) => attempt), [1, 2]);
  });

  it('does not call hidden what was shown again while the card was being edited', async () => {
    const test = await revealed();
    test.clock.forward(300);
    const shownMeanwhile = async (): Promise<'done'> => {
      assert.equal((await showAgain(test.second(), pressOf(test.id))).kind, 'revealed');
      return 'done';
    };
    assert.equal(await hideDueCards(test.desk, shownMeanwhile), 0);
    assert.equal(test.request(test.id).hiddenAt, undefined);
    test.clock.forward(300);
    assert.equal(await hideDueCards(test.desk, done), 1);
  });

  it('tries again after a minute when Teams is away, and for an hour', async () => {
    const test = await revealed();
    const away = async (): Promise<'done'> => Promise.reject(new Fault('teams-unreachable', 'later'));
    test.clock.forward(300);
    assert.equal(await hideDueCards(test.desk, away), 0);
    test.clock.forward(59);
    assert.equal(await hideDueCards(test.desk, done), 0, 'still in the hands of the first try');
    test.clock.forward(1);
    assert.equal(await hideDueCards(test.desk, done), 1);

    const lost = await revealed();
    lost.clock.forward(300 + 3600);
    assert.equal(await hideDueCards(lost.desk, away), 0);
    lost.clock.forward(60);
    assert.equal(await hideDueCards(lost.desk, away), 1, 'given up');
    assert.deepEqual([lastEntry(lost).act, lastEntry(lost).outcome], ['hidden', 'failed']);
  });

  it('writes failed for a card that is gone, and repeats the edit when the entry could not be written', async () => {
    const test = await revealed();
    test.clock.forward(300);
    assert.equal(await hideDueCards(test.desk, async () => 'gone'), 1);
    assert.equal(lastEntry(test).outcome, 'failed');

    const other = await revealed();
    other.clock.forward(300);
    const edited: RevealRequest[] = [];
    const edit = async (request: RevealRequest): Promise<'done'> => (edited.push(request), 'done');
    other.script.fail('requests.hidden');
    assert.equal(await hideDueCards(other.desk, edit), 0);
    other.clock.forward(60);
    assert.equal(await hideDueCards(other.desk, edit), 1);
    assert.equal(edited.length, 2);
  });

  it('hides all the others to the end when one meets a defect, and reports the defect', async () => {
    const test = await revealed();
    const answer = await askForKey(test.desk, askerOf(), { by: 'device', name: 'DESKTOP-7' }, Promise.resolve(cardPlace));
    assert.ok(answer.kind === 'confirm');
    await revealKey(test.desk, pressOf(answer.request.id));
    test.clock.forward(300);
    const defect = async (request: RevealRequest): Promise<'done'> => (request.id === test.id ? Promise.reject(new TypeError('defect')) : (await new Promise((resolve) => void setImmediate(resolve)), 'done'));
    await assert.rejects(hideDueCards(test.desk, defect), TypeError);
    assert.ok(test.request(answer.request.id).hiddenAt);
  });
});
