import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { encryptionFlags, policyStates } from '../../src/domain/encryption-state.ts';
import { defaultEscrowSettings, type EscrowFacts, type EscrowReason, escrowReasons, type EscrowStatus, escrowStatuses, escrowStatusOf } from '../../src/domain/escrow.ts';
import { instantAt, milliseconds } from '../../src/domain/instant.ts';
import { time as at } from '../support/desk/world.ts';

const now = at('2026-11-25T12:00:00Z');
const hoursAgo = (hours: number) => instantAt(milliseconds(now) - hours * 3_600_000);
const days = 24;

type Report = Exclude<EscrowFacts['encryption'], string>;
type Managed = Exclude<EscrowFacts['managed'], string>;

const managed: Managed = { encrypted: true, enrolledAt: hoursAgo(400 * days), lastSync: hoursAgo(1) };
const report: Report = { ready: true, encrypted: true, policy: 'compliant', policies: ['BitLocker required'], flags: [] };
const systemKey = { volumeType: 'operatingSystem', createdAt: hoursAgo(30 * days) } as const;
const dataKey = { volumeType: 'fixedData', createdAt: hoursAgo(30 * days) } as const;
/** As healthy as can be: a key in escrow, encrypted, managed, and a report that says so. */
const healthy: EscrowFacts = { keys: [systemKey], managed, encryption: report, joinType: 'entra' };
const keyless: EscrowFacts = { ...healthy, keys: [] };
const open: EscrowFacts = { ...keyless, managed: { ...managed, encrypted: false }, encryption: { ...report, encrypted: false } };

const withReport = (facts: EscrowFacts, part: Partial<Report>): EscrowFacts => ({ ...facts, encryption: { ...(typeof facts.encryption === 'string' ? report : facts.encryption), ...part } });
const withManaged = (facts: EscrowFacts, part: Partial<Managed>): EscrowFacts => ({ ...facts, managed: { ...(typeof facts.managed === 'string' ? managed : facts.managed), ...part } });
const without = (facts: EscrowFacts, part: keyof Managed): EscrowFacts => ({ ...facts, managed: Object.fromEntries(Object.entries(facts.managed).filter(([name]) => name !== part)) });
const statusOf = (facts: EscrowFacts, settings = defaultEscrowSettings): EscrowStatus => escrowStatusOf(facts, now, settings);

