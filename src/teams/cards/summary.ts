// What happened with recovery keys within a period, for many who read: numbers, and names only where the installation
// wants them. Drawn for a phone: numbers first, then why, then what wants a closer look, then what is to be kept.

import type { NamedPerson, Summary } from '../../domain/channel.ts';
import type { AlertKind } from '../../domain/ledger-entry.ts';
import type { Viewer } from '../../domain/request.ts';
import { alertTitles } from './alert-words.ts';
import { box, type CardMessage, type Element, facts, heading, line, message, note, verbatimLines } from './card.ts';
import { bars } from './charts.ts';
import { cleanText, joined, plain, type Said, say, together } from './escape.ts';
import { period as periodWords } from './times.ts';
import { reasonWords, sourceWords } from './words.ts';

export interface SummaryDrawing {
  readonly summary: Summary;
  /** Of the channel, or of the one who asked. */
  readonly viewer: Viewer;
}

export function summaryCard({ summary, viewer }: SummaryDrawing): CardMessage {
  const { counts, period } = summary;
  const span = periodWords(period, viewer);
  return message(plain`Recovery keys: ${times(counts.reveals, 'key')} shown, ${counts.refused} refused. ${span}`, [
    heading(say`Recovery keys: ${counts.reveals} shown`),
    note(say`${span}`, { spacing: 'none' }),
    numbers(summary),
    ...reasons(summary),
    ...people(summary),
    ...closerLook(summary, viewer),
    ...bothRoles(summary),
    ...checkpoint(summary),
  ]);
}

const times = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
const countOf = ({ counts }: Summary, kind: AlertKind): number => counts.alerts.find((alert) => alert.kind === kind)?.count ?? 0;

/** Rows that are nothing are left out, but for what was shown and refused: there a nothing says something. */
function numbers(summary: Summary): Element {
  const { counts } = summary;
  const { people: { all, most }, rotations } = counts;
  const top = most[0]?.count ?? 0;
  const shown = counts.reveals === 0 ? say`none` : all === 1 ? say`${counts.reveals}, to 1 person` : say`${counts.reveals}, to ${all} people, at most ${top} to one`;
  const parts = (...listed: readonly (readonly [count: number, words: string])[]): Said | undefined => {
    const found = listed.filter(([count]) => count > 0).map(([count, words]) => say`${count} ${words}`);
    return found.length === 0 ? undefined : joined(found, ', ');
  };
  const sources = counts.sources.filter(({ source }) => source !== 'teams');
  return facts(
    {
      Shown: shown,
      From: sources.length === 0 ? undefined : joined(counts.sources.map(({ source, count }) => say`${sourceWords[source]} ${count}`), ', '),
      Refused: counts.refused === 0 ? say`none` : say`${counts.refused}`,
      Rotated: parts([rotations.done, 'done'], [rotations.failed, 'failed'], [rotations.overdue, 'overdue']),
      Elsewhere: parts([counts.externalReads, 'read outside Keydesk']),
      Exported: parts([counts.exports, counts.exports === 1 ? 'time' : 'times']),
      Erased: parts([counts.erasures, counts.erasures === 1 ? 'time' : 'times']),
    },
    { spacing: 'medium' },
  );
}

const shortReason = (reason: Summary['counts']['reasons'][number]['reason']): string => (reason === 'other' ? 'Other' : reasonWords[reason]);

/** As bars, and the same in a sentence. */
function reasons({ counts }: Summary): readonly Element[] {
  const rows = counts.reasons.map(({ reason, count }) => ({ name: shortReason(reason), count }));
  if (rows.length === 0) return [];
  const sentence = line(together(say`Reasons:`, joined(rows.map(({ name, count }) => say`${name} ${count}`), ', ')), { spacing: 'medium' });
  return rows.length === 1 ? [sentence] : [bars(plain`Keys shown, by reason`, rows, { spacing: 'medium' }), sentence];
}

function people({ people: listed, counts }: Summary): readonly Element[] {
  const named = listed.filter(({ name }) => name !== undefined);
  if (named.length === 0) return [];
  const others = counts.people.all - named.length;
  const texts = named.map(({ name, count }) => say`${cleanText(name ?? '', 40)} ${count}`);
  return [line(together(say`Shown to:`, joined(others > 0 ? [...texts, say`${others} more`] : texts, ', ')), { spacing: 'small' })];
}

const explained: readonly AlertKind[] = ['unexplained-read', 'reveal-without-read'];

/** What somebody should act on, in one box. */
function closerLook(summary: Summary, viewer: Viewer): readonly Element[] {
  const { counts, uncertain } = summary;
  const unexplained = countOf(summary, 'unexplained-read');
  const unread = countOf(summary, 'reveal-without-read');
  const others = counts.alerts.filter(({ kind }) => !explained.includes(kind));
  const texts: readonly Said[] = [
    ...(unexplained > 0 ? [say`**${times(unexplained, 'read')} that nobody asked for here**: a key was read with Keydesk's own identity.`] : []),
    ...(counts.externalReads > 0 ? [say`${times(counts.externalReads, 'key')} read in the portals or by another program: in the ledger as seen in Entra only.`] : []),
    ...(unread > 0 ? [say`${times(unread, 'reveal')} that Entra's own log does not know of.`] : []),
    ...(counts.rotations.overdue > 0 ? [say`${times(counts.rotations.overdue, 'rotation')} overdue: the key that was shown still opens the device.`] : []),
    ...others.map(({ kind, count }) => count === 1 ? say`Alert: ${alertTitles[kind]}` : say`Alert: ${alertTitles[kind]} (${count} times)`),
    ...uncertain.map((period) => say`Whether the summary for ${periodWords(period, viewer)} was posted is not known. If it does not stand above, its numbers are in the ledger.`),
  ];
  if (texts.length === 0) return [];
  return [box('warning', [line(say`Worth a closer look`, { weight: 'bolder' }), ...texts.map((text) => line(text, { spacing: 'small' }))], { spacing: 'medium' })];
}

const nameOf = ({ id, name }: NamedPerson): string => cleanText(name ?? id, 60);

/** Who reads the ledger and writes it too is said each time, whatever else is named. */
function bothRoles({ both }: Summary): readonly Element[] {
  if (both === 'unknown') return [line(say`Who is both admin and auditor could not be checked: Entra ID did not answer.`, { spacing: 'medium' })];
  if (both.length === 0) return [];
  return [line(together(say`Both admin and auditor:`, joined(both.slice(0, 20).map((person) => say`**${nameOf(person)}**`), ', '), ...(both.length > 20 ? [say`and ${both.length - 20} more`] : [])), { spacing: 'medium' })];
}

function checkpoint({ checkpoint: signed }: Summary): readonly Element[] {
  const title = line(say`Checkpoint of the ledger`, { weight: 'bolder', spacing: 'medium', separator: true });
  if (signed === undefined) {
    return [title, line(say`**There is none today: the ledger could not be signed.** Run: npm run audit -- verify`, { spacing: 'small' })];
  }
  return [
    title,
    ...verbatimLines(signed),
    note(say`Keep a copy outside of Keydesk. Saved as a file, it shows later whether the ledger is still the one of today: npm run audit -- verify --checkpoint FILE`, { spacing: 'small' }),
  ];
}
