// The cards of a device's status and of self-service in every state that a person may meet, for the laws and the gallery.

import type { DeviceReport } from '../../../src/domain/device-report.ts';
import type { Device } from '../../../src/domain/device.ts';
import { inOrder } from '../../../src/domain/device.ts';
import type { EncryptionState } from '../../../src/domain/encryption-state.ts';
import { defaultEscrowSettings, type EscrowReason, escrowReasons, type EscrowStatus, escrowStatusOf } from '../../../src/domain/escrow.ts';
import { type RefusalFacts, refusalCodes } from '../../../src/domain/refusal.ts';
import type { RevealRequest } from '../../../src/domain/request.ts';
import { cancelledCard } from '../../../src/teams/cards/cancelled.ts';
import type { CardMessage } from '../../../src/teams/cards/card.ts';
import { chooseDeviceCard } from '../../../src/teams/cards/choose-device.ts';
import { confirmRevealCard } from '../../../src/teams/cards/confirm-reveal.ts';
import { deviceStatusCard, type DeviceStatus } from '../../../src/teams/cards/device-status.ts';
import { expiredCard } from '../../../src/teams/cards/expired.ts';
import { faultCard } from '../../../src/teams/cards/fault.ts';
import { helpCard } from '../../../src/teams/cards/help.ts';
import { hiddenKeyCard, usedCard } from '../../../src/teams/cards/hidden-key.ts';
import { ownDevicesCard } from '../../../src/teams/cards/own-devices.ts';
import { refusedCard } from '../../../src/teams/cards/refused.ts';
import { revealedKeyCard } from '../../../src/teams/cards/revealed-key.ts';
import * as the from './people-and-devices.ts';

const { now, viewer } = the;
export const helpdesk = '+1 555 0100, weekdays 8 to 18';
const selfService = { ...the.settings, selfService: true, helpdeskContact: helpdesk };

export const managed = { intuneId: the.intuneId, name: 'LAPTOP-42', primaryUser: 'adele@contoso.com', encrypted: true, enrolledAt: the.at('2025-01-02T09:00:00Z'), lastSync: the.at('2026-11-22T12:37:00Z') };
export const encryption = (over: Partial<EncryptionState> = {}): EncryptionState => ({ intuneId: the.intuneId, name: 'LAPTOP-42', ready: true, encrypted: true, policy: 'compliant', policies: ['Windows - BitLocker required'], flags: [], tpmVersion: '2.0', ...over });

/** LAPTOP-42 with two keys, all well; its status follows from the rest. */
export function report(over: Partial<DeviceReport> = {}): DeviceReport {
  const known = { device: the.device(), keys: the.twoKeys, owner: { name: 'Adele Vance', userPrincipalName: 'adele@contoso.com' }, managed, managedCount: 1, encryption: encryption(), silent: [], ...over };
  const silent = (source: string): boolean => known.silent.some((one) => one.source === source);
  const { device, keys } = known;
  const facts = {
    keys: silent('recovery-keys') ? 'unavailable' : keys,
    managed: silent('managed-device') ? 'unavailable' : known.managedCount > 1 ? 'several' : known.managedCount === 0 ? 'none' : known.managed,
    encryption: silent('encryption-report') ? 'unavailable' : known.encryption,
    joinType: device.joinType,
  } as const;
  return { ...known, escrow: over.escrow ?? escrowStatusOf(facts, now, defaultEscrowSettings) };
}

export const statusRequest = (over: Partial<RevealRequest> = {}): RevealRequest => the.openRequest({ purpose: 'status', ...over });
export const statusCard = (over: Partial<DeviceReport> = {}, more: Partial<DeviceStatus> = {}): CardMessage => deviceStatusCard({ request: statusRequest(), report: report(over), mayRotate: false, now, ...more });

