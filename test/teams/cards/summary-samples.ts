// Summaries, alerts and what is said about them, for the laws and the gallery.

import { parseChannelId, type Summary } from '../../../src/domain/channel.ts';
import { parsePersonId } from '../../../src/domain/ids.ts';
import { type AlertKind, alertKinds, type LedgerEntry } from '../../../src/domain/ledger-entry.ts';
import { reasonCodes } from '../../../src/domain/reason.ts';
import { parseSchedule } from '../../../src/domain/schedule.ts';
import { alertCard } from '../../../src/teams/cards/alert.ts';
import type { CardMessage } from '../../../src/teams/cards/card.ts';
import { refusedCard } from '../../../src/teams/cards/refused.ts';
import { summaryCard } from '../../../src/teams/cards/summary.ts';
import { inAChannelCard, nothingToEndCard, subscribedCard, unclearScheduleCard, unsubscribedCard } from '../../../src/teams/cards/summary-notices.ts';
import { noCounts } from '../../support/desk/channels.ts';
import { testCheckpoint } from '../../support/desk.ts';
import { known } from '../../support/known.ts';
import * as the from './people-and-devices.ts';

const { viewer, now } = the;
const person = (number: number) => known(parsePersonId(`a1e00000-0000-4000-8000-${String(number).padStart(12, '0')}`));
const period = { from: the.at('2026-11-21T07:00:00Z'), to: the.at('2026-11-22T07:00:00Z') };

export const quiet: Summary = { period, counts: noCounts, people: [], failed: { count: 0, names: [] }, both: [], checkpoint: testCheckpoint, uncertain: [] };

export const busy: Summary = {
  period,
  counts: {
    reveals: 12,
    people: { most: [5, 4, 3].map((count, index) => ({ id: person(index + 1), count })), all: 3 },
    reasons: [{ reason: 'firmware-update', count: 7 }, { reason: 'wrong-pin', count: 3 }, { reason: 'other', count: 2 }],
    sources: [{ source: 'teams', count: 11 }, { source: 'api', count: 1 }],
    refused: 4,
    rotations: { done: 10, failed: 1, overdue: 1 },
    externalReads: 2,
    alerts: [{ kind: 'unexplained-read', count: 1 }, { kind: 'reveal-limit', count: 2 }],
    exports: 1,
    erasures: 0,
  },
  people: [5, 4, 3].map((count, index) => ({ id: person(index + 1), count })),
  failed: { count: 3, names: [] },
  both: [],
  checkpoint: testCheckpoint,
  uncertain: [],
};

const named: Summary = { ...busy, people: [{ id: person(1), name: 'Alex Wilber', count: 5 }, { id: person(2), name: the.hostileName, count: 4 }, { id: person(3), count: 3 }] };
const all: Summary = {
  ...named,
  counts: {
    ...busy.counts,
    reveals: 12_345,
    people: { ...busy.counts.people, all: 321 },
    reasons: reasonCodes.map((reason, index) => ({ reason, count: 2000 - index })),
    alerts: alertKinds.map((kind, index) => ({ kind, count: index + 1 })),
    erasures: 3,
  },
  people: [{ id: person(1), name: the.longName, count: 12_000 }],
  failed: { count: 12, names: [the.hostileName, the.longName, '', 'PC-123453', 'PC-123464'] },
  both: [{ id: person(2), name: 'Megan Bowen' }, { id: person(4), name: the.hostileName }, { id: person(5) }],
  uncertain: [{ from: the.at('2026-11-20T07:00:00Z'), to: period.from }],
};

