// Every card in every state that a person may meet, by name. The laws are tested on all of them, the gallery draws them.

import type { DeviceChoice } from '../../../src/domain/request.ts';
import { faultCodes } from '../../../src/domain/fault.ts';
import { instantAt, milliseconds } from '../../../src/domain/instant.ts';
import { type RefusalCode, type RefusalFacts, refusalCodes } from '../../../src/domain/refusal.ts';
import { cancelledCard } from '../../../src/teams/cards/cancelled.ts';
import type { CardMessage } from '../../../src/teams/cards/card.ts';
import { chooseDeviceCard } from '../../../src/teams/cards/choose-device.ts';
import { confirmRevealCard } from '../../../src/teams/cards/confirm-reveal.ts';
import { expiredCard } from '../../../src/teams/cards/expired.ts';
import { faultCard } from '../../../src/teams/cards/fault.ts';
import { helpCard } from '../../../src/teams/cards/help.ts';
import { hiddenKeyCard, usedCard } from '../../../src/teams/cards/hidden-key.ts';
import { keyTypesCard } from '../../../src/teams/cards/key-types.ts';
import { carriedOnNotice, privateChatClosedNotice } from '../../../src/teams/cards/notices.ts';
import { pastedPasswordCard } from '../../../src/teams/cards/pasted-password.ts';
import { refusedCard } from '../../../src/teams/cards/refused.ts';
import { revealedKeyCard } from '../../../src/teams/cards/revealed-key.ts';
import { suggestionCard } from '../../../src/teams/cards/suggestion.ts';
import { whoamiCard } from '../../../src/teams/cards/whoami.ts';
import { auditSamples } from './audit-samples.ts';
import { rotationSamples, rotationSamplesWithKey } from './rotation-samples.ts';
import { fleetSamples } from './fleet-samples.ts';
import { statusSamples, statusSamplesWithKey } from './status-samples.ts';
import { summarySamples } from './summary-samples.ts';
import * as the from './people-and-devices.ts';
import { inOrder } from '../../../src/domain/device.ts';

export interface Sample {
  readonly name: string;
  readonly message: CardMessage;
}

const { now, viewer } = the;
const later = instantAt(milliseconds(now) + 3_600_000);
const named = (name: string) => the.offer({ device: the.device({ name }), owner: { name, userPrincipalName: 'adele@contoso.com' } });

const sevenKeys = inOrder(Array.from({ length: 7 }, (_, index) => the.key(index, index > 4 ? { volumeType: 'fixedData' } : {})));
const strict = { ...the.settings, callerCheckRequired: true, ticketRequired: true };

const confirms: Record<string, CardMessage> = {
  confirm: confirmRevealCard({ request: the.openRequest(), settings: the.settings, now }),
  'confirm-one-key': confirmRevealCard({ request: the.openRequest({ offer: the.offer({ keys: inOrder([the.key(0)]) }) }), settings: the.settings, now }),
  'confirm-two-volumes': confirmRevealCard({ request: the.openRequest({ offer: the.offer({ keys: inOrder([the.key(0), the.key(2, { volumeType: 'fixedData' })]) }), preset: { ticket: 'INC0012345' } }), settings: the.settings, now }),
  'confirm-many-keys': confirmRevealCard({ request: the.openRequest({ offer: the.offer({ keys: sevenKeys }) }), settings: the.settings, now }),
  'confirm-everything-required': confirmRevealCard({ request: the.openRequest(), settings: strict, now }),
  'confirm-caller-proof': confirmRevealCard({ request: the.openRequest({ callerProof: true }), settings: the.settings, now }),
  'confirm-caller-proof-missed': confirmRevealCard({
    request: the.openRequest({ callerProof: true, misses: 1 }),
    settings: the.settings,
    now,
    values: { typedKeyId: 'DEADBEEF', reason: 'wrong-pin' },
    problems: [{ input: 'keyId', problem: 'no-match' }],
    missesLeft: 2,
  }),
  'confirm-mistakes': confirmRevealCard({
    request: the.openRequest(),
    settings: strict,
    now,
    values: { keyId: the.firstKey().keyId, reason: 'other', reasonText: '', callerCheck: '', ticket: 'call 17' },
    problems: [
      { input: 'reasonText', problem: 'missing' },
      { input: 'callerCheck', problem: 'missing' },
      { input: 'ticket', problem: 'wrong-form' },
    ],
  }),
  'confirm-disabled-and-incomplete': confirmRevealCard({
    request: the.openRequest({ offer: { device: the.device({ enabled: false, joinType: 'hybrid' }), keys: the.twoKeys, missing: ['owner', 'managed-device'] } }),
    settings: the.settings,
    now,
  }),
  'confirm-unmanaged': confirmRevealCard({
    request: the.openRequest({ offer: { device: the.device({ joinType: 'registered', osVersion: '10.0.19045.3803' }), keys: the.twoKeys, missing: [] } }),
    settings: the.settings,
    now,
  }),
  'confirm-no-key-matches': confirmRevealCard({ request: the.openRequest(), settings: the.settings, now, note: { kind: 'no-key-matches', typed: 'DEADBEEF' } }),
  'confirm-several-keys-match': confirmRevealCard({ request: the.openRequest(), settings: the.settings, now, note: { kind: 'several-keys-match', typed: '1A2B3C4D' } }),
  'confirm-letters-read-as-digits': confirmRevealCard({
    request: the.openRequest({ preset: { keyId: the.key(1).keyId } }),
    settings: the.settings,
    now,
    note: { kind: 'letters-read-as-digits', typed: '9F3C61D8' },
  }),
  'confirm-hostile-name': confirmRevealCard({ request: the.openRequest({ offer: named(the.hostileName) }), settings: the.settings, now }),
  'confirm-longest-windows-name': confirmRevealCard({ request: the.openRequest({ offer: named(the.longWindowsName) }), settings: the.settings, now }),
  'confirm-longest-entra-name': confirmRevealCard({ request: the.openRequest({ offer: named(the.longName) }), settings: the.settings, now }),
};

