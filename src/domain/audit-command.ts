// `audit …`, with `ledger …` for the same: what is asked of the ledger. The parts come in any order that people say
// them in; each is taken off the text by a pattern of its own, and what is left is the device or the person.

import { isDay } from './days.ts';
import { type KeyIdFragment, parseKeyIdFragment } from './device.ts';
import { parseGuid } from './ids.ts';
import { type AuditPeriod, type AuditQuestion, type AuditSubject, type PeriodUnit, periodUnits, type ReadingKind } from './reading.ts';

/** "the audit log for", "ledger of": blanks are single here, and "the" at the beginning is gone. */
const auditForm = /^(?:audit(?: ?(?:log|trail))?|ledger)(?: (?:entries|log))?(?: (?:for|of|about|on)(?= ))?(?: (?:the )?(?:device|computer|laptop|pc|machine)(?= ))?(?: (?<rest>.+))?$/i;
const longestName = 256;
const example = 'audit LAPTOP-42 last 7 days';

/** A question, or what to suggest in its place. */
export type AuditCommand = { readonly kind: 'audit'; readonly question: AuditQuestion } | { readonly kind: 'suggestion'; readonly nearest: string };

/** @returns undefined when the text is no question to the ledger */
export function parseAudit(words: string, isAddress: (text: string) => boolean): AuditCommand | undefined {
  const found = auditForm.exec(words);
  if (found === null) return undefined;
  const question = readQuestion(found.groups?.['rest'] ?? '', isAddress);
  return typeof question === 'string' ? { kind: 'suggestion', nearest: question } : { kind: 'audit', question };
}

