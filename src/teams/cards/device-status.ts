// The device card (product.md §3): the escrow status by word and sign, why, what to do; then all that is known of its
// security, with its age. In the private chat of somebody who may look up devices.

import type { DeviceReport } from '../../domain/device-report.ts';
import { shortKeyId } from '../../domain/ids.ts';
import type { Instant } from '../../domain/instant.ts';
import type { RevealRequest } from '../../domain/request.ts';
import { box, type CardMessage, type Element, facts, heading, line, message, note, press } from './card.ts';
import { encryptionRows, flagWords } from './encryption-words.ts';
import { joined, plain, type Said, say, together } from './escape.ts';
import { escrowReasonWords, escrowStatusWords, escrowWarningWords, silenceWords } from './escrow-words.ts';
import { portalLinks } from './portals.ts';
import { age, date, when } from './times.ts';
import { deviceName, joinWords, ownerWords, stateWords, systemWords, volumeWords } from './words.ts';

export interface DeviceStatus {
  /** Whose card it is; its `callerProof` hides the key IDs, as on the cards to see a key. */
  readonly request: RevealRequest;
  readonly report: DeviceReport;
  readonly mayRotate: boolean;
  readonly now: Instant;
}

/** More keys than this are counted. */
const mostKeys = 6;

export function deviceStatusCard(status: DeviceStatus): CardMessage {
  const { request, report, mayRotate } = status;
  const { device, escrow, managed } = report;
  const name = deviceName(device);
  const { word } = escrowStatusWords[escrow.status];
  const portals = portalLinks({ objectId: device.objectId, ...(managed && { intuneId: managed.intuneId }) });
  // Beside a third button a phone has room for one word each.
  const links = mayRotate ? portals.map((link) => ({ ...link, title: link.title.replace(' portal', '') })) : portals;
  return message(
    plain`${name}: ${word}.`,
    [
      heading(say`${name}`),
      statusBox(report),
      ...silenceBox(report),
      line(say`Security`, { weight: 'bolder', spacing: 'medium', separator: true }),
      ...keyLines(status),
      securityFacts(status),
      note(dataNote(status), { spacing: 'medium' }),
      ...(device.enabled === false ? [line(say`▲ This device is disabled in Entra ID.`)] : []),
    ],
    [...links, ...(mayRotate ? [press('rotate-ask', 'Rotate', request.id, { tooltip: 'Gives the device a new key; asks for a reason in a card of its own' })] : [])],
  );
}

function statusBox({ escrow: { status, reason, warnings, blockedBy } }: DeviceReport): Element {
  const { sign, word, style } = escrowStatusWords[status];
  const { why, remedy } = escrowReasonWords[reason];
  const blocked = blockedBy.length === 0 ? [] : [line(together(say`In the way:`, joined(blockedBy.map((flag) => say`${flagWords[flag]}`), ', ')), { spacing: 'small' })];
  return box(
    warnings.length > 0 && status === 'escrowed' ? 'warning' : style,
    [
      line(warnings.includes('maybe-stale') ? say`${sign} **${word}**, ▲ may be stale` : say`${sign} **${word}**`, { size: 'medium' }),
      line(why, { spacing: 'small' }),
      ...blocked,
      ...(reason === 'key-escrowed' && warnings.length > 0 ? [] : [line(remedy, { spacing: 'small' })]),
      ...(warnings.includes('many-keys') ? [line(escrowWarningWords['many-keys'], { spacing: 'small' })] : []),
    ],
    { spacing: 'medium' },
  );
}

/** An answer is complete or says what is missing. */
function silenceBox({ silent }: DeviceReport): readonly Element[] {
  if (silent.length === 0) return [];
  return [box('warning', [line(say`▲ Not all could be found out:`, { weight: 'bolder' }), ...silent.map((one) => line(silenceWords(one), { spacing: 'small' }))], { spacing: 'medium' })];
}

function keyLines({ request, report: { keys, silent } }: DeviceStatus): readonly Element[] {
  if (silent.some(({ source }) => source === 'recovery-keys')) return [line(say`Keys: not known just now`)];
  const shown = keys.slice(0, mostKeys);
  const more = keys.length - shown.length;
  return [
    line(keys.length === 0 ? say`No keys in Entra ID` : keys.length === 1 ? say`1 key in Entra ID` : say`${keys.length} keys in Entra ID`),
    ...shown.map((key) => {
      const rest = say`${stateWords[key.state]}, ${date(key.createdAt, request.viewer)}, ${volumeWords[key.volumeType]}`;
      // An ID that a card gives away proves nothing when a caller reads it out.
      return line(request.callerProof ? rest : joined([say`**${shortKeyId(key.keyId)}**`, rest], ', '), { spacing: 'small' });
    }),
    ...(more > 0 ? [line(say`and ${more} more`, { spacing: 'small' })] : []),
    ...(request.callerProof && keys.length > 0 ? [note(say`Key IDs are hidden: the caller reads them from the blue screen.`)] : []),
  ];
}

const notKnown = say`not known just now`;

function securityFacts({ request, report, now }: DeviceStatus): Element {
  const { device, managed, owner, encryption, silent } = report;
  const lacks = (source: DeviceReport['silent'][number]['source']): boolean => silent.some((one) => one.source === source);
  const noIntune = lacks('managed-device') ? notKnown : managed === undefined ? say`not managed by Intune` : undefined;
  const seen = (at: Instant | undefined): Said => (at === undefined ? say`never` : say`${age(at, now)} (${when(at, now, request.viewer)})`);
  const system = systemWords(device);
  const named = ownerWords(owner);
  return facts(
    {
      Encryption: noIntune ?? encryptedWords(report),
      ...(encryption && encryptionRows(encryption)),
      ...(lacks('encryption-report') && { Policy: notKnown }),
      Owner: lacks('owner') ? notKnown : named === undefined ? say`none registered` : say`${named}`,
      'Primary user': noIntune ?? (managed?.primaryUser === undefined ? say`none` : say`${managed.primaryUser}`),
      'Last sync': noIntune ?? seen(managed?.lastSync),
      'Last sign-in': device.lastSignIn === undefined ? undefined : seen(device.lastSignIn),
      System: system === undefined ? undefined : say`${system}`,
      'Join type': say`${joinWords[device.joinType]}`,
    },
    { spacing: 'medium' },
  );
}

/** Where the device list and the report differ, both are told: one of them is behind. */
function encryptedWords({ managed, encryption }: DeviceReport): Said {
  const listed = managed?.encrypted;
  const reported = encryption?.encrypted;
  const words = (encrypted: boolean): string => (encrypted ? 'encrypted' : 'not encrypted');
  if (listed === undefined && reported === undefined) return say`not reported`;
  if (listed !== undefined && reported !== undefined && listed !== reported) return say`${words(listed)} by the device list, ${words(reported)} by the report`;
  return say`${words(listed ?? reported ?? false)}`;
}

function dataNote({ report: { escrow, managed }, now }: DeviceStatus): Said {
  if (managed === undefined) return say`What is shown was read from Entra ID just now.`;
  if (escrow.asOf === undefined) return say`Keys and owner were read just now. How old Intune's data is, is not known.`;
  return say`Keys and owner were read just now. Intune's data is of the last sync, ${age(escrow.asOf, now)}, and may lag behind the device by a day.`;
}
