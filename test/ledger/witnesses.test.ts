// Checkpoints against the ledger: stored ones and given ones, over changes of the key and over epochs.
import assert from 'node:assert/strict';
import type { LedgerEntry } from '../../src/domain/ledger-entry.ts';
import { originOf, signCheckpoint } from '../../src/ledger/checkpoint.ts';
import type { Finding } from '../../src/ledger/findings.ts';
import { signKeyChange } from '../../src/ledger/key-change.ts';
import { renamed, type Signer } from '../../src/ledger/signed-note.ts';
import type { StoredCheckpoint, StoredEntry } from '../../src/ledger/stored.ts';
import { known } from '../support/known.ts';
import { entryOf } from '../support/ledger-entries.ts';
import { origin, signerOf, tenantId } from '../support/ledger-keys.ts';
import { rootOfRows, storedRow, storedRows, verifiedRows, withNodes } from '../support/stored-rows.ts';

const [first, second, third] = [signerOf(1), signerOf(2), signerOf(3)];
const keyEntry = (next: Signer, former?: Signer, of = origin): LedgerEntry => ({ ...entryOf(), act: 'ledger-key', source: 'system', note: signKeyChange(of, former, next) });
const plain = (count: number, from = 0): LedgerEntry[] => Array.from({ length: count }, (_, index) => entryOf({ attempt: from + index + 1 }));
const resumed = (note?: string): LedgerEntry => ({ ...entryOf(), act: 'resumed', source: 'system', ...(note !== undefined && { note }) });

const noteOver = (rows: readonly StoredEntry[], size: number, signer = first, epoch = 1): string =>
  signCheckpoint({ origin: originOf(tenantId, epoch), size, root: rootOfRows(rows, size) }, renamed(signer, originOf(tenantId, epoch)));
const checkpointOver = (rows: readonly StoredEntry[], size: number, signer = first, epoch = 1): StoredCheckpoint => ({ size, root: rootOfRows(rows, size), note: noteOver(rows, size, signer, epoch) });
const rootsOf = (rows: readonly StoredEntry[]) => ({ rootAt: async (size: number) => (size <= rows.length ? rootOfRows(rows, size) : undefined) });
/** The first key, then 29 entries; checkpoints over 1, 10, 20 and 30. */
const rows = storedRows([keyEntry(first), ...plain(29)]);
const checkpoints = [1, 10, 20, 30].map((size) => checkpointOver(rows, size));
const trusted = first.publicKey;
/** Entries from `from` on are others, with hashes and nodes that fit. */
const rewrittenFrom = (from: number): StoredEntry[] => withNodes(rows.map((row) => (row.seq < from ? row : { ...storedRow(row.seq, entryOf({ attempt: 500 + row.seq })), nodes: null })));

