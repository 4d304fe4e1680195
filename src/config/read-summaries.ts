// Summaries and alerts: where they go, when, and what they may say.
import { z } from 'zod';
import { type ChannelId, parseChannelId } from '../domain/channel.ts';
import type { Schedule } from '../domain/schedule.ts';
import { type DeskSettings, defaultSettings } from '../domain/settings.ts';
import { readSummaryWish } from '../domain/summary-command.ts';
import { systemCalendar } from './calendar.ts';
import { type Reader, yesNo } from './reader.ts';

type SummarySettings = Pick<DeskSettings, 'auditChannel' | 'summaryNames' | 'alertDevicesPerHour' | 'alertRefusalsInARow'>;

/** Teams knows the bot's tenant from the token; the address of the region comes with the first message from the channel. */
const defaultServiceUrl = 'https://smba.trafficmanager.net/teams/';
/** The hosts that teams/service-url.ts sends to: one of another host would be refused with each message. */
const teamsHost = /^smba\.(?:trafficmanager\.net|onyx\.prod\.teams\.trafficmanager\.net|infra\.gcc\.teams\.microsoft\.com)$/;
const channelVariable = 'KEYDESK_AUDIT_CHANNEL';
const ofTheChannel = ['KEYDESK_AUDIT_SUMMARY', 'KEYDESK_AUDIT_SERVICE_URL'] as const;

/** Settings of the audit channel without one are faults: they would do nothing. */
export function readSummaries(read: Reader): SummarySettings {
  const whole = z.coerce.number().int().min(2).max(1000);
  const expected = 'a whole number from 2 to 1000';
  return {
    auditChannel: readAuditChannel(read),
    summaryNames: read.optional('KEYDESK_SUMMARY_NAMES', yesNo, 'yes or no', defaultSettings.summaryNames),
    alertDevicesPerHour: read.optional('KEYDESK_ALERT_DEVICES_PER_HOUR', whole, expected, defaultSettings.alertDevicesPerHour),
    alertRefusalsInARow: read.optional('KEYDESK_ALERT_REFUSALS_IN_A_ROW', whole, expected, defaultSettings.alertRefusalsInARow),
  };
}

function readAuditChannel(read: Reader): DeskSettings['auditChannel'] {
  if (read.raw(channelVariable) === undefined) {
    for (const variable of ofTheChannel) {
      if (read.raw(variable) !== undefined) read.faults.push({ variable, expected: `nothing without ${channelVariable}`, remedy: `Set ${channelVariable} too, or remove this variable.` });
    }
    return undefined;
  }
  const id = read.required(channelVariable, channelId, 'the id of a channel in Teams, 19:…@thread.tacv2', 'Teams: the channel → More options → Get link to channel; the part behind /channel/, percent-decoded.');
  const schedule = read.optional('KEYDESK_AUDIT_SUMMARY', scheduleForm, 'a schedule such as "daily 08:00 Europe/Berlin" or "weekly mon 08:00 UTC"', { hour: 8, minute: 0, zone: 'UTC' });
  const serviceUrl = read.optional('KEYDESK_AUDIT_SERVICE_URL', z.url({ protocol: /^https$/, hostname: teamsHost }), 'the https address of Teams\' connector, such as https://smba.trafficmanager.net/emea/', defaultServiceUrl);
  return id && { id, serviceUrl, schedule };
}

const channelId = z.string().transform((text, context): ChannelId => {
  const parsed = parseChannelId(text);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: 'no channel' });
  return z.NEVER;
});

/** As it is typed in a channel, with the zone: a server's own is nobody's. */
const scheduleForm = z.string().transform((text, context): Schedule => {
  const wish = readSummaryWish(text, { calendar: systemCalendar, timeZone: '' });
  if (wish.kind === 'subscribe') return wish.schedule;
  context.addIssue({ code: 'custom', message: 'no schedule' });
  return z.NEVER;
});
