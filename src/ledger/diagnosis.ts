// Finds out what was done to a ledger whose tree does not fit, from the rows alone. Each row is put in its place; where
// one does not fit, the ways in which it can have come there are tried against the rows around it, and the one that
// carries furthest is believed: as it stands (one entry was changed), so many entries removed before it, or so many
// inserted, with new numbers behind. Memory is bounded: some rows back, some ahead, and a number of suspects.
import { type Claims, claimsOf, place, skip, type TreeRow } from './claims.ts';
import type { Finding } from './findings.ts';
import { type Past, Suspects } from './suspects.ts';
import type { CompactRange } from './tree.ts';

/** How far is looked ahead before something is believed. Twice as far as a shift, which a multiple of 32 then betrays. */
const ahead = 64;
/** So many rows may already stand in a wrong place before one does not fit. */
const back = 32;
/** So many entries, removed or inserted in one place, are recognised. */
const mostShift = 16;
/** Each search takes up to some tenths of a second: a ledger of which nothing fits is named as it stands after so many. */
const mostSearches = 16;

interface Explanation {
  /** Undefined: as it stands. */
  readonly finding: Finding | undefined;
  /** From how many rows back on it tells the story. */
  readonly from: number;
  /** By how many the places move against the numbers. */
  readonly shift: number;
  readonly dropped: number;
  /** What it leaves unexplained, of the rows around, and what it asks to be believed; the least is the best. */
  readonly cost: number;
  /** How many nodes it proves. */
  readonly proven: number;
}

/** To believe in a new numbering takes this many misfits that it explains, and more for many inserted rows. */
const costOfShift = 2;
const costOfInserted = 1 / 8;

export class Diagnosis {
  #now: Claims;
  /** The place of a row is its number and this. */
  #shift: number;
  #past: Past[] = [];
  #coming: TreeRow[] = [];
  #searches = 0;
  readonly #suspects = new Suspects();
  readonly #findings: Finding[] = [];
  readonly #settled: Claims[] = [];

  /** @param range the tree before the first row that will be given: all fits so far */
  constructor(range: CompactRange) {
    this.#now = claimsOf(range);
    this.#shift = 0;
  }

  /** Rows in the order of their numbers, none twice. */
  push(row: TreeRow): void {
    this.#coming.push(row);
    while (this.#coming.length > ahead) this.#step();
  }

  /** Everything is there: what is left is judged without more to come. */
  finish(): void {
    while (this.#coming.length > 0) this.#step();
    this.#settle(0);
    this.#findings.push(...this.#suspects.judge());
  }

  /** What has become certain since the last call. */
  takeFindings(): readonly Finding[] {
    return this.#findings.splice(0);
  }

  /** The tree after each place, once it is certain, for comparison with checkpoints. */
  takeSettled(): readonly Claims[] {
    return this.#settled.splice(0);
  }

  #step(): void {
    const row = this.#coming.shift();
    if (row === undefined) return;
    const before = upTo(this.#now, row.seq + this.#shift);
    const asItStands = place(before, row);
    const better = asItStands.fits ? undefined : this.#explain(row, before);
    if (better === undefined) {
      this.#keep({ row, before, after: asItStands.claims, fits: asItStands.fits, proven: asItStands.proven });
      if (!asItStands.fits) this.#suspects.add(this.#past);
      return;
    }
    if (better.finding !== undefined) this.#findings.push(better.finding);
    const again = this.#past.splice(this.#past.length - better.from);
    this.#suspects.forget(again[0]?.row.seq ?? row.seq);
    this.#now = again[0]?.before ?? this.#now;
    this.#shift += better.shift;
    this.#coming = [...again.map((one) => one.row), row, ...this.#coming].slice(better.dropped);
  }

  /** Undefined when it is best taken as it stands. */
  #explain(row: TreeRow, here: Claims): Explanation | undefined {
    const standing = carryOn(here, [row, ...this.#coming], row.seq, Infinity);
    if (standing.misfits <= costOfShift || this.#searches >= mostSearches) return undefined;
    this.#searches += 1;
    let best: Explanation = { finding: undefined, from: 0, shift: 0, dropped: 0, cost: standing.misfits, proven: standing.proven };
    let [misfits, proven] = [0, 0];
    // What is not told anew counts as it did: `misfits` and `proven` are those of the rows that are.
    for (let from = 0; from <= this.#past.length; from += 1) {
      const past = this.#past.slice(this.#past.length - from);
      if (from > 0) {
        misfits += past[0]?.fits === false ? 1 : 0;
        proven += past[0]?.proven ?? 0;
      }
      const rows = [...past.map((one) => one.row), row, ...this.#coming];
      for (const one of renumbered(past[0]?.before ?? here, rows, from, best.cost + misfits)) {
        const explained = { ...one, cost: one.cost - misfits, proven: one.proven - proven };
        // To leave rows out explains them away; it has to prove something too.
        const better = explained.cost < best.cost || (explained.cost === best.cost && explained.proven > best.proven);
        if (better && explained.proven > standing.proven) best = explained;
      }
    }
    return best.finding === undefined ? undefined : best;
  }

  #keep(past: Past): void {
    this.#suspects.complete(past);
    this.#past.push(past);
    this.#now = past.after;
    this.#settle(back);
  }

  #settle(keep: number): void {
    for (const { after } of this.#past.splice(0, Math.max(0, this.#past.length - keep))) this.#settled.push(after);
  }
}

/** All ways in which entries can have been removed before, or inserted as, the first rows. @param most cost of interest */
function* renumbered(start: Claims, rows: readonly TreeRow[], from: number, most: number): Generator<Explanation> {
  const [first] = rows;
  if (first === undefined) return;
  for (let count = 1; count <= mostShift; count += 1) {
    const without = carryOn(upTo(start, start.size + 1 + count), rows, first.seq, most - costOfShift);
    yield { finding: { kind: 'removed-before', seq: first.seq, count }, from, shift: count, dropped: 0, cost: without.misfits + costOfShift, proven: without.proven };
    const [last, next] = [rows[count - 1], rows[count]];
    if (last === undefined || next === undefined) continue;
    const price = costOfShift + count * costOfInserted;
    const left = carryOn(start, rows.slice(count), next.seq, most - price);
    yield { finding: { kind: 'inserted', seq: first.seq, to: last.seq }, from, shift: -count, dropped: count, cost: left.misfits + price, proven: left.proven };
  }
}

/** Rows are missing where their numbers are. */
function upTo(claims: Claims, next: number): Claims {
  let so = claims;
  while (so.size + 1 < next) so = skip(so);
  return so;
}

/** How many of the rows do not fit, one behind the other, and what the others prove. @param first number of the row for the next place. @param most so many misfits are enough to know */
function carryOn(claims: Claims, rows: readonly TreeRow[], first: number, most: number): { readonly misfits: number; readonly proven: number } {
  let so = claims;
  let seq = first;
  let [misfits, proven] = [0, 0];
  for (const row of rows) {
    const placed = place(upTo(so, so.size + 1 + row.seq - seq), row);
    so = placed.claims;
    seq = row.seq + 1;
    proven += placed.proven;
    if (!placed.fits) misfits += 1;
    if (misfits > most) break;
  }
  return { misfits, proven };
}
