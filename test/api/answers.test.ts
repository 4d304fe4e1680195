import assert from 'node:assert/strict';
import { jsonAnswer, keyAnswer, listAnswer } from '../../src/api/answers.ts';
import { chosen } from '../../src/api/accept.ts';
import { parseStrictly } from '../../src/api/json.ts';
import { RecoveryPassword, shown } from '../../src/domain/recovery-password.ts';
import { known } from '../support/known.ts';

const blocks = Array.from({ length: 8 }, (_, index) => String(123_453 + 11 * index));
const password = blocks.join('-');

const linesOf = (items: readonly object[]): string => items.map((item) => JSON.stringify(item)).join('\n');

describe('api: an answer', () => {
  for (const [how, text] of [
    ['whole', password],
    ['without dashes', blocks.join('')],
    ['line by line', blocks.join('\n')],
    ['between quotes', blocks.map((block) => `"${block}"`).join(' ')],
    ['as a list', blocks],
  ] as const) {
    it(`with a recovery password in it does not leave: ${how}`, () => assert.throws(() => jsonAnswer({ deep: { text } }), /egress refused/));
  }

  it('with a recovery password in it does not leave, however it is written', () => {
    for (const text of [password, `x${password}`, blocks.join('\t'), blocks.join(' / ')]) assert.throws(() => jsonAnswer({ text }), /egress refused/, text);
    assert.throws(() => keyAnswer(known(RecoveryPassword.parse(password)), { note: password }), /egress refused/, 'not even beside the one that may');
  });

  it('that is made for one key holds it once, and may not be stored', () => {
    const { headers, body } = keyAnswer(known(RecoveryPassword.parse(password)), { keyId: 'k' });
    assert.deepEqual([JSON.parse(typeof body === 'string' ? body : ''), headers['cache-control']], [{ recoveryPassword: password, keyId: 'k' }, 'no-store']);
  });

  it('of a thousand devices with ids and times leaves', () => {
    const items = Array.from({ length: 1000 }, (_, n) => ({ deviceId: `de71ce00-0000-4000-8000-${String(n).padStart(12, '0')}`, deviceName: `PC-${String(n * 11).padStart(6, '0')}`, createdAt: '2026-11-25T08:00:00.000Z' }));
    assert.deepEqual(JSON.parse(String(Object(listAnswer(linesOf(items), 'next')).body)), { items, nextCursor: 'next' });
    assert.throws(() => listAnswer(linesOf([...items, { deviceName: password }]), null), /egress refused/);
    // Escapes hide nothing, neither in the line nor in the one beside it.
    assert.throws(() => listAnswer(linesOf([{ deviceName: blocks.join('\n') }, { deviceName: '"' }]), null), /egress refused/);
    assert.deepEqual([shown('LAPTOP-42'), shown(password)], ['LAPTOP-42', '(withheld: looks like a recovery key)']);
  });
});

describe('api: what a caller takes', () => {
  it('is chosen by what it likes best, the more particular word deciding', () => {
    const offered = ['application/json', 'application/x-ndjson', 'text/csv'] as const;
    for (const [accept, type] of [
      [undefined, 'application/json'],
      ['*/*', 'application/json'],
      ['text/csv', 'text/csv'],
      ['text/*, application/json;q=0.5', 'text/csv'],
      ['application/*;q=0.2, application/x-ndjson', 'application/x-ndjson'],
      ['*/*, application/json;q=0', 'application/x-ndjson'],
      ['text/html', undefined],
      ['application/json;q=0', undefined],
      ['application/json;q=9', undefined],
    ] as const) assert.equal(chosen(accept, offered), type, accept);
  });
});

describe('api: JSON', () => {
  it('is taken when each name stands once, and not otherwise', () => {
    for (const text of ['{}', '{"a":1,"b":{"a":1}}', '[{"a":1},{"a":2}]', '{"a":"{\\"a\\":1,\\"a\\":2}"}', '"a"', '{"a":["b","b"]}']) assert.ok(parseStrictly(text) !== undefined, text);
    for (const text of ['', '{', '{"a":1,"a":2}', '{"a":1,"\\u0061":2}', '{"x":{"a":1,"a":2}}', '{"a":{},"a" :{}}', `${'['.repeat(9)}${']'.repeat(9)}`, '{} {}']) assert.equal(parseStrictly(text), undefined, text);
  });
});
