// `status`: the fleet in five numbers, with a trend, and how old all of it is.

import { type EscrowStatusName, escrowStatuses } from '../../domain/escrow.ts';
import type { FleetCounts, FleetOverview, SweepStream } from '../../domain/fleet.ts';
import type { Swept } from '../../domain/ask-for-fleet.ts';
import type { Instant } from '../../domain/instant.ts';
import type { Viewer } from '../../domain/request.ts';
import { box, type CardMessage, type ColumnSet, type Element, heading, line, message, note, turnPage } from './card.ts';
import { type DonutChart, donut, trend } from './charts.ts';
import { escrowStatusWords } from './escrow-words.ts';
import { joined, plain, type Said, say, together } from './escape.ts';
import { age, when } from './times.ts';

interface FleetStatus {
  readonly overview: FleetOverview;
  readonly index: Swept;
  readonly viewer: Viewer;
  readonly now: Instant;
}

const colours = { escrowed: 'good', pending: 'warning', failed: 'attention', 'not-available': 'neutral', unknown: 'categoricalBlue' } as const satisfies Record<EscrowStatusName, DonutChart['data'][number]['color']>;

export function fleetStatusCard({ overview, index, viewer, now }: FleetStatus): CardMessage {
  const { counts, days } = overview;
  const total = escrowStatuses.reduce((sum, status) => sum + counts[status], 0);
  const lost = counts.failed;
  return message(
    plain`The escrow of ${number(total)} Windows devices: ${number(counts.escrowed)} have their key in Entra ID, ${number(lost)} have failed.`,
    [
      heading(say`Escrow of ${number(total)} Windows devices`),
      line(sentence(counts, total), { spacing: 'small' }),
      { type: 'Container', spacing: 'medium', items: escrowStatuses.map((status, place) => row(status, counts[status], total, place === 0)) },
      ...(total === 0 ? [] : [donut(plain`Devices by escrow status`, escrowStatuses.map((status) => ({ legend: plain`${escrowStatusWords[status].word}`, value: counts[status], color: colours[status] })))]),
      ...trendOf(days),
      ...manyKeys(overview),
      ...withoutSource(index.missing),
      note(ageOf(overview, index, now, viewer), { spacing: 'medium' }),
    ],
    [turnPage('Failed', 'failed', 0), turnPage('Missing', 'missing', 0), turnPage('Pending', 'pending', 0)],
  );
}

export const number = (count: number): string => count.toLocaleString('en-GB');

function sentence(counts: FleetCounts, total: number): Said {
  if (total === 0) return say`Entra ID has no Windows device yet.`;
  const safe = say`${number(counts.escrowed)} of them (${share(counts.escrowed, total)}) have their key in Entra ID.`;
  const lost = counts.failed === 0 ? say`None has failed.` : counts.failed === 1 ? say`One has failed: if it locks, nobody can open it.` : say`${number(counts.failed)} have failed: if one of these locks, nobody can open it.`;
  return together(safe, lost);
}

/** Never 100 % while one is missing, never 0 % while there is one. */
function share(count: number, total: number): string {
  const percent = Math.round((100 * count) / total);
  if (percent === 100 && count < total) return 'more than 99 %';
  return percent === 0 && count > 0 ? 'less than 1 %' : `${percent} %`;
}

const row = (status: EscrowStatusName, count: number, total: number, first: boolean): ColumnSet => ({
  type: 'ColumnSet',
  spacing: first ? 'none' : 'small',
  columns: [
    { type: 'Column', width: 'stretch', items: [line(say`${escrowStatusWords[status].sign} ${escrowStatusWords[status].word}`)] },
    { type: 'Column', width: 'auto', items: [line(total === 0 ? say`${number(count)}` : together(say`**${number(count)}**`, say`(${share(count, total)})`))] },
  ],
});

function trendOf(days: FleetOverview['days']): readonly Element[] {
  const [first] = days;
  const last = days.at(-1);
  if (first === undefined || last === undefined || first === last) return [];
  const points = (status: EscrowStatusName) => days.map(({ day, counts }) => ({ day, count: counts[status] }));
  const change = last.counts.failed - first.counts.failed;
  const since = say`Since ${first.day}:`;
  const words = change === 0 ? say`as many failed devices as then (${number(last.counts.failed)}).` : say`failed devices went from ${number(first.counts.failed)} to ${number(last.counts.failed)}.`;
  return [
    trend(plain`Failed and pending by day`, (['failed', 'pending'] as const).map((status) => ({ legend: plain`${escrowStatusWords[status].word}`, color: colours[status], points: points(status) }))),
    line(together(since, words), { spacing: 'small' }),
  ];
}

function manyKeys({ manyKeys: named, manyKeysCount: count }: FleetOverview): readonly Element[] {
  if (count === 0) return [];
  const names = joined(named.map(({ name, keyCount }) => say`**${name}** (${keyCount})`), ', ');
  const more = count > named.length ? [say`and ${number(count - named.length)} more.`] : [];
  return [box('warning', [line(say`▲ ${count === 1 ? 'One device has' : `${number(count)} devices have`} 150 or more of the 200 keys that Entra ID stores. A key that finds no room is lost:`), line(together(names, ...more), { spacing: 'small' })], { spacing: 'medium' })];
}

const sourceWords = {
  devices: 'the devices in Entra ID',
  managed: 'the devices in Intune',
  encryption: 'the encryption reports of Intune',
  keys: 'the list of keys in Entra ID',
} as const satisfies Record<SweepStream, string>;

/** Also on lists and readiness: what could not be read makes devices Unknown, and that is to be said. */
export const withoutSource = (missing: readonly SweepStream[]): readonly Element[] =>
  missing.length === 0 ? [] : [box('warning', [line(say`▲ The last sweep could not read ${missing.map((stream) => sourceWords[stream]).join(', ')}. What depends on it is Unknown.`)], { spacing: 'medium' })];

export const sweptWords = ({ sweptAt, running }: Swept, now: Instant, viewer: Viewer): Said =>
  together(say`As of ${when(sweptAt, now, viewer)} (${age(sweptAt, now)}).`, ...(running === undefined ? [] : [say`A new sweep is under way${running.share === undefined ? '' : `: ${Math.floor(100 * running.share)} %`}.`]));

const ageOf = ({ oldest }: FleetOverview, index: Swept, now: Instant, viewer: Viewer): Said =>
  together(sweptWords(index, now, viewer), ...(oldest === undefined ? [] : [say`The check-in that lies back longest: ${age(oldest, now)}.`]));
