import assert from 'node:assert/strict';
import { askForKey } from '../../src/domain/ask-for-key.ts';
import { revealKey } from '../../src/domain/reveal-key.ts';
import { askerOf, cardPlace, pressOf, testDesk } from '../support/desk.ts';

describe('domain/reveal-key', () => {
  it('shows the password of the newest operating system key once, with intended and revealed before it', async () => {
    const { desk, journal } = testDesk();
    const asked = await askForKey(desk, askerOf(), { by: 'device', name: 'LAPTOP-42' }, Promise.resolve(cardPlace));
    assert.equal(asked.kind, 'confirm');
    if (asked.kind !== 'confirm') return;
    const answer = await revealKey(desk, pressOf(asked.request.id));
    assert.equal(answer.kind, 'revealed');
    assert.deepEqual(journal, ['ledger asked done', 'ledger intended done', 'read 1a2b3c4d-0000-4000-8000-1a2b3c4d0000', 'ledger revealed done']);
  });
});
