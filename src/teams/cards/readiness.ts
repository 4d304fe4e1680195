// `check A, B, C`: which of these could be recovered today, and which not. The ones that could not come first.

import type { Readiness, ReadinessAnswer, ReadinessReport, ReadinessRow } from '../../domain/ask-for-fleet.ts';
import { mostChecked } from '../../domain/fleet-command.ts';
import type { Instant } from '../../domain/instant.ts';
import type { Viewer } from '../../domain/request.ts';
import { type CardMessage, type ColumnSet, type Element, heading, line, message, note } from './card.ts';
import { plain, type Said, say } from './escape.ts';
import { groupsOf, type Limits, namesOf } from './fleet-groups.ts';
import { number, sweptWords, withoutSource } from './fleet-status.ts';
import { age } from './times.ts';

type Checked = Extract<ReadinessAnswer, { kind: 'readiness' }> & { readonly viewer: Viewer; readonly now: Instant; readonly names?: number };

const words = {
  ready: '✓ Ready: the key is in Entra ID',
  doubtful: '▲ Doubtful: the key may be stale',
  'not-ready': '✕ Not ready: no key in Entra ID',
  gone: '✕ Deleted in Entra ID, the keys too',
  'no-such-name': '? No device of this name',
} as const satisfies Record<Readiness, string>;
const order = ['ready', 'doubtful', 'not-ready', 'gone', 'no-such-name'] as const satisfies readonly Readiness[];

const mostGroups = 6;
/** Of one kind on the card; the rest is counted, and stands in the file. */
export const mostNames = 7;

export function readinessCard({ report, index, viewer, now, names = mostNames }: Checked): CardMessage {
  const { rows, counts } = report;
  const all = counts.ready === rows.length;
  return message(
    plain`${number(counts.ready)} of ${number(rows.length)} could be recovered today.`,
    [
      heading(all ? say`✓ ${rows.length === 1 ? 'This device' : `All ${number(rows.length)}`} could be recovered today` : say`${number(counts.ready)} of ${number(rows.length)} could be recovered today`),
      line(all ? say`You can go on.` : say`Wait with those that are not ready: if one asks for its key at the restart, nobody can help from here.`, { spacing: 'small' }),
      { type: 'Container', spacing: 'medium', items: order.filter((readiness) => counts[readiness] > 0).map((readiness, place) => row(readiness, counts[readiness], place === 0)) },
      ...withoutSource(index.missing),
      ...unready(report, now, { groups: mostGroups, names }),
      ...(counts.ready > 0 && !all ? block(say`**Ready:**`, namesAs(rows, 'ready'), names, 'ready') : []),
      note(sweptWords(index, now, viewer), { spacing: 'medium' }),
    ],
  );
}

/** Too many to be looked at: how to ask instead. */
export const tooManyNamesCard = ({ count }: { readonly count: number }): CardMessage =>
  message(plain`${number(count)} names are more than I check at once.`, [
    heading(say`${number(count)} names are more than I check at once`),
    line(say`I check up to ${mostChecked} names in one message. Nothing was checked.`, { spacing: 'small' }),
    line(say`Send them in parts. Which devices have no key, over the whole fleet: **missing**`),
  ]);

const row = (readiness: Readiness, count: number, first: boolean): ColumnSet => ({
  type: 'ColumnSet',
  spacing: first ? 'none' : 'small',
  columns: [
    { type: 'Column', width: 'stretch', items: [line(say`${words[readiness]}`)] },
    { type: 'Column', width: 'auto', items: [line(say`**${number(count)}**`)] },
  ],
});

const namesAs = (rows: readonly ReadinessRow[], readiness: Readiness): readonly string[] => rows.filter((row) => row.readiness === readiness).map(({ name }) => name);

const block = (title: Said, names: readonly string[], most: number, id: string): readonly Element[] =>
  names.length === 0 ? [] : [{ type: 'Container', spacing: 'medium', separator: true, items: [line(title), ...namesOf(names, most, `${id}0`)] }];

function unready({ rows }: ReadinessReport, now: Instant, limits: Limits): readonly Element[] {
  const devices = (readiness: Readiness) => rows.filter((row) => row.readiness === readiness).flatMap((row) => row.devices);
  const twins = rows.filter((row) => row.readiness === 'not-ready' && row.devices.length > 1).map(({ name }) => name);
  const [goneFirst] = devices('gone').flatMap(({ deletedAt }) => deletedAt ?? []).sort();
  return [
    ...groupsOf(devices('not-ready').filter(({ status }) => status !== 'escrowed'), limits, 'unready'),
    ...groupsOf(devices('doubtful').filter(({ warnings }) => warnings.includes('maybe-stale')), limits, 'doubtful'),
    ...block(say`**Several devices carry these names**, and one of them is not ready:`, twins, limits.names, 'twins'),
    ...block(goneFirst === undefined ? say`**Deleted in Entra ID:**` : say`**Deleted in Entra ID** (seen ${age(goneFirst, now)}):`, namesAs(rows, 'gone'), limits.names, 'gone'),
    ...block(say`**No device of this name** in Entra ID, or one younger than my index:`, namesAs(rows, 'no-such-name'), limits.names, 'nobody'),
  ];
}
