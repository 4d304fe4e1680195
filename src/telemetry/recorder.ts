// Telemetry through the API of OpenTelemetry. Whatever a caller hands over, only what the vocabulary lists goes on.

import { type Counter, type Histogram, metrics as metricsApi, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Figure, Telemetry } from './telemetry.ts';
import { type Attributes, codeOf, listed, type MetricKind, type MetricName, metrics, type SpanName, spans } from './vocabulary.ts';

/** Seconds: from an answer out of the cache to the longest deadline. */
const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 20];

/** Takes the providers that are registered at this moment. `now` in milliseconds. */
export function createRecorder(now: () => number): Telemetry {
  const tracer = trace.getTracer('keydesk');
  const meter = metricsApi.getMeter('keydesk');
  const counters = instruments('counter', (name, unit): Counter => meter.createCounter(name, { unit }));
  const histograms = instruments('histogram', (name, unit): Histogram => meter.createHistogram(name, { unit, advice: { explicitBucketBoundaries: bounds } }));
  const gauges = instruments('gauge', (name, unit) => meter.createObservableGauge(name, { unit }));
  return {
    during: (name, attributes, work, after) =>
      tracer.startActiveSpan(name, { attributes: listed(attributes, spans[name]) }, async (span) => {
        try {
          const result = await work();
          if (after !== undefined) span.setAttributes(listed(after(result), spans[name]));
          return result;
        } catch (error) {
          span.setStatus({ code: SpanStatusCode.ERROR });
          span.setAttributes(listed({ 'error.type': codeOf(error) }, spans[name]));
          throw error;
        } finally {
          span.end();
        }
      }),
    past: (name, milliseconds, attributes) => end(tracer.startSpan(name, { startTime: now() - milliseconds }), name, attributes, now()),
    within: (name) => {
      if (trace.getActiveSpan() === undefined) return () => undefined;
      const span = tracer.startSpan(name);
      return (attributes) => end(span, name, attributes);
    },
    count: (metric, attributes, times = 1) => counters.get(metric)?.add(times, listed(attributes, metrics[metric].has)),
    measure: (metric, seconds, attributes) => histograms.get(metric)?.record(seconds, listed(attributes, metrics[metric].has)),
    read: (figures) => {
      meter.addBatchObservableCallback(async (observed) => {
        for (const { metric, value, attributes = {} } of await readOrNone(figures)) {
          const gauge = gauges.get(metric);
          if (gauge !== undefined && Number.isFinite(value)) observed.observe(gauge, value, listed(attributes, metrics[metric].has));
        }
      }, [...gauges.values()]);
    },
  };
}

function end(span: Span, name: SpanName, attributes: Attributes, at?: number): void {
  if (attributes['error.type'] !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
  span.setAttributes(listed(attributes, spans[name]));
  span.end(at);
}

const instruments = <T>(kind: MetricKind, create: (name: MetricName, unit: string) => T): ReadonlyMap<string, T> =>
  new Map((Object.keys(metrics) as MetricName[]).filter((name) => metrics[name].kind === kind).map((name) => [name, create(name, metrics[name].unit)]));

/** A database that is away is told of elsewhere; its figures are missing meanwhile. */
async function readOrNone(figures: Parameters<Telemetry['read']>[0]): Promise<readonly Figure[]> {
  try {
    return await figures();
  } catch {
    return [];
  }
}
