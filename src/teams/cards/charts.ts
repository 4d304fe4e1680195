// Charts of Teams, which Adaptive Cards 1.5 does not know. They repeat what stands beside them in words and numbers, so a
// client without charts draws rows, or leaves them out.

import { type Container, line, type Placed, type Spacing } from './card.ts';
import { type Plain, plain, say } from './escape.ts';

/** Other clients draw the fallback, and all of them have the same in a sentence beside it. */
export interface BarChart extends Placed {
  readonly type: 'Chart.HorizontalBar';
  readonly title: Plain;
  readonly data: readonly { readonly x: Plain; readonly y: number }[];
  /** The numbers stand at the bars. */
  readonly displayMode: 'AbsoluteNoAxis';
  readonly fallback: Container;
}

type Colour = 'good' | 'warning' | 'attention' | 'neutral' | 'categoricalBlue';

export interface DonutChart extends Placed {
  readonly type: 'Chart.Donut';
  readonly title: Plain;
  readonly data: readonly { readonly legend: Plain; readonly value: number; readonly color: Colour }[];
  readonly fallback: 'drop';
}

export interface LineChart extends Placed {
  readonly type: 'Chart.Line';
  readonly title: Plain;
  readonly data: readonly { readonly legend: Plain; readonly color: Colour; readonly values: readonly { readonly x: string; readonly y: number }[] }[];
  readonly fallback: 'drop';
}

/** Bars with names of ours; drawn as rows where a client knows no charts. */
export const bars = (title: Plain, rows: readonly { readonly name: string; readonly count: number }[], placed: Placed = {}): BarChart => ({
  type: 'Chart.HorizontalBar',
  title,
  data: rows.map(({ name, count }) => ({ x: plain`${name}`, y: count })),
  displayMode: 'AbsoluteNoAxis',
  fallback: {
    type: 'Container',
    items: rows.map(({ name, count }, index) => ({
      type: 'ColumnSet',
      spacing: index === 0 ? 'none' : 'small',
      columns: [
        { type: 'Column', width: 'stretch', items: [line(say`${name}`)] },
        { type: 'Column', width: 'auto', items: [line(say`${count}`, { weight: 'bolder' })] },
      ],
    })),
  },
  ...placed,
});

export const donut = (title: Plain, slices: readonly { readonly legend: Plain; readonly value: number; readonly color: Colour }[], spacing: Spacing = 'medium'): DonutChart => ({
  type: 'Chart.Donut',
  title,
  data: slices.filter(({ value }) => value > 0),
  fallback: 'drop',
  spacing,
});

/** @param points days as `2026-11-25`, the eldest first */
export const trend = (title: Plain, lines: readonly { readonly legend: Plain; readonly color: Colour; readonly points: readonly { readonly day: string; readonly count: number }[] }[]): LineChart => ({
  type: 'Chart.Line',
  title,
  data: lines.map(({ legend, color, points }) => ({ legend, color, values: points.map(({ day, count }) => ({ x: day, y: count })) })),
  fallback: 'drop',
  spacing: 'medium',
});
