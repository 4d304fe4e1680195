// Questions about the fleet, answered by the index alone: how many, which ones, and whether a list of devices could be
// recovered today. Each says how old the index is. Look-ups are asks: in the ledger, and for people with a role.

import { type Asker, type Desk, entry, refuse } from './desk.ts';
import { type FleetDevice, type FleetList, foldedName, type FleetOverview, type FleetPage, type IndexState } from './fleet.ts';
import type { Instant } from './instant.ts';
import { notingFailure } from './ask-for-key.ts';
import { permits } from './person.ts';
import type { Refusal } from './refusal.ts';

type Refused = { readonly kind: 'refused'; readonly refusal: Refusal };
/** The index, and when it was last brought up to date. */
export type Swept = IndexState & { readonly sweptAt: Instant };

export type OverviewAnswer = { readonly kind: 'overview'; readonly overview: FleetOverview; readonly index: Swept } | Refused;
export type ListAnswer = { readonly kind: 'list'; readonly list: FleetList; readonly page: number; readonly pages: number; readonly found: FleetPage; readonly index: Swept } | Refused;
export type ReadinessAnswer = { readonly kind: 'readiness'; readonly report: ReadinessReport; readonly index: Swept } | { readonly kind: 'too-many'; readonly count: number } | Refused;

const trendDays = 30;
export const devicesOnPage = 10;
/** No fleet has more; a position beyond it was not ours. */
const mostPages = 100_000;

export const askForOverview = (desk: Desk, asker: Asker): Promise<OverviewAnswer> =>
  asking(desk, asker, 'status', async (index) => ({ kind: 'overview', overview: await desk.fleet.overview(trendDays), index }));

export const askForList = (desk: Desk, asker: Asker, list: FleetList): Promise<ListAnswer> => asking(desk, asker, list, (index) => pageOf(desk, list, 0, index));

/** Another page of a list, from a button. What the button says is checked; the role is looked at again. */
export async function turnPage(desk: Desk, press: Asker & { readonly trigger: 'manual' | 'automatic' }, list: FleetList | undefined, page: number | undefined): Promise<ListAnswer> {
  const no = async (code: Refusal['code']): Promise<Refused> => ({ kind: 'refused', refusal: await refuse(desk, press, code) });
  if (press.trigger !== 'manual') return no('automatic-refresh');
  if (press.conversation !== 'personal') return no('wrong-conversation');
  if (list === undefined || page === undefined || !Number.isInteger(page) || page < 0 || page > mostPages) return no('card-changed');
  const index = await allowed(desk, press, list);
  return 'kind' in index ? index : pageOf(desk, list, page, index);
}

async function pageOf(desk: Desk, list: FleetList, page: number, index: Swept): Promise<ListAnswer> {
  const at = (wanted: number): Promise<FleetPage> => desk.fleet.list(list, { skip: wanted * devicesOnPage, take: devicesOnPage });
  const found = await at(page);
  const pages = Math.max(1, Math.ceil(found.total / devicesOnPage));
  // The list has become shorter since the card was drawn.
  return page < pages ? { kind: 'list', list, page, pages, found, index } : { kind: 'list', list, page: pages - 1, pages, found: await at(pages - 1), index };
}

/** `doubtful`: a key is there and may not be the one. `gone`: deleted in Entra, and its keys with it. */
export type Readiness = 'ready' | 'doubtful' | 'not-ready' | 'gone' | 'no-such-name';

export interface ReadinessRow {
  /** As typed. */
  readonly name: string;
  readonly readiness: Readiness;
  /** All devices of the name; of several, the name is as ready as the worst of them. */
  readonly devices: readonly (FleetDevice & { readonly deletedAt?: Instant })[];
}

/** Every name that was asked for, in its order: what the card shows the beginning of, and a file may hold whole. */
export interface ReadinessReport {
  readonly rows: readonly ReadinessRow[];
  readonly counts: Readonly<Record<Readiness, number>>;
}

export async function askForReadiness(desk: Desk, asker: Asker, names: readonly string[], count: number): Promise<ReadinessAnswer> {
  return asking<ReadinessAnswer>(desk, asker, `check (${count} names)`, async (index) => {
    if (names.length === 0) return { kind: 'too-many', count };
    return { kind: 'readiness', report: await readinessOfNames(desk, names), index };
  });
}

/** By the index as it is now. */
export const readinessOfNames = async (desk: Desk, names: readonly string[]): Promise<ReadinessReport> => reportOn(names, await desk.fleet.withNames(names.map(foldedName)));

function reportOn(names: readonly string[], found: Awaited<ReturnType<Desk['fleet']['withNames']>>): ReadinessReport {
  const byName = Map.groupBy(found, ({ folded }) => folded);
  const rows = names.map((name): ReadinessRow => {
    const all = byName.get(foldedName(name)) ?? [];
    const there = all.filter(({ deletedAt }) => deletedAt === undefined);
    return { name, readiness: readinessOf(all, there), devices: there.length > 0 ? there : all };
  });
  const countOf = (readiness: Readiness): number => rows.filter((row) => row.readiness === readiness).length;
  return { rows, counts: { ready: countOf('ready'), doubtful: countOf('doubtful'), 'not-ready': countOf('not-ready'), gone: countOf('gone'), 'no-such-name': countOf('no-such-name') } };
}

function readinessOf(all: readonly FleetDevice[], there: readonly FleetDevice[]): Readiness {
  if (all.length === 0) return 'no-such-name';
  if (there.length === 0) return 'gone';
  if (there.some(({ status }) => status !== 'escrowed')) return 'not-ready';
  return there.some(({ warnings }) => warnings.includes('maybe-stale')) ? 'doubtful' : 'ready';
}

/** Who may, from an index that is there; then the answer, and the entry. */
async function asking<T>(desk: Desk, asker: Asker, asked: string, answer: (index: Swept) => Promise<T>): Promise<T | Refused> {
  return notingFailure(desk, asker, { asked }, async () => {
    const index = await allowed(desk, asker, asked);
    if ('kind' in index) return index;
    const given = await answer(index);
    await desk.ledger.append({ ...entry(desk, asker, { asked }), act: 'asked', outcome: 'done' });
    return given;
  });
}

async function allowed(desk: Desk, asker: Asker, asked: string): Promise<Swept | Refused> {
  const no = async (code: Refusal['code'], facts: Refusal['facts'] = {}): Promise<Refused> => ({ kind: 'refused', refusal: await refuse(desk, asker, code, { asked, ...facts }, { asked }) });
  const [roles, state] = await Promise.all([desk.roles.recent(asker.person.id, desk.deadlines.ask()), desk.fleet.state()]);
  if (!permits(roles, 'look-up', desk.settings)) return no('no-role');
  const { sweptAt } = state;
  if (sweptAt === undefined) return no('index-not-ready', state.running === undefined ? {} : { indexing: state.running });
  return { ...state, sweptAt };
}
