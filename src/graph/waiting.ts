import type { Deadline } from '../domain/ports.ts';

/** Resolves after so many milliseconds, or as soon as the deadline is over, whichever is first. Never rejects. */
export type Timer = (milliseconds: number, deadline: Deadline) => Promise<void>;

export const timer: Timer = (milliseconds, deadline) =>
  new Promise((resolve) => {
    if (deadline.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timeout);
      deadline.removeEventListener('abort', end);
      resolve();
    };
    const timeout = setTimeout(end, milliseconds);
    deadline.addEventListener('abort', end);
  });

/** What the work gives, or the error made by `late` when the deadline is over first; the work itself goes on. */
export function within<T>(work: Promise<T>, deadline: Deadline, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (): void => reject(late());
    if (deadline.aborted) end();
    deadline.addEventListener('abort', end);
    work.then(resolve, reject).finally(() => deadline.removeEventListener('abort', end));
  });
}
