import assert from 'node:assert/strict';
import { type Command, parseCommand } from '../../src/domain/command.ts';
import { defaultSettings } from '../../src/domain/settings.ts';

const hear = (text: string, privateChat = true): Command => parseCommand(text, { privateChat, ticketPattern: defaultSettings.ticketPattern });
const checked = (text: string): readonly string[] => {
  const command = hear(text);
  return command.kind === 'check' ? command.names : assert.fail(`${text}: ${command.kind}`);
};

describe('domain/fleet-command', () => {
  it('hears the fleet, and takes it for no device', () => {
    for (const text of ['status', 'Status?', 'please show the status', 'fleet', 'fleet status', 'status of the fleet']) assert.equal(hear(text).kind, 'fleet-status', text);
    assert.equal(hear('status LAPTOP-42').kind, 'status');
  });

  it('hears the lists, in a channel too', () => {
    for (const [text, list] of [['missing', 'missing'], ['Missing keys', 'missing'], ['show me the missing devices', 'missing'], ['FAILED.', 'failed'], ['failed devices', 'failed'], ['pending', 'pending'], ['unknown', 'unknown'], ['not available', 'not-available']] as const) {
      assert.deepEqual(hear(text, false), { kind: 'fleet-list', list }, text);
    }
  });

  it('hears names with commas, semicolons or tabs between them, one a line, or blanks', () => {
    for (const text of ['check LAPTOP-1, LAPTOP-2,LAPTOP-3', 'check LAPTOP-1; LAPTOP-2; LAPTOP-3', 'Check:\nLAPTOP-1\r\nLAPTOP-2\n\n LAPTOP-3 ', 'please check the devices LAPTOP-1 LAPTOP-2  LAPTOP-3', 'check LAPTOP-1\tLAPTOP-2\tLAPTOP-3', 'readiness of LAPTOP-1, LAPTOP-2, LAPTOP-3?', 'check\n- LAPTOP-1\n- "LAPTOP-2"\n• LAPTOP-3']) {
      assert.deepEqual(checked(text), ['LAPTOP-1', 'LAPTOP-2', 'LAPTOP-3'], JSON.stringify(text));
    }
  });

  it('keeps a name with blanks in it, names in other scripts, and takes a name twice for once', () => {
    assert.deepEqual(checked("check Adele's old PC"), ["Adele's old PC"]);
    assert.deepEqual(checked('check НОУТБУК-7, 受付-03'), ['НОУТБУК-7', '受付-03']);
    assert.deepEqual(checked('check laptop-1, LAPTOP-1'), ['LAPTOP-1']);
    assert.deepEqual(checked('check LAPTOP\u20111'), ['LAPTOP-1'], 'a dash of another kind');
  });

  it('asks for names when there are none', () => {
    for (const text of ['check', 'check:', 'check , ;', 'check ???']) assert.deepEqual(hear(text), { kind: 'suggestion', nearest: 'check LAPTOP-1, LAPTOP-2' }, text);
  });

  it('counts names that are too many, ten thousand of them at once', () => {
    const names = (count: number): string => Array.from({ length: count }, (_, n) => `PC-${n}`).join('\n');
    assert.equal(checked(`check ${names(500)}`).length, 500);
    assert.deepEqual(hear(`check ${names(501)}`), { kind: 'check', names: [], count: 501 });
    const began = performance.now();
    assert.deepEqual(hear(`check\n${names(10_000)}`), { kind: 'check', names: [], count: 10_000 });
    assert.ok(performance.now() - began < 2000);
  });

  it('hears a recovery password in a list as what it is', () => {
    assert.equal(hear('check LAPTOP-1\n123453-231451-373450-213543-354673-465685-123453-324566').kind, 'pasted-password');
  });

  it('suggests what was nearly typed', () => {
    assert.deepEqual(hear('chek LAPTOP-1, LAPTOP-2'), { kind: 'suggestion', nearest: 'check LAPTOP-1, LAPTOP-2' });
    assert.deepEqual(hear('mising', false), { kind: 'suggestion', nearest: 'missing' });
  });
});
