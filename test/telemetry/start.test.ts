import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isWanted, startTelemetry } from '../../src/telemetry/start.ts';

const settings = { version: '0.1.0', instance: 'here', now: Date.now };

describe('telemetry starts', () => {
  const wanted: readonly (readonly [Readonly<Record<string, string>>, boolean])[] = [
    [{}, false],
    [{ OTEL_SERVICE_NAME: 'keydesk' }, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, false],
    [{ OTEL_TRACES_EXPORTER: 'none' }, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_SDK_DISABLED: 'TRUE' }, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }, true],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:4318/v1/traces' }, true],
    [{ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://127.0.0.1:4318/v1/metrics' }, true],
    [{ OTEL_METRICS_EXPORTER: 'console' }, true],
    [{ OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'otlp' }, true],
  ];
  for (const [env, is] of wanted) it(`${is ? '' : 'not '}with ${JSON.stringify(env)}`, () => assert.equal(isWanted(env), is));

  it('and loads nothing of OpenTelemetry where it is not wanted, also not with all of main', async () => {
    const program = (env: object): string => `
      import { registerHooks } from 'node:module';
      const seen = new Set();
      registerHooks({ resolve: (name, context, next) => { if (name.startsWith('@opentelemetry/')) seen.add(name); return next(name, context); } });
      await import(${JSON.stringify(new URL('../../src/keydesk.ts', import.meta.url).href)});
      const { startTelemetry } = await import(${JSON.stringify(new URL('../../src/telemetry/start.ts', import.meta.url).href)});
      await startTelemetry({ env: ${JSON.stringify(env)}, version: '', instance: '', now: Date.now, log: { info() {}, warn() {} } });
      process.stdout.write(String(seen.size), () => process.exit(0));`;
    const loaded = async (env: object): Promise<number> => Number((await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program(env)])).stdout);
    assert.equal(await loaded({}), 0);
    assert.ok((await loaded({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' })) > 1, 'the count counts');
  });

  it('not, and says so, where its settings cannot be read; Keydesk goes on without', async () => {
    const told: string[] = [];
    const log = { info: () => undefined, warn: (_fields: object, message: string) => void told.push(message) };
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_RESOURCE_ATTRIBUTES: 'site=%E0%A4%A' };
    assert.equal(await startTelemetry({ ...settings, env, log }), undefined);
    assert.deepEqual(told, ['telemetry could not be started; Keydesk goes on without']);
  });
});
