// What a test may do to a port: see which calls began, hold one back until it is released, let one fail before or
// after it did its work. A call is named `port.method`.

import { Fault, type FaultCode } from '../../../src/domain/fault.ts';

export interface Failure {
  readonly code?: FaultCode;
  readonly retry?: Fault['retry'];
  /** The call does its work and fails then: the outcome is unknown to the caller. */
  readonly afterDoing?: boolean;
  /** How often; once, when it is not said. */
  readonly times?: number;
  /** So many calls go through before. */
  readonly after?: number;
  readonly retryAfterSeconds?: number;
  /** Thrown in place of a Fault: a defect of ours, or the end of the process. */
  readonly error?: unknown;
}

export interface Hold {
  /** Lets the held calls go on. */
  release(): void;
}

export interface Script {
  /** Every call in the order in which it began, `directory.devicesNamed` and the like. */
  readonly calls: readonly string[];
  /** Every deadline handed to a call, by its name, in the order of `calls`. */
  readonly deadlines: readonly AbortSignal[];
  fail(call: string, failure?: Failure): void;
  hold(call: string): Hold;
}

interface Knobs {
  readonly calls: string[];
  readonly deadlines: AbortSignal[];
  readonly failures: Map<string, { failure: Failure; wait: number; left: number }>;
  readonly holds: Map<string, Promise<void>>;
}

/** A script and the function that puts a port under it. */
export function newScript(): Script & { readonly over: <P extends object>(name: string, port: P) => P } {
  const knobs: Knobs = { calls: [], deadlines: [], failures: new Map(), holds: new Map() };
  return {
    calls: knobs.calls,
    deadlines: knobs.deadlines,
    fail: (call, failure = {}) => void knobs.failures.set(call, { failure, wait: failure.after ?? 0, left: failure.times ?? 1 }),
    hold: (call) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      knobs.holds.set(call, promise);
      return { release: () => (knobs.holds.delete(call), resolve()) };
    },
    over: (name, port) => underScript(knobs, name, port),
  };
}

type AnyCall = (...given: unknown[]) => Promise<unknown>;

function underScript<P extends object>(knobs: Knobs, name: string, port: P): P {
  const methods = Object.entries(port).map(([method, work]) => [method, scripted(knobs, `${name}.${method}`, work as AnyCall)]);
  return Object.fromEntries(methods) as P;
}

const scripted =
  (knobs: Knobs, call: string, work: AnyCall): AnyCall =>
  async (...given) => {
    knobs.calls.push(call);
    knobs.deadlines.push(...given.flatMap(deadlinesIn));
    await knobs.holds.get(call);
    const failing = knobs.failures.get(call);
    const due = failing !== undefined && failing.wait-- <= 0 && failing.left-- > 0 ? failing.failure : undefined;
    if (due?.afterDoing !== true && due !== undefined) throw faultOf(call, due);
    const answer = await work(...given);
    if (due !== undefined) throw faultOf(call, due);
    return answer;
  };

const deadlinesIn = (given: unknown): readonly AbortSignal[] => {
  if (given instanceof AbortSignal) return [given];
  return typeof given === 'object' && given !== null && 'deadline' in given && given.deadline instanceof AbortSignal ? [given.deadline] : [];
};

function faultOf(call: string, failure: Failure): unknown {
  if (failure.error !== undefined) return failure.error;
  const home = /^(?:requests|asks|rotations|readings)\./.test(call) ? 'store-unavailable' : /^(?:ledger|reader)\./.test(call) ? 'ledger-unavailable' : 'graph-unavailable';
  return new Fault(failure.code ?? home, failure.retry ?? 'later', { message: `scripted: ${call}`, retryAfterSeconds: failure.retryAfterSeconds });
}