const summaries: Record<string, CardMessage> = {
  'summary-quiet': summaryCard({ summary: quiet, viewer }),
  summary: summaryCard({ summary: busy, viewer }),
  'summary-named': summaryCard({ summary: named, viewer }),
  'summary-everything': summaryCard({ summary: all, viewer }),
  'summary-one': summaryCard({ summary: { ...quiet, counts: { ...noCounts, reveals: 1, people: { most: [{ id: person(1), count: 1 }], all: 1 }, reasons: [{ reason: 'other', count: 1 }], sources: [{ source: 'teams', count: 1 }] } }, viewer }),
  'summary-both-unknown': summaryCard({ summary: { ...quiet, both: 'unknown' }, viewer }),
  'summary-unsigned': summaryCard({ summary: { ...busy, checkpoint: undefined }, viewer }),
};

const channel = known(parseChannelId('19:0f1e2d3c4b5a69788796a5b4c3d2e1f0@thread.tacv2'));
const more: Partial<Record<AlertKind, Partial<LedgerEntry>>> = {
  'many-devices': { count: 11 },
  'refused-in-a-row': { count: 6 },
  'rotation-overdue': { device: { deviceId: the.device().deviceId, name: 'LAPTOP-42' } },
  'job-given-up': { device: { deviceId: the.device().deviceId }, code: 'graph-forbidden' },
  'unexplained-read': { keyId: the.firstKey().keyId, clientAppId: 'b0700000-0000-4000-8000-000000000001' },
  'channel-closed': { channel },
  'summary-unknown': { channel, ...period },
  'escrow-failed': { device: { deviceId: the.device().deviceId, name: 'LAPTOP-42' } },
};
const aboutAPerson: readonly AlertKind[] = ['reveal-limit', 'many-devices', 'refused-in-a-row', 'ledger-resumed'];

export const alertOf = (kind: AlertKind, named = false, name?: string): CardMessage =>
  alertCard({
    alert: { seq: 1742, named, entry: { time: now, act: 'alert', alert: kind, outcome: 'done', source: 'system', reference: the.reference, ...more[kind] }, ...(aboutAPerson.includes(kind) && { subject: { id: person(1), ...(name !== undefined && { name }) } }) },
    viewer,
  });

const schedule = known(parseSchedule('daily 08:00 Europe/Berlin'));
const subscribed = { schedule, first: the.at('2026-11-23T07:00:00Z'), audit: false, names: false, viewer, now };

export const summarySamples: Record<string, CardMessage> = {
  ...summaries,
  ...Object.fromEntries(alertKinds.map((kind) => [`alert-${kind}`, alertOf(kind)])),
  'alert-many-devices-named': alertOf('many-devices', true, 'Alex Wilber'),
  'alert-many-devices-hostile': alertOf('many-devices', true, the.hostileName),
  'alert-rotation-overdue-named': alertOf('rotation-overdue', true),
  'alert-escrow-failed-many': alertCard({ alert: { seq: 1743, named: false, entry: { time: now, act: 'alert', alert: 'escrow-failed', outcome: 'failed', source: 'system', count: 28 } }, viewer }),
  'summary-subscribed': subscribedCard(subscribed),
  'summary-subscribed-weekly-names': subscribedCard({ ...subscribed, schedule: known(parseSchedule('weekly mon 08:00 America/New_York')), names: true }),
  'summary-subscribed-audit': subscribedCard({ ...subscribed, audit: true }),
  'summary-unsubscribed': unsubscribedCard(),
  'summary-nothing-to-end': nothingToEndCard(),
  'summary-in-a-channel': inAChannelCard(),
  'summary-unclear': unclearScheduleCard({ what: 'schedule', said: 'hourly' }),
  'summary-unclear-zone': unclearScheduleCard({ what: 'zone', said: 'CET' }),
  'summary-unclear-zone-hostile': unclearScheduleCard({ what: 'zone', said: the.hostileName }),
  'refused-no-role-summaries': refusedCard({ refusal: { code: 'no-role', reference: the.reference, facts: { wanted: 'summaries' } }, viewer, now }),
  'refused-no-role-audit-schedule': refusedCard({ refusal: { code: 'no-role', reference: the.reference, facts: { wanted: 'audit-schedule' } }, viewer, now }),
};
