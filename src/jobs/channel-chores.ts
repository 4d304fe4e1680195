// What runs by itself for summaries and alerts, on every instance: whoever comes first does it.
import { keepAuditChannel, planSummaries } from '../domain/plan-summaries.ts';
import { type PostingWitness, postToChannels } from '../domain/post-to-channels.ts';
import type { PostToChannel } from '../domain/channel-ports.ts';
import type { Desk } from '../domain/desk.ts';
import { plusSeconds } from '../domain/instant.ts';
import { type Untold, watchLedger } from '../domain/watch-ledger.ts';
import type { Chore } from './timekeeper.ts';

export interface ChannelWitness extends PostingWitness {
  readonly untold: Untold;
}

export function channelChores(desk: Desk, post: PostToChannel, witness: ChannelWitness): readonly Chore[] {
  let kept: Promise<void> | undefined;
  // Once, and by both: whichever chore runs first finds the audit channel there.
  const audit = (): Promise<void> =>
    (kept ??= keepAuditChannel(desk).catch((error: unknown) => {
      kept = undefined;
      throw error;
    }));
  return [
    {
      name: 'watch-ledger',
      everySeconds: 2,
      work: async () => {
        await audit();
        await watchLedger(desk, witness.untold);
      },
    },
    {
      name: 'post-to-channels',
      everySeconds: 1,
      work: async () => {
        await audit();
        await planSummaries(desk);
        await postToChannels(desk, post, witness);
      },
    },
  ];
}

/** A posting that has waited so long is told of on /readyz. */
const lateSeconds = 900;

/** For /readyz: `ok`, or what is wrong and what to do. */
export async function stateOfSummaries({ postings, settings, clock }: Desk): Promise<string> {
  const { auditClosed, late } = await postings.state(settings.auditChannel?.id, plusSeconds(clock.now(), -lateSeconds));
  if (auditClosed) return 'the audit channel is closed: add Keydesk to its team again and write to it there';
  return late === 0 ? 'ok' : `late: ${late}`;
}