/** Every rule beside the case that just misses it. */
const table: readonly (readonly [title: string, facts: EscrowFacts, status: EscrowStatus['status'], reason: EscrowReason])[] = [
  ['Entra gives no key list', { ...healthy, keys: 'unavailable' }, 'unknown', 'keys-unavailable'],
  ['Entra gives no key list, though the device reports a failed backup', withReport({ ...healthy, keys: 'unavailable' }, { flags: ['recoveryKeyBackupFailed'] }), 'unknown', 'keys-unavailable'],
  ['a key of the system drive', healthy, 'escrowed', 'key-escrowed'],
  ['a key, and neither Intune nor its report', { ...healthy, managed: 'unavailable', encryption: 'unavailable' }, 'escrowed', 'key-escrowed'],
  ['a key of a device that Intune does not manage', { ...healthy, managed: 'none', encryption: 'none' }, 'escrowed', 'key-escrowed'],
  ['a key of a hybrid-joined device', { ...healthy, joinType: 'hybrid' }, 'escrowed', 'key-escrowed'],
  ['a key, and a failed backup', withReport(healthy, { flags: ['recoveryKeyBackupFailed'] }), 'escrowed', 'key-backup-failing'],
  ['a key of before the enrolment', withManaged(healthy, { enrolledAt: hoursAgo(30 * days - 1) }), 'escrowed', 'key-older-than-enrolment'],
  ['a key of the hour of the enrolment', withManaged(healthy, { enrolledAt: systemKey.createdAt }), 'escrowed', 'key-escrowed'],
  ['keys of before and after the enrolment', { ...withManaged(healthy, { enrolledAt: hoursAgo(20 * days) }), keys: [systemKey, { ...systemKey, createdAt: hoursAgo(19 * days) }] }, 'escrowed', 'key-escrowed'],
  ['a new key of a data drive beside an old one of the system drive', { ...withManaged(healthy, { enrolledAt: hoursAgo(20 * days) }), keys: [systemKey, { ...dataKey, createdAt: now }] }, 'escrowed', 'key-older-than-enrolment'],
  ['no key, and a failed backup', withReport(keyless, { flags: ['networkError', 'recoveryKeyBackupFailed'] }), 'failed', 'backup-failed'],
  ['no key, and a failed backup of a hybrid-joined device', withReport({ ...keyless, joinType: 'hybrid' }, { flags: ['recoveryKeyBackupFailed'] }), 'failed', 'backup-failed'],
  ['no key of a hybrid-joined device', { ...keyless, joinType: 'hybrid' }, 'unknown', 'perhaps-in-active-directory'],
  ['no key of a hybrid-joined device that Intune does not manage', { ...keyless, joinType: 'hybrid', managed: 'none', encryption: 'none' }, 'unknown', 'perhaps-in-active-directory'],
  ['no key of a hybrid-joined device that is not encrypted and has no policy', withReport({ ...open, joinType: 'hybrid' }, { policy: 'notAssigned', policies: [] }), 'not-available', 'not-encrypted'],
  ['no key but one of an unknown volume', { ...keyless, keys: [{ ...dataKey, volumeType: 'unknown' }] }, 'unknown', 'key-of-unknown-volume'],
  ['no key but one of a data drive', { ...keyless, keys: [dataKey] }, 'failed', 'encrypted-without-key'],
  ['no key, and Intune away', { ...keyless, managed: 'unavailable', encryption: 'unavailable' }, 'unknown', 'managed-unavailable'],
  ['no key, and Intune away but for its report', { ...keyless, managed: 'unavailable' }, 'unknown', 'managed-unavailable'],
  ['no key, and two managed devices with its id', { ...keyless, managed: 'several', encryption: 'none' }, 'unknown', 'several-managed'],
  ['no key, and not managed', { ...keyless, managed: 'none', encryption: 'none' }, 'unknown', 'not-managed'],
  ['no key, encrypted for a day to the second', withManaged(keyless, { enrolledAt: hoursAgo(24) }), 'failed', 'encrypted-without-key'],
  ['no key, encrypted for a little less than a day', withManaged(keyless, { enrolledAt: hoursAgo(23.99) }), 'pending', 'key-on-its-way'],
  ['no key, encrypted long ago, and the network in its way', withReport(keyless, { flags: ['networkError'] }), 'failed', 'encrypted-without-key'],
  ['no key, encrypted, and no report', { ...keyless, encryption: 'none' }, 'failed', 'encrypted-without-key'],
  ['no key, encrypted, and the report away', { ...keyless, encryption: 'unavailable' }, 'failed', 'encrypted-without-key'],
  ['no key, encrypted by the report alone', withManaged(keyless, { encrypted: false }), 'failed', 'encrypted-without-key'],
  ['no key, encrypted by the device list alone', withReport(keyless, { encrypted: false }), 'failed', 'encrypted-without-key'],
  ['no key, encrypted, no time of enrolment, and a sync of today', without(keyless, 'enrolledAt'), 'unknown', 'encrypted-since-unknown'],
  ['no key, encrypted, no time of enrolment, and a sync of the day before yesterday', withManaged(without(keyless, 'enrolledAt'), { lastSync: hoursAgo(40) }), 'failed', 'encrypted-without-key'],
  ['no key, encrypted, and no time at all', { ...keyless, managed: { encrypted: true } }, 'unknown', 'encrypted-since-unknown'],
  ['no key, not encrypted, and the report away', { ...open, encryption: 'unavailable' }, 'unknown', 'encryption-unavailable'],
  ['no key, and Intune silent on encryption', { ...without(open, 'encrypted'), encryption: 'none' }, 'unknown', 'encryption-not-reported'],
  ['not encrypted, a policy, and no user at hand', withReport(open, { flags: ['noUserConsent', 'osVolumeUnprotected'] }), 'pending', 'policy-blocked'],
  ['not encrypted, a policy that is not fit for the hardware', withReport(open, { ready: false }), 'pending', 'policy-blocked'],
  ['not encrypted, a policy, and an error', withReport(open, { policy: 'error' }), 'pending', 'policy-error'],
  ['not encrypted, a policy, and another against it', withReport(open, { policy: 'conflict' }), 'pending', 'policy-error'],
  ['not encrypted, an error, and what it comes from', withReport(open, { policy: 'error', flags: ['tpmNotReady'] }), 'pending', 'policy-blocked'],
  ['not encrypted, a policy, and nothing in its way', withReport(open, { policy: 'nonCompliant', policies: [] }), 'pending', 'about-to-encrypt'],
  ['not encrypted, a named policy of which nothing is reported', withReport(open, { policy: 'unknown' }), 'pending', 'about-to-encrypt'],
  ['not encrypted, and nothing known of a policy', withReport(open, { policy: 'unknown', policies: [] }), 'unknown', 'policy-unknown'],
  ['not encrypted, and no policy', withReport(open, { policy: 'notAssigned', policies: [] }), 'not-available', 'not-encrypted'],
  ['not encrypted, and a policy for others', withReport(open, { policy: 'notApplicable', policies: [] }), 'not-available', 'not-encrypted'],
  ['not encrypted, no policy, and no TPM', withReport(open, { policy: 'notAssigned', policies: [], flags: ['tpmNotAvailable'] }), 'not-available', 'not-encrypted'],
  ['not encrypted, and Intune has no report on it', { ...open, encryption: 'none' }, 'not-available', 'not-encrypted'],
];

