// The escrow status of one device (product.md §5): whether its key is safe in Entra ID, as far as Entra and Intune say.
// Nothing in Graph says "the key on the machine is the key in escrow"; the rules below say what may be concluded, and
// what may not is Unknown, never one of the others.

import type { Device, VolumeType } from './device.ts';
import { type BlockingFlag, blockingFlags, type EncryptionState } from './encryption-state.ts';
import { type Instant, plusSeconds } from './instant.ts';

export const escrowStatuses = ['escrowed', 'pending', 'failed', 'not-available', 'unknown'] as const;
export type EscrowStatusName = (typeof escrowStatuses)[number];

/** Why a status is what it is. Closed; the words and the remedies are in teams/cards/escrow-words.ts. */
export const escrowReasons = [
  'keys-unavailable', // Entra did not answer: nothing may be said
  'key-escrowed',
  'key-backup-failing', // a key is there, and the device could not back up a newer one
  'key-older-than-enrolment', // a key is there, of the time before the machine was set up anew
  'backup-failed', // none is there, and the device says that its backup failed
  'perhaps-in-active-directory', // hybrid joined: its key may be in the other directory
  'key-of-unknown-volume', // a key is there, and Entra does not say of which volume
  'managed-unavailable', // Intune did not answer
  'several-managed', // Intune has several devices with its id
  'not-managed', // Intune has none
  'key-on-its-way', // encrypted a short while ago
  'encrypted-without-key', // encrypted longer ago: the dangerous one
  'encrypted-since-unknown', // encrypted, and nothing says since when
  'encryption-unavailable', // the encryption report was not to be had, and it decides
  'encryption-not-reported', // Intune knows the device and not whether it is encrypted
  'policy-blocked', // a policy applies, and something keeps the device from following it
  'policy-error', // a policy applies and ended in an error, or two contradict one another
  'about-to-encrypt', // a policy applies, and nothing stands in its way
  'policy-unknown', // not encrypted, and nothing says whether a policy applies
  'not-encrypted', // not encrypted, and no policy
] as const;
export type EscrowReason = (typeof escrowReasons)[number];

/** `maybe-stale`: the key in escrow may not be the one of the machine. `many-keys`: Entra stores 200 and then no more. */
export type EscrowWarning = 'maybe-stale' | 'many-keys';

export const mostStoredKeys = 200;
/** From so many keys on, of the 200 that Entra stores for a device, the device is to be looked after. */
export const manyKeys = 150;

/** All that is known of a device. `unavailable`: the source failed, which is never the same as `none`. */
export interface EscrowFacts {
  readonly keys: readonly { readonly volumeType: VolumeType; readonly createdAt: Instant }[] | 'unavailable';
  readonly managed: ManagedFacts | 'none' | 'several' | 'unavailable';
  readonly encryption: Pick<EncryptionState, 'ready' | 'encrypted' | 'policy' | 'policies' | 'flags'> | 'none' | 'unavailable';
  readonly joinType: Device['joinType'];
}

export interface ManagedFacts {
  readonly encrypted?: boolean;
  readonly enrolledAt?: Instant;
  readonly lastSync?: Instant;
}

export interface EscrowSettings {
  /** So long a key may take from the encryption to Entra. */
  readonly pendingHours: number;
  /** What a hybrid-joined device without a key in Entra is; `failed` where Active Directory holds no keys: as any other. */
  readonly hybridWithoutKey: 'unknown' | 'failed';
}

export const defaultEscrowSettings: EscrowSettings = { pendingHours: 24, hybridWithoutKey: 'unknown' };

export interface EscrowStatus {
  readonly status: EscrowStatusName;
  readonly reason: EscrowReason;
  readonly warnings: readonly EscrowWarning[];
  /** What keeps the key from Entra, or the machine from encrypting itself. Empty when escrowed. */
  readonly blockedBy: readonly BlockingFlag[];
  /** When the device last spoke to Intune: no statement about it is younger. */
  readonly asOf?: Instant;
}

/** The facts, with what several rules ask of them. */
interface Case {
  readonly facts: EscrowFacts;
  readonly managed: ManagedFacts | undefined;
  readonly report: Exclude<EscrowFacts['encryption'], string> | undefined;
  readonly systemKeys: readonly { readonly createdAt: Instant }[];
  /** Either source says so; they lag behind the machine by up to a day, each in its own way. */
  readonly encrypted: boolean | undefined;
  readonly policyApplies: boolean | undefined;
  readonly blockedBy: readonly BlockingFlag[];
  readonly settings: EscrowSettings;
  readonly now: Instant;
}

type Verdict = readonly [EscrowStatusName, EscrowReason, EscrowWarning?] | undefined;

