// What does not fit between a ledger and the checkpoints over it: one kind for each thing that can be done to it.
import type { CheckpointFault } from './checkpoint.ts';
import type { Mark, TailFault } from './tail.ts';

/** Where a checkpoint came from: a row of the database, the file outside of it, what this process has seen, or a person. */
export type Held = 'database' | 'file' | 'memory' | 'hand';

export type Misfit =
  /** The checkpoint is over more entries than there are. */
  | { readonly kind: 'cut-off'; readonly held: Held; readonly size: number; readonly head: number; readonly note: string }
  /** There are as many entries, and they are not those. */
  | { readonly kind: 'rewritten'; readonly held: Held; readonly size: number; readonly note: string }
  /** It is no checkpoint of this ledger, or not signed by its key. */
  | { readonly kind: CheckpointFault; readonly held: Held; readonly size: number }
  /** Size or root beside a stored checkpoint are not what it says. */
  | { readonly kind: 'columns'; readonly size: number }
  /** A change of key, or a new epoch, that no checkpoint covers. */
  | { readonly kind: 'uncovered'; readonly seq: number; readonly act: Mark['act'] }
  | TailFault;

const holders = {
  database: 'the newest checkpoint in the database',
  file: 'the checkpoint in KEYDESK_CHECKPOINT_FILE',
  memory: 'the newest checkpoint that this process has seen',
  hand: 'the checkpoint that was given',
} as const satisfies Record<Held, string>;

/** A sentence for operators: numbers only, and no name. */
export function inWords(misfit: Misfit): string {
  switch (misfit.kind) {
    case 'cut-off':
      return `${holders[misfit.held]} is over ${misfit.size} entries, and the ledger has ${misfit.head}: its end was removed, or the database was restored`;
    case 'rewritten':
      return `the first ${misfit.size} entries are not those of ${holders[misfit.held]}: they were changed, or the database was restored`;
    case 'malformed':
      return `${holders[misfit.held]} is no checkpoint`;
    case 'foreign':
      return `${holders[misfit.held]} is of another ledger`;
    case 'unsigned':
      return `${holders[misfit.held]} is not signed by the key of KEYDESK_LEDGER_KEY; where the key was changed, set KEYDESK_LEDGER_FORMER_KEY to the one before it`;
    case 'columns':
      return `size or root beside the stored checkpoint over ${misfit.size} entries are not what it says`;
    case 'uncovered':
      return `entry ${misfit.seq} (${misfit.act}) is covered by no signed checkpoint: checkpoints were removed, or somebody else wrote it`;
    case 'missing':
      return `entry ${misfit.seq} is missing`;
    case 'changed':
      return `entry ${misfit.seq} was changed: its bytes do not fit its hash`;
    case 'unreadable':
      return `entry ${misfit.seq} was changed: its bytes are not an entry as Keydesk writes it`;
    case 'nodes':
      return `the inner nodes stored with entry ${misfit.seq} are not those of the entries before it`;
  }
}

/** For alerts: the same for the same thing, whoever finds it and however many entries came meanwhile. */
export function subjectOf(misfit: Misfit, epoch: number): string {
  if ('seq' in misfit) return `epoch ${epoch}, entry ${misfit.seq}: ${misfit.kind}`;
  // What was cut off is rewritten as soon as as many entries have come.
  const kind = misfit.kind === 'cut-off' ? 'rewritten' : misfit.kind;
  return `epoch ${epoch}, checkpoint over ${misfit.size}: ${kind}`;
}
