import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { entries, field, graphCaller } from './support/caller.ts';

const main = fileURLToPath(new URL('../../src/sim/main.ts', import.meta.url));

describe('sim/main', () => {
  const started: ChildProcess[] = [];
  after(() => {
    for (const child of started) child.kill('SIGKILL');
  });

  const start = (...flags: readonly string[]) => {
    const child = spawn(process.execPath, [main, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
    started.push(child);
    return child;
  };

  it('prints its address in one line of JSON, serves, and ends on SIGTERM', async () => {
    const child = start('--devices', '40', '--seed', '7');
    const [line]: unknown[] = await once(createInterface(child.stdout), 'line');
    const url = String(field(JSON.parse(String(line)), 'url'));
    const { body } = await (await graphCaller(url)).get('/v1.0/devices?$top=999&$select=id');
    assert.equal(entries(body).length, 39);
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });

  it('ends with 2 and says why when a flag is wrong', async () => {
    for (const flags of [['--devices', 'many'], ['--bogus', '1']]) {
      const child = start(...flags);
      const [text]: unknown[] = await once(child.stderr, 'data');
      assert.match(String(text), new RegExp(flags[0] ?? ''));
      assert.deepEqual(await once(child, 'exit'), [2, null]);
    }
  });
});
