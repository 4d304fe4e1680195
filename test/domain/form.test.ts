import assert from 'node:assert/strict';
import { inOrder } from '../../src/domain/device.ts';
import { type FormAnswer, type InputProblem, longestReason, readForm } from '../../src/domain/form.ts';
import type { PressInputs } from '../../src/domain/press.ts';
import { callerChecks, reasonCodes } from '../../src/domain/reason.ts';
import type { FormValues, RevealRequest } from '../../src/domain/request.ts';
import { defaultSettings, type DeskSettings } from '../../src/domain/settings.ts';
import { deviceOf, keyOf, passwordDigits } from '../support/desk/world.ts';
import { requestOf } from '../support/desk/samples.ts';

const laptop = deviceOf(42, 'LAPTOP-42');
const older = keyOf(laptop, '0a0a0a0a', '2025-01-10T10:00:00Z');
const newer = keyOf(laptop, '1a2b3c4d', '2026-03-02T09:14:07Z');
/** A second key whose ID begins like the newer one's. */
const sibling = { ...keyOf(laptop, '1a2b3c4d', '2024-01-01T09:00:00Z'), keyId: keyOf(laptop, '1a2b3c4d', '2024-01-01T09:00:00Z').keyId.replace(/^1a2b3c4d-0000/, '1a2b3c4d-ffff') as typeof newer.keyId };
const stranger = keyOf(laptop, 'eeeeeeee', '2026-03-02T09:14:07Z');

const read = (inputs: PressInputs, more: { settings?: Partial<DeskSettings>; preset?: FormValues; proof?: boolean; keys?: readonly (typeof newer)[] } = {}): FormAnswer => {
  const request: RevealRequest = { ...requestOf(), callerProof: more.proof ?? false, preset: more.preset ?? {}, offer: { device: laptop, keys: inOrder(more.keys ?? [newer, older]), missing: [] } };
  return readForm(inputs, request, { ...defaultSettings, ...more.settings });
};
const problems = (answer: FormAnswer): readonly InputProblem[] => (answer.kind === 'problems' ? answer.problems : []);
const valid: PressInputs = { reason: 'firmware-update' };
const keyIn = (answer: FormAnswer): string | undefined => (answer.kind === 'grant' ? answer.grant.key.keyId : undefined);

