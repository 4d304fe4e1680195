// Telemetry is on where the environment names an exporter, and only then is anything of OpenTelemetry loaded: its API
// takes 40 ms to load, its SDK half a second. Nothing that goes wrong with it is a reason not to serve.

import type { NodeSDK } from '@opentelemetry/sdk-node';
import type { Watch } from './telemetry.ts';

export interface TelemetryStart {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of Keydesk. */
  readonly version: string;
  /** Of this process, made anew at each start. */
  readonly instance: string;
  /** Milliseconds. */
  readonly now: () => number;
  /** How long the last export may take; 3 s when absent. */
  readonly flushMilliseconds?: number;
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
}

export interface RunningTelemetry extends Watch {
  /** Sends what it has, for a while, and lets go. Never rejects. */
  stop(): Promise<void>;
}

const endpoints = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT'] as const;
const exporters = ['OTEL_TRACES_EXPORTER', 'OTEL_METRICS_EXPORTER'] as const;

const millisecondsBetweenReports = 60_000;

export function isWanted(env: TelemetryStart['env']): boolean {
  const has = (name: string): boolean => (env[name]?.trim() ?? '') !== '';
  if (env['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true') return false;
  return endpoints.some(has) || exporters.some((name) => has(name) && env[name]?.trim() !== 'none');
}

/** To be called before the rest. Undefined where nobody wants it, or where it could not be started, which the log then says. */
export async function startTelemetry(settings: TelemetryStart): Promise<RunningTelemetry | undefined> {
  if (!isWanted(settings.env)) return undefined;
  try {
    return await start(settings);
  } catch (error) {
    settings.log.warn({ err: error }, 'telemetry could not be started; Keydesk goes on without');
    return undefined;
  }
}

async function start({ env, log, now, flushMilliseconds = 3000, ...about }: TelemetryStart): Promise<RunningTelemetry> {
  const [{ context, diag, DiagLogLevel, logs, metrics, trace }, { NodeSDK: Sdk }, { createRecorder }, { createWatch }, { readEventLoop }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-node'),
    import('./recorder.ts'),
    import('./watched.ts'),
    import('./process-figures.ts'),
  ]);
  // With OTEL_LOG_LEVEL the SDK tells the console itself.
  if ((env['OTEL_LOG_LEVEL'] ?? '').trim() === '') diag.setLogger(quiet(log, now), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  // Before the SDK, which keeps silent about a detector that fails.
  const attributes = resourceOf(env, about);
  const sdk = new Sdk({
    // Nobody is told in which trace a request was made: not Graph, not Teams, not the collector.
    textMapPropagator: null,
    // Nothing of the machine, of who runs this and with which arguments; and no log, which goes its own way.
    resourceDetectors: [{ detect: () => ({ attributes }) }],
    logRecordProcessors: [],
  });
  sdk.start();
  const watch = createWatch(createRecorder(now), now);
  const eventLoop = readEventLoop();
  watch.read(() => eventLoop.figures());
  log.info({}, 'telemetry is exported');
  return {
    ...watch,
    stop: async () => {
      await shutDown(sdk, flushMilliseconds);
      eventLoop.stop();
      for (const api of [trace, metrics, logs, context, diag]) api.disable();
    },
  };
}

/** What the operator says of this service; else its name, version and a number of this process. */
function resourceOf(env: TelemetryStart['env'], { version, instance }: Pick<TelemetryStart, 'version' | 'instance'>): Record<string, string> {
  const said = (env['OTEL_RESOURCE_ATTRIBUTES'] ?? '').split(',').flatMap((pair) => {
    const at = pair.indexOf('=');
    return at < 1 ? [] : [[pair.slice(0, at).trim(), decodeURIComponent(pair.slice(at + 1).trim())]];
  });
  const name = env['OTEL_SERVICE_NAME'];
  return { 'service.name': 'keydesk', 'service.version': version, 'service.instance.id': instance, ...Object.fromEntries(said), ...(name && { 'service.name': name }) };
}

/** A collector that is away fails every few seconds. One line a minute, without what a library says: it may quote an answer. */
function quiet(log: TelemetryStart['log'], now: () => number) {
  let toldAt: number | undefined;
  const tell = (): void => {
    if (toldAt !== undefined && now() - toldAt < millisecondsBetweenReports) return;
    toldAt = now();
    log.warn({}, 'telemetry is not exported as it should be; with OTEL_LOG_LEVEL=warn the console says why');
  };
  const nothing = (): void => undefined;
  return { error: tell, warn: tell, info: nothing, debug: nothing, verbose: nothing };
}

async function shutDown(sdk: NodeSDK, milliseconds: number): Promise<void> {
  const over = Promise.withResolvers<void>();
  const timer = setTimeout(over.resolve, milliseconds);
  await Promise.race([sdk.shutdown().catch(() => undefined), over.promise]);
  clearTimeout(timer);
}
