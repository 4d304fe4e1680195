// Reads what is new in the ledger, raises alerts about what it finds, and hands every alert, whoever raised it, to the
// audit channel. Everything that happens is in the ledger, so nothing that happens passes by here, on whichever instance
// it happened and whether this one ran then or not.

import type { WatchedEntry } from './channel-ports.ts';
import type { Desk } from './desk.ts';
import type { PersonId } from './ids.ts';
import { plusSeconds } from './instant.ts';
import type { AlertKind, LedgerEntry } from './ledger-entry.ts';
import type { RefusalCode } from './refusal.ts';

const mostEntries = 500;
const mostBatches = 20;
const hourSeconds = 3600;

/** "No" that says nothing about who was told it: a card that has done its work, or what is not built yet. */
const blameless: readonly RefusalCode[] = ['request-used', 'request-busy', 'request-expired', 'request-closed', 'show-again-over', 'private-chat-closed', 'approval-unavailable', 'automatic-refresh', 'audit-channel-stays'];

/** Told of an alert that is posted nowhere, because there is no audit channel: once over all instances. */
export type Untold = (alert: WatchedEntry) => void;

export async function watchLedger(desk: Desk, untold: Untold): Promise<void> {
  for (let batch = 0; batch < mostBatches; batch += 1) {
    const { after, to, entries } = await desk.watch.read(mostEntries);
    if (to === after) return;
    // First the alerts, each raised once whoever tries, then the step: a crash between the two does it again.
    const raised = new Set<string>();
    for (const entry of entries) await raiseFor(desk, entry, raised);
    const alerts = entries.filter(({ entry }) => entry.act === 'alert');
    const audit = desk.settings.auditChannel;
    const dueAt = desk.clock.now();
    const moved = await desk.watch.advance(after, to, audit === undefined ? [] : alerts.map(({ seq }) => ({ seq, channel: audit.id, dueAt })));
    // Another instance reads too, and was faster.
    if (!moved) return;
    if (audit === undefined) alerts.forEach(untold);
  }
}

/** What an alert says besides what all of them do. */
type Found = Partial<Pick<LedgerEntry, 'subjectId' | 'count' | 'rotationId' | 'device'>>;

/** @param raised what this batch has raised already: kinds and subjects */
async function raiseFor(desk: Desk, { seq, entry }: WatchedEntry, raised: Set<string>): Promise<void> {
  const { act, outcome, code, person, rotationId, time } = entry;
  const { settings, watch } = desk;
  const hour = time.slice(0, 13);
  const once = async (kind: AlertKind, subject: string, more: () => Promise<Found | undefined>): Promise<void> => {
    if (raised.has(`${kind} ${subject}`)) return;
    const found = await more();
    if (found === undefined) return;
    raised.add(`${kind} ${subject}`);
    const { reference } = entry;
    await desk.alerts.raise({ subject, entry: { time: desk.clock.now(), act: 'alert', alert: kind, outcome: 'done', source: 'system', happenedAt: time, ...(reference && { reference }), ...found } });
  };
  const about = async (id: PersonId, count: number, most: number): Promise<Found | undefined> => (count < most ? undefined : { subjectId: id, count });
  const since = plusSeconds(time, -hourSeconds);

  if (act === 'rotation-overdue' && rotationId !== undefined) {
    await once('rotation-overdue', `rotation:${rotationId}`, async () => ({ rotationId, ...(entry.device && { device: entry.device }) }));
  }
  if (person === undefined) return;
  const subject = `person:${person.id}:${hour}`;
  if (act === 'refused' && code === 'reveal-limit') await once('reveal-limit', subject, async () => ({ subjectId: person.id }));
  if (act === 'revealed' && outcome === 'done') {
    await once('many-devices', subject, async () => about(person.id, await watch.devicesShown(person.id, since, time), settings.alertDevicesPerHour));
  }
  if ((act === 'refused' || act === 'role-denied') && !blameless.some((one) => one === code)) {
    await once('refused-in-a-row', subject, async () => about(person.id, await watch.refusedInARow(person.id, since, seq, blameless), settings.alertRefusalsInARow));
  }
}
