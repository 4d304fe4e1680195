// The cards of the ledger in every state that a person may meet, for the laws and the gallery.

import { faultCodes } from '../../../src/domain/fault.ts';
import { parseKeyId, parseReadingId } from '../../../src/domain/ids.ts';
import { alertKinds, ledgerActs, type LedgerEntry } from '../../../src/domain/ledger-entry.ts';
import type { AuditPage } from '../../../src/domain/read-audit.ts';
import { mostCounted, pagesOf, type ReadEntry, type Reading } from '../../../src/domain/reading.ts';
import { refusalCodes } from '../../../src/domain/refusal.ts';
import { chooseFormatCard, fileDeclinedCard, fileOfferedCard, fileSentCard } from '../../../src/teams/cards/audit-export.ts';
import { auditPageCard } from '../../../src/teams/cards/audit-page.ts';
import type { CardMessage } from '../../../src/teams/cards/card.ts';
import { faultCard } from '../../../src/teams/cards/fault.ts';
import { refusedCard } from '../../../src/teams/cards/refused.ts';
import * as the from './people-and-devices.ts';
import { known } from '../../support/known.ts';

const { now, viewer } = the;

export const reading = (over: Partial<Reading> = {}): Reading => ({
  id: known(parseReadingId('4ead1460-0000-4000-8000-000000000042')),
  person: the.megan,
  viewer,
  scope: 'all',
  filter: {},
  about: 'LAPTOP-42',
  head: 5000,
  count: 412,
  card: { conversationId: 'a:private', serviceUrl: 'https://smba.trafficmanager.net/emea/' },
  at: now,
  ...over,
});

/** A key shown to Alex, with everything that a press has. */
export const shownEntry = (over: Partial<LedgerEntry> = {}): LedgerEntry => ({
  time: now,
  act: 'revealed',
  outcome: 'done',
  source: 'teams',
  person: { id: the.alex.id, name: the.alex.name },
  device: { deviceId: the.device().deviceId, objectId: the.device().objectId, name: 'LAPTOP-42' },
  keyId: the.firstKey().keyId,
  volumeType: 'operatingSystem',
  reason: 'firmware-update',
  callerCheck: 'call-back',
  ticket: 'INC0012345',
  conversation: 'personal',
  ...over,
});

export const readOf = (entry: LedgerEntry | undefined, seq: number, erased: ReadEntry['erased'] = []): ReadEntry => ({ seq, entry, erased });

export const pageWith = (entries: readonly ReadEntry[], over: Partial<Reading> = {}, page = 1): AuditPage => ({ reading: reading(over), page, pages: pagesOf(reading(over)), entries });

const { device: _device, keyId: _keyId, volumeType: _volume, reason: _reason, callerCheck: _check, ticket: _ticket, ...bare } = shownEntry();
const yesterday = the.at('2026-11-21T09:14:00Z');
const newKeyId = known(parseKeyId('9f3c61d8-5a6b-4c7d-8e9f-0a1b2c3d4e5f'));
const { person: _person, ...byItself } = shownEntry({ source: 'system' });

/** A day at the helpdesk. */
const entries: readonly ReadEntry[] = [
  readOf(shownEntry(), 4711),
  readOf(shownEntry({ act: 'intended' }), 4710),
  readOf({ ...bare, act: 'refused', outcome: 'refused', code: 'device-not-found', asked: 'LAPTOP-24', count: 3, time: yesterday }, 4699),
  readOf({ ...byItself, act: 'rotation-done', newKeyId, time: yesterday }, 4698),
  readOf(shownEntry({ act: 'external-access', source: 'entra', client: 'Microsoft Edge 142', time: yesterday }), 4690),
  readOf(shownEntry({ reason: 'other', reasonText: 'TPM swapped by the **vendor** during a repair', time: yesterday }), 4688),
  readOf(shownEntry({ outcome: 'failed', code: 'graph-timeout', time: yesterday }), 4680),
  readOf({ ...shownEntry({ time: yesterday }), person: { id: the.alex.id } }, 4672, ['personName', 'reasonText', 'ticket']),
];

