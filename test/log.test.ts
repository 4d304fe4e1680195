import assert from 'node:assert/strict';
import { Fault } from '../src/domain/fault.ts';
import { RecoveryPassword } from '../src/domain/recovery-password.ts';
import { createLog } from '../src/log.ts';
import { passwordDigits } from './support/desk/world.ts';

const password = passwordDigits(5);

/** What stands in the log after the work. */
function linesOf(work: (log: ReturnType<typeof createLog>) => void): readonly Record<string, unknown>[] {
  const lines: string[] = [];
  work(createLog({ level: 'info', destination: { write: (line) => void lines.push(line) } }));
  return lines.map((line) => JSON.parse(line));
}

describe('the log', () => {
  it('holds fields, one JSON object a line', () => {
    const [line] = linesOf((log) => log.info({ request: 'x' }, 'done'));
    assert.deepEqual({ ...line, time: undefined }, { level: 'info', time: undefined, request: 'x', msg: 'done' });
    assert.match(String(line?.['time']), /^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it('keeps class, code, status and frames of an error, and not its message', () => {
    const error = Object.assign(new TypeError('password=hunter2'), { code: 'ECONNRESET', statusCode: 502 });
    const [line] = linesOf((log) => log.error({ err: error }, 'failed'));
    const text = JSON.stringify(line);
    assert.ok(!text.includes('hunter2'));
    for (const part of ['TypeError', 'ECONNRESET', '502', 'log.test.ts']) assert.ok(text.includes(part), part);
  });

  it('keeps the message of a Fault of ours, and nothing of the causes but their class', () => {
    const cause = new Error('token eyJhbGciOi', { cause: new RangeError('hunter2') });
    const fault = new Fault('graph-forbidden', 'never', { message: 'a permission is missing', cause, graphRequestId: 'g-1', claims: 'claims-of-a-challenge' });
    const text = JSON.stringify(linesOf((log) => log.error({ err: fault }, 'failed')));
    for (const part of ['graph-forbidden', 'never', 'a permission is missing', 'g-1', 'RangeError']) assert.ok(text.includes(part), part);
    for (const part of ['eyJhbGciOi', 'hunter2', 'claims-of-a-challenge']) assert.ok(!text.includes(part), part);
  });

  it('takes a message in several lines for a message, not for frames', () => {
    const error = new Error('first\n    at hunter2 (secret.ts:1:1)\nlast');
    error.stack = `Error: ${error.message}\n    at real (file.ts:1:1)`;
    const text = JSON.stringify(linesOf((log) => log.error({ err: error }, 'failed')));
    assert.ok(text.includes('file.ts') && !text.includes('hunter2'));
  });

  it('says what kind of thing was thrown when it was no error', () => {
    const text = JSON.stringify(linesOf((log) => log.error({ err: 'hunter2' }, 'failed')));
    assert.ok(text.includes('"class":"string"') && !text.includes('hunter2'));
  });

  it('covers fields that are named like secrets', () => {
    const text = JSON.stringify(linesOf((log) => log.warn({ authorization: 'hunter2', headers: { authorization: 'hunter2' }, secret: 'hunter2', text: 'hunter2', value: { a: 'hunter2' } }, 'x')));
    assert.ok(!text.includes('hunter2'));
  });

  it('withholds a line with a recovery password in it, wherever it stands', () => {
    for (const write of [
      (log: ReturnType<typeof createLog>) => log.info({ device: password }, 'x'),
      (log: ReturnType<typeof createLog>) => log.info({}, `the key is ${password}`),
      (log: ReturnType<typeof createLog>) => log.info({ blocks: password.split('-') }, 'x'),
      (log: ReturnType<typeof createLog>) => log.info({ device: password.replaceAll('-', '\n') }, 'x'),
    ]) {
      const [line, ...more] = linesOf(write);
      assert.deepEqual([line?.['level'], line?.['msg'], more.length], ['error', 'a line was withheld: it held something like a recovery password', 0]);
      assert.ok(!JSON.stringify(line).includes(password.slice(0, 6)));
    }
  });

  it('prints a recovery password as what it is', () => {
    const [line] = linesOf((log) => log.info({ key: RecoveryPassword.parse(password) }, 'x'));
    assert.equal(line?.['key'], '«recovery password»');
  });

  it('leaves out what is below its level', () => assert.deepEqual(linesOf((log) => log.debug({}, 'x')), []));
});
