// A collector of OpenTelemetry's protocol over HTTP, which keeps all that it gets, and may be in a bad way.

import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { z } from 'zod';

export interface Exported {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Collector {
  readonly url: string;
  readonly exported: readonly Exported[];
  /** `broken`: 500 with a text that repeats what came. `silent`: no answer at all. */
  behave(how: 'well' | 'broken' | 'silent'): void;
  stop(): Promise<void>;
}

export async function startCollector(): Promise<Collector> {
  const exported: Exported[] = [];
  let manner: 'well' | 'broken' | 'silent' = 'well';
  const answer = (response: ServerResponse, body: Buffer): void => {
    if (manner === 'silent') return;
    response.writeHead(manner === 'well' ? 200 : 500, { 'content-type': 'application/json' }).end(manner === 'well' ? '{}' : body);
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      exported.push({ path: request.url ?? '', headers: request.headers, body });
      answer(response, body);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    exported,
    behave: (how) => void (manner = how),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The SDK reads the environment of the process: set for as long as `work` takes. */
export async function withEnvironment<T>(variables: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T> {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  try {
    return await work();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

const attribute = z.object({ key: z.string(), value: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])) });
const span = z.looseObject({ traceId: z.string(), spanId: z.string(), parentSpanId: z.string().optional(), name: z.string(), attributes: z.array(attribute).default([]), status: z.looseObject({ code: z.number().optional(), message: z.string().optional() }).optional(), events: z.array(z.unknown()).default([]), links: z.array(z.unknown()).default([]) });
const point = z.looseObject({ attributes: z.array(attribute).default([]), asInt: z.coerce.number().optional(), asDouble: z.number().optional(), count: z.coerce.number().optional() });
const series = z.object({ dataPoints: z.array(point) });
const metric = z.looseObject({ name: z.string(), unit: z.string().optional(), sum: series.optional(), gauge: series.optional(), histogram: series.optional() });
const resource = z.object({ attributes: z.array(attribute) });
const traces = z.object({ resourceSpans: z.array(z.object({ resource, scopeSpans: z.array(z.object({ spans: z.array(span) })) })) });
const measured = z.object({ resourceMetrics: z.array(z.object({ resource, scopeMetrics: z.array(z.object({ metrics: z.array(metric) })) })) });

export type Plain = Readonly<Record<string, string | number | boolean>>;
const plain = (given: readonly z.infer<typeof attribute>[]): Plain => Object.fromEntries(given.map(({ key, value }) => [key, 'intValue' in value ? Number(value['intValue']) : (Object.values(value)[0] ?? '')]));

/** What was exported as JSON. */
export function readExported(exported: readonly Exported[]) {
  const parsed = (path: string) => exported.filter((one) => one.path === path).map((one): unknown => JSON.parse(one.body.toString()));
  const spanParts = parsed('/v1/traces').flatMap((body) => traces.parse(body).resourceSpans);
  const metricParts = parsed('/v1/metrics').flatMap((body) => measured.parse(body).resourceMetrics);
  return {
    resources: [...spanParts, ...metricParts].map((part) => plain(part.resource.attributes)),
    spans: spanParts.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans.map((one) => ({ ...one, attributes: plain(one.attributes) })))),
    points: metricParts.flatMap(({ scopeMetrics }) =>
      scopeMetrics.flatMap(({ metrics }) =>
        metrics.flatMap(({ name, unit, sum, gauge, histogram }) => (sum ?? gauge ?? histogram ?? { dataPoints: [] }).dataPoints.map((one) => ({ name, unit, attributes: plain(one.attributes), value: one.asInt ?? one.asDouble ?? one.count }))),
      ),
    ),
  };
}
