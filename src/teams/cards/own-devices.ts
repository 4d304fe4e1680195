// What owners see of their own devices: plain words, and what they themselves can do.

import type { DeviceReport } from '../../domain/device-report.ts';
import { shortKeyId } from '../../domain/ids.ts';
import type { Instant } from '../../domain/instant.ts';
import type { Viewer } from '../../domain/request.ts';
import { type DeskSettings, isSensitive } from '../../domain/settings.ts';
import { box, type CardMessage, type Element, heading, line, message, note } from './card.ts';
import { plain, say } from './escape.ts';
import { escrowStatusWords, ownEscrowWords } from './escrow-words.ts';
import { helpdeskLine, ownDevicesPage } from './own-words.ts';
import { age, date } from './times.ts';
import { deviceName, ownStateWords, ownVolumeWords, systemWords } from './words.ts';

export interface OwnDevices {
  readonly reports: readonly DeviceReport[];
  readonly unlisted?: number;
  readonly viewer: Viewer;
  readonly now: Instant;
  readonly settings: Pick<DeskSettings, 'helpdeskContact' | 'sensitiveNames'>;
}

const mostKeys = 4;

export function ownDevicesCard(own: OwnDevices): CardMessage {
  const { reports, unlisted = 0, settings } = own;
  const [only, ...more] = reports;
  const alone = only !== undefined && more.length === 0;
  return message(
    alone ? plain`Your computer ${deviceName(only.device)}.` : plain`Your ${reports.length} computers.`,
    [
      heading(alone ? say`Your computer ${deviceName(only.device)}` : say`Your ${reports.length} computers`),
      ...reports.map((report) => oneDevice(report, own, alone)),
      ...(unlisted > 0 ? [line(say`${unlisted} more that you own or have set up were used longer ago and are not listed.`)] : []),
      note(helpdeskLine({ helpdesk: settings.helpdeskContact }), { spacing: 'medium' }),
    ],
    [ownDevicesPage],
  );
}

function oneDevice({ device, escrow, keys }: DeviceReport, { viewer, now, settings }: OwnDevices, alone: boolean): Element {
  const system = systemWords(device);
  const used = device.lastSignIn === undefined ? 'last use not known' : `last used ${age(device.lastSignIn, now)}`;
  return box(
    escrowStatusWords[escrow.status].style,
    [
      ...(alone ? [] : [line(say`**${deviceName(device)}**`)]),
      line(escrow.status === 'escrowed' && isSensitive(settings, device.name) ? say`✓ A recovery key is stored. The helpdesk shows it to you.` : ownEscrowWords[escrow.status], { spacing: 'small' }),
      ...(escrow.warnings.includes('maybe-stale') ? [line(say`▲ It may be an old one. If it does not fit, call the helpdesk.`, { spacing: 'small' })] : []),
      line(system === undefined ? say`${used}` : say`${system}, ${used}`, { spacing: 'small', isSubtle: true }),
      ...(alone ? keys.slice(0, mostKeys).map((key) => line(say`Key ID **${shortKeyId(key.keyId)}**, ${ownStateWords[key.state]}, ${date(key.createdAt, viewer)}, ${ownVolumeWords[key.volumeType]}`, { spacing: 'small' })) : []),
    ],
    { spacing: 'medium' },
  );
}
