// Channels, postings and the watcher in memory, with the meaning that channel-ports.ts gives them.

import type { Channels, LedgerSummary, LedgerWatch, Postings } from '../../../src/domain/channel-ports.ts';
import type { Channel, ChannelId, LedgerCounts, Posting, PostingState } from '../../../src/domain/channel.ts';
import type { Instant } from '../../../src/domain/instant.ts';
import type { LedgerEntry } from '../../../src/domain/ledger-entry.ts';
import type { Period } from '../../../src/domain/schedule.ts';

export interface StoredPosting {
  readonly id: number;
  readonly channelId: ChannelId;
  readonly what: Posting['what'];
  readonly wantedAt: Instant;
  state: PostingState;
  dueAt: Instant;
  takenUntil?: Instant | undefined;
  attempt: number;
  activityId?: string;
  told: boolean;
}

export interface ChannelMemory {
  readonly channels: Map<ChannelId, Channel>;
  readonly busyUntil: Map<ChannelId, Instant>;
  readonly postings: StoredPosting[];
  watched: number;
}

export const newChannelMemory = (): ChannelMemory => ({ channels: new Map(), busyUntil: new Map(), postings: [], watched: 0 });

const without = (channel: Channel, ...names: readonly (keyof Channel)[]): Channel => {
  const rest = { ...channel };
  for (const name of names) Reflect.deleteProperty(rest, name);
  return rest;
};
const revived = (channel: Channel): Channel => (channel.deadAt === undefined ? channel : { ...without(channel, 'deadAt'), lives: channel.lives + 1 });

export function channelsOf(memory: ChannelMemory, entries: LedgerEntry[]): Channels {
  const { channels, postings } = memory;
  return {
    find: async (id) => channels.get(id),
    subscribe: async ({ id, place, schedule, locale, by, nextAt, from }, entry) => {
      const before = channels.get(id);
      channels.set(id, { ...(before ? revived(before) : { id, lives: 0 }), place, schedule, locale, subscribedBy: by, nextAt, coveredTo: before?.coveredTo ?? from });
      entries.push(entry);
    },
    unsubscribe: async (id, entry) => {
      const before = channels.get(id);
      if (before?.schedule === undefined) return false;
      channels.set(id, without(before, 'schedule', 'nextAt', 'coveredTo', 'subscribedBy'));
      for (const posting of postings) if (posting.channelId === id && posting.what.kind === 'summary' && posting.state === 'waiting') posting.state = 'dropped';
      entries.push(entry);
      return true;
    },
    keepAudit: async (audit) => {
      if (audit === undefined) return;
      const { id, serviceUrl, schedule, nextAt, from } = audit;
      channels.set(id, channels.get(id) ?? { id, lives: 0, schedule, nextAt, coveredTo: from, ...(serviceUrl !== undefined && { place: { serviceUrl } }) });
    },
    seen: async (id, place) => {
      const before = channels.get(id);
      if (before !== undefined) channels.set(id, { ...revived(before), place });
    },
    told: async (id, place, to, entry) => {
      channels.set(id, { ...(channels.get(id) ?? { id, lives: 0, place }), postedTo: to });
      entries.push(entry);
    },
    due: async (now) => [...channels.values()].filter(({ nextAt, deadAt, place }) => nextAt !== undefined && nextAt <= now && deadAt === undefined && place !== undefined),
    plan: async (channel, planned, nextAt) => {
      const now = channels.get(channel.id);
      if (now?.nextAt !== channel.nextAt) return false;
      const coveredTo = planned.at(-1)?.period.to ?? channel.coveredTo;
      channels.set(channel.id, { ...channel, nextAt, ...(coveredTo && { coveredTo }) });
      for (const { period, dueAt } of planned) enqueue(memory, channel.id, { kind: 'summary', period }, dueAt);
      return true;
    },
  };
}

function enqueue({ postings }: ChannelMemory, channelId: ChannelId, what: Posting['what'], dueAt: Instant): void {
  postings.push({ id: postings.length + 1, channelId, what, wantedAt: dueAt, dueAt, state: 'waiting', attempt: 0, told: false });
}

