import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { hasDigitsEnough } from '../../src/domain/digits.ts';
import { holdsRecoveryPassword, isWellFormedBlock, RecoveryPassword } from '../../src/domain/recovery-password.ts';
import { passwordDigits, sure } from '../support/desk/world.ts';

const digits = passwordDigits(1);
const blocks = digits.split('-');
const password = (): RecoveryPassword => sure(RecoveryPassword.parse(digits));

/** Blocks of any value, as Microsoft's own sample has them. */
const sample = '123456-231453-873456-213546-654678-765689-123456-324565';

describe('domain/recovery-password', () => {
  it('reads eight blocks of six digits and gives them back', () => {
    assert.deepEqual([...password().blocks], blocks);
    assert.equal(password().digits, digits);
    assert.equal(sure(RecoveryPassword.parse(` ${digits}\n`)).digits, digits);
  });

  it('reads nothing else', () => {
    const others = [undefined, null, 7, '', digits.replaceAll('-', ''), digits.slice(1), `${digits}1`, `${digits}-123456`, digits.slice(0, -7), digits.replace('-', ' '), `x${digits}`, [digits], { key: digits }];
    for (const other of others) assert.equal(RecoveryPassword.parse(other), undefined, inspect(other));
  });

  it('checks a block by 11 and by 720885', () => {
    for (const block of ['000000', '000011', '720885', '123453']) assert.equal(isWellFormedBlock(block), true, block);
    for (const block of ['000001', '720886', '720896', '999999', '12345', '1234530', '12345a', '']) assert.equal(isWellFormedBlock(block), false, block);
  });

  it('accepts blocks that Windows would reject, and names them', () => {
    assert.deepEqual([...sure(RecoveryPassword.parse(sample)).doubtfulBlocks], sample.split('-').flatMap((block, index) => (Number(block) % 11 === 0 && Number(block) <= 720_885 ? [] : [index + 1])));
    assert.deepEqual([...password().doubtfulBlocks], []);
    assert.deepEqual([...sure(RecoveryPassword.parse(digits.replace(blocks[2] ?? '', '720896'))).doubtfulBlocks], [3]);
  });

  it('prints nothing, whatever prints it', () => {
    const held = password();
    const printed = [
      String(held),
      JSON.stringify({ held }),
      inspect(held),
      inspect({ deep: { er: [held] } }, { depth: 9, showHidden: true, getters: true }),
      // As node:assert prints what differs.
      inspect(held, { customInspect: false, getters: true }),
      inspect(held, { customInspect: false, showHidden: true }),
      inspect(structuredClone(held)),
      JSON.stringify(Object.assign({}, held)),
      inspect(new Error('failed', { cause: held })),
      new Error(`failed: ${String(held)}`).stack ?? '',
      Object.entries(held).join(),
      inspect(Object.getOwnPropertyDescriptors(held)),
    ];
    for (const text of printed) for (const block of blocks) assert.ok(!text.includes(block), text);
  });

  it('cannot be changed through the blocks it gives out', () => {
    const held = password();
    assert.throws(() => (held.blocks as string[]).splice(0, 1, '000000'), TypeError);
    assert.equal(held.digits, digits);
  });
});