/** Flat, first match wins, and whatever may be wrong about a device comes before what may be right about it. */
const rules: readonly ((c: Case) => Verdict)[] = [
  ({ facts }) => (facts.keys === 'unavailable' ? ['unknown', 'keys-unavailable'] : undefined),
  // A key of the system drive is there.
  (c) => (c.systemKeys.length > 0 && backupFailed(c) ? ['escrowed', 'key-backup-failing', 'maybe-stale'] : undefined),
  (c) => (c.systemKeys.length > 0 && allOlderThan(c.systemKeys, believed(c.managed?.enrolledAt, c)) ? ['escrowed', 'key-older-than-enrolment', 'maybe-stale'] : undefined),
  (c) => (c.systemKeys.length > 0 ? ['escrowed', 'key-escrowed'] : undefined),
  // None is. The device's own word comes first, also of a hybrid joined one: then "failed" is true.
  (c) => (backupFailed(c) ? ['failed', 'backup-failed'] : undefined),
  (c) => (c.facts.joinType === 'hybrid' && c.settings.hybridWithoutKey === 'unknown' && c.encrypted !== false ? ['unknown', 'perhaps-in-active-directory'] : undefined),
  ({ facts }) => (facts.keys !== 'unavailable' && facts.keys.some((key) => key.volumeType === 'unknown') ? ['unknown', 'key-of-unknown-volume'] : undefined),
  ({ facts }) => (facts.managed === 'unavailable' ? ['unknown', 'managed-unavailable'] : undefined),
  ({ facts }) => (facts.managed === 'several' ? ['unknown', 'several-managed'] : undefined),
  ({ facts }) => (facts.managed === 'none' ? ['unknown', 'not-managed'] : undefined),
  // Encrypted, and no key.
  (c) => (c.encrypted === true ? withoutKey(c) : undefined),
  // Not encrypted, as far as Intune says.
  (c) => (c.facts.encryption === 'unavailable' ? ['unknown', 'encryption-unavailable'] : undefined),
  (c) => (c.encrypted === undefined ? ['unknown', 'encryption-not-reported'] : undefined),
  (c) => (c.policyApplies === true && c.blockedBy.length > 0 ? ['pending', 'policy-blocked'] : undefined),
  (c) => (c.policyApplies === true && (c.report?.policy === 'error' || c.report?.policy === 'conflict') ? ['pending', 'policy-error'] : undefined),
  (c) => (c.policyApplies === true && c.report?.ready !== true ? ['pending', 'policy-blocked'] : undefined),
  (c) => (c.policyApplies === true ? ['pending', 'about-to-encrypt'] : undefined),
  (c) => (c.policyApplies === undefined ? ['unknown', 'policy-unknown'] : undefined),
];

/** @param now for what counts as a short while ago, and for times that lie ahead of us */
export function escrowStatusOf(facts: EscrowFacts, now: Instant, settings: EscrowSettings): EscrowStatus {
  const known = caseOf(facts, now, settings);
  const [status, reason, warning] = verdictOn(known);
  const asOf = believed(known.managed?.lastSync, known);
  return {
    status,
    reason,
    warnings: [...(warning === undefined ? [] : [warning]), ...(facts.keys !== 'unavailable' && facts.keys.length >= manyKeys ? (['many-keys'] as const) : [])],
    blockedBy: status === 'escrowed' ? [] : known.blockedBy,
    ...(asOf !== undefined && { asOf }),
  };
}

function verdictOn(known: Case): NonNullable<Verdict> {
  for (const rule of rules) {
    const verdict = rule(known);
    if (verdict !== undefined) return verdict;
  }
  return ['not-available', 'not-encrypted'];
}

function caseOf(facts: EscrowFacts, now: Instant, settings: EscrowSettings): Case {
  const managed = typeof facts.managed === 'string' ? undefined : facts.managed;
  const report = typeof facts.encryption === 'string' ? undefined : facts.encryption;
  const said = [managed?.encrypted, report?.encrypted];
  return {
    facts,
    managed,
    report,
    systemKeys: facts.keys === 'unavailable' ? [] : facts.keys.filter((key) => key.volumeType === 'operatingSystem'),
    encrypted: said.includes(true) ? true : said.includes(false) ? false : undefined,
    policyApplies: policyApplies(facts.encryption),
    blockedBy: blockingFlags.filter((flag) => report?.flags.includes(flag)),
    settings,
    now,
  };
}

/** Undefined when Intune does not say. A machine that Intune has no report on has no policy to report on. */
function policyApplies(report: EscrowFacts['encryption']): boolean | undefined {
  if (report === 'none') return false;
  if (report === 'unavailable') return undefined;
  if (report.policies.length > 0) return true;
  if (report.policy === 'unknown') return undefined;
  return report.policy !== 'notAssigned' && report.policy !== 'notApplicable';
}

const backupFailed = ({ report }: Case): boolean => report?.flags.includes('recoveryKeyBackupFailed') ?? false;

const allOlderThan = (keys: Case['systemKeys'], time: Instant | undefined): boolean => time !== undefined && keys.every((key) => key.createdAt < time);

/**
 * Nothing says when a machine was encrypted: not before it was enrolled, and, when it was encrypted at its last sync,
 * not after that. A network error that lasts for longer than the time allowed is no excuse: such a machine is as lost
 * as any other without a key.
 */
function withoutKey(c: Case): NonNullable<Verdict> {
  const allowedSince = plusSeconds(c.now, -c.settings.pendingHours * 3600);
  const enrolledAt = believed(c.managed?.enrolledAt, c);
  const lastSync = believed(c.managed?.lastSync, c);
  if (enrolledAt !== undefined && enrolledAt > allowedSince) return ['pending', 'key-on-its-way'];
  if (enrolledAt === undefined && (lastSync === undefined || lastSync > allowedSince)) return ['unknown', 'encrypted-since-unknown'];
  return ['failed', 'encrypted-without-key'];
}

/**
 * A time that lies a little ahead is now: clocks differ. One that lies further ahead than a key may take is none, or a
 * machine with a wrong clock would be pending for ever.
 */
function believed(time: Instant | undefined, { now, settings }: Pick<Case, 'now' | 'settings'>): Instant | undefined {
  if (time === undefined || time > plusSeconds(now, settings.pendingHours * 3600)) return undefined;
  return time < now ? time : now;
}
