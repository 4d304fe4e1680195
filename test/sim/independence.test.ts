import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const room = fileURLToPath(new URL('../../src/sim/', import.meta.url));

describe('sim', () => {
  it('imports itself and Node, and nothing else: a reading of its own', () => {
    const files = readdirSync(room, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    assert.ok(files.length > 30);
    for (const file of files) {
      const source = readFileSync(room + file, 'utf8');
      for (const [, from = ''] of source.matchAll(/(?:from|import) '([^']+)'/g)) {
        const inside = from.startsWith('./') || (from.startsWith('../') && new URL(from, `file:///src/sim/${file}`).pathname.startsWith('/src/sim/'));
        assert.ok(inside || from.startsWith('node:'), `${file} imports ${from}`);
      }
    }
  });
});
