import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { type EscrowedKey, inOrder, matching, parseKeyIdFragment } from '../../src/domain/device.ts';
import { deviceOf, keyOf, sure } from '../support/desk/world.ts';

const laptop = deviceOf(42, 'LAPTOP-42');
const older = keyOf(laptop, '0a0a0a0a', '2025-01-10T10:00:00Z');
const newer = keyOf(laptop, '1a2b3c4d', '2026-03-02T09:14:07Z');
const fixed = keyOf(laptop, 'f1f1f1f1', '2026-06-01T09:00:00Z', 'fixedData');
const removable = keyOf(laptop, '77777777', '2026-07-01T09:00:00Z', 'removableData');
const unknown = keyOf(laptop, '88888888', '2026-08-01T09:00:00Z', 'unknown');

describe('domain/device: keys in order', () => {
  it('puts the operating system first, then the newest of each volume', () => {
    const order = inOrder([unknown, older, removable, fixed, newer]);
    assert.deepEqual(order.map((key) => key.keyId), [newer, older, fixed, removable, unknown].map((key) => key.keyId));
  });

  it('calls the newest of each kind of volume active and the others superseded', () => {
    assert.deepEqual(inOrder([fixed, older, newer]).map((key) => key.state), ['active', 'superseded', 'active']);
  });

  it('counts a key once that Graph listed on two pages', () => {
    assert.equal(inOrder([newer, older, newer]).length, 2);
  });

  it('gives one order for one set of keys, however they arrive', () => {
    const twin: EscrowedKey = { ...keyOf(laptop, '1a2b3c4e', '2026-03-02T09:14:07Z') };
    const all = [older, newer, twin, fixed, removable, unknown];
    fc.assert(fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (arrived) => assert.deepEqual(inOrder(arrived), inOrder(all))));
  });
});

describe('domain/device: a key ID as it is read out', () => {
  it('takes eight to 32 hex characters, whatever dashes and blanks stand in them', () => {
    for (const typed of ['1A2B3C4D', '1a2b 3c4d', '1A2B-3C4D', '{1a2b3c4d}', ' 1A2B\u00a03C4D ', '1A2B3C4D–', '1a2b3c4d\u200b']) {
      assert.deepEqual(parseKeyIdFragment(typed), { hex: '1a2b3c4d', forgiven: false }, typed);
    }
    assert.equal(parseKeyIdFragment('{1A2B3C4D-0000-4000-8000-1A2B3C4D0000}')?.hex.length, 32);
  });

  it('reads O as 0 and I or L as 1, and says so', () => {
    assert.deepEqual(parseKeyIdFragment('OA0a0a0o'), { hex: '0a0a0a00', forgiven: true });
    assert.deepEqual(parseKeyIdFragment('IA2B3C4l'), { hex: '1a2b3c41', forgiven: true });
  });

  it('takes nothing shorter, longer or with other letters', () => {
    for (const typed of ['', '1A2B3C4', '1A2B3C4G', 'LAPTOP-42', '1a2b3c4d'.repeat(4) + '0', '１A2B3C4D', '1A2B3C4D;', '.*.*.*.*', '--------']) assert.equal(parseKeyIdFragment(typed), undefined, typed);
  });

  it('fits the keys that begin with it, also across the dashes of a GUID', () => {
    const keys = [older, newer, fixed];
    const fits = (typed: string): readonly string[] => matching(keys, sure(parseKeyIdFragment(typed))).map((key) => key.keyId);
    assert.deepEqual(fits('1A2B3C4D'), [newer.keyId]);
    assert.deepEqual(fits('1A2B3C4D00004'), [newer.keyId]);
    assert.deepEqual(fits('1A2B3C4E'), []);
    assert.deepEqual(fits('2B3C4D00'), [], 'the middle of a key ID is not its beginning');
  });

  it('never throws, whatever was typed', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (typed) => assert.ok(sureHex(typed))));
  });
});

const sureHex = (typed: string): boolean => /^[0-9a-f]{8,32}$/.test(parseKeyIdFragment(typed)?.hex ?? '00000000');
