import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfTimes } from './self-time.ts';

describe('a CPU profile by room and package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keydesk-profile-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('adds up the time in functions themselves, most first, and leaves idle time out', () => {
    const frame = (id: number, url: string, functionName = 'work') => ({ id, callFrame: { functionName, url } });
    const profile = {
      nodes: [
        frame(1, '', '(idle)'),
        frame(2, 'file:///home/x/src/graph/ask.ts'),
        frame(3, 'file:///home/x/src/graph/retry.ts'),
        frame(4, 'file:///home/x/node_modules/@azure/core-client/dist/a.js'),
        frame(5, 'file:///home/x/node_modules/a/node_modules/b/c.js'),
        frame(6, 'node:internal/streams/writable'),
        frame(7, '', 'writev'),
        frame(8, '', '(garbage collector)'),
      ],
      samples: [1, 2, 3, 4, 5, 6, 7, 8],
      timeDeltas: [900_000, 4000, 4500, 7000, 6000, 5000, 4000, 3000],
    };
    const file = join(folder, 'a.cpuprofile');
    writeFileSync(file, JSON.stringify(profile));
    assert.deepEqual(
      selfTimes(file).map(({ where, ms }) => [where, ms]),
      [
        ['src/graph', 8.5],
        ['@azure/core-client', 7],
        ['b', 6],
        ['node:internal/streams', 5],
        ['(built in)', 4],
        ['(garbage collector)', 3],
      ],
    );
  });
});