const hostile = the.hostileNames.slice(0, 8).map((name, index) => readOf(shownEntry({ person: { id: the.alex.id, name }, device: { deviceId: the.device().deviceId, name }, reason: 'other', reasonText: name, ticket: name, asked: name }), index + 1));
const longest = Array.from({ length: 8 }, (_, index) => readOf(shownEntry({ device: { deviceId: the.device().deviceId, name: the.longWindowsName }, person: { id: the.alex.id, name: the.longName }, reason: 'other', reasonText: 'x'.repeat(500), ticket: 'T'.repeat(64) }), index + 1));
const everyAct = ledgerActs.map((act, index) => readOf({ ...bare, act, outcome: act === 'refused' || act === 'role-denied' ? 'refused' : 'done', ...(act === 'alert' && { alert: alertKinds[0] }) }, index + 1));

const pages: Record<string, CardMessage> = {
  'audit-page': auditPageCard({ page: pageWith(entries), now }),
  'audit-page-middle': auditPageCard({ page: pageWith(entries, {}, 7), now }),
  'audit-page-last': auditPageCard({ page: pageWith(entries.slice(0, 4), {}, pagesOf(reading())), now }),
  'audit-page-own': auditPageCard({ page: pageWith(entries.slice(0, 2), { scope: 'own', about: 'own entries, last 7 days', person: the.alex, count: 2 }), now }),
  'audit-page-owner': auditPageCard({ page: pageWith(entries.slice(0, 1), { scope: 'own-devices', about: 'own devices', count: 1 }), now }),
  'audit-page-none': auditPageCard({ page: pageWith([], { count: 0, about: 'LAPTOP-42, refused, last 24 hours' }), now }),
  'audit-page-more-than-counted': auditPageCard({ page: pageWith(entries, { count: mostCounted + 1, about: 'all entries' }), now }),
  'audit-page-changed-entry': auditPageCard({ page: pageWith([readOf(undefined, 4712), ...entries.slice(0, 1)], { count: 2 }), now }),
  'audit-page-hostile': auditPageCard({ page: pageWith(hostile, { about: the.hostileName }), now }),
  'audit-page-longest': auditPageCard({ page: pageWith(longest, { about: the.longWindowsName }), now }),
  'audit-page-bare': auditPageCard({ page: pageWith(entries), now, bare: true }),
  ...Object.fromEntries([0, 8, 16, 24].map((from) => [`audit-acts-${from}`, auditPageCard({ page: pageWith(everyAct.slice(from, from + 8), { about: 'all entries' }), now })])),
};

const exports: Record<string, CardMessage> = {
  'audit-export': chooseFormatCard({ reading: reading(), page: 1 }),
  'audit-export-one': chooseFormatCard({ reading: reading({ count: 1, about: the.hostileName }), page: 1 }),
  'audit-export-too-large': chooseFormatCard({ reading: reading({ count: mostCounted + 1 }), page: 1 }),
  'audit-export-bare': chooseFormatCard({ reading: reading({ about: the.longName }), page: 1, bare: true }),
  'audit-file-offered': fileOfferedCard({ reading: reading(), page: 1, fileName: 'keydesk-ledger-2026-11-22-1302Z.csv' }),
  'audit-file-sent': fileSentCard({ fileName: 'keydesk-ledger-2026-11-22-1302Z.ocsf.jsonl', count: 412 }),
  'audit-file-declined': fileDeclinedCard(),
};

const noes = Object.fromEntries(refusalCodes.map((code) => [`audit-refused-${code}`, refusedCard({ refusal: { code, reference: the.reference, facts: { asked: 'LAPTOP-24', closest: code === 'device-not-found' ? ['LAPTOP-42'] : [] } }, viewer, now, purpose: 'audit' })]));
const fileNoes = Object.fromEntries((['no-role', 'not-your-card', 'wrong-conversation', 'reading-unknown', 'export-taken', 'not-your-entries'] as const).map((code) => [`file-refused-${code}`, refusedCard({ refusal: { code, reference: the.reference, facts: {} }, viewer, now, purpose: 'file' })]));
const fileFaults = Object.fromEntries((['later', 'unknown-outcome'] as const).map((retry) => [`file-fault-${retry}`, faultCard({ fault: { code: 'teams-unreachable', retry, retryAfterSeconds: undefined }, reference: the.reference, purpose: 'file' })]));
const faults = Object.fromEntries(faultCodes.map((code) => [`audit-fault-${code}`, faultCard({ fault: { code, retry: code === 'teams-unreachable' ? 'unknown-outcome' : 'later', retryAfterSeconds: undefined }, reference: the.reference, purpose: 'audit' })]));

export const auditSamples: Record<string, CardMessage> = { ...pages, ...exports, ...noes, ...faults, ...fileNoes, ...fileFaults };
