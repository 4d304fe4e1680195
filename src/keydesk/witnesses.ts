// Who is told in the log of what goes on without a person waiting for it.
import type { Logger } from 'pino';
import type { Ledger } from '../domain/ports.ts';
import type { ChannelWitness } from '../jobs/channel-chores.ts';
import type { Witness } from '../jobs/timekeeper.ts';

export const tellingOf = (log: Logger): ChannelWitness => ({
  failed: ({ id, attempt, channel, what }, error) => log.warn({ posting: id, kind: what.kind, attempt, channel: channel.id, err: error }, 'a posting failed'),
  closed: (channel, status, audit) => log[audit ? 'error' : 'warn']({ channel, status }, audit ? 'Teams takes nothing for the audit channel any more' : 'Teams takes nothing for a channel any more'),
  untold: ({ seq, entry: { alert } }) => log.error({ alert, seq }, 'an alert is posted nowhere: there is no audit channel'),
});

/** Repeats of a refusal become one entry of the ledger without their references: each stands in the log, for the phone. */
export const said = (ledger: Ledger, log: Logger): Ledger => ({
  append: (entry) => ledger.append(entry),
  refuse: async (entry) => {
    await ledger.refuse(entry);
    log.info({ code: entry.code, reference: entry.reference, person: entry.person?.id, request: entry.requestId, conversation: entry.conversation }, 'refused');
  },
});

export const toldTo = (log: Logger): Witness => ({
  failing: (chore, error, times) => log.warn({ chore, times, err: error }, 'a chore failed and will be tried again'),
  well: (chore, times) => log.info({ chore, times }, 'a chore is well again'),
});
