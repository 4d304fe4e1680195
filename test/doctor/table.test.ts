import assert from 'node:assert/strict';
import { broken, type Finding, notChecked, ok, warning } from '../../src/doctor/check.ts';
import { readCommand } from '../../src/doctor/command.ts';
import { isRed, type Told } from '../../src/doctor/examine.ts';
import { headOf, jsonOf, rowOf, sumOf, widthIn } from '../../src/doctor/table.ts';

const told = (finding: Finding): Told => ({ check: 'x', finding });
const hostile = 'Agents\u001b[31m\u202e gnp.exe\nokay';

describe('doctor: the table', () => {
  it('fits a terminal of 80 to 120 columns, whatever it is told', () => {
    assert.deepEqual([widthIn(undefined), widthIn(40), widthIn(100), widthIn(300)], [100, 80, 100, 120]);
    const findings = [
      ok('DeviceManagementManagedDevices.ReadWrite.All', 'granted'),
      broken('group of agents', 'x'.repeat(300), 'Entra admin centre → Groups → the group → Object Id. '.repeat(5)),
      warning('rotation policy', 'off in a policy with a name that is rather long', 'switch it on'),
    ];
    for (const width of [80, 100, 120]) {
      for (const line of [...headOf(width), ...findings.flatMap((finding) => rowOf(told(finding), width))]) assert.ok(line.length <= width, `${line.length}: ${line}`);
    }
  });

  it('has verdict, what and found on one line, and the remedy below', () => {
    assert.deepEqual(rowOf(told(broken('database', 'no tables', 'Run "npm run migrate".')), 80), ['broken       database                  no tables', '             → Run "npm run migrate".']);
    assert.deepEqual(rowOf(told(ok('DeviceManagementManagedDevices.Read.All', 'granted')), 80), ['ok           DeviceManagementManaged   granted', '             Devices.Read.All']);
  });

  it('writes what would move the cursor, colour the terminal or turn the line as its code', () => {
    const [line = ''] = rowOf(told(ok('group of agents', hostile)), 120);
    assert.match(line, /Agents\\u\{1b\}\[31m\\u\{202e\} gnp\.exe\\u\{a\}okay/);
    const json = jsonOf([told(ok('group of agents', hostile))], false);
    for (const sign of ['\u001b', '\u202e', '\\u001b']) assert.ok(!json.includes(sign));
  });

  it('counts, and is red only for what is broken', () => {
    const good = [told(ok('a', 'b')), told(warning('a', 'b', 'c')), told(notChecked('a', 'b', 'c'))];
    assert.equal(sumOf(good), 'Green: 1 ok, 1 warning, 1 not checked.');
    assert.equal(isRed(good), false);
    const bad = [...good, told(broken('a', 'b', 'c'))];
    assert.equal(sumOf(bad), 'Red: 1 broken, 1 ok, 1 warning, 1 not checked.');
    assert.equal(isRed(bad), true);
  });

  it('is one JSON object for scripts, with a remedy wherever something is to be done', () => {
    assert.deepEqual(JSON.parse(jsonOf([told(ok('a', 'b')), told(broken('c', 'd', 'e'))], true)), {
      verdict: 'red',
      findings: [
        { check: 'x', verdict: 'ok', what: 'a', found: 'b' },
        { check: 'x', verdict: 'broken', what: 'c', found: 'd', remedy: 'e' },
      ],
    });
  });
});

describe('doctor: the command line', () => {
  it('is understood whole, or not at all', () => {
    assert.deepEqual(readCommand([]), { kind: 'run', json: false, demo: false });
    assert.deepEqual(readCommand(['--json', '--endpoint', 'https://keydesk.example']), { kind: 'run', json: true, demo: false, endpoint: 'https://keydesk.example' });
    assert.deepEqual(readCommand(['--help']), { kind: 'help' });
    for (const args of [['--fix'], ['now'], ['--endpoint'], ['--demo', '--endpoint', 'https://keydesk.example']]) assert.equal(readCommand(args).kind, 'wrong', args.join(' '));
  });
});