describe('ledger/witnesses', () => {
  it('hold for the ledger that was signed', async () => {
    const { findings, verdict } = await verifiedRows(rows, { checkpoints, trusted });
    assert.deepEqual([findings, verdict.held, verdict.newestHeld, verdict.trust], [[], 4, 30, 'trusted']);
  });

  it('given ones are told of by themselves', async () => {
    const { findings, verdict } = await verifiedRows(rows, { checkpoints, trusted, given: [noteOver(rows, 25), noteOver(rows, 10)] });
    assert.deepEqual([findings, verdict.held, verdict.heldGiven], [[], 6, [10, 25]]);
  });

  it('show where a ledger was written anew: between the last that fits and the first that does not', async () => {
    const { findings } = await verifiedRows(rewrittenFrom(15), { checkpoints, trusted });
    assert.deepEqual(findings, [{ kind: 'rewritten', seq: 11, to: 20, given: false, others: 1 }]);
  });

  it('show that a ledger was cut off, by the longest of them', async () => {
    const { findings } = await verifiedRows(rows.slice(0, 12), { checkpoints, trusted, given: [noteOver(rows, 15)] });
    assert.deepEqual(findings, [
      { kind: 'cut-off', seq: 13, to: 15, given: true },
      { kind: 'cut-off', seq: 13, to: 30, given: false },
    ]);
  });

  it('still hold for a ledger of which one entry was changed: only that is named', async () => {
    const changed = rows.map((row) => (row.seq === 5 ? { ...row, ...storedRow(5, entryOf({ attempt: 500 })), nodes: row.nodes } : row));
    const { findings, verdict } = await verifiedRows(changed, { checkpoints, trusted });
    assert.deepEqual([findings, verdict.held], [[{ kind: 'unfitting', seq: 5, to: 6 }], 4]);
  });

  it('still hold, in the old numbering, for a ledger from which an entry was removed and the rest numbered anew', async () => {
    const left = rows.filter(({ seq }) => seq !== 7).map((row, index) => ({ ...row, seq: index + 1 }));
    const { findings, verdict } = await verifiedRows(left, { checkpoints, trusted });
    assert.deepEqual([findings, verdict.held], [[{ kind: 'removed-before', seq: 7, count: 1 }], 4]);
  });

  it('over a place whose entry is missing are passed over, and those behind it hold by the nodes that are left', async () => {
    const { findings, verdict } = await verifiedRows(rows.filter(({ seq }) => seq !== 10), { checkpoints, trusted });
    assert.deepEqual([findings, verdict.held], [[{ kind: 'removed', seq: 10, to: 10 }], 3]);
  });

  for (const [flaw, checkpoint] of Object.entries({
    unsigned: { ...checkpointOver(rows, 10), note: noteOver(rows, 10, second) },
    malformed: { ...checkpointOver(rows, 10), note: `${noteOver(rows, 10)}x` },
    foreign: { ...checkpointOver(rows, 10), note: signCheckpoint({ origin: 'example.com/log', size: 10, root: rootOfRows(rows, 10) }, signerOf(1, 'example.com/log')) },
    columns: { ...checkpointOver(rows, 10), root: Buffer.alloc(32) },
  } satisfies Record<string, StoredCheckpoint>)) {
    it(`are named when they are ${flaw}, and those beside them hold`, async () => {
      const { findings, verdict } = await verifiedRows(rows, { checkpoints: checkpoints.with(1, checkpoint), trusted });
      assert.deepEqual([findings, verdict.held], [[{ kind: 'checkpoint', seq: 10, flaw, given: false }], 3]);
    });
  }

  it('are named when the number in their row is another than they say', async () => {
    const { findings } = await verifiedRows(rows, { checkpoints: [{ ...checkpointOver(rows, 10), size: 12 }], trusted });
    assert.deepEqual(findings, [{ kind: 'checkpoint', seq: 12, flaw: 'columns', given: false }]);
  });

  it('of an epoch that there was not yet are foreign', async () => {
    const { findings } = await verifiedRows(rows, { given: [noteOver(rows, 10, first, 2)], trusted });
    assert.deepEqual(findings, [{ kind: 'checkpoint', seq: 10, flaw: 'foreign', given: true }]);
  });

  it('of another tenant are foreign, even when the ledger itself is the first to say whose it is', async () => {
    const foreign = originOf('c0417050-0000-4000-8000-000000000009', 1);
    const { findings } = await verifiedRows(rows, { given: [signCheckpoint({ origin: foreign, size: 10, root: rootOfRows(rows, 10) }, renamed(first, foreign))] });
    assert.deepEqual(findings, [{ kind: 'checkpoint', seq: 10, flaw: 'foreign', given: true }]);
  });

  it('that are none are named without a size', async () => {
    const { findings } = await verifiedRows(rows, { given: ['hello'], trusted });
    assert.deepEqual(findings, [{ kind: 'checkpoint', seq: undefined, flaw: 'malformed', given: true }]);
  });
});