const escrow = (status: EscrowStatus['status'], reason: EscrowReason, more: Partial<EscrowStatus> = {}): EscrowStatus => ({ status, reason, warnings: [], blockedBy: [], asOf: managed.lastSync, ...more });
const statusOfReason: Readonly<Record<EscrowReason, EscrowStatus>> = {
  'keys-unavailable': escrow('unknown', 'keys-unavailable'),
  'key-escrowed': escrow('escrowed', 'key-escrowed'),
  'key-backup-failing': escrow('escrowed', 'key-backup-failing', { warnings: ['maybe-stale'] }),
  'key-older-than-enrolment': escrow('escrowed', 'key-older-than-enrolment', { warnings: ['maybe-stale'] }),
  'backup-failed': escrow('failed', 'backup-failed', { blockedBy: ['networkError'] }),
  'perhaps-in-active-directory': escrow('unknown', 'perhaps-in-active-directory'),
  'key-of-unknown-volume': escrow('unknown', 'key-of-unknown-volume'),
  'managed-unavailable': escrow('unknown', 'managed-unavailable'),
  'several-managed': escrow('unknown', 'several-managed'),
  'not-managed': escrow('unknown', 'not-managed'),
  'key-on-its-way': escrow('pending', 'key-on-its-way'),
  'encrypted-without-key': escrow('failed', 'encrypted-without-key'),
  'encrypted-since-unknown': escrow('unknown', 'encrypted-since-unknown'),
  'encryption-unavailable': escrow('unknown', 'encryption-unavailable'),
  'encryption-not-reported': escrow('unknown', 'encryption-not-reported'),
  'policy-blocked': escrow('pending', 'policy-blocked', { blockedBy: ['noUserConsent', 'windowsRecoveryEnvironmentNotConfigured', 'tpmNotReady'] }),
  'policy-error': escrow('pending', 'policy-error'),
  'about-to-encrypt': escrow('pending', 'about-to-encrypt'),
  'policy-unknown': escrow('unknown', 'policy-unknown'),
  'not-encrypted': escrow('not-available', 'not-encrypted'),
};

const reasons = Object.fromEntries(
  escrowReasons.map((reason) => [`status-${reason}`, statusCard({ escrow: statusOfReason[reason], ...(reason.startsWith('key-') ? {} : { keys: [] }), ...(reason === 'policy-blocked' && { encryption: encryption({ encrypted: false, ready: false, policy: 'error', flags: ['noUserConsent', 'windowsRecoveryEnvironmentNotConfigured', 'tpmNotReady', 'osVolumeUnprotected'] }) }) })]),
);

const manyKeys = inOrder(Array.from({ length: 200 }, (_, index) => the.keyWithId(`${String(index).padStart(8, '0')}-5a6b-4c7d-8e9f-0a1b2c3d4e5f`)));
const { managed: _managed, encryption: _encryption, owner: _owner, ...bare } = report();
const named = (name: string): Device => the.device({ name });
const nameless = (name: string): CardMessage => statusCard({ device: named(name), owner: { name, userPrincipalName: `${name}@contoso.com` }, managed: { ...managed, primaryUser: `${name}@contoso.com` }, encryption: encryption({ policies: [name, name, name] }) });

const others: Record<string, CardMessage> = {
  'status-admin': statusCard({}, { mayRotate: true }),
  'status-caller-proof': statusCard({}, { request: statusRequest({ callerProof: true }) }),
  'status-200-keys': statusCard({ keys: manyKeys }),
  'status-intune-silent': deviceStatusCard({ request: statusRequest(), mayRotate: false, now, report: { ...bare, managedCount: 0, escrow: escrow('escrowed', 'key-escrowed'), silent: [{ source: 'owner', code: 'graph-timeout' }, { source: 'managed-device', code: 'graph-unavailable' }] } }),
  'status-all-silent': deviceStatusCard({
    request: statusRequest(),
    mayRotate: false,
    now,
    report: { ...bare, keys: [], managedCount: 0, escrow: escrow('unknown', 'keys-unavailable'), silent: [{ source: 'recovery-keys', code: 'graph-throttled' }, { source: 'owner', code: 'graph-timeout' }, { source: 'managed-device', code: 'graph-cut' }] },
  }),
  'status-permission-missing': statusCard({ silent: [{ source: 'encryption-report', code: 'graph-forbidden' }], keys: [], managed: { ...managed, encrypted: false } }),
  'status-no-intune': deviceStatusCard({ request: statusRequest(), mayRotate: true, now, report: { ...bare, managedCount: 0, escrow: { ...escrow('escrowed', 'key-escrowed') } } }),
  'status-disabled-hybrid': statusCard({ device: the.device({ enabled: false, joinType: 'hybrid' }), keys: [] }),
  'status-sources-differ': statusCard({ encryption: encryption({ encrypted: false, flags: ['osVolumeEncryptionMethodMismatch', 'fixedDriveNotEncrypted', 'osVolumeTpmPinRequired', 'recoveryKeyBackupFailed', 'networkError', 'osVolumeUnprotected'] }) }),
  'status-hostile-name': nameless(the.hostileName),
  'status-longest-windows-name': nameless(the.longWindowsName),
  'status-longest-entra-name': nameless(the.longName),
  'status-choose': chooseDeviceCard({ request: withoutOffer({ purpose: 'status', state: 'choosing', choices: [1, 2].map((number) => ({ device: the.twin(number), keyCount: number })) }), now }),
  'status-cancelled-choice': cancelledCard({ request: withoutOffer({ purpose: 'status' }) }),
  'status-expired': expiredCard({ request: statusRequest() }),
  'status-fault': faultCard({ fault: { code: 'graph-timeout', retry: 'later', retryAfterSeconds: undefined }, reference: the.reference, purpose: 'status' }),
};

