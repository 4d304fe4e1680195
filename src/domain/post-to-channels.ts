// Posts what is to be posted, once over all instances, also after a crash at any point:
//
//   take (the row of the channel, by compare-and-set)   a crash after it: taken again when its time is over
//   build what it says (reads only)                     the same
//   mark `sending`, durable                             a crash after it: nobody knows whether Teams was called
//   call Teams
//   note `posted`, with its entry                       a crash before it: the same
//
// Teams makes a message for each call, so of the two errors one has to be chosen. A summary that may stand there is not
// sent again: it becomes `unknown`, with an alert and a line in the next one. An alert that may stand there is sent
// again: twice is better than never, and both carry the same entry number.

import type { PostToChannel } from './channel-ports.ts';
import type { Channel, ChannelId, ChannelMessage, Posting } from './channel.ts';
import type { Desk } from './desk.ts';
import { Fault } from './fault.ts';
import { plusSeconds } from './instant.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import { summarise } from './summarise.ts';

/** Longer than building and sending take together. */
const takenSeconds = 60;
const mostAtOnce = 20;
const firstPauseSeconds = 15;
const longestPauseSeconds = 900;

export interface PostingWitness {
  /** A try failed; there will be another, or an alert says that there will not. */
  failed(posting: Posting, error: unknown): void;
  /** Teams takes no messages for the channel any more. */
  closed(channel: ChannelId, status: number, audit: boolean): void;
}

/** @returns how many postings were worked on */
export async function postToChannels(desk: Desk, post: PostToChannel, witness: PostingWitness): Promise<number> {
  for (const posting of await desk.postings.lost(desk.clock.now(), mostAtOnce)) await settleUnknown(desk, posting);
  for (let count = 0; count < mostAtOnce; count += 1) {
    const now = desk.clock.now();
    const posting = await desk.postings.take(now, plusSeconds(now, takenSeconds));
    if (posting === undefined) return count;
    await work(desk, post, posting, witness);
  }
  return mostAtOnce;
}

async function work(desk: Desk, post: PostToChannel, posting: Posting, witness: PostingWitness): Promise<void> {
  let message: ChannelMessage;
  try {
    message = await build(desk, posting);
  } catch (error) {
    witness.failed(posting, error);
    return tryLater(desk, posting, error);
  }
  if (await desk.postings.sending(posting, plusSeconds(desk.clock.now(), takenSeconds))) await send(desk, post, posting, message, witness);
}

async function build(desk: Desk, { what, channel }: Posting): Promise<ChannelMessage> {
  if (what.kind === 'summary') {
    const uncertain = await desk.postings.uncertain(channel.id);
    return { kind: 'summary', summary: await summarise(desk, what.period, desk.deadlines.work(), uncertain) };
  }
  const watched = await desk.watch.entry(what.seq);
  if (watched === undefined) throw new Fault('internal', 'never', { message: `entry ${what.seq} of an alert cannot be read` });
  const { entry } = watched;
  const named = desk.settings.summaryNames;
  const id = entry.subjectId ?? entry.person?.id;
  const name = id && named ? (entry.person?.name ?? (await desk.summaries.names([id])).get(id)) : undefined;
  return { kind: 'alert', alert: { ...watched, named, ...(id && { subject: { id, ...(name !== undefined && { name }) } }) } };
}

async function send(desk: Desk, post: PostToChannel, posting: Posting, message: ChannelMessage, witness: PostingWitness): Promise<void> {
  let result: Awaited<ReturnType<PostToChannel>>;
  try {
    result = await post(posting.channel, message);
  } catch (error) {
    witness.failed(posting, error);
    return error instanceof Fault && error.retry === 'unknown-outcome' ? settleUnknown(desk, posting, error) : tryLater(desk, posting, error);
  }
  if (result.kind === 'closed') return close(desk, posting, result.status, witness);
  const { activityId } = result;
  await desk.postings.posted(posting, { at: desk.clock.now(), ...(activityId !== undefined && { activityId }), entry: postedEntry(desk, posting, message) });
}

function postedEntry({ clock }: Desk, { channel }: Posting, message: ChannelMessage): LedgerEntry {
  const posted = { time: clock.now(), act: 'posted', outcome: 'done', source: 'system', channel: channel.id } as const;
  if (message.kind === 'summary') {
    const { period, checkpoint } = message.summary;
    return { ...posted, ...period, ...(checkpoint !== undefined && { note: checkpoint }) };
  }
  const { alert, reference } = message.alert.entry;
  return { ...posted, ...(alert && { alert }), ...(reference && { reference }) };
}

/** Whether Teams has it nobody knows. The alert comes first: after a crash between the two it is not raised again. */
async function settleUnknown(desk: Desk, posting: Posting, error?: unknown): Promise<void> {
  if (posting.what.kind === 'alert') return tryLater(desk, posting, error);
  await desk.alerts.raise({ subject: `posting:${posting.id}`, entry: { ...alertAbout(desk, posting.channel), alert: 'summary-unknown', outcome: 'unknown', ...posting.what.period } });
  return desk.postings.unknown(posting);
}

/**
 * 403 or 404: nothing was posted, and nothing will be until somebody writes from there or subscribes anew. What waits
 * for the channel goes on waiting.
 */
async function close(desk: Desk, posting: Posting, status: number, witness: PostingWitness): Promise<void> {
  const { channel } = posting;
  witness.closed(channel.id, status, desk.settings.auditChannel?.id === channel.id);
  try {
    await desk.alerts.raise({ subject: `channel:${channel.id}:${channel.lives}`, entry: { ...alertAbout(desk, channel), alert: 'channel-closed', outcome: 'failed' } });
  } catch (error) {
    // It stays open until the alert can be written: the next try finds it closed again.
    await tryLater(desk, posting, error);
    throw error;
  }
  return desk.postings.closed(posting, desk.clock.now(), status);
}

const alertAbout = ({ clock }: Desk, { id }: Channel) => ({ time: clock.now(), act: 'alert', source: 'system', channel: id }) as const;

async function tryLater({ postings, clock }: Desk, posting: Posting, error: unknown): Promise<void> {
  const pause = Math.min(longestPauseSeconds, firstPauseSeconds * 2 ** Math.min(20, posting.attempt - 1));
  const told = error instanceof Fault ? (error.retryAfterSeconds ?? 0) : 0;
  return postings.postpone(posting, plusSeconds(clock.now(), Math.max(pause, told)));
}
