// What an alert means and what is to be done about it, in one table: a new kind does not compile until somebody has said
// both.

import type { AlertKind, LedgerEntry } from '../../domain/ledger-entry.ts';
import { type Said, say } from './escape.ts';

/** A few words without a stop, ours alone. */
export const alertTitles = {
  'reveal-limit': 'Somebody reached the limit of reveals',
  'many-devices': 'Keys of many devices to one person',
  'refused-in-a-row': 'One refusal after the other',
  'rotation-overdue': 'A rotation is overdue',
  'job-given-up': 'A rotation is stuck',
  'unexplained-read': 'A key was read that nobody asked for here',
  'reveal-without-read': "Entra's log does not know of a reveal",
  'ledger-mismatch': 'The ledger does not match its checkpoint',
  'ledger-resumed': 'The ledger was resumed',
  'channel-closed': 'A channel takes no summaries any more',
  'summary-unknown': 'Whether a summary was posted is not known',
  'escrow-failed': 'Encrypted, and no recovery key in Entra ID',
} as const satisfies Record<AlertKind, string>;

export interface AlertWords {
  readonly what: Said;
  readonly next: Said;
}

const many = (count: number | undefined, otherwise: string): string => (count === undefined ? otherwise : String(count));

export const alertWords = {
  'reveal-limit': () => ({
    what: say`A person asked for more keys than the limits allow. Nothing was shown beyond them.`,
    next: say`Ask the person, on a known number, whether that was work. If nobody can say, take the role away until it is clear.`,
  }),
  'many-devices': ({ count }) => ({
    what: say`Keys of ${many(count, 'many')} different devices were shown to one person within an hour.`,
    next: say`Ask whether that was work, such as a firmware update gone wrong. If not: take the role away, and let the keys be rotated.`,
  }),
  'refused-in-a-row': ({ count }) => ({
    what: say`A person was refused ${many(count, 'several')} times within an hour, and got nothing between.`,
    next: say`Often that is somebody who lacks a role or has a wrong name. Ask; whoever is trying doors will not answer.`,
  }),
  'rotation-overdue': () => ({
    what: say`A device whose key was shown has not made a new one. The key that was shown still opens it.`,
    next: say`Get the device online, or see in Intune why it does not check in. Rotate again with **rotate** and its name.`,
  }),
  'job-given-up': () => ({
    what: say`A rotation could not be worked on for an hour. It is tried again each hour.`,
    next: say`Look at **/readyz** and at the log: the code says what is missing.`,
  }),
  'unexplained-read': () => ({
    what: say`Entra's log says that Keydesk's own application read a key. Keydesk knows nothing of it.`,
    next: say`Treat its secret or certificate as stolen: replace it, look at the sign-ins of the application, and rotate the key.`,
  }),
  'reveal-without-read': () => ({
    what: say`Keydesk showed a key a day ago, and Entra's log has no read of it.`,
    next: say`Check that the log of Entra is complete. If it is, run: npm run audit -- verify`,
  }),
  'ledger-mismatch': () => ({
    what: say`What is stored is not what the last signed checkpoint says: entries were changed, removed or added.`,
    next: say`Keep the database as it is. Run: npm run audit -- verify --checkpoint FILE, with a checkpoint copied from this channel.`,
  }),
  'ledger-resumed': () => ({
    what: say`Two people began a new epoch of the ledger, as after a restore from a backup.`,
    next: say`If nobody here has done that, call your security team now.`,
  }),
  'channel-closed': () => ({
    what: say`Teams does not let Keydesk write there: it was removed from the team, blocked, or the channel is gone.`,
    next: say`Add Keydesk to the team again, then write to it in that channel. What waits is posted then. Otherwise let it be.`,
  }),
  'summary-unknown': () => ({
    what: say`Keydesk was interrupted while it posted a summary. So as not to post it twice, it does not try again.`,
    next: say`Look whether it stands in the channel. If it does not, type **summary** there; the next one says so too.`,
  }),
  'escrow-failed': ({ count }) =>
    count === undefined
      ? {
          what: say`The last sweep found this device without a recovery key that could open it. Whoever is locked out of it now cannot be helped.`,
          next: say`Type **status** and its name: the card says why, and what to do. All of them: **failed**`,
        }
      : {
          what: say`The last sweep found ${count} devices that were not so before. So many at once have one cause: a policy, a proxy, a limit.`,
          next: say`Type **failed** for the list, and begin with what they have in common.`,
        },
} as const satisfies Record<AlertKind, (entry: LedgerEntry) => AlertWords>;