const twins: readonly DeviceChoice[] = [
  { device: the.twin(1), owner: { name: 'Adele Vance', userPrincipalName: 'adele@contoso.com' }, keyCount: 2 },
  { device: the.twin(2, { joinType: 'hybrid', enabled: false, lastSignIn: the.at('2025-03-01T00:00:00Z') }) },
];
const persons: readonly DeviceChoice[] = [the.device(), the.device({ name: 'DESKTOP-7', joinType: 'hybrid' }), the.device({ name: the.hostileName }), the.device({ name: the.longWindowsName })].map((device, index) => ({
  device: { ...device, deviceId: the.twin(index + 1).deviceId },
  keyCount: index,
}));
const choosing = (choices: readonly DeviceChoice[]) => {
  const { offer: _offer, ...request } = the.openRequest({ state: 'choosing', choices });
  return request;
};

const afterwards: Record<string, CardMessage> = {
  'choose-twins': chooseDeviceCard({ request: choosing(twins), now }),
  'choose-twins-none-chosen': chooseDeviceCard({ request: choosing(twins), now, missing: true }),
  'choose-of-a-person': chooseDeviceCard({ request: choosing(persons), now }),
  hidden: hiddenKeyCard({ request: the.revealedRequest(), now }),
  'hidden-other-reason': hiddenKeyCard({ request: the.revealedRequest({ grant: the.grant({ reason: 'other', reasonText: 'TPM swapped by the **vendor** during a repair' }) }), now }),
  'hidden-for-good': hiddenKeyCard({ request: the.revealedRequest(), now: later }),
  'hidden-hostile-name': hiddenKeyCard({ request: the.revealedRequest({ offer: named(the.hostileName) }), now }),
  used: usedCard({ request: the.revealedRequest(), now }),
  'used-for-good': usedCard({ request: the.revealedRequest(), now: later }),
  expired: expiredCard({ request: the.openRequest() }),
  'expired-choice': expiredCard({ request: choosing(twins) }),
  cancelled: cancelledCard({ request: the.openRequest() }),
  'cancelled-choice': cancelledCard({ request: choosing(twins) }),
};

/** The only ones that may hold a recovery password. */
export const revealedSamples: readonly Sample[] = Object.entries({
  revealed: revealedKeyCard({ request: the.revealedRequest(), password: the.password, rotation: the.rotation() }),
  'revealed-doubtful-superseded': revealedKeyCard({ request: the.revealedRequest({ grant: the.grant({ key: the.firstKey(the.twoKeys.slice(1)) }) }), password: the.doubtfulPassword }),
  'revealed-hostile-name': revealedKeyCard({ request: the.revealedRequest({ offer: named(the.hostileName) }), password: the.password }),
  'revealed-longest-windows-name': revealedKeyCard({ request: the.revealedRequest({ offer: named(the.longWindowsName) }), password: the.password }),
  ...rotationSamplesWithKey,
  ...statusSamplesWithKey,
  'revealed-words': asWords(revealedKeyCard({ request: the.revealedRequest(), password: the.password })),
}).map(([name, message]) => ({ name, message }));

/** As it looks after a press on the switch. */
function asWords(message: CardMessage): CardMessage {
  const body = message.card.body.map((element) => (element.id === 'digits' || element.id === 'words' ? { ...element, isVisible: element.id === 'words' } : element));
  return { ...message, card: { ...message.card, body } };
}

