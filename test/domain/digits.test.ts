import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { hasDigitsEnough, hasLineWithDigitsEnough } from '../../src/domain/digits.ts';

/** The same said plainly, character by character. */
function plainly(text: string): boolean {
  let stretch = 0;
  let longest = 0;
  for (const character of text.split('')) {
    if (/\d/.test(character) || character > '\u007f') stretch += 1;
    else if (!/[\s._,;:/|+*"'\\-]/.test(character)) stretch = 0;
    longest = Math.max(longest, stretch);
  }
  return longest >= 48 || (text.match(/(?<!\d)\d{6}(?!\d)/g) ?? []).length >= 8;
}

/** Texts at the edge: runs of digits about as long as blocks, signs, letters and characters of other scripts between them. */
const number = fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 0, max: 9_999_999 }) }, { weight: 20, arbitrary: fc.integer({ min: 100_000, max: 999_999 }) });
const between = fc.constantFrom('-', ' ', '  - ', '"', '\n', '', '\u00a0', '\u0661', 'a', '{', ' key ');
const texts = fc.array(fc.tuple(number, between), { minLength: 4, maxLength: 20 }).map((parts) => parts.flat().join(''));

describe('domain/digits', () => {
  it('finds what a look at every character finds', () => {
    const seen = { true: 0, false: 0 };
    fc.assert(
      fc.property(texts, (text) => {
        seen[`${plainly(text)}`] += 1;
        assert.equal(hasDigitsEnough(text), plainly(text));
      }),
      { numRuns: 5000 },
    );
    assert.ok(seen.true > 500 && seen.false > 500, JSON.stringify(seen));
  });

  it('finds in many lines what it finds in any one of them, wherever it stands', () => {
    fc.assert(
      fc.property(fc.array(texts.map((text) => text.replaceAll('\n', ' ')), { maxLength: 6 }), (lines) => {
        if (lines.some(plainly)) assert.ok(hasLineWithDigitsEnough(lines.map((line) => `{${line}}`).join('\n')));
      }),
      { numRuns: 2000 },
    );
    const names = Array.from({ length: 100 }, (_, n) => `{"deviceName":"PC-${123_453 + n}"}`);
    assert.deepEqual([hasDigitsEnough(names.join('\n')), hasLineWithDigitsEnough(names.join('\n'))], [true, false], 'eight names are no password');
  });
});
