// docs/operations.md says of every table what it holds and for how long: here the paper is held against the database.
import assert from 'node:assert/strict';
import { Client } from 'pg';
import { jobsSchema } from '../../src/jobs/queues.ts';
import { testDatabase } from '../support/database.ts';
import { keptIn } from '../support/house/papers.ts';
import { readText } from '../support/house/sources.ts';

describe('what is kept, and where', () => {
  it('names every table of the database once, and none that is not there', async () => {
    const owner = new Client({ connectionString: (await testDatabase()).ownerUrl });
    await owner.connect();
    const { rows } = await owner.query<{ name: string }>("select relname as name from pg_class where relnamespace = 'keydesk'::regnamespace and relkind in ('r', 'p', 'm', 'f') order by 1");
    await owner.end();
    const { tables } = keptIn(readText('docs/operations.md'));
    assert.deepEqual(tables.filter((table) => table !== jobsSchema).toSorted(), rows.map(({ name }) => name));
    assert.ok(rows.length > 8 && tables.includes(jobsSchema));
  });

  it('says of each how long, and by which setting, which is explained', () => {
    const paper = readText('docs/operations.md');
    const { rows, settings } = keptIn(paper);
    for (const row of rows) assert.deepEqual(row.filter((cell) => cell === ''), [], row.join(' | '));
    assert.ok(settings.includes('KEYDESK_KEEP_TEXTS_DAYS') && settings.includes('KEYDESK_KEEP_REQUESTS_DAYS'));
    for (const setting of settings) assert.ok(paper.includes(`\n| \`${setting}\` |`), setting);
  });

  it('would notice a table that is missing, and an empty cell', () => {
    const paper = '## What is kept, and where\n\n| what | where | how long | by |\n|---|---|---|---|\n| words | `one`, `two` | a day | `KEYDESK_X` |\n| more | | – | – |\n\n## Next\n\n| `three` | x |\n';
    const { tables, rows, settings } = keptIn(paper);
    assert.deepEqual([tables, rows[1], settings], [['one', 'two'], ['more', '', '–', '–'], ['KEYDESK_X']]);
  });
});
