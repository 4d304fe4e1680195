/** One line of the benchmark's table. Units stand in the texts; the ratio is what counts. */
export interface Row {
  readonly figure: string;
  readonly ours: string;
  readonly yardstick: string;
  readonly ratio: number;
  /** In words, with its direction: `at most 1.3`. */
  readonly target: string;
  readonly met: boolean;
}

export const atMost = (limit: number, ratio: number) => ({ ratio, target: `at most ${limit}`, met: ratio <= limit });
export const atLeast = (limit: number, ratio: number) => ({ ratio, target: `at least ${limit}`, met: ratio >= limit });

/** The middle value; of an even number the mean of the two in the middle. Throws when there is none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new Error('a median needs at least one value');
  return (lower + upper) / 2;
}
