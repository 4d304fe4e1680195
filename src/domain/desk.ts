import { type ApiOrigin, originNoted } from './api-origin.ts';
import type { Channels, LedgerSummary, LedgerWatch, Postings } from './channel-ports.ts';
import type { FleetIndex } from './fleet-ports.ts';
import type { Checkpoints, LedgerCheck } from './kept-ledger.ts';
import type { ConversationKind, LedgerEntry } from './ledger-entry.ts';
import type { Alerts, Asks, Clock, Deadline, Directory, Ids, Ledger, ManagedDevices, RecoveryKeys, Requests, Roles, Rotations, Rotator } from './ports.ts';
import type { Person } from './person.ts';
import type { LedgerReader, Readings } from './reading-ports.ts';
import type { Refusal, RefusalCode, RefusalFacts } from './refusal.ts';
import type { Viewer } from './request.ts';
import type { Calendar } from './schedule.ts';
import type { DeskSettings } from './settings.ts';
import type { Delegation } from './sign-in.ts';
import type { EncryptionStates, TenantPolicy } from './tenant-ports.ts';

/** All that the verbs work with. Built once, by `main` or `demo`. */
export interface Desk {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly directory: Directory;
  readonly managedDevices: ManagedDevices;
  readonly encryptionStates: EncryptionStates;
  readonly recoveryKeys: RecoveryKeys;
  readonly roles: Roles;
  readonly tenantPolicy: TenantPolicy;
  readonly ledger: Ledger;
  readonly alerts: Alerts;
  readonly checkpoints: Checkpoints;
  readonly ledgerCheck: LedgerCheck;
  readonly reader: LedgerReader;
  readonly readings: Readings;
  readonly calendar: Calendar;
  readonly channels: Channels;
  readonly postings: Postings;
  readonly summaries: LedgerSummary;
  readonly watch: LedgerWatch;
  readonly asks: Asks;
  readonly requests: Requests;
  readonly rotations: Rotations;
  readonly rotator: Rotator;
  readonly fleet: FleetIndex;
  /** Keys are read, and pressed rotations sent, in the name of who pressed; absent in application mode. */
  readonly delegation?: Delegation;
  readonly settings: DeskSettings;
  /** A fresh signal that aborts when the time for one answer is over (ask 8 s, press 4 s, work that nobody waits for 20 s). */
  readonly deadlines: { ask(): Deadline; press(): Deadline; work(): Deadline };
}

/** Who acts, as the ledger knows them: in a conversation of Teams, or by the API. */
export interface Acting {
  readonly person: Person;
  readonly conversation?: ConversationKind;
  readonly api?: ApiOrigin;
}

/** Who asks in Teams, and where; all of it from the authenticated activity. */
export interface Asker extends Acting {
  readonly viewer: Viewer;
  readonly conversation: ConversationKind;
}

type Noted = Partial<Omit<LedgerEntry, 'time' | 'act' | 'outcome' | 'code' | 'reference'>>;

/**
 * Writes a refusal into the ledger and hands it back, for the card. The reference is the same in both.
 * Throws `ledger-unavailable`: also a refusal that cannot be recorded is a fault.
 */
export async function refuse(
  desk: Desk,
  asker: Acting,
  code: RefusalCode,
  facts: RefusalFacts = {},
  noted: Noted = {},
): Promise<Refusal> {
  const refusal: Refusal = { code, reference: desk.ids.reference(), facts: { ...wayOn(desk, code), ...facts } };
  await desk.ledger.refuse({
    ...entry(desk, asker, noted),
    act: code === 'no-role' || code === 'no-right' ? 'role-denied' : 'refused',
    outcome: 'refused',
    code,
    reference: refusal.reference,
  });
  return refusal;
}

const withoutRole: ReadonlySet<RefusalCode> = new Set(['no-role', 'self-service-off', 'no-own-device', 'not-your-device', 'no-keys', 'approval-unavailable']);

/** Whom somebody may turn to whom Keydesk may not help. */
function wayOn({ settings }: Desk, code: RefusalCode): RefusalFacts {
  if (!withoutRole.has(code)) return {};
  return { ...(settings.selfService && { selfService: true }), ...(settings.helpdeskContact !== undefined && { helpdesk: settings.helpdeskContact }) };
}

/** The part that every entry of somebody who acts has; `noted` says so where the source is another. */
export const entry = (
  desk: Desk,
  asker: Acting,
  noted: Noted,
): Omit<LedgerEntry, 'act' | 'outcome'> => ({
  time: desk.clock.now(),
  source: 'teams',
  person: { id: asker.person.id, name: asker.person.name },
  ...(asker.conversation && { conversation: asker.conversation }),
  ...(asker.api && originNoted(asker.api)),
  ...noted,
});
