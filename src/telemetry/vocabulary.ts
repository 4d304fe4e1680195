// Everything that telemetry can say, as closed lists: spans, metrics, the names of attributes and their values. What is
// not listed here cannot leave (recorder.ts); no name, no id, no text that somebody typed has a place in it.

import { Fault, faultCodes } from '../domain/fault.ts';
import { ledgerActs } from '../domain/ledger-entry.ts';
import { refusalCodes } from '../domain/refusal.ts';
import { rotationStates } from '../domain/rotation.ts';
import { graphRoutes } from './graph-routes.ts';

/** Stands for a value that is not listed. */
export const other = 'other';

/** Each with its values, or `number`. */
export const attributes = {
  'keydesk.turn.kind': ['message', 'invoke', other],
  'keydesk.turn.verb': ['reveal', 'again', 'hide', 'cancel', 'choose', 'rotate', 'rotate-ask', 'audit-page', 'audit-export', 'audit-send', 'file-consent', 'fleet-page', other],
  'keydesk.api.operation': ['list', 'device', 'reveal', 'rotate', 'rotation', 'audit', other],
  'keydesk.graph.route': [...graphRoutes, other],
  'keydesk.graph.attempts': 'number',
  'http.response.status_code': 'number',
  'error.type': [...faultCodes, other],
  'keydesk.database.statements': 'number',
  'keydesk.ledger.act': [...ledgerActs, other],
  'keydesk.rotation.state': [...rotationStates, other],
  'keydesk.post.kind': ['summary', 'alert', other],
  'keydesk.post.outcome': ['sent', 'closed', other],
  'keydesk.reveal.outcome': ['done', 'failed', 'unknown', 'lost', other],
  'keydesk.refusal.code': [...refusalCodes, other],
  'keydesk.queue': ['rotations', 'postings', other],
} as const satisfies Record<string, 'number' | readonly string[]>;

export type AttributeName = keyof typeof attributes;
/** What is measured or happens, with what may be said of it. A value that is not listed becomes `other`. */
export type Attributes = Partial<Readonly<Record<AttributeName, string | number>>>;

/** What takes time, each with the attributes that it may have. */
export const spans = {
  'keydesk.turn': ['keydesk.turn.kind', 'keydesk.turn.verb', 'error.type'],
  'keydesk.api.call': ['keydesk.api.operation', 'http.response.status_code', 'error.type'],
  'keydesk.graph.call': ['keydesk.graph.route', 'keydesk.graph.attempts', 'http.response.status_code', 'error.type'],
  'keydesk.database.transaction': ['keydesk.database.statements', 'error.type'],
  'keydesk.ledger.append': ['keydesk.ledger.act', 'error.type'],
  'keydesk.rotation.step': ['keydesk.rotation.state', 'error.type'],
  'keydesk.channel.post': ['keydesk.post.kind', 'keydesk.post.outcome', 'error.type'],
} as const satisfies Record<string, readonly AttributeName[]>;
export type SpanName = keyof typeof spans;

export type MetricKind = 'counter' | 'histogram' | 'gauge';

/** What is counted and measured. Those of Node have the names that OpenTelemetry gives them. */
export const metrics = {
  'keydesk.reveals': { kind: 'counter', unit: '{reveal}', has: ['keydesk.reveal.outcome'] },
  'keydesk.refusals': { kind: 'counter', unit: '{refusal}', has: ['keydesk.refusal.code'] },
  'keydesk.turn.duration': { kind: 'histogram', unit: 's', has: ['keydesk.turn.kind', 'keydesk.turn.verb', 'error.type'] },
  'keydesk.api.duration': { kind: 'histogram', unit: 's', has: ['keydesk.api.operation', 'http.response.status_code'] },
  'keydesk.graph.duration': { kind: 'histogram', unit: 's', has: ['keydesk.graph.route', 'http.response.status_code', 'error.type'] },
  'keydesk.rotations': { kind: 'gauge', unit: '{rotation}', has: ['keydesk.rotation.state'] },
  'keydesk.ledger.size': { kind: 'gauge', unit: '{entry}', has: [] },
  'keydesk.queue.depth': { kind: 'gauge', unit: '{job}', has: ['keydesk.queue'] },
  'nodejs.eventloop.delay.p99': { kind: 'gauge', unit: 's', has: [] },
  'nodejs.eventloop.delay.max': { kind: 'gauge', unit: 's', has: [] },
  'nodejs.eventloop.utilization': { kind: 'gauge', unit: '1', has: [] },
  'process.memory.usage': { kind: 'gauge', unit: 'By', has: [] },
  'v8js.memory.heap.used': { kind: 'gauge', unit: 'By', has: [] },
} as const satisfies Record<string, { readonly kind: MetricKind; readonly unit: string; readonly has: readonly AttributeName[] }>;
export type MetricName = keyof typeof metrics;
export type MetricOf<Kind extends MetricKind> = { [Name in MetricName]: (typeof metrics)[Name]['kind'] extends Kind ? Name : never }[MetricName];

/** What may be said of an error: its code, where it is one of ours. */
export const codeOf = (error: unknown): string => (error instanceof Fault ? error.code : 'internal');

/** Of what was given, what `allowed` names, with values of its list; the rest is gone. */
export function listed(given: Attributes, allowed: readonly AttributeName[]): Attributes {
  const kept: { [Name in AttributeName]?: string | number } = {};
  for (const name of allowed) {
    const value = given[name];
    const values: 'number' | readonly string[] = attributes[name];
    if (value === undefined) continue;
    if (values !== 'number') kept[name] = typeof value === 'string' && values.includes(value) ? value : other;
    else if (typeof value === 'number' && Number.isFinite(value)) kept[name] = value;
  }
  return kept;
}