export function postingsOf(memory: ChannelMemory, entries: LedgerEntry[]): Postings {
  const { channels, postings, busyUntil } = memory;
  const asTaken = (stored: StoredPosting): readonly Posting[] => {
    const channel = channels.get(stored.channelId);
    return channel === undefined ? [] : [{ id: stored.id, channel, attempt: stored.attempt, what: stored.what }];
  };
  const held = ({ id, attempt }: Posting, ...states: readonly PostingState[]): StoredPosting | undefined => postings.find((one) => one.id === id && one.attempt === attempt && states.includes(one.state));
  const release = (posting: Posting, change: Partial<StoredPosting>): void => {
    const stored = held(posting, 'waiting', 'sending');
    if (stored === undefined) return;
    Object.assign(stored, change, { takenUntil: undefined });
    busyUntil.delete(stored.channelId);
  };
  const free = (id: ChannelId, now: Instant): boolean => (busyUntil.get(id) ?? now) <= now && channels.get(id)?.deadAt === undefined && channels.get(id)?.place !== undefined;
  return {
    take: async (now, until) => {
      const stored = postings.filter(({ state, dueAt, channelId }) => state === 'waiting' && dueAt <= now && free(channelId, now)).sort((a, b) => a.wantedAt.localeCompare(b.wantedAt) || a.id - b.id)[0];
      if (stored === undefined) return undefined;
      Object.assign(stored, { attempt: stored.attempt + 1, takenUntil: until });
      busyUntil.set(stored.channelId, until);
      return asTaken(stored)[0];
    },
    sending: async (posting, until) => {
      const stored = held(posting, 'waiting');
      if (stored !== undefined) Object.assign(stored, { state: 'sending', takenUntil: until });
      return stored !== undefined;
    },
    posted: async (posting, { activityId, entry }) => {
      const stored = held(posting, 'sending');
      if (stored === undefined) return false;
      release(posting, { state: 'posted', ...(activityId !== undefined && { activityId }) });
      if (stored.what.kind === 'summary') {
        const channel = channels.get(stored.channelId);
        if (channel !== undefined) channels.set(channel.id, { ...channel, postedTo: stored.what.period.to });
        for (const one of postings) if (one.channelId === stored.channelId && one.state === 'unknown') one.told = true;
      }
      entries.push(entry);
      return true;
    },
    postpone: async (posting, until) => release(posting, { state: 'waiting', dueAt: until }),
    unknown: async (posting) => release(posting, { state: 'unknown' }),
    closed: async (posting, at) => {
      release(posting, { state: 'waiting' });
      channels.set(posting.channel.id, { ...posting.channel, deadAt: at });
    },
    lost: async (now) => postings.filter(({ state, takenUntil }) => state === 'sending' && takenUntil !== undefined && takenUntil <= now).flatMap(asTaken),
    uncertain: async (id) => postings.flatMap(({ channelId, state, told, what }): readonly Period[] => (channelId === id && state === 'unknown' && !told && what.kind === 'summary' ? [what.period] : [])),
    state: async (audit, late) => ({ auditClosed: audit !== undefined && channels.get(audit)?.deadAt !== undefined, late: postings.filter(({ state, wantedAt }) => state === 'waiting' && wantedAt < late).length }),
  };
}

export const noCounts: LedgerCounts = { reveals: 0, people: { most: [], all: 0 }, reasons: [], sources: [], refused: 0, rotations: { done: 0, failed: 0, overdue: 0 }, externalReads: 0, alerts: [], exports: 0, erasures: 0 };

/** Counts what the tests of verbs look at; the whole of it is the store's, and tested there. */
export const summaryOf = (entries: readonly LedgerEntry[]): LedgerSummary => ({
  counts: async ({ from, to }) => {
    const within = entries.filter(({ time }) => time >= from && time < to);
    return { ...noCounts, reveals: within.filter(({ act, outcome }) => act === 'revealed' && outcome === 'done').length, refused: within.filter(({ act }) => act === 'refused' || act === 'role-denied').length };
  },
  names: async (people) => new Map(entries.flatMap(({ person }) => (person?.name !== undefined && people.includes(person.id) ? [[person.id, person.name] as const] : []))),
});

export function watchOf(memory: ChannelMemory, entries: readonly LedgerEntry[]): LedgerWatch {
  return {
    read: async (most) => {
      const found = entries.slice(memory.watched, memory.watched + most).map((entry, index) => ({ seq: memory.watched + index + 1, entry }));
      return { after: memory.watched, to: memory.watched + found.length, entries: found };
    },
    entry: async (seq) => {
      const entry = entries[seq - 1];
      return entry && { seq, entry };
    },
    advance: async (after, to, planned) => {
      if (memory.watched !== after) return false;
      memory.watched = to;
      for (const { seq, channel, dueAt } of planned) enqueue(memory, channel, { kind: 'alert', seq }, dueAt);
      return true;
    },
    devicesShown: async (person, since, until) => new Set(entries.filter((one) => one.act === 'revealed' && one.outcome === 'done' && one.person?.id === person && one.time > since && one.time <= until).map(({ device }) => device?.deviceId)).size,
    refusedInARow: async (person, since, seq, except) => {
      const own = entries.slice(0, seq).filter((one) => one.person?.id === person && one.time > since);
      const last = own.findLastIndex(({ act, outcome }) => (act === 'revealed' || act === 'asked') && outcome === 'done');
      return own.slice(last + 1).filter(({ act, code }) => (act === 'refused' || act === 'role-denied') && !except.some((one) => one === code)).reduce((sum, { count = 1 }) => sum + count, 0);
    },
  };
}
