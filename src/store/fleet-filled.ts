import type { FleetIndex } from '../domain/fleet-ports.ts';
import { type Instant, plusSeconds } from '../domain/instant.ts';
import type { Clock } from '../domain/ports.ts';
import type { Database } from './database.ts';
import { orFault } from './faults.ts';

const secondsBetweenLooks = 5;

/**
 * The index, in which an ask looks for its device only when there is any. Before the first sweep, and where none is ever
 * made, that look costs as much as a question to Graph and saves nothing (docs/performance.md). Once there is a device
 * it is always made; an index that is filled meanwhile is noticed after 5 s, and until then the ask takes its two rounds.
 */
export function askedWhenFilled(index: FleetIndex, { run }: Pick<Database, 'run'>, clock: Clock): FleetIndex {
  let filled = false;
  let nextLook: Instant | undefined;
  const isFilled = async (): Promise<boolean> => {
    const now = clock.now();
    if (filled || (nextLook !== undefined && now < nextLook)) return filled;
    nextLook = plusSeconds(now, secondsBetweenLooks);
    const [row] = await orFault('store-unavailable', () => run<{ readonly filled: boolean }>('select exists (select from keydesk.device) as filled', []));
    filled ||= row?.filled === true;
    return filled;
  };
  return { ...index, named: async (name, most) => ((await isFilled()) ? index.named(name, most) : []) };
}
