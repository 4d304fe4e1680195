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

/** @param daily stores of what is of use for a day */
export function tidyChores({ clock, settings }: Pick<Desk, 'clock' | 'settings'>, database: Database, daily: readonly Forgetful[]): readonly Chore[] {
  const alerts = alertsIn(database, randomBytes);
  const keeping = keepingIn(database);
  return [
    { name: 'forget-messages', everySeconds: hour, work: () => Promise.all(daily.map((store) => store.prune(plusSeconds(clock.now(), -day)))) },
    { name: 'forget-alerts', everySeconds: hour, work: () => alerts.prune(plusSeconds(clock.now(), -alertDays * day)) },
    { name: 'keep-tidy', everySeconds: hour, work: () => keepTidy({ clock, settings }, keeping) },
  ];
}
