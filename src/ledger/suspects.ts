// Rows that do not fit where they stand, gathered until the end: only then can be seen which of them stand in each
// other's place. So many are tried with one another; what is beyond is named as it stands.
import { type Claims, place, type TreeRow } from './claims.ts';
import type { Finding } from './findings.ts';

/** A row that was put in its place, with the tree before and after; whether it fits there, and how many nodes it proves. */
export interface Past {
  readonly row: TreeRow;
  readonly before: Claims;
  readonly after: Claims;
  readonly fits: boolean;
  readonly proven: number;
}

/**
 * Two neighbours below one node, or one where the other is missing. Where the node above that one is completed by the
 * next couple, its rows stand here too: whole rows of two couples, exchanged, fit by themselves.
 */
interface Couple {
  readonly before: Claims;
  readonly rows: readonly TreeRow[];
}

/** The places of a couple end here, and what proves them there. */
function endsOf({ before }: Couple): { readonly own: number; readonly proof: number } {
  const own = before.size + 1 + ((before.size + 1) % 2);
  return { own, proof: own % 4 === 2 ? own + 2 : own };
}

const ownRows = (couple: Couple): readonly TreeRow[] => couple.rows.slice(0, endsOf(couple).own - couple.before.size);

const mostCouples = 48;
const mostChanged = 256;

export class Suspects {
  #couples: Couple[] = [];
  #changed: TreeRow[] = [];
  readonly #beyond: Finding[] = [];

  /** @param past the last rows; the very last one does not fit */
  add(past: readonly Past[]): void {
    const [left, last] = [past.at(-2), past.at(-1)];
    if (last === undefined) return;
    const hasLeft = left !== undefined && last.before.size % 2 === 1 && left.before.size === last.before.size - 1;
    const couple = hasLeft ? { before: left.before, rows: [left.row, last.row] } : { before: last.before, rows: [last.row] };
    // Its left neighbour did not fit either.
    if (this.#couples.at(-1)?.before === couple.before) this.#couples.pop();
    if (this.#couples.length < mostCouples) this.#couples.push(couple);
    else this.#beyond.push(named(couple));
  }

  /** Told of every row that is put in its place: it may belong to a couple that does not fit. */
  complete({ row, before }: Past): void {
    if (!row.leaf.sure) this.#addChanged(row);
    const isNext = (couple: Couple): boolean => before.size === couple.before.size + couple.rows.length && before.size < endsOf(couple).proof;
    this.#couples = this.#couples.map((couple) => (isNext(couple) ? { before: couple.before, rows: [...couple.rows, row] } : couple));
  }

  /** The rows from this number on are put in their places anew. */
  forget(seq: number): void {
    this.#couples = this.#couples.filter(({ rows }) => rows.every((row) => row.seq < seq));
    this.#changed = this.#changed.filter((row) => row.seq < seq);
  }

  /** Its bytes do not fit the hash beside them. */
  #addChanged(row: TreeRow): void {
    if (this.#changed.length < mostChanged) this.#changed.push(row);
    else this.#beyond.push({ kind: 'changed', seq: row.seq });
  }

  judge(): readonly Finding[] {
    return [...this.#judgeChanged(), ...this.#judgeCouples(), ...this.#beyond];
  }

  /** Bytes that changed places while their hashes stayed. */
  #judgeChanged(): readonly Finding[] {
    const byStored = new Map(this.#changed.map((row) => [row.leaf.hashes[0], row]));
    return this.#changed.flatMap((row): readonly Finding[] => {
      const other = byStored.get(row.real);
      if (other === undefined || other === row || other.real !== row.leaf.hashes[0]) return [{ kind: 'changed', seq: row.seq }];
      return row.seq < other.seq ? [{ kind: 'swapped', seq: row.seq, with: other.seq }] : [];
    });
  }

  #judgeCouples(): readonly Finding[] {
    const findings: Finding[] = [];
    const left = new Set(this.#couples);
    const slots = this.#couples.flatMap((couple) => ownRows(couple).map((row) => ({ couple, row })));
    for (const [index, one] of slots.entries()) {
      for (const other of slots.slice(index + 1)) {
        if (!left.has(one.couple) || !left.has(other.couple) || !areSwapped(one, other)) continue;
        findings.push({ kind: 'swapped', seq: one.row.seq, with: other.row.seq });
        left.delete(one.couple);
        left.delete(other.couple);
      }
    }
    return [...findings, ...[...left].map(named)];
  }
}

interface Slot {
  readonly couple: Couple;
  readonly row: TreeRow;
}

/** With what the rows say, or with the whole rows, exchanged: both couples fit. */
function areSwapped(one: Slot, other: Slot): boolean {
  return [contents, whole].some((take) => {
    const exchanged = (row: TreeRow): TreeRow => (row === one.row ? take(one.row, other.row) : row === other.row ? take(other.row, one.row) : row);
    return [...new Set([one.couple, other.couple])].every(({ before, rows }) => fit({ before, rows: rows.map(exchanged) }));
  });
}

const contents = (here: TreeRow, from: TreeRow): TreeRow => ({ ...here, leaf: from.leaf });
const whole = (here: TreeRow, from: TreeRow): TreeRow => ({ ...from, seq: here.seq });

/** Whether the rows fit, and something proves it. */
function fit({ before, rows }: Couple): boolean {
  let claims = before;
  let proven = 0;
  for (const row of rows) {
    const placed = place(claims, row);
    if (!placed.fits) return false;
    claims = placed.claims;
    proven += placed.proven;
  }
  return proven > 0;
}

function named(couple: Couple): Finding {
  const rows = ownRows(couple);
  return { kind: 'unfitting', seq: rows[0]?.seq ?? 0, to: rows.at(-1)?.seq ?? 0 };
}
