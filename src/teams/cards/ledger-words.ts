// Entries of the ledger in words: what was done or tried, how it went, from where. One table for each, so that a new
// code does not compile until somebody has said what it is called.

import type { ExportFormat, LedgerAct, LedgerEntry } from '../../domain/ledger-entry.ts';
import type { CallerCheck } from '../../domain/reason.ts';
import { reasonWords, rotationReasonWords } from './words.ts';

/** Done, and anything else. */
const actWords = {
  asked: ['Asked', 'Asked, without an answer'],
  refused: ['Refused', 'Refused'],
  'role-denied': ['Refused', 'Refused'],
  intended: ['Reading a key', 'Reading a key'],
  revealed: ['Key shown', 'Key not shown'],
  hidden: ['Key hidden', 'Card of a key not hidden'],
  cancelled: ['Cancelled', 'Not cancelled'],
  started: ['Keydesk started', 'Keydesk not started'],
  warned: ['A key was pasted into a chat', 'A key was pasted into a chat'],
  'rotation-scheduled': ['Rotation planned', 'Rotation not planned'],
  'rotation-intended': ['Asking Intune to rotate', 'Asking Intune to rotate'],
  'rotation-queued': ['Rotation queued by Intune', 'Rotation perhaps queued'],
  'rotation-done': ['Key rotated', 'Key not rotated'],
  'rotation-failed': ['Key not rotated', 'Key not rotated'],
  'rotation-overdue': ['Rotation overdue', 'Rotation overdue'],
  alert: ['Alert', 'Alert'],
  exported: ['Exported', 'Export'],
  verified: ['Ledger verified', 'Ledger does not verify'],
  subscribed: ['Summaries switched on', 'Summaries not switched on'],
  unsubscribed: ['Summaries switched off', 'Summaries not switched off'],
  posted: ['Summary posted', 'Summary not posted'],
  'external-access': ['Key read outside Keydesk', 'Read outside Keydesk refused'],
  erased: ['Names and reasons erased', 'Names and reasons not erased'],
  'ledger-key': ['Signing key changed', 'Signing key not changed'],
  resumed: ['Ledger resumed', 'Ledger not resumed'],
} as const satisfies Record<LedgerAct, readonly [done: string, otherwise: string]>;

/** How the caller was verified, short: a line of an entry has room for little. */
export const checkWords = { 'call-back': 'called back', manager: 'confirmed by the manager', 'in-person': 'in person' } as const satisfies Record<CallerCheck, string>;

export const formatWords = {
  csv: 'CSV, opens in Excel',
  jsonl: 'JSON Lines, for scripts',
  ocsf: 'OCSF, for a SIEM',
} as const satisfies Record<ExportFormat, string>;

/** `✕ Refused: no role (3 times)`: by a sign and in words. Ours alone, nothing from outside. */
export function outcomeWords({ act, outcome, code, count, alert }: LedgerEntry): string {
  const [done, otherwise] = actWords[act];
  const what = outcome === 'done' ? done : otherwise;
  const why = [alert, code].filter((word) => word !== undefined).map((word) => word.replaceAll('-', ' ').replace(/^graph /, 'Graph '));
  const unclear = outcome === 'unknown' ? ', outcome unknown' : '';
  // Of an export it is the number of entries, not how often.
  const times = count === undefined || act === 'exported' ? '' : ` (${count} times)`;
  return `${signOf(act, outcome)} ${what}${unclear}${why.length === 0 ? '' : `: ${why.join(', ')}`}${times}`;
}

function signOf(act: LedgerAct, outcome: LedgerEntry['outcome']): string {
  if (act === 'alert' || act === 'external-access' || act === 'warned' || act === 'rotation-overdue' || outcome === 'unknown') return '▲';
  return outcome === 'done' ? '✓' : '✕';
}

/** The reason as it was chosen; its text stands beside it. */
export function reasonOf(reason: NonNullable<LedgerEntry['reason']>): string {
  return reason === 'other' ? 'Other' : { ...reasonWords, ...rotationReasonWords }[reason];
}