describe('domain/escrow: the status of one device', () => {
  for (const [title, facts, status, reason] of table) {
    it(`says ${status} (${reason}) of: ${title}`, () => {
      const answer = statusOf(facts);
      assert.deepEqual([answer.status, answer.reason], [status, reason]);
    });
  }

  it('has a case for every reason and every status', () => {
    assert.deepEqual(escrowReasons.filter((reason) => !table.some((row) => row[3] === reason)), []);
    assert.deepEqual(escrowStatuses.filter((status) => !table.some((row) => row[2] === status)), []);
  });

  it('takes a hybrid-joined device without a key for any other where the installation says so', () => {
    const answer = statusOf({ ...keyless, joinType: 'hybrid' }, { ...defaultEscrowSettings, hybridWithoutKey: 'failed' });
    assert.deepEqual([answer.status, answer.reason], ['failed', 'encrypted-without-key']);
  });

  it('gives a key as long as the installation says', () => {
    const facts = withManaged(keyless, { enrolledAt: hoursAgo(30) });
    assert.equal(statusOf(facts).status, 'failed');
    assert.equal(statusOf(facts, { ...defaultEscrowSettings, pendingHours: 48 }).status, 'pending');
  });
});

describe('domain/escrow: warnings, hindrances and age', () => {
  it('warns that a key may be stale exactly where it may', () => {
    const warned = table.filter(([, facts]) => statusOf(facts).warnings.includes('maybe-stale')).map((row) => row[3]);
    assert.deepEqual([...new Set(warned)], ['key-backup-failing', 'key-older-than-enrolment']);
    assert.deepEqual(statusOf(healthy).warnings, []);
  });

  it('warns from 150 of the 200 keys on, whatever the status and the volume', () => {
    const many = (count: number): EscrowFacts => ({ ...keyless, keys: Array.from({ length: count }, () => dataKey) });
    assert.deepEqual(statusOf(many(149)).warnings, []);
    assert.deepEqual(statusOf(many(150)).warnings, ['many-keys']);
    assert.deepEqual(statusOf(many(200)), { status: 'failed', reason: 'encrypted-without-key', warnings: ['many-keys'], blockedBy: [], asOf: hoursAgo(1) });
    assert.deepEqual(statusOf({ ...healthy, keys: Array.from({ length: 200 }, () => systemKey) }).warnings, ['many-keys']);
  });

  it('names what stands in the way of a key, and nothing where the key is there', () => {
    const flags = ['networkError', 'osVolumeTpmRequired', 'tpmNotReady'] as const;
    assert.deepEqual(statusOf(withReport(open, { flags })).blockedBy, ['tpmNotReady', 'networkError']);
    assert.deepEqual(statusOf(withReport(keyless, { flags })).blockedBy, ['tpmNotReady', 'networkError']);
    assert.deepEqual(statusOf(withReport(healthy, { flags })).blockedBy, []);
  });

  it('is as old as the last sync of the device, and silent where Intune is', () => {
    assert.equal(statusOf(healthy).asOf, hoursAgo(1));
    assert.equal(statusOf({ ...healthy, managed: 'unavailable' }).asOf, undefined);
    assert.equal(statusOf(without(healthy, 'lastSync')).asOf, undefined);
  });
});

