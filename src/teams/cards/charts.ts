// Charts of Teams, which Adaptive Cards 1.5 does not know. They repeat what stands beside them in words and numbers, so a
// client without charts leaves them out.

import type { DonutChart, LineChart, Spacing } from './card.ts';
import type { Plain } from './escape.ts';

type Colour = DonutChart['data'][number]['color'];

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
