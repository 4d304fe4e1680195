// Finds out what was done to a ledger whose tree does not fit, from the rows alone. Each row is put in its place; where
// one does not fit, the ways in which it can have come there are tried against the rows around it, and the one that
// carries furthest is believed: as it stands (one entry was changed), so many entries removed before it, or so many
// inserted, with new numbers behind. Memory is bounded: some rows back, some ahead, and a number of suspects.
import { type Claims, claimsOf, place, skip, type TreeRow } from './claims.ts';
import type { Finding } from './findings.ts';
import { type Past, Suspects } from './suspects.ts';
import type { CompactRange } from './tree.ts';

/** How far is looked ahead before something is believed. */
const ahead = 32;
/** So many rows may already stand in a wrong place before one does not fit. */
const back = 32;
/** So many entries, removed or inserted in one place, are recognised. */
const mostShift = 16;
/** Each search takes milliseconds: a ledger of which nothing fits is named row by row after so many. */
const mostSearches = 64;

interface Explanation {
  readonly finding: Finding;
  /** From how many rows back on it tells the story. */
  readonly from: number;
  /** By how many the places move against the numbers. */
  readonly shift: number;
  readonly dropped: number;
  /** How many rows behind the one in question fit, and how many nodes that proves. */
  readonly reach: number;
  readonly proven: number;
}

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
    const better = asItStands.fits ? undefined : this.#explain(row, before, asItStands.claims);
    if (better === undefined) {
      this.#keep({ row, before, after: asItStands.claims });
      if (!asItStands.fits) this.#suspects.add(this.#past);
      return;
    }
    this.#findings.push(better.finding);
    const again = this.#past.splice(this.#past.length - better.from);
    this.#suspects.forget(again[0]?.row.seq ?? row.seq);
    this.#now = again[0]?.before ?? this.#now;
    this.#shift += better.shift;
    this.#coming = [...again.map((one) => one.row), row, ...this.#coming].slice(better.dropped);
  }

  /** Undefined when it is best taken as it stands. */
  #explain(row: TreeRow, here: Claims, standing: Claims): Explanation | undefined {
    const alone = carriesOn(standing, this.#coming, row.seq + 1);
    if (alone.reach === ahead || this.#searches >= mostSearches) return undefined;
    this.#searches += 1;
    let best: Omit<Explanation, 'finding'> & { readonly finding?: Finding } = { ...alone, from: 0, shift: 0, dropped: 0 };
    for (let from = 0; from <= this.#past.length; from += 1) {
      const past = this.#past.slice(this.#past.length - from);
      const start = past[0]?.before ?? here;
      const rows = [...past.map((one) => one.row), row, ...this.#coming];
      for (const one of renumbered(start, rows, from)) if (one.reach > best.reach || (one.reach === best.reach && one.proven > best.proven)) best = one;
    }
    return best.finding === undefined ? undefined : { ...best, finding: best.finding };
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

/** All ways in which entries can have been removed before, or inserted as, the first rows. @param from place of the row in question among them */
function* renumbered(start: Claims, rows: readonly TreeRow[], from: number): Generator<Explanation> {
  const [first] = rows;
  if (first === undefined) return;
  for (let count = 1; count <= mostShift; count += 1) {
    const without = carriesOn(upTo(start, start.size + 1 + count), rows, first.seq);
    yield { finding: { kind: 'removed-before', seq: first.seq, count }, from, shift: count, dropped: 0, reach: without.reach - from - 1, proven: without.proven };
    const last = rows[count - 1];
    if (last === undefined || count >= rows.length) continue;
    const left = carriesOn(start, rows.slice(count), undefined);
    yield { finding: { kind: 'inserted', seq: first.seq, to: last.seq }, from, shift: -count, dropped: count, reach: count + left.reach - from - 1, proven: left.proven };
  }
}

/** Rows are missing where their numbers are. */
function upTo(claims: Claims, next: number): Claims {
  let so = claims;
  while (so.size + 1 < next) so = skip(so);
  return so;
}

/** How many of the rows fit, one behind the other, until the first that does not. @param next number of the row for the next place; without it that of the first row */
function carriesOn(claims: Claims, rows: readonly TreeRow[], next: number | undefined): { readonly reach: number; readonly proven: number } {
  let so = claims;
  let seq = next ?? rows[0]?.seq ?? 0;
  let [reach, proven] = [0, 0];
  for (const row of rows) {
    const placed = place(upTo(so, so.size + 1 + row.seq - seq), row);
    if (!placed.fits) break;
    so = placed.claims;
    seq = row.seq + 1;
    reach += 1;
    proven += placed.proven;
  }
  return { reach, proven };
}