describe('domain/escrow: a clock in the future', () => {
  it('takes a time a little ahead for now', () => {
    const answer = statusOf(withManaged(keyless, { enrolledAt: hoursAgo(-1), lastSync: hoursAgo(-1) }));
    assert.deepEqual([answer.status, answer.reason, answer.asOf], ['pending', 'key-on-its-way', now]);
  });

  it('takes a time far ahead for none, so that nothing is pending for ever', () => {
    const answer = statusOf(withManaged(keyless, { enrolledAt: at('2099-01-01T00:00:00Z'), lastSync: hoursAgo(48) }));
    assert.deepEqual([answer.status, answer.reason], ['failed', 'encrypted-without-key']);
    assert.equal(statusOf(withManaged(keyless, { lastSync: at('2099-01-01T00:00:00Z') })).asOf, undefined);
  });

  it('calls no key stale because of an enrolment that lies ahead, and takes a key of the future for a key', () => {
    assert.deepEqual(statusOf(withManaged(healthy, { enrolledAt: at('2099-01-01T00:00:00Z') })).warnings, []);
    assert.equal(statusOf({ ...healthy, keys: [{ ...systemKey, createdAt: at('2099-01-01T00:00:00Z') }] }).reason, 'key-escrowed');
  });
});

describe('domain/escrow: whatever comes', () => {
  const someTime = fc.option(fc.integer({ min: -1000, max: 20_000 }).map(hoursAgo), { nil: undefined });
  const set = <T>(name: string, value: T | undefined) => (value === undefined ? {} : { [name]: value });
  const aManaged = fc.tuple(fc.option(fc.boolean(), { nil: undefined }), someTime, someTime).map(([encrypted, enrolledAt, lastSync]): Managed => ({ ...set('encrypted', encrypted), ...set('enrolledAt', enrolledAt), ...set('lastSync', lastSync) }));
  const aReport = fc.record({ policy: fc.constantFrom(...policyStates), policies: fc.constantFrom<readonly string[]>([], ['BitLocker']), flags: fc.subarray([...encryptionFlags]), encrypted: fc.boolean(), ready: fc.boolean() });
  const facts: fc.Arbitrary<EscrowFacts> = fc.record({
    keys: fc.oneof(fc.constant('unavailable' as const), fc.array(fc.record({ volumeType: fc.constantFrom('operatingSystem', 'fixedData', 'removableData', 'unknown'), createdAt: fc.integer({ min: -1000, max: 20_000 }).map(hoursAgo) }), { maxLength: 4 })),
    managed: fc.oneof(aManaged, fc.constantFrom('none', 'several', 'unavailable')),
    encryption: fc.oneof(aReport, fc.constantFrom('none', 'unavailable')),
    joinType: fc.constantFrom('entra', 'hybrid', 'registered', 'unknown'),
  });

  it('says escrowed exactly where a key of the system drive is there', () => {
    fc.assert(fc.property(facts, (known) => {
      const there = known.keys !== 'unavailable' && known.keys.some((key) => key.volumeType === 'operatingSystem');
      assert.equal(statusOf(known).status === 'escrowed', there);
    }));
  });

  it('says failed or not available only where the sources that decide have answered', () => {
    fc.assert(fc.property(facts, (known) => {
      const { status, reason } = statusOf(known);
      if (status === 'failed' && reason !== 'backup-failed') assert.equal(typeof known.managed, 'object');
      if (status === 'not-available') assert.deepEqual([typeof known.managed, known.encryption === 'unavailable'], ['object', false]);
      if (status === 'failed' || status === 'not-available') assert.notEqual(known.keys, 'unavailable');
    }));
  });
});
