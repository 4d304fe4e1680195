// What the database says of how much there is, as figures of telemetry.
import type { Clock } from '../domain/ports.ts';
import { isOver, rotationStates } from '../domain/rotation.ts';
import type { Database } from '../store/database.ts';
import { figuresIn } from '../store/figures.ts';
import type { Figure } from '../telemetry/telemetry.ts';

const openStates = rotationStates.filter((state) => !isOver({ state }));

/** A state without any rotation is told as 0: a figure that is missing is none. */
export function figuresOf(database: Database, clock: Clock): () => Promise<readonly Figure[]> {
  const look = figuresIn(database);
  return async () => {
    const { rotations, ledgerEntries, dueRotations, duePostings } = await look(clock.now());
    return [
      { metric: 'keydesk.ledger.size', value: ledgerEntries },
      { metric: 'keydesk.queue.depth', value: dueRotations, attributes: { 'keydesk.queue': 'rotations' } },
      { metric: 'keydesk.queue.depth', value: duePostings, attributes: { 'keydesk.queue': 'postings' } },
      ...openStates.map((state) => ({ metric: 'keydesk.rotations', value: rotations.get(state) ?? 0, attributes: { 'keydesk.rotation.state': state } }) as const),
    ];
  };
}
