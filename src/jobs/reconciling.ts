// The chore that reads Entra's log, and what is told of it. Its state stands in a row that one instance at a time takes by
// compare-and-set, as that of the other chores does: reading it twice is no harm, and the next turn is the retry.
import { stateInWords } from '../domain/entra-log.ts';
import type { FaultCode } from '../domain/fault.ts';
import type { Deadline } from '../domain/ports.ts';
import { reconcile, type Reconciled, type Reconciling } from '../domain/reconcile.ts';
import type { Chore } from './timekeeper.ts';

export interface ReconcilingParts extends Omit<Reconciling, 'deadline' | 'stopping'> {
  readonly work: () => Deadline;
  /** Ids and counts, never names. */
  readonly tell: (level: 'info' | 'warn', fields: object, message: string) => void;
}

export interface ReconcilingJob {
  readonly chore: Chore;
  /** For /readyz: `ok`, or in words what is wrong. */
  state(): Promise<string>;
  /** A reading that is under way ends at its next step, and is given back. */
  stop(): void;
}

export function createReconciling({ work, tell, ...parts }: ReconcilingParts): ReconcilingJob {
  const ending = new AbortController();
  const deadline = (): Deadline => {
    const own = work();
    return Object.assign(AbortSignal.any([own, ending.signal]), own.endsAt === undefined ? {} : { endsAt: own.endsAt });
  };
  const told = createTelling(tell);
  return {
    chore: { name: 'read-entra-log', everySeconds: parts.everySeconds, work: async () => told(await reconcile({ ...parts, deadline, stopping: ending.signal })) },
    state: async () => stateInWords(await parts.reads.state(), parts.clock.now(), parts.everySeconds),
    stop: () => ending.abort(),
  };
}

/** What fails for hours is told when it begins and when it is well again. */
function createTelling(tell: ReconcilingParts['tell']): (one: Reconciled) => void {
  let before: FaultCode | undefined;
  let notUnderstood = 0;
  return (one) => {
    if (one.kind === 'left') return;
    const { matched: _ordinary, unreadable, ...found } = one.tally;
    if (Object.values(found).some((count) => count > 0)) tell('info', found, "Entra's log told of reads that are not Keydesk's, or lacks some that are");
    if (one.kind === 'failed') {
      const { fault } = one;
      if (fault.code !== before) tell('warn', { err: fault }, fault.code === 'graph-forbidden' ? "Graph refuses Entra's audit log: without AuditLog.Read.All nothing is held against it" : "Entra's audit log could not be read to its end and will be tried again");
      before = fault.code;
      return;
    }
    if (before !== undefined) tell('info', { fault: before }, "Entra's audit log is read again");
    before = undefined;
    if (unreadable > 0 && unreadable !== notUnderstood) tell('warn', { rows: unreadable }, "rows of Entra's audit log were not understood");
    notUnderstood = unreadable;
  };
}
