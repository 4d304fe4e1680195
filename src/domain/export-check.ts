// How ready a list of devices is, as a file: the card of `check` shows the beginning of it. Order as for a file of the
// ledger (export-audit.ts): offered → accepted in the private chat → `exported` (durable) → made anew and sent.

import { readinessOfNames, type ReadinessRow } from './ask-for-fleet.ts';
import { type Asker, type Desk, entry } from './desk.ts';
import type { ExportOffer } from './reading.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import { permits } from './person.ts';
import { mayHoldPassword } from './recovery-password.ts';
import type { CardPlace } from './request.ts';
import type { RefusalCode } from './refusal.ts';

/** Notes the offer. Nothing has left. @param names as typed, no more than a check takes */
export async function offerCheck(desk: Desk, { person }: Pick<Asker, 'person'>, names: readonly string[], card: CardPlace): Promise<ExportOffer> {
  const at = desk.clock.now();
  const fileName = `keydesk-check-${at.slice(0, 16).replace('T', '-').replace(':', '')}Z.csv`;
  const offer: ExportOffer = { id: desk.ids.exported(), names, person, format: 'csv', fileName, state: 'offered', card, at };
  await desk.readings.offer(offer);
  return offer;
}

/** What is written down before it leaves, and the file; made when it is sent. */
export interface OfferedFile {
  readonly exported: LedgerEntry;
  readonly file: () => Promise<AsyncIterable<string>>;
}

/** The role is asked for afresh: data leaves. The file is made when it is sent, from the index as it is then. */
export async function checkFile(desk: Desk, asker: Asker, names: readonly string[]): Promise<OfferedFile | RefusalCode> {
  if (!permits(await desk.roles.fresh(asker.person.id, desk.deadlines.press()), 'look-up', desk.settings)) return 'no-role';
  const exported: LedgerEntry = { ...entry(desk, asker, { asked: `check (${names.length} names)`, count: names.length, format: 'csv' }), act: 'exported', outcome: 'done' };
  return { exported, file: async () => desk.fleet.sheet([head, ...(await readinessOfNames(desk, names)).rows.flatMap(linesOf)]) };
}

const head = ['name', 'readiness', 'device', 'device_id', 'status', 'reason', 'warnings', 'blocked_by', 'keys', 'as_of', 'deleted_at'] as const;

/** A name that looks like a recovery password would keep the whole file from leaving. */
const shown = (name: string): string => (mayHoldPassword(name) ? '(withheld: looks like a recovery key)' : name);

/** A line for each device of the name; one for a name that no device has. */
function linesOf({ name, readiness, devices }: ReadinessRow): readonly (readonly string[])[] {
  if (devices.length === 0) return [[shown(name), readiness, ...head.slice(2).map(() => '')]];
  return devices.map((device) => [
    shown(name), readiness, shown(device.name), device.deviceId, device.status, device.reason, device.warnings.join(' '), device.blockedBy.join(' '), String(device.keyCount), device.asOf ?? '', device.deletedAt ?? '',
  ]);
}