function withoutOffer(over: Partial<RevealRequest>): RevealRequest {
  const { offer: _offer, ...request } = the.openRequest(over);
  return request;
}

const own = (over: Partial<RevealRequest> = {}): RevealRequest => the.openRequest({ by: 'owner', person: { ...the.alex, name: 'Adele Vance' }, ...over });
const ownRevealed = (over: Partial<RevealRequest> = {}): RevealRequest => the.revealedRequest({ ...own(), state: 'revealed', grant: the.grant({ reason: 'wrong-pin' }), ...over });
const ownCard = (reports: readonly DeviceReport[], unlisted = 0): CardMessage => ownDevicesCard({ reports, unlisted, viewer, now, settings: selfService });

const selfServiceCards: Record<string, CardMessage> = {
  'own-device': ownCard([report()]),
  'own-devices': ownCard(
    [report(), ...(['key-older-than-enrolment', 'key-on-its-way', 'encrypted-without-key', 'not-encrypted', 'managed-unavailable'] as const).map((reason) => report({ device: named(reason === 'not-encrypted' ? the.hostileName : `PC-${reason.length}`), escrow: statusOfReason[reason] }))],
    3,
  ),
  'own-device-longest-name': ownDevicesCard({ reports: [report({ device: named(the.longWindowsName) })], viewer, now, settings: the.settings }),
  'own-device-sensitive': ownDevicesCard({ reports: [report()], viewer, now, settings: { ...selfService, sensitiveNames: [/^LAPTOP-42$/i] } }),
  'own-confirm': confirmRevealCard({ request: own(), settings: the.settings, now }),
  'own-confirm-everything-required': confirmRevealCard({ request: own({ offer: the.offer({ device: the.device({ enabled: false }), keys: inOrder([the.key(0), the.key(2, { volumeType: 'fixedData' })]) }) }), settings: { ...the.settings, callerCheckRequired: true, ticketRequired: true }, now }),
  'own-confirm-mistakes': confirmRevealCard({ request: own(), settings: the.settings, now, values: { reason: 'other', reasonText: '' }, problems: [{ input: 'reasonText', problem: 'missing' }] }),
  'own-confirm-hostile-name': confirmRevealCard({ request: own({ offer: the.offer({ device: named(the.hostileName) }) }), settings: the.settings, now }),
  'own-choose': chooseDeviceCard({ request: withoutOffer({ ...own(), state: 'choosing', choices: [the.device(), the.device({ name: the.hostileName }), the.device({ name: the.longWindowsName })].map((device, index) => ({ device: { ...device, deviceId: the.twin(index + 1).deviceId } })) }), now }),
  'own-hidden': hiddenKeyCard({ request: ownRevealed(), now }),
  'own-used': usedCard({ request: ownRevealed(), now }),
  'own-expired': expiredCard({ request: own() }),
  'own-cancelled': cancelledCard({ request: own() }),
  'own-help-nobody': helpCard({ roles: new Set(), conversation: 'personal', settings: selfService }),
  'own-help-agent': helpCard({ roles: new Set(['agent']), conversation: 'personal', settings: selfService }),
  'help-auditor': helpCard({ roles: new Set(['auditor']), conversation: 'personal', settings: the.settings }),
};

const refused = (by: 'owner' | 'status'): Record<string, CardMessage> =>
  Object.fromEntries(
    refusalCodes.map((code) => {
      const facts: RefusalFacts = { asked: code === 'no-keys' ? the.hostileName : 'LAPTOP-42', ...(by === 'owner' && { by }), helpdesk, selfService: true, onlyInIntune: code === 'device-not-found', requestId: the.requestId, device: { objectId: the.device().objectId } };
      return [`${by === 'owner' ? 'own' : 'status'}-refused-${code}`, refusedCard({ refusal: { code, reference: the.reference, facts }, viewer, now, purpose: by === 'owner' ? 'reveal' : 'status' })];
    }),
  );

export const statusSamples: Readonly<Record<string, CardMessage>> = { ...reasons, ...others, ...selfServiceCards, ...refused('owner'), ...refused('status') };

export const statusSamplesWithKey: Readonly<Record<string, CardMessage>> = {
  'own-revealed': revealedKeyCard({ request: ownRevealed(), password: the.password, rotation: the.rotation() }),
};
