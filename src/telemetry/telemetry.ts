// What the rest of Keydesk sees of telemetry. Absent where nothing is exported: then nothing of it is loaded or done.

import type { Attributes, MetricOf, SpanName } from './vocabulary.ts';

export interface Telemetry {
  /**
   * A span around `work`. What it throws goes on; its code is told, never its message.
   * @param after what its result adds
   */
  during<T>(span: SpanName, attributes: Attributes, work: () => Promise<T>, after?: (result: T) => Attributes): Promise<T>;
  /** A span of what has just ended, within the one that is open. */
  past(span: SpanName, milliseconds: number, attributes: Attributes): void;
  /** A span whose end comes by another way; none, where no other one is open. */
  within(span: SpanName): (attributes: Attributes) => void;
  count(metric: MetricOf<'counter'>, attributes: Attributes, times?: number): void;
  /** Seconds. */
  measure(metric: MetricOf<'histogram'>, seconds: number, attributes: Attributes): void;
  /** Asked whenever metrics are exported; what it throws is left out. */
  read(figures: () => Promise<readonly Figure[]> | readonly Figure[]): void;
}

export interface Figure {
  readonly metric: MetricOf<'gauge'>;
  readonly value: number;
  readonly attributes?: Attributes;
}
