// What verify can find, and how it says it.

/** Why a checkpoint is not believed, whatever the ledger says (checkpoint.ts). `columns`: its row repeats it wrongly. */
export type CheckpointFlaw = 'malformed' | 'foreign' | 'unsigned' | 'columns';

/** What was tampered with. One kind for each thing that somebody can do to the database. */
export type Finding =
  /** The hash stored with an entry is not that of its bytes. */
  | { readonly kind: 'changed'; readonly seq: number }
  /** The bytes are not an entry as Keydesk writes it. */
  | { readonly kind: 'unreadable'; readonly seq: number }
  /** Columns say something else than the bytes. */
  | { readonly kind: 'columns-differ'; readonly seq: number; readonly columns: readonly string[] }
  /** A name, reason or ticket beside the entry is not the one that was committed to. */
  | { readonly kind: 'text-differs'; readonly seq: number; readonly texts: readonly string[] }
  /** Texts far from any entry: theirs was removed, or somebody wrote them by hand. */
  | { readonly kind: 'texts-alone'; readonly seq: number }
  /** Entries `seq` to `to` are missing: numbers are given without a gap. */
  | { readonly kind: 'removed'; readonly seq: number; readonly to: number }
  /** Removed, and the entries from `seq` on were numbered anew; the tree still counts `count` more. */
  | { readonly kind: 'removed-before'; readonly seq: number; readonly count: number }
  /** Entries that the tree does not know; those behind them were numbered anew. */
  | { readonly kind: 'inserted'; readonly seq: number; readonly to: number }
  /** Two entries stand in each other's place. */
  | { readonly kind: 'swapped'; readonly seq: number; readonly with: number }
  /** Two neighbours that the tree does not hold so: one was changed together with its hash, or put there, or the tree was. */
  | { readonly kind: 'unfitting'; readonly seq: number; readonly to: number }
  /** A number that was there before, or before the first: the table was rebuilt by hand. */
  | { readonly kind: 'out-of-order'; readonly seq: number }
  /** A checkpoint tells of entries up to `to`; those from `seq` on are gone. */
  | { readonly kind: 'cut-off'; readonly seq: number; readonly to: number; readonly given: boolean }
  /** Everything fits in itself, and not a checkpoint over `to` entries: something among these was written anew. `others`: so many later ones do not fit either. */
  | { readonly kind: 'rewritten'; readonly seq: number; readonly to: number; readonly given: boolean; readonly others: number }
  | { readonly kind: 'checkpoint'; readonly seq: number | undefined; readonly flaw: CheckpointFlaw; readonly given: boolean }
  /** The entry about a change of the signing key is not signed by the keys that it must be signed by. */
  | { readonly kind: 'key-change'; readonly seq: number }
  /** The ledger's newest signing key is not the one that is trusted. */
  | { readonly kind: 'other-key'; readonly seq: number }
  /** The entry about a new epoch does not name a checkpoint of this ledger that holds. */
  | { readonly kind: 'resumed-wrongly'; readonly seq: number }
  /** No signed checkpoint knows of the new epoch that an entry tells of: whoever may append wrote it. */
  | { readonly kind: 'resumed-unsigned'; readonly seq: number };

const span = (from: number, to: number): string => (from === to ? `entry ${from}` : `entries ${from} to ${to}`);
const whose = (given: boolean): string => (given ? 'the given checkpoint' : 'a stored checkpoint');

const flaws = {
  malformed: 'is no checkpoint to the letter (bytes were added, removed or changed)',
  foreign: 'is of another ledger, or of an epoch that this one did not have then',
  unsigned: 'is not signed by the key that was in force',
  columns: 'does not say what the columns beside it say',
} satisfies Record<CheckpointFlaw, string>;

/** One line for people: which entry, and what was done to it. */
export function describe(finding: Finding): string {
  switch (finding.kind) {
    case 'changed':
      return `entry ${finding.seq}: changed; its bytes do not fit the hash that was stored with them`;
    case 'unreadable':
      return `entry ${finding.seq}: changed; its bytes are not an entry as Keydesk writes it`;
    case 'columns-differ':
      return `entry ${finding.seq}: columns differ from its bytes (${finding.columns.join(', ')})`;
    case 'text-differs':
      return `entry ${finding.seq}: text differs from what was committed to (${finding.texts.join(', ')})`;
    case 'texts-alone':
      return `entry ${finding.seq}: only its texts are there; it was removed, or they were written by hand`;
    case 'removed':
      return `${span(finding.seq, finding.to)}: removed`;
    case 'removed-before':
      return `entry ${finding.seq}: ${finding.count === 1 ? 'an entry' : `${finding.count} entries`} before it removed, and all from here on numbered anew`;
    case 'inserted':
      return `${span(finding.seq, finding.to)}: inserted, and all behind numbered anew`;
    case 'swapped':
      return `entry ${finding.seq}: swapped with entry ${finding.with}`;
    case 'unfitting':
      return `${span(finding.seq, finding.to)}: not what the tree holds; one was changed with its hash, or put there, or the tree's own hashes were changed`;
    case 'out-of-order':
      return `entry ${finding.seq}: out of order; the number was used before`;
    case 'cut-off':
      return `${span(finding.seq, finding.to)}: cut off; ${whose(finding.given)} has ${finding.to} entries`;
    case 'rewritten': {
      const others = finding.others === 0 ? '' : ` (nor do ${finding.others} later ones)`;
      return `${span(finding.seq, finding.to)}: rewritten; all fits in itself, and ${whose(finding.given)} over ${finding.to} entries does not fit${others}`;
    }
    case 'checkpoint':
      return `${finding.seq === undefined ? whose(finding.given) : `${whose(finding.given)} over ${finding.seq} entries`} ${flaws[finding.flaw]}`;
    case 'key-change':
      return `entry ${finding.seq}: its change of the signing key is not signed by the former key and the new one`;
    case 'other-key':
      return `entry ${finding.seq}: the ledger's newest signing key is not the trusted one`;
    case 'resumed-wrongly':
      return `entry ${finding.seq}: a new epoch was begun without a checkpoint of this ledger that holds`;
    case 'resumed-unsigned':
      return `entry ${finding.seq}: tells of a new epoch of which no signed checkpoint knows; it explains nothing`;
  }
}
