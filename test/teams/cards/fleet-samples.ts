// The cards of the fleet in every state that a person may meet.

import type { Swept } from '../../../src/domain/ask-for-fleet.ts';
import { type EscrowReason, escrowReasons, type EscrowStatusName } from '../../../src/domain/escrow.ts';
import type { FleetCounts, FleetDevice, FleetOverview } from '../../../src/domain/fleet.ts';
import { fleetLists } from '../../../src/domain/fleet.ts';
import { instantAt, milliseconds } from '../../../src/domain/instant.ts';
import type { CardMessage } from '../../../src/teams/cards/card.ts';
import { fleetListCard } from '../../../src/teams/cards/fleet-list.ts';
import { fleetStatusCard } from '../../../src/teams/cards/fleet-status.ts';
import { readinessCard, tooManyNamesCard } from '../../../src/teams/cards/readiness.ts';
import * as the from './people-and-devices.ts';

const { now, viewer } = the;
const ago = (hours: number) => instantAt(milliseconds(now) - hours * 3_600_000);
const index: Swept = { sweptAt: ago(3), keysAt: ago(3), missing: [] };
const counts: FleetCounts = { escrowed: 18_211, pending: 402, failed: 612, 'not-available': 977, unknown: 1143 };
const dayOf = (back: number): string => ago(24 * back).slice(0, 10);
const overview: FleetOverview = {
  counts,
  oldest: ago(24 * 240),
  days: Array.from({ length: 30 }, (_, day) => ({ day: dayOf(29 - day), counts: { ...counts, failed: 700 - 3 * day, pending: 380 + (day % 7) } })),
  manyKeys: [],
  manyKeysCount: 0,
};
const none: FleetCounts = { escrowed: 0, pending: 0, failed: 0, 'not-available': 0, unknown: 0 };

const statusOf: Partial<Record<EscrowReason, EscrowStatusName>> = { 'encrypted-without-key': 'failed', 'backup-failed': 'failed', 'key-on-its-way': 'pending', 'policy-blocked': 'pending', 'not-encrypted': 'not-available', 'key-older-than-enrolment': 'escrowed', 'key-escrowed': 'escrowed' };
const deviceOf = (number: number, reason: EscrowReason, name = `BER-LT-${String(number).padStart(4, '0')}`): FleetDevice => ({
  deviceId: the.device().deviceId,
  objectId: the.device().objectId,
  name,
  status: statusOf[reason] ?? 'unknown',
  reason,
  warnings: reason === 'key-older-than-enrolment' ? ['maybe-stale'] : [],
  blockedBy: [],
  keyCount: 0,
});
const failed = Array.from({ length: 10 }, (_, number) => deviceOf(number * 31, number % 3 === 0 ? 'backup-failed' : 'encrypted-without-key'));
const listed = (list: (typeof fleetLists)[number], devices: readonly FleetDevice[], page = 0, total = devices.length, of = index): CardMessage =>
  fleetListCard({ kind: 'list', list, page, pages: Math.max(1, Math.ceil(total / 10)), found: { total, devices }, index: of, viewer, now });

const row = (name: string, readiness: 'ready' | 'doubtful' | 'not-ready' | 'gone' | 'no-such-name', ...devices: readonly (FleetDevice & { deletedAt?: ReturnType<typeof ago> })[]) => ({ name, readiness, devices });
const checked = (rows: readonly ReturnType<typeof row>[], of = index): CardMessage => {
  const countOf = (readiness: string): number => rows.filter((one) => one.readiness === readiness).length;
  return readinessCard({ kind: 'readiness', report: { rows, counts: { ready: countOf('ready'), doubtful: countOf('doubtful'), 'not-ready': countOf('not-ready'), gone: countOf('gone'), 'no-such-name': countOf('no-such-name') } }, index: of, viewer, now });
};
const longest = 'W'.repeat(256);

export const fleetSamples: Readonly<Record<string, CardMessage>> = {
  'fleet-status': fleetStatusCard({ overview, index, viewer, now }),
  'fleet-status-first-day': fleetStatusCard({ overview: { ...overview, days: overview.days.slice(-1) }, index: { ...index, running: { entries: 8000, share: 0.42 } }, viewer, now }),
  'fleet-status-troubled': fleetStatusCard({
    overview: { ...overview, counts: { ...counts, failed: 1 }, manyKeys: [{ name: 'LAPTOP-42', keyCount: 200 }, { name: the.hostileName, keyCount: 187 }, { name: longest, keyCount: 151 }], manyKeysCount: 9 },
    index: { ...index, missing: ['encryption', 'managed'] },
    viewer,
    now,
  }),
  'fleet-status-empty': fleetStatusCard({ overview: { counts: none, days: [], manyKeys: [], manyKeysCount: 0 }, index, viewer, now }),
  'fleet-status-all-well': fleetStatusCard({ overview: { ...overview, counts: { ...none, escrowed: 500, pending: 1 } }, index, viewer, now }),
  'fleet-failed': listed('failed', failed, 1, 612),
  'fleet-failed-last-page': listed('failed', failed.slice(0, 2), 61, 612),
  'fleet-pending': listed('pending', [deviceOf(1, 'key-on-its-way'), deviceOf(2, 'policy-blocked')]),
  'fleet-hostile': listed('missing', [deviceOf(1, 'encrypted-without-key', the.hostileName), deviceOf(2, 'encrypted-without-key', longest), deviceOf(3, 'perhaps-in-active-directory', 'НОУТБУК-7'), deviceOf(4, 'not-encrypted', '')]),
  'fleet-every-reason': listed('missing', escrowReasons.slice(3, 13).map((reason, number) => deviceOf(number, reason)), 0, 3134, { ...index, missing: ['encryption'] }),
  ...Object.fromEntries(fleetLists.map((list) => [`fleet-none-${list}`, listed(list, [])])),
  'readiness-all': checked([row('LAPTOP-42', 'ready', deviceOf(1, 'key-escrowed', 'LAPTOP-42')), row('DESKTOP-7', 'ready', deviceOf(2, 'key-escrowed', 'DESKTOP-7'))]),
  'readiness-one': checked([row('LAPTOP-42', 'ready', deviceOf(1, 'key-escrowed', 'LAPTOP-42'))]),
  'readiness-mixed': checked([
    row('LAPTOP-42', 'ready', deviceOf(1, 'key-escrowed', 'LAPTOP-42')),
    row('LAPTOP-FAIL', 'not-ready', deviceOf(2, 'backup-failed', 'LAPTOP-FAIL')),
    row('TWIN-01', 'not-ready', deviceOf(3, 'key-escrowed', 'TWIN-01'), deviceOf(4, 'perhaps-in-active-directory', 'TWIN-01')),
    row('OLD-01', 'doubtful', deviceOf(5, 'key-older-than-enrolment', 'OLD-01')),
    row('GONE-01', 'gone', { ...deviceOf(6, 'key-escrowed', 'GONE-01'), deletedAt: ago(50) }),
    row('LAPTPO-43', 'no-such-name'),
    row(the.hostileName, 'no-such-name'),
  ]),
  'readiness-many': checked(
    [
      ...Array.from({ length: 300 }, (_, number) => row(`PC-${number}`, 'ready', deviceOf(number, 'key-escrowed'))),
      ...Array.from({ length: 200 }, (_, number) => row(longest, 'not-ready', deviceOf(number, escrowReasons[3 + (number % 16)] ?? 'not-encrypted', longest))),
    ],
    { ...index, missing: ['keys'] },
  ),
  'readiness-too-many': tooManyNamesCard({ count: 10_000 }),
};
