// A Keydesk as a process of its own that ends itself by SIGKILL at a step: the composition of src/keydesk.ts, with a
// trap around every call of a port. Loaded ahead, it waits for its orders; it ends with its parent, and in order when told to.

import { ServerResponse } from 'node:http';
import { z } from 'zod';
import { parseInstant } from '../../src/domain/instant.ts';
import { createLog } from '../../src/log.ts';
import { stopOnSignals } from '../../src/stop-on-signals.ts';
import { runKeydesk } from './keydesk/instance.ts';
import { steps } from './keydesk/steps.ts';
import { standingClock } from './keydesk/time.ts';
import { known } from './known.ts';

const ordersForm = z.object({
  databaseUrl: z.string(),
  simulatorUrl: z.string(),
  now: z.string(),
  /** `before requests.claim`, `after rotations.move 2` for the second time, …, or one of the two moments of an answer; never when absent. */
  dieAt: z.string().optional(),
  /** Works on the rotations that are due, as soon as it answers. */
  wake: z.boolean().optional(),
});
export type Orders = z.infer<typeof ordersForm>;

/** The answer that holds the key is made and not sent; and: it is handed to the operating system. */
export const answerSteps = ['before the answer leaves', 'after the answer has left'] as const;

process.once('message', (message) => void start(ordersForm.parse(message)));
process.once('disconnect', () => process.exit(0));

async function start({ dieAt, now, wake = false, ...urls }: Orders): Promise<void> {
  const clock = standingClock(known(parseInstant(now)));
  const passed = new Map<string, number>();
  const { keydesk } = await runKeydesk({
    ...urls,
    clock,
    write: (line) => void process.stdout.write(line),
    around: steps(async (step) => {
      const times = (passed.get(step) ?? 0) + 1;
      passed.set(step, times);
      if (step === dieAt || `${step} ${times}` === dieAt) await die();
      if (step === 'after requests.revealed') trapAnswer(dieAt);
    }),
  });
  stopOnSignals(() => keydesk.stop(), createLog({ level: 'info' }));
  process.send?.({ url: keydesk.url });
  if (wake) await keydesk.wakeDue(clock.now());
}

/** Nothing runs after it: no `finally`, no exit hook, no last packet. */
function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
}

function trapAnswer(dieAt: string | undefined): void {
  const [before, after] = answerSteps;
  const end: unknown = Reflect.get(ServerResponse.prototype, 'end');
  if ((dieAt !== before && dieAt !== after) || typeof end !== 'function') return;
  Object.assign(ServerResponse.prototype, {
    end(this: ServerResponse, ...given: readonly unknown[]): unknown {
      if (dieAt === before) void die();
      this.once('finish', () => void die());
      return Reflect.apply(end, this, given);
    },
  });
}