describe('domain/form: reason, caller and ticket', () => {
  it('grants what is whole, with the words as they were typed', () => {
    const answer = read({ reason: 'other', reasonText: '  new  board ', callerCheck: 'manager', ticket: 'inc0012345' });
    assert.ok(answer.kind === 'grant');
    const { key, ...rest } = answer.grant;
    assert.equal(key.keyId, newer.keyId);
    assert.deepEqual(rest, { reason: 'other', reasonText: 'new  board', callerCheck: 'manager', ticket: 'INC0012345' });
  });

  it('takes every reason and every caller check that the card offers', () => {
    for (const reason of reasonCodes) assert.equal(read({ reason, reasonText: 'x' }).kind, 'grant', reason);
    for (const callerCheck of callerChecks) assert.equal(read({ ...valid, callerCheck }).kind, 'grant', callerCheck);
  });

  // Each refusal, and beside it the twin that is allowed.
  const twins: readonly { title: string; wrong: PressInputs; problem: InputProblem; right: PressInputs; settings?: Partial<DeskSettings> }[] = [
    { title: 'a reason that is missing', wrong: {}, problem: { input: 'reason', problem: 'missing' }, right: valid },
    { title: 'a reason of blanks', wrong: { reason: ' \u0000 ' }, problem: { input: 'reason', problem: 'missing' }, right: valid },
    { title: 'a reason that the card never offered', wrong: { reason: 'curiosity' }, problem: { input: 'reason', problem: 'unknown' }, right: valid },
    { title: 'a reason named like a member of every object', wrong: { reason: '__proto__' }, problem: { input: 'reason', problem: 'unknown' }, right: valid },
    { title: '"other" without words', wrong: { reason: 'other', reasonText: ' \n ' }, problem: { input: 'reasonText', problem: 'missing' }, right: { reason: 'other', reasonText: 'board swapped' } },
    { title: 'words of 10,000 characters', wrong: { ...valid, reasonText: 'x'.repeat(10_000) }, problem: { input: 'reasonText', problem: 'too-long' }, right: { ...valid, reasonText: 'x'.repeat(longestReason) } },
    { title: 'one character more than fits', wrong: { ...valid, reasonText: 'x'.repeat(longestReason + 1) }, problem: { input: 'reasonText', problem: 'too-long' }, right: { ...valid, reasonText: ` ${'x'.repeat(longestReason)} ` } },
    { title: 'a recovery password in the words', wrong: { ...valid, reasonText: `it is ${passwordDigits(1)}` }, problem: { input: 'reasonText', problem: 'holds-password' }, right: { ...valid, reasonText: `it is ${passwordDigits(1).slice(1)}` } },
    { title: 'a recovery password as the ticket', wrong: { ...valid, ticket: passwordDigits(1) }, problem: { input: 'ticket', problem: 'holds-password' }, right: { ...valid, ticket: 'INC0012345' } },
    { title: 'a ticket of another form', wrong: { ...valid, ticket: 'soon' }, problem: { input: 'ticket', problem: 'wrong-form' }, right: { ...valid, ticket: '' } },
    { title: 'a ticket with more behind it', wrong: { ...valid, ticket: 'INC0012345 x' }, problem: { input: 'ticket', problem: 'wrong-form' }, right: { ...valid, ticket: ' INC0012345 ' } },
    { title: 'a ticket longer than any', wrong: { ...valid, ticket: `A${'1'.repeat(64)}` }, problem: { input: 'ticket', problem: 'wrong-form' }, right: { ...valid, ticket: `A${'1'.repeat(63)}` }, settings: { ticketPattern: /^a\d+$/i } },
    { title: 'no ticket where one is required', wrong: valid, problem: { input: 'ticket', problem: 'missing' }, right: { ...valid, ticket: 'INC0012345' }, settings: { ticketRequired: true } },
    { title: 'a caller check that the card never offered', wrong: { ...valid, callerCheck: 'trust me' }, problem: { input: 'callerCheck', problem: 'unknown' }, right: { ...valid, callerCheck: '' } },
    { title: 'no caller check where one is required', wrong: valid, problem: { input: 'callerCheck', problem: 'missing' }, right: { ...valid, callerCheck: 'in-person' }, settings: { callerCheckRequired: true } },
  ];
  for (const { title, wrong, problem, right, settings } of twins) {
    it(`gives the card back for ${title}, and takes its twin`, () => {
      assert.deepEqual(problems(read(wrong, settings && { settings })), [problem]);
      assert.equal(read(right, settings && { settings }).kind, 'grant');
    });
  }

  it('names every problem at once', () => {
    const answer = read({ keyId: 'zzz', reason: 'x', reasonText: 'x'.repeat(501), callerCheck: 'x', ticket: 'x' });
    assert.deepEqual(problems(answer).map(({ input }) => input), ['reason', 'reasonText', 'callerCheck', 'ticket', 'keyId']);
  });

  it('does not let every second ticket through when the pattern has a g flag', () => {
    const settings = { ticketPattern: /^inc\d+$/gi };
    for (let press = 0; press < 4; press += 1) assert.equal(read({ ...valid, ticket: 'INC1' }, { settings }).kind, 'grant');
  });

  it('keeps what was typed, without a recovery password and not without end', () => {
    const answer = read({ reason: 'wrong-pin', reasonText: `x ${passwordDigits(2)}`, callerCheck: 'y'.repeat(5000), ticket: ' soon\u202e ' });
    assert.ok(answer.kind === 'problems');
    assert.deepEqual(answer.values, { keyId: '', reason: 'wrong-pin', reasonText: '', callerCheck: 'y'.repeat(1000), ticket: 'soon' });
  });
});