describe('domain/recovery-password, found in a text', () => {
  const separators = ['-', '', ' ', '\u00a0', '\n', '\r\n', '\t', ' - ', '–', '—', '‑', '−', '.', ', ', '_', '/', '|', ' * ', "'", '"', '\\', '\u200b', '\u00ad', '\ufeff', '+', ':', ' \u2028 '];

  for (const separator of separators) {
    it(`is found with ${JSON.stringify(separator)} between the blocks`, () => {
      assert.ok(holdsRecoveryPassword(`the key is ${sample.replaceAll('-', separator)}, thanks`));
    });
  }

  it('is found in digits of other scripts', () => {
    for (const zero of [0xff10, 0x0660, 0x06f0, 0x1d7ce]) {
      assert.ok(holdsRecoveryPassword(sample.replaceAll(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)))), zero.toString(16));
    }
  });

  it('is found block by block among other words, when Windows would take the blocks', () => {
    assert.ok(holdsRecoveryPassword(blocks.map((block, index) => `block ${index + 1}: ${block}`).join('; then ')));
    assert.ok(holdsRecoveryPassword(JSON.stringify(blocks.map((text) => ({ type: 'TextBlock', text })))));
    assert.ok(!holdsRecoveryPassword(sample.split('-').map((block, index) => `block ${index + 1}: ${block}`).join('; then ')));
  });

  it('is found in other groups of digits, when Windows would take the blocks', () => {
    const run = blocks.join('');
    for (const size of [1, 2, 4, 12, 16]) assert.ok(holdsRecoveryPassword(`key ${run.replaceAll(new RegExp(`.{${size}}`, 'g'), '$& ')}.`), String(size));
    assert.ok(!holdsRecoveryPassword(sample.replaceAll('-', '').replaceAll(/.{4}/g, '$& ')));
  });

  it('is not found in 47 or 49 digits, seven blocks, or numbers of other kinds', () => {
    const run = digits.replaceAll('-', '');
    const others = [
      run.slice(1),
      `${run}1`,
      blocks.slice(1).join('-'),
      `${blocks.slice(1).join('-')}-12345`,
      `${digits}1`,
      `1${digits}`,
      blocks.slice(1).join(' then '),
      '2026-11-22T09:14:07.112Z '.repeat(9),
      '000000 '.repeat(7),
      '"#000000","#000000","#000000","#000000", a "#000000","#000000","#000000","#000000"',
      '1a2b3c4d-0000-4000-8000-1a2b3c4d0000 '.repeat(9),
      'call me at +49 30 1234567 or 555 123456',
    ];
    for (const other of others) assert.equal(holdsRecoveryPassword(other), false, other);
  });

  it('is found wherever it stands, for any password and any text around it', () => {
    const any = fc.array(fc.integer({ min: 0, max: 999_999 }), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(any, fc.string({ maxLength: 40 }), fc.string({ maxLength: 40 }), fc.constantFrom(...separators), (values, before, after, separator) => {
        const text = values.map((value) => String(value).padStart(6, '0')).join(separator);
        assert.ok(holdsRecoveryPassword(`${before}x${text}x${after}`));
      }),
    );
  });

  it('is looked for closely only where there are digits enough', () => {
    const run = blocks.join('');
    const ordinary = ['Recovery key for LAPTOP-42?', '1a2b3c4d-0000-4000-8000-1a2b3c4d0000 2026-11-22T09:14:07.112Z', run.slice(6), `${run.slice(0, 47)} x`];
    for (const text of ordinary) assert.equal(hasDigitsEnough(text), false, text);
    const suspect = [digits, run, run.replaceAll(/./g, '$& '), blocks.map((block, index) => `block ${index + 1}: ${block}`).join('; then '), `\u0661${run.slice(1)}`];
    for (const text of suspect) assert.equal(hasDigitsEnough(text), true, text);
  });

  it('takes time in proportion to the text: eight times the text takes less than forty times as long', () => {
    const hard = ['123456-123456-123456-123456-123456-123456-123456-12345 ', '123456     \\n', '1 ', '000011 x ', `123456${' '.repeat(500)}`, '\\n', '-'];
    const elapsed = (text: string): number => {
      const begin = performance.now();
      holdsRecoveryPassword(`${text}x`);
      return performance.now() - begin;
    };
    for (const part of hard) {
      const of = (size: number): string => part.repeat(Math.ceil(size / part.length)).slice(0, size);
      const small = Math.min(...Array.from({ length: 5 }, () => elapsed(of(32 * 1024))));
      const large = Math.min(...Array.from({ length: 3 }, () => elapsed(of(256 * 1024))));
      // Quadratic time would be 64 times as long; the constant keeps very short times from counting.
      assert.ok(large < 40 * small + 20, `${JSON.stringify(part)}: ${small} ms, ${large} ms`);
    }
  });
});
