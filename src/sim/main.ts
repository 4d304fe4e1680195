// The simulated tenant as a process of its own:
//   node src/launch.mjs src/sim/main.ts [--port 3979] [--devices 500] [--seed 42] [--latency 50] [--key-page-size 50] [--self-checkin 20]
// Prints one line of JSON with its address when it listens; ends on SIGTERM and SIGINT.

import { parseArgs } from 'node:util';
import type { SimulatorOptions } from './simulator.ts';
import { startSimulator } from './simulator.ts';

const options = {
  port: { type: 'string' },
  devices: { type: 'string' },
  seed: { type: 'string' },
  latency: { type: 'string' },
  'key-page-size': { type: 'string' },
  'self-checkin': { type: 'string' },
} as const;

function optionsFrom(args: readonly string[]): SimulatorOptions {
  const { values } = parseArgs({ args: [...args], options });
  const number = (flag: keyof typeof options, fallback: number): number => {
    const text = values[flag];
    if (text === undefined) return fallback;
    if (!/^\d{1,9}$/.test(text)) throw new TypeError(`--${flag}: expected a whole number, received "${text}".`);
    return Number(text);
  };
  return {
    port: number('port', 0),
    devices: number('devices', 500),
    seed: number('seed', 42),
    latencyMs: number('latency', 0),
    keyPageSize: number('key-page-size', 50),
    selfCheckinSeconds: number('self-checkin', 0),
  };
}

try {
  const simulator = await startSimulator(optionsFrom(process.argv.slice(2)));
  const stop = (): void => {
    simulator.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // Of a parent that forked us and was killed.
  process.once('disconnect', stop);
  console.log(JSON.stringify({ url: simulator.url, port: simulator.port }));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
