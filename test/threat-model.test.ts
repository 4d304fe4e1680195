// Each guarantee of docs/threat-model.md names its test; here the names are held against the tests.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

interface Row {
  readonly law: number;
  readonly file: string;
  readonly title: string;
}

const rowsIn = (markdown: string): readonly Row[] =>
  [...markdown.matchAll(/^\| (\d+) \| .+ \| `(test\/[\w/.-]+\.test\.ts)` "(.+)" \|$/gm)].map(([, law, file = '', title = '']) => ({ law: Number(law), file, title }));

/** A title as it may stand in the source: between quotes of any kind, as a test or a group of tests. */
const isTitleIn = (source: string, title: string): boolean =>
  ["'", '"', '`'].some((quote) => [`it(${quote}`, `describe(${quote}`].some((start) => source.includes(`${start}${title.replaceAll(quote, `\\${quote}`)}${quote}`)));

const paper = read('docs/threat-model.md');
const rows = rowsIn(paper);

describe('the threat model', () => {
  it('has guarantees for each of the ten laws, and reads every row of their table', () => {
    assert.deepEqual([...new Set(rows.map(({ law }) => law))], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    assert.equal(rows.length, [...paper.matchAll(/^\| \d+ \|/gm)].length);
  });

  for (const { law, file, title } of rows) {
    it(`names a test that is there: law ${law}, “${title}”`, () => {
      assert.ok(existsSync(new URL(file, root)), file);
      assert.ok(isTitleIn(read(file), title), `${file} has no test of this name`);
    });
  }

  it('would notice a test that was renamed or left out', () => {
    const source = "describe('a', () => { it('b', f); it.skip('c', f); });";
    assert.deepEqual(['a', 'b', 'c', 'd'].map((title) => isTitleIn(source, title)), [true, true, false, false]);
    assert.deepEqual(rowsIn('| 3 | x | `test/y.test.ts` "z" |\n| 4 | x | y |\n'), [{ law: 3, file: 'test/y.test.ts', title: 'z' }]);
  });
});