describe('ledger/witnesses: over a change of the key', () => {
  const changing = storedRows([keyEntry(first), ...plain(9), keyEntry(second, first), ...plain(9, 20)]);
  const both = [checkpointOver(changing, 10), checkpointOver(changing, 11, second), checkpointOver(changing, 20, second)];

  it('each is held against the key in force at its size, and the newest key has to be the trusted one', async () => {
    const { findings, verdict } = await verifiedRows(changing, { checkpoints: both, trusted: second.publicKey });
    assert.deepEqual([findings, verdict.held, verdict.trust], [[], 3, 'trusted']);
    const former = await verifiedRows(changing, { checkpoints: both, trusted: first.publicKey });
    assert.deepEqual([former.findings, former.verdict.trust], [[{ kind: 'other-key', seq: 11 }], 'other']);
    assert.equal((await verifiedRows(changing, { checkpoints: both })).verdict.trust, 'ledger');
  });

  it('one that the former key signs afterwards is not believed, nor one that the new key signed before', async () => {
    const late = await verifiedRows(changing, { checkpoints: [checkpointOver(changing, 15, first)], trusted: second.publicKey });
    const early = await verifiedRows(changing, { checkpoints: [checkpointOver(changing, 8, second)], trusted: second.publicKey });
    assert.deepEqual([late.findings, early.findings], [[15], [8]].map(([seq]) => [{ kind: 'checkpoint', seq, flaw: 'unsigned', given: false }]));
  });

  for (const [what, entry] of Object.entries({
    'that names no former key': keyEntry(second),
    'from a key that was not in force': keyEntry(second, third),
    'without a note': { ...keyEntry(second, first), note: undefined },
    'for another tenant': keyEntry(second, first, originOf('c0417050-0000-4000-8000-000000000009', 1)),
    'for an epoch that there was not yet': keyEntry(second, first, originOf(tenantId, 2)),
  })) {
    it(`names a change ${what}, and the former key stays in force`, async () => {
      const { note, ...rest } = entry;
      const wrong = storedRows([keyEntry(first), ...plain(9), { ...rest, ...(note !== undefined && { note }) }, ...plain(3)]);
      const { findings, verdict } = await verifiedRows(wrong, { checkpoints: [checkpointOver(wrong, 14)], trusted });
      assert.deepEqual([findings, verdict.held], [[{ kind: 'key-change', seq: 11 }], 1]);
    });
  }
});

