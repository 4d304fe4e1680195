import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { failureOf, hresult, passesByItself, type RotationFailure, rotationFailures } from '../../src/domain/rotation-failure.ts';

// As administrators report them: what `errorCode` holds, how Microsoft's pages write it, what it means.
const reported: readonly (readonly [number, string, RotationFailure])[] = [
  [-2_144_272_166, '0x803100DA', 'policy-os'],
  [-2_144_272_165, '0x803100DB', 'policy-fixed'],
  [-2_144_272_159, '0x803100E1', 'backup-busy'],
  [-2_144_272_376, '0x80310008', 'not-encrypted'],
  [-2_144_272_384, '0x80310000', 'drive-locked'],
  [-2_144_272_295, '0x80310059', 'drive-busy'],
  [-2_144_272_310, '0x8031004A', 'system-files'],
  [-2_144_272_366, '0x80310012', 'system-drive'],
  [-2_144_272_339, '0x8031002D', 'algorithm'],
  [-2_147_023_728, '0x80070490', 'element-missing'],
  [-2_147_024_809, '0x80070057', 'bad-parameter'],
  [-2_147_467_259, '0x80004005', 'general'],
  [-2_147_418_113, '0x8000FFFF', 'catastrophic'],
  [-2_146_893_783, '0x80090029', 'not-supported'],
];

describe('domain/rotation-failure', () => {
  for (const [errorCode, written, failure] of reported) {
    it(`reads ${errorCode}, which is ${written}, as ${failure}`, () => {
      assert.equal(failureOf(errorCode), failure);
      assert.equal(hresult(errorCode), written);
      assert.equal(Number(written) | 0, errorCode, 'the two columns say the same');
    });
  }

  it('reads no code twice, and every other as unlisted', () => {
    assert.equal(new Set(reported.map(([, , failure]) => failure)).size, reported.length);
    const known = new Set(reported.map(([errorCode]) => errorCode));
    fc.assert(fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), (code) => known.has(code) || failureOf(code) === 'unlisted'));
  });

  it('writes every code in eight digits, and no two alike', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), (code) => {
        assert.match(hresult(code), /^0x[0-9A-F]{8}$/);
        assert.equal(Number(hresult(code)) | 0, code);
      }),
    );
    assert.equal(hresult(0), '0x00000000');
  });

  it('tries again by itself what passes by itself, and nothing else', () => {
    assert.deepEqual(rotationFailures.filter(passesByItself), ['backup-busy', 'drive-busy']);
  });
});
