// How pg-boss is used: one queue of wake-ups, and one for those that were given up. A job names what is to be looked at
// and nothing else; the truth stands in the row it names (docs/decisions/0007-the-row-decides-pg-boss-wakes.md).

/** A schema of its own, beside the tables of the store. */
export const jobsSchema = 'keydesk_jobs';
export const wakeQueue = 'rotation';
export const givenUpQueue = 'rotation-given-up';

const day = 86_400;

/**
 * 8 tries after the first, 30 s apart and then each pause about twice the one before, at random between once and twice
 * its length, at most 15 minutes: given up after about an hour. A job whose process died is tried again after two
 * minutes, as long as a claim of its rotation counts.
 */
export const wakeQueueOptions = {
  deadLetter: givenUpQueue,
  retryLimit: 8,
  retryDelay: 30,
  retryBackoff: true,
  retryDelayMax: 900,
  expireInSeconds: 120,
  retentionSeconds: 30 * day,
  deleteAfterSeconds: day,
} as const;

/** Kept until the ledger takes the alert. */
export const givenUpQueueOptions = { retryLimit: 10_000, retryDelay: 30, retryBackoff: true, retryDelayMax: 900, expireInSeconds: 120, retentionSeconds: 365 * day, deleteAfterSeconds: 30 * day } as const;