/** The question, or what to suggest in its place. */
function readQuestion(rest: string, isAddress: (text: string) => boolean): AuditQuestion | string {
  const quoted = /^(?<quote>["'`])(?<name>.+?)\k<quote>(?: (?<more>.*))?$/.exec(rest)?.groups;
  const timed = takePeriod(quoted === undefined ? rest : (quoted['more'] ?? ''));
  if ('suggest' in timed) return timed.suggest;
  const keyed = takeKeyId(timed.rest);
  if (keyed === undefined) return 'audit id 1A2B3C4D';
  const { kind, rest: left } = takeKind(keyed.rest, quoted !== undefined);
  if (quoted !== undefined && left !== '') return `audit "${quoted['name'] ?? ''}"`;
  const subject = quoted === undefined ? subjectOf(left, isAddress) : namedSubject((quoted['name'] ?? '').trim(), isAddress);
  if (subject === 'unclear') return example;
  return {
    ...(subject && { subject }),
    ...(keyed.keyId && { keyId: keyed.keyId }),
    ...(kind && { kind }),
    ...(timed.period && { period: timed.period }),
  };
}

const unit = String.raw`(?<unit>minute|min|hour|hr|h|day|d|week|month)s?`;
const last = String.raw`(?:(?:in|for|during|over|from|of|within) )?(?:the )?(?:last|past|previous)(?: (?<count>\d{1,5}))? ?${unit}`;
const since = String.raw`(?:since|after|from) (?<since>\S+)`;
const between = String.raw`(?:from|between) (?<from>\S+) (?:to|until|till|and) (?<to>\S+)`;
const on = String.raw`(?:on )?(?<on>today|yesterday|\d{4}-\d{2}-\d{2})`;
const periods = [last, between, since, on];
/** At the end of the text, or at its beginning with "for" and the like behind it. */
const atEnd = periods.map((period) => new RegExp(`(?:^| )${period}$`, 'i'));
const atBeginning = periods.map((period) => new RegExp(`^${period}(?: (?:for|of|about|on)(?= ))?(?: |$)`, 'i'));

type Timed = { readonly rest: string; readonly period?: AuditPeriod } | { readonly suggest: string };

function takePeriod(text: string): Timed {
  const found = first(atEnd, text) ?? first(atBeginning, text);
  if (found === undefined) return { rest: text };
  const rest = `${text.slice(0, found.index)} ${text.slice(found.index + found[0].length)}`.trim();
  const period = periodOf(found.groups ?? {});
  return typeof period === 'string' ? { suggest: period } : { rest, period };
}

const first = (patterns: readonly RegExp[], text: string): RegExpExecArray | undefined =>
  patterns.map((pattern) => pattern.exec(text)).find((found) => found !== null) ?? undefined;

/** A period, or what to suggest where a date is none, or the two are turned round. */
function periodOf(groups: Readonly<Record<string, string | undefined>>): AuditPeriod | string {
  const { unit: written, count = '1' } = groups;
  if (written !== undefined) return Number(count) > 0 ? { kind: 'last', count: Number(count), unit: unitOf(written) } : 'audit last 7 days';
  const given = { since: groups['since']?.toLowerCase(), on: groups['on']?.toLowerCase(), from: groups['from']?.toLowerCase(), to: groups['to']?.toLowerCase() };
  const [from = '', to] = given.since !== undefined ? [given.since] : given.on !== undefined ? [given.on, given.on] : [given.from, given.to];
  if (!isDay(from) || (to !== undefined && !isDay(to))) return given.since === undefined ? 'audit from 2026-11-01 to 2026-11-07' : 'audit since 2026-11-01';
  if (to !== undefined && order(to) < order(from)) return `audit from ${to} to ${from}`;
  return { kind: 'days', from, ...(to !== undefined && { to }) };
}

/** Words for days come after all dates, and yesterday before today. */
const order = (day: string): string => ({ yesterday: 'y1', today: 'y2' })[day] ?? day;

const unitOf = (written: string): PeriodUnit => periodUnits.find((known) => known.startsWith(written.toLowerCase().slice(0, 2).replace('hr', 'ho'))) ?? 'day';

/** `id KEYID` anywhere; undefined when something else stands behind `id`. */
function takeKeyId(text: string): { readonly rest: string; readonly keyId?: KeyIdFragment } | undefined {
  const found = /(?:^| )(?:(?:with|for) )?(?:key )?id[ :#]+(?<id>[0-9a-z{}-]+(?: [0-9a-foil]{4}(?= |$))*)/i.exec(text);
  if (found === null) return /(?:^| )(?:key )?id$/i.test(text) ? undefined : { rest: text };
  const keyId = parseKeyIdFragment(found.groups?.['id'] ?? '');
  if (keyId === undefined) return undefined;
  return { keyId, rest: `${text.slice(0, found.index)} ${text.slice(found.index + found[0].length)}`.trim() };
}

const kindWords: readonly (readonly [RegExp, ReadingKind])[] = [
  [/^(?:refused|refusals|denied)$/i, 'refused'],
  [/^(?:revealed|reveals|shown)$/i, 'revealed'],
  [/^(?:rotations|rotated)$/i, 'rotations'],
  [/^alerts$/i, 'alerts'],
  [/^(?:exports|exported)$/i, 'exports'],
  [/^external$/i, 'external'],
];

/** The first or the last word, where it names a kind of entries; a device of such a name is put into quotes. */
function takeKind(text: string, quoted: boolean): { readonly kind?: ReadingKind; readonly rest: string } {
  const words = text === '' ? [] : text.split(' ');
  const kindOf = (word: string | undefined): ReadingKind | undefined => kindWords.find(([pattern]) => pattern.test(word ?? ''))?.[1];
  const ahead = kindOf(words[0]);
  if (ahead !== undefined) return { kind: ahead, rest: withoutLink(words.slice(1).join(' ')) };
  const behind = words.length > 1 || quoted ? kindOf(words.at(-1)) : undefined;
  return behind === undefined ? { rest: withoutLink(text) } : { kind: behind, rest: words.slice(0, -1).join(' ') };
}

const withoutLink = (text: string): string => text.replace(/^(?:for|of|about|on|by|from) (?=\S)/i, '');

function subjectOf(text: string, isAddress: (text: string) => boolean): AuditSubject | 'unclear' | undefined {
  if (text === '') return undefined;
  if (/^(?:me|mine|my own|my entries|my own entries|myself)$/i.test(text)) return { by: 'me' };
  if (/^(?:all|everything|everyone|everybody|all entries)$/i.test(text)) return { by: 'all' };
  return namedSubject(text.replace(/^(?:the )?(?:device|computer|laptop|pc|machine) (?=\S)/i, ''), isAddress);
}

function namedSubject(name: string, isAddress: (text: string) => boolean): AuditSubject | 'unclear' {
  const id = parseGuid(name.replaceAll(/[{}]/g, ''));
  if (id !== undefined) return { by: 'guid', id };
  if (name.length > longestName || !/[\p{L}\p{N}]/u.test(name)) return 'unclear';
  return isAddress(name) ? { by: 'person', who: name } : { by: 'device', name };
}