const everyday: Record<string, CardMessage> = {
  'notice-carried-on': carriedOnNotice(),
  'notice-private-chat-closed': privateChatClosedNotice(),
  'help-agent': helpCard({ roles: new Set(['agent']), conversation: 'personal', settings: the.settings }),
  'help-agent-channel': helpCard({ conversation: 'channel', settings: the.settings }),
  'help-admin': helpCard({ roles: new Set(['admin']), conversation: 'personal', settings: the.settings }),
  'help-auditor': helpCard({ roles: new Set(['auditor']), conversation: 'personal', settings: the.settings }),
  'help-nobody': helpCard({ roles: new Set(), conversation: 'personal', settings: the.settings }),
  'key-types': keyTypesCard(),
  'whoami-agent': whoamiCard({ person: the.alex, roles: new Set(['agent', 'approver']), settings: the.settings }),
  'whoami-nobody': whoamiCard({ person: { ...the.alex, name: the.hostileName }, roles: new Set(), settings: the.settings }),
  suggestion: suggestionCard({ nearest: 'key for LAPTOP-42' }),
  'suggestion-help': suggestionCard({ nearest: 'help' }),
  'pasted-password': pastedPasswordCard(),
};

const refusalFacts: Partial<Record<RefusalCode, readonly RefusalFacts[]>> = {
  'ask-limit': [{ limit: { max: 30, seconds: 60 } }],
  'device-not-found': [
    { asked: 'LAPTOP-24', closest: ['LAPTOP-42', 'LAPTOP-FAIL', 'LAPTOP-PEND', 'LAPTOP-NONE'] },
    { asked: 'LAPTOP-GONE', closest: [], onlyInIntune: true },
    { asked: the.hostileName, closest: [the.hostileName] },
  ],
  'person-not-found': [{ asked: 'adel@contoso.com' }],
  'no-devices': [{ asked: 'lee@contoso.com' }],
  'key-not-found': [{ asked: the.key(1).keyId.toUpperCase() }, { asked: '1A2B3C4D', indexAt: instantAt(milliseconds(now) - 7_200_000) }],
  'key-id-too-short': [{ asked: '1A2B3C4D' }],
  'key-id-ambiguous': [{ asked: '1A2B3C4D' }],
  'index-not-ready': [{}, { indexing: { entries: 12_400 } }],
  'no-keys': (['encrypted', 'not-encrypted', 'not-managed', 'unknown'] as const).map((escrow) => ({ asked: 'LAPTOP-FAIL', escrow, device: { objectId: the.device().objectId, intuneId: the.intuneId } })),
  'approval-unavailable': [{ asked: 'VIP-01', device: { objectId: the.device().objectId } }],
  'request-used': [{ at: now, requestId: the.requestId }],
  'request-busy': [{ requestId: the.requestId }],
  'request-expired': [{ asked: 'LAPTOP-42' }],
  'request-closed': [{ asked: 'LAPTOP-42' }],
  'reveal-limit': [{ limit: { max: 20, seconds: 3600 }, at: later }],
  'show-again-over': [{ asked: 'LAPTOP-42' }],
  'not-managed': [{ asked: 'LAPTOP-42', device: { objectId: the.device().objectId } }],
  'several-managed': [{ asked: 'LAPTOP-42', device: { objectId: the.device().objectId } }],
};

const refusals: readonly Sample[] = refusalCodes.flatMap((code) =>
  (refusalFacts[code] ?? [{}]).map((facts, index) => ({
    name: `refused-${code}${index === 0 ? '' : `-${index + 1}`}`,
    message: refusedCard({ refusal: { code, reference: the.reference, facts }, viewer, now }),
  })),
);

const faults: readonly Sample[] = faultCodes.flatMap((code) => [
  { name: `fault-${code}`, message: faultCard({ fault: { code, retry: 'later', retryAfterSeconds: code === 'graph-throttled' ? 17 : undefined }, reference: the.reference, device: { name: 'LAPTOP-42', objectId: the.device().objectId, intuneId: the.intuneId } }) },
  ...(code === 'graph-cut' || code === 'graph-forbidden' ? [{ name: `fault-${code}-2`, message: faultCard({ fault: { code, retry: code === 'graph-cut' ? 'unknown-outcome' : 'never', retryAfterSeconds: undefined }, reference: the.reference }) }] : []),
]);

/** All cards that may be sent, edited into a message, or stored by Teams. */
export const openSamples: readonly Sample[] = [
  ...Object.entries({ ...confirms, ...afterwards, ...everyday, ...rotationSamples, ...statusSamples, ...auditSamples, ...summarySamples, ...fleetSamples }).map(([name, message]) => ({ name, message })),
  ...refusals,
  ...faults,
];

export const allSamples: readonly Sample[] = [...openSamples, ...revealedSamples];
