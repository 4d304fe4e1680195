// Telemetry, and what the rest of Keydesk sees of it. Absent where nothing is exported: then nothing of it is loaded.

import type { PostToChannel } from '../domain/channel-ports.ts';
import type { Desk } from '../domain/desk.ts';
import type { FaultCode } from '../domain/fault.ts';
import type { Rotation } from '../domain/rotation.ts';
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
  readonly read: (figures: () => Promise<readonly Figure[]> | readonly Figure[]) => void;
}

/** Looks at what Keydesk does from outside: most take a part and give it back looked at. */
export interface Watch extends Pick<Telemetry, 'read'> {
  desk(desk: Desk): Desk;
  step(work: RotationStep): RotationStep;
  post(post: PostToChannel): PostToChannel;
  /** Stands around a turn of the bot. */
  readonly turn: (turn: Turn, work: () => Promise<unknown>) => Promise<unknown>;
  /** Stands around what a call of the API does once it is known who calls. */
  readonly apiCall: <T>(operation: string, work: () => Promise<T>, statusOf: (result: T) => number) => Promise<T>;
  /** Told when the answer has left, or will not. */
  apiAnswered(call: ApiCall): void;
  /** Told of a call when it is over. */
  graphCall(call: GraphCall): void;
  /** Told when a connection is wanted, and by what it returns when it is given back. */
  readonly connectionLent: () => (use: ConnectionUse) => void;
}

export type RotationStep = (id: Rotation['id']) => Promise<Rotation | undefined>;

export interface Turn {
  readonly kind: 'message' | 'invoke' | 'other';
  /** Of a card that was pressed. */
  readonly verb?: string;
}

export interface ApiCall {
  readonly operation: string;
  readonly status: number;
  /** From the head of the request to the last byte of the answer. */
  readonly milliseconds: number;
}

/** `asked` is what the source says, without a value. */
export interface GraphCall {
  readonly asked: string;
  readonly status?: number;
  readonly code?: FaultCode;
  readonly attempts: number;
  readonly milliseconds: number;
}

export interface ConnectionUse {
  readonly statements: number;
  readonly broken: boolean;
}

export interface Figure {
  readonly metric: MetricOf<'gauge'>;
  readonly value: number;
  readonly attributes?: Attributes;
}