describe('domain/form: the key from the list', () => {
  it('takes the key that was chosen, by its whole ID or a beginning that fits one only', () => {
    assert.equal(keyIn(read({ ...valid, keyId: older.keyId })), older.keyId);
    assert.equal(keyIn(read({ ...valid, keyId: ` ${older.keyId.toUpperCase()} ` })), older.keyId);
    assert.equal(keyIn(read({ ...valid, keyId: '0A0A 0A0A' })), older.keyId);
    assert.equal(keyIn(read({ ...valid, keyId: 'OAOAOAOA' })), older.keyId);
  });

  it('takes the one shown as chosen when nothing was chosen: the newest, or the one that the ask named', () => {
    for (const keyId of [undefined, '', '  ']) {
      const inputs = keyId === undefined ? valid : { ...valid, keyId };
      assert.equal(keyIn(read(inputs)), newer.keyId);
      assert.equal(keyIn(read(inputs, { preset: { keyId: older.keyId, typedKeyId: '0A0A0A0A' } })), older.keyId);
    }
  });

  it('does not take the newest key in place of one that was asked for and fits none', () => {
    assert.deepEqual(problems(read(valid, { preset: { typedKeyId: 'EEEEEEEE' } })), [{ input: 'keyId', problem: 'missing' }]);
    assert.equal(keyIn(read({ ...valid, keyId: newer.keyId }, { preset: { typedKeyId: 'EEEEEEEE' } })), newer.keyId);
  });

  it('calls the card changed when a whole key ID comes that it never offered', () => {
    assert.deepEqual(read({ ...valid, keyId: stranger.keyId }), { kind: 'changed' });
    assert.equal(read({ keyId: stranger.keyId }).kind, 'changed', 'also beside other mistakes');
  });

  it('says what is wrong with a key ID that was typed', () => {
    assert.deepEqual(problems(read({ ...valid, keyId: 'EEEEEEEE' })), [{ input: 'keyId', problem: 'no-such-key' }]);
    assert.deepEqual(problems(read({ ...valid, keyId: '1A2B' })), [{ input: 'keyId', problem: 'wrong-form' }]);
    assert.deepEqual(problems(read({ ...valid, keyId: '1A2B3C4D' }, { keys: [newer, sibling] })), [{ input: 'keyId', problem: 'several-keys' }]);
    assert.equal(keyIn(read({ ...valid, keyId: '1A2B3C4DFFFF' }, { keys: [newer, sibling] })), sibling.keyId);
  });
});

describe('domain/form: the key from the caller', () => {
  it('takes the key whose ID the caller read out', () => {
    assert.equal(keyIn(read({ ...valid, keyId: '0a0a0a0a' }, { proof: true })), older.keyId);
    assert.equal(keyIn(read({ ...valid, keyId: older.keyId }, { proof: true })), older.keyId);
  });

  it('never takes a key without it, whatever the request holds', () => {
    assert.deepEqual(problems(read(valid, { proof: true, preset: { keyId: newer.keyId } })), [{ input: 'keyId', problem: 'missing' }]);
    assert.deepEqual(problems(read({ ...valid, keyId: '1A2B' }, { proof: true })), [{ input: 'keyId', problem: 'wrong-form' }]);
  });

  it('gives one and the same answer for a key that is none, one of another device and one of two', () => {
    const values = (keyId: string) => ({ typedKeyId: keyId, reason: 'firmware-update', reasonText: '', callerCheck: '', ticket: '' });
    assert.deepEqual(read({ ...valid, keyId: 'EEEEEEEE' }, { proof: true }), { kind: 'miss', values: values('EEEEEEEE') });
    assert.deepEqual(read({ ...valid, keyId: stranger.keyId }, { proof: true }), { kind: 'miss', values: values(stranger.keyId) });
    assert.deepEqual(read({ ...valid, keyId: '1A2B3C4D' }, { proof: true, keys: [newer, sibling] }), { kind: 'miss', values: values('1A2B3C4D') });
  });

  it('says the same beside another mistake, whether the key ID fits or not, so that nobody guesses for nothing', () => {
    const fits = read({ keyId: '1A2B3C4D' }, { proof: true });
    const misses = read({ keyId: 'EEEEEEEE' }, { proof: true });
    assert.deepEqual(problems(fits), [{ input: 'reason', problem: 'missing' }]);
    assert.deepEqual(problems(misses), problems(fits));
  });
});
