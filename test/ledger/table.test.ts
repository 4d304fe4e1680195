import assert from 'node:assert/strict';
import { ledgerTable, safe } from '../../src/ledger/table.ts';
import { entryOf, fullEntry } from '../support/ledger-entries.ts';

describe('ledger/table', () => {
  it('shows an entry in one line under its headings', () => {
    const { asked: _, count: __, ...entry } = fullEntry;
    assert.deepEqual(ledgerTable([{ seq: 12, entry }]).split(/\n/), [
      'entry  time (UTC)           act       outcome                who          device     key ID    reason                       ticket      source',
      '12     2026-11-22 09:14:07  revealed  done: too-many-misses  Alex Wilber  LAPTOP-42  1A2B3C4D  other "Ärger mit dem TPM 🔑"  INC0012345  teams',
    ]);
  });

  it('leaves out columns that say nothing', () => {
    const [heading] = ledgerTable([{ seq: 1, entry: entryOf() }]).split('\n');
    assert.equal(heading, 'entry  time (UTC)           act    outcome  who          source');
  });

  it('says how many refusals were summed', () => {
    assert.match(ledgerTable([{ seq: 1, entry: entryOf({ act: 'refused', count: 4 }) }]), /refused ×4/);
  });

  it('shows the new key of a rotation, and what Intune reported', () => {
    const failed = entryOf({ act: 'rotation-failed', outcome: 'failed', code: 'policy-os', result: '0x803100DA' });
    const { keyId } = fullEntry;
    assert.ok(keyId);
    const text = ledgerTable([{ seq: 1, entry: failed }, { seq: 2, entry: entryOf({ act: 'rotation-done', newKeyId: keyId }) }]);
    assert.match(text, /rotation-failed +failed: policy-os 0x803100DA/);
    assert.match(text, /new key[\s\S]*rotation-done .* 1A2B3C4D/);
  });

  it('says that a name was erased, and keeps the beginning of the id', () => {
    const { person } = fullEntry;
    assert.ok(person);
    assert.match(ledgerTable([{ seq: 1, entry: entryOf({ person: { id: person.id } }) }]), /\(erased\) a1e00000/);
  });

  it('says that bytes cannot be read', () => {
    assert.match(ledgerTable([{ seq: 3, entry: undefined }]), /^3 +its bytes cannot be read: run verify/m);
  });

  it('shows what would move the cursor, colour the line or turn its direction', () => {
    assert.equal(safe('a\u001b[3\nb\u202ec'), String.raw`a\u{1b}[3\u{a}b\u{202e}c`);
    assert.equal(safe('Ärger 🔑'), 'Ärger 🔑');
  });

  it('cuts long names and says so', () => {
    assert.equal(safe('x'.repeat(40)), `${'x'.repeat(31)}…`);
    assert.equal(safe('x'.repeat(32)), 'x'.repeat(32));
  });

  it('keeps the lines apart whatever a name holds', () => {
    const text = ledgerTable([{ seq: 1, entry: entryOf({ asked: 'a\r\nb\u2028c' }) }]);
    assert.equal(text.split(/[\r\n\u2028]/).length, 2);
  });
});
