// Checkpoints that somebody holds, against the ledger as it lies there now. Each one that is signed by a key of the
// ledger anchors it: its first entries must still have that root.
import { type Checkpoint, type CheckpointFault, openCheckpoint, parseCheckpoint, parseOrigin } from './checkpoint.ts';
import type { Held, Misfit } from './misfit.ts';

export interface Anchor {
  readonly held: Held;
  readonly epoch: number;
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
  readonly note: string;
  /** 32 bytes: the key that signed it. */
  readonly signedBy: Uint8Array;
}

/**
 * Believed when one of the keys has signed it and it is of this tenant.
 * @param keys public keys, 32 bytes each
 */
export function anchorIn(note: string, held: Held, tenantId: string, keys: readonly Uint8Array[]): Anchor | Misfit {
  let fault: CheckpointFault = 'unsigned';
  for (const signedBy of keys) {
    const opened: Checkpoint | CheckpointFault = openCheckpoint(note, signedBy, (origin) => parseOrigin(origin)?.tenantId === tenantId);
    if (typeof opened === 'object') return { held, epoch: parseOrigin(opened.origin)?.epoch ?? 0, size: opened.size, root: opened.root, note, signedBy };
    fault = opened;
  }
  return { kind: fault, held, size: parseCheckpoint(note)?.size ?? 0 };
}

export const isAnchor = (one: Anchor | Misfit): one is Anchor => 'signedBy' in one;

/** A later epoch, or more entries of the same one. */
export const isLater = (one: Pick<Anchor, 'epoch' | 'size'>, other: Pick<Anchor, 'epoch' | 'size'>): boolean =>
  one.epoch !== other.epoch ? one.epoch > other.epoch : one.size > other.size;

export const sameKey = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/**
 * The anchors that count, the latest first: those of the latest epoch. One of an earlier epoch was given up by the two
 * people who began the next; whether rightly, `audit -- verify` looks at with all that is stored.
 */
export function counting(anchors: readonly Anchor[]): readonly Anchor[] {
  const epoch = Math.max(0, ...anchors.map((anchor) => anchor.epoch));
  return anchors.filter((anchor) => anchor.epoch === epoch).toSorted((a, b) => b.size - a.size);
}

/** @param rootAt the root over so many entries, from the nodes that are stored; undefined where some are missing */
export function misfitOf(anchor: Anchor, head: number, rootAt: (size: number) => Uint8Array | undefined): Misfit | undefined {
  const { held, size, note } = anchor;
  if (size > head) return { kind: 'cut-off', held, size, head, note };
  const root = rootAt(size);
  return root !== undefined && Buffer.compare(root, anchor.root) === 0 ? undefined : { kind: 'rewritten', held, size, note };
}
