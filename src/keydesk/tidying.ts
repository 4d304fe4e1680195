// What goes by itself when its time is over: messages taken, alerts raised, requests that are over, texts beside entries.
import { randomBytes } from 'node:crypto';
import type { Desk } from '../domain/desk.ts';
import { type Instant, plusSeconds } from '../domain/instant.ts';
import { keepTidy } from '../domain/keep-tidy.ts';
import type { Chore } from '../jobs/timekeeper.ts';
import { alertsIn } from '../store/alerts.ts';
import type { Database } from '../store/database.ts';
import { keepingIn } from '../store/keeping.ts';

const hour = 3600;
const day = 24 * hour;
/** Longer than anything that may be found again, such as a row of Entra's log, goes on being found. */
const alertDays = 90;

/** Forgets what is older than that. */
interface Forgetful {
  prune(olderThan: Instant): Promise<number>;
}

export function tidyChores({ clock, settings }: Pick<Desk, 'clock' | 'settings'>, database: Database, stores: { readonly afterADay: readonly Forgetful[]; readonly afterThreeMonths: readonly Forgetful[] }): readonly Chore[] {
  const forget = (which: readonly Forgetful[], days: number) => Promise.all(which.map((store) => store.prune(plusSeconds(clock.now(), -days * day))));
  const keeping = keepingIn(database);
  return [
    { name: 'forget-messages', everySeconds: hour, work: () => forget(stores.afterADay, 1) },
    { name: 'forget-alerts', everySeconds: hour, work: () => forget([alertsIn(database, randomBytes), ...stores.afterThreeMonths], alertDays) },
    { name: 'keep-tidy', everySeconds: hour, work: () => keepTidy({ clock, settings }, keeping) },
  ];
}
