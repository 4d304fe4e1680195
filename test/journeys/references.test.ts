import assert from 'node:assert/strict';
import { referenceIn } from '../support/keydesk/cards.ts';
import { alex, lee } from '../support/keydesk/people.ts';
import { inKeydesk } from '../support/keydesk.ts';

describe('the reference on a refusal', () => {
  it('is found in the log, with its code and its person, also where repeats are one entry', inKeydesk(async (keydesk) => {
    const first = referenceIn((await keydesk.ask('key for LAPTOP-42', { as: lee })).card);
    const repeated = referenceIn((await keydesk.ask('key for LAPTOP-42', { as: lee })).card);
    const [entry, ...others] = await keydesk.ledger();
    assert.equal(entry?.reference, first);
    assert.deepEqual(others, [], 'the repeat is counted, and has no entry yet');
    for (const reference of [first, repeated]) {
      const lines = keydesk.logLines.filter((line) => line.includes(reference));
      assert.equal(lines.length, 1);
      assert.match(lines[0] ?? '', new RegExp(`"code":"no-role".*"person":"${lee.id}"`));
      assert.doesNotMatch(lines[0] ?? '', /LAPTOP-42|Lee Gu/, 'names stay out of the log');
    }
  }));

  it('is not in the log where nothing was refused', inKeydesk(async (keydesk) => {
    await keydesk.ask('key for LAPTOP-42', { as: alex });
    assert.deepEqual(keydesk.logLines.filter((line) => line.includes('"refused"')), []);
  }));
});
