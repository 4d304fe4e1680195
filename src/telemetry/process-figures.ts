import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { Figure } from './telemetry.ts';

export interface ProcessFigures {
  figures(): readonly Figure[];
  stop(): void;
}

/** How the event loop fared since the last time somebody asked, and what the process holds now. */
export function readEventLoop(): ProcessFigures {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  let before = performance.eventLoopUtilization();
  const seconds = (nanoseconds: number): number => nanoseconds / 1e9;
  return {
    figures: () => {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, before);
      before = now;
      const { heapUsed, rss } = process.memoryUsage();
      const figures = [
        { metric: 'nodejs.eventloop.delay.p99', value: seconds(delay.percentile(99)) },
        { metric: 'nodejs.eventloop.delay.max', value: seconds(delay.max) },
        { metric: 'nodejs.eventloop.utilization', value: utilization },
        { metric: 'process.memory.usage', value: rss },
        { metric: 'v8js.memory.heap.used', value: heapUsed },
      ] as const satisfies readonly Figure[];
      delay.reset();
      return figures;
    },
    stop: () => void delay.disable(),
  };
}