describe('ledger/witnesses: over a restore', () => {
  /** 30 entries were there and signed; a backup with 20 came back, of which a checkpoint over 18 is the newest; entry 21 tells of it. */
  const good = noteOver(rows, 18);
  const restored = storedRows([keyEntry(first), ...plain(19), resumed(good), ...plain(9, 50)]);
  const stored = [checkpointOver(restored, 1), checkpointOver(restored, 18), checkpointOver(restored, 21, first, 2), checkpointOver(restored, 30, first, 2)];
  const look = (given: readonly string[], more: readonly StoredEntry[] = restored): Promise<{ readonly findings: readonly Finding[]; readonly verdict: Awaited<ReturnType<typeof verifiedRows>>['verdict'] }> =>
    verifiedRows(more, { checkpoints: stored, trusted, given, ...rootsOf(more) });

  it('those of both epochs hold, each under its own name', async () => {
    const { findings, verdict } = await look([noteOver(restored, 18), noteOver(restored, 25, first, 2)]);
    assert.deepEqual([findings, verdict.held], [[], 6]);
  });

  it('one of the former epoch over entries that were lost is explained, and is no tampering', async () => {
    for (const size of [25, 30]) {
      const { findings, verdict } = await look([noteOver(rows, size)]);
      assert.deepEqual([findings, verdict.lost], [[], [{ epoch: 1, size, after: 18, resumedBy: 21, given: true }]]);
    }
    const beyond = storedRows([keyEntry(first), ...plain(59)]);
    assert.deepEqual((await look([noteOver(beyond, 60)])).verdict.lost.map(({ size }) => size), [60]);
  });

  it('one of the former epoch up to the last that held must still hold', async () => {
    const other = storedRows([keyEntry(first), ...plain(19, 700)]);
    assert.deepEqual((await look([noteOver(other, 12)])).findings, [{ kind: 'rewritten', seq: 2, to: 12, given: true, others: 0 }]);
  });

  it('one of the new epoch over more than there is shows that the ledger was cut off', async () => {
    const more = storedRows([keyEntry(first), ...plain(19), resumed(good), ...plain(19, 50)]);
    assert.deepEqual((await look([noteOver(more, 40, first, 2)])).findings, [{ kind: 'cut-off', seq: 31, to: 40, given: true }]);
  });

  it('one of the new epoch over fewer entries than it began with is foreign', async () => {
    assert.deepEqual((await look([noteOver(restored, 19, first, 2)])).findings, [{ kind: 'checkpoint', seq: 19, flaw: 'foreign', given: true }]);
  });

  it('one that a key signed of which only the lost entries told is believed once the ledger knows that key again', async () => {
    const again = storedRows([keyEntry(first), ...plain(19), resumed(good), keyEntry(second, first, originOf(tenantId, 2)), ...plain(8, 50)]);
    const { findings, verdict } = await verifiedRows(again, { trusted: second.publicKey, checkpoints: [checkpointOver(again, 22, second, 2)], given: [noteOver(rows, 19, second), noteOver(rows, 28, second)], ...rootsOf(again) });
    assert.deepEqual([findings, verdict.heldGiven, verdict.lost.map(({ size }) => size)], [[], [19], [28]]);
  });

  for (const [what, note] of Object.entries({
    'a checkpoint that does not hold': noteOver(storedRows([keyEntry(first), ...plain(19, 700)]), 18),
    'a checkpoint that the key did not sign': noteOver(rows, 18, third),
    'a checkpoint over more than there was': noteOver(rows, 25),
    'no checkpoint to the letter': 'hello',
  })) {
    it(`an epoch that names ${what} was begun wrongly`, async () => {
      const wrong = storedRows([keyEntry(first), ...plain(19), resumed(note), ...plain(9, 50)]);
      const { findings } = await verifiedRows(wrong, { trusted, checkpoints: [checkpointOver(wrong, 21, first, 2)], ...rootsOf(wrong) });
      assert.deepEqual(findings, [{ kind: 'resumed-wrongly', seq: 21 }]);
    });
  }

  it('nothing is said of epochs by who brings no checkpoints', async () => {
    assert.deepEqual((await verifiedRows(restored, { trusted })).findings, []);
  });

  it('an epoch of which no signed checkpoint knows explains nothing: whoever may append can write of one', async () => {
    const forged = storedRows([keyEntry(first), ...plain(19), resumed(noteOver(rows, 18)), ...plain(4, 50)]);
    const { findings, verdict } = await verifiedRows(forged, { trusted, checkpoints: [checkpointOver(forged, 18), checkpointOver(forged, 22, third, 2)], given: [noteOver(rows, 29)], ...rootsOf(forged) });
    assert.deepEqual([findings, verdict.lost], [
      [
        { kind: 'checkpoint', seq: 22, flaw: 'unsigned', given: false },
        { kind: 'cut-off', seq: 26, to: 29, given: true },
        { kind: 'resumed-unsigned', seq: 21 },
      ],
      [],
    ]);
  });

  it('an epoch may begin without a checkpoint, when none was there', async () => {
    const none = storedRows([keyEntry(first), ...plain(5), resumed(), ...plain(3, 50)]);
    const { findings, verdict } = await verifiedRows(none, { trusted, checkpoints: [checkpointOver(none, 7, first, 2)], given: [noteOver(rows, 12)], ...rootsOf(none) });
    assert.deepEqual([findings, verdict.lost.map(({ after }) => after)], [[], [0]]);
  });

  it('epochs that were lost as well are begun once more, one entry each', async () => {
    const twice = storedRows([keyEntry(first), ...plain(19), resumed(good), resumed(good), ...plain(3, 50)]);
    const lost = noteOver(rows, 29, first, 2);
    const { findings, verdict } = await verifiedRows(twice, { trusted, checkpoints: [checkpointOver(twice, 25, first, 3)], given: [lost], ...rootsOf(twice) });
    assert.deepEqual([findings, verdict.held, verdict.lost.map(({ epoch }) => epoch)], [[], 1, [2]]);
    assert.equal(known(verdict.lost[0]).resumedBy, 22);
  });
});
