// Stands before and after every call of a port: `before requests.claim`, `after recoveryKeys.read`.

import type { Desk } from '../../../src/domain/desk.ts';

const ports = ['directory', 'managedDevices', 'recoveryKeys', 'roles', 'ledger', 'asks', 'requests', 'rotations', 'rotator', 'channels', 'postings', 'watch', 'alerts'] as const;

type At = (step: string) => void | Promise<void>;

/** @param at told of each step; the work goes on when it is done */
export const steps =
  (at: At) =>
  (desk: Desk): Desk => ({ ...desk, ...Object.fromEntries(ports.map((port) => [port, watched(port, desk[port], at)])) });

function watched(name: string, port: object, at: At): object {
  return new Proxy(port, {
    get(target, method) {
      const work: unknown = Reflect.get(target, method);
      if (typeof work !== 'function' || typeof method !== 'string') return work;
      return async (...given: readonly unknown[]): Promise<unknown> => {
        await at(`before ${name}.${method}`);
        const answer: unknown = await Reflect.apply(work, target, given);
        await at(`after ${name}.${method}`);
        return answer;
      };
    },
  });
}
