// An alert in the audit channel: what, about whom, when, what to do, and the number under which it stands in the ledger.

import type { ToldAlert } from '../../domain/channel.ts';
import { shortKeyId } from '../../domain/ids.ts';
import type { Viewer } from '../../domain/request.ts';
import { alertTitles, alertWords } from './alert-words.ts';
import { type CardMessage, facts, heading, line, message, note } from './card.ts';
import { cleanText, plain, say } from './escape.ts';
import { moment, period } from './times.ts';

export interface AlertDrawing {
  readonly alert: ToldAlert;
  readonly viewer: Viewer;
}

/** Without names, people and devices stand there by the ids that Entra has for them, for those who look them up. */
export function alertCard({ alert: { seq, entry, subject, named }, viewer }: AlertDrawing): CardMessage {
  const kind = entry.alert ?? 'ledger-mismatch';
  const { what, next } = alertWords[kind](entry);
  const { device, keyId, clientAppId, channel, code, from, to, reference } = entry;
  return message(plain`Keydesk alert: ${alertTitles[kind]}.`, [
    heading(say`⚠ ${alertTitles[kind]}`),
    line(what, { spacing: 'small' }),
    facts(
      {
        Who: subject && say`${cleanText(subject.name ?? subject.id, 60)}`,
        Device: device && say`${named && device.name !== undefined ? cleanText(device.name, 64) : device.deviceId}`,
        'Key ID': keyId && say`${shortKeyId(keyId)}`,
        Application: clientAppId === undefined ? undefined : say`${clientAppId}`,
        Channel: channel === undefined ? undefined : say`${channel}`,
        Period: from === undefined || to === undefined ? undefined : say`${period({ from, to }, viewer)}`,
        When: say`${moment(entry.happenedAt ?? entry.time, viewer)}`,
        Code: code === undefined ? undefined : say`${code}`,
      },
      { spacing: 'medium' },
    ),
    line(next, { spacing: 'medium' }),
    note(reference === undefined ? say`Entry ${seq} of the ledger` : say`Entry ${seq} of the ledger · Reference ${reference}`, { spacing: 'medium' }),
  ]);
}
