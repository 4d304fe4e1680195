import { z } from 'zod';
import { graphOrigin } from './last-hop.ts';
import type { Ask, Question, Reply } from './ask.ts';

/** Turns one entry of a list into a noun of ours; undefined when it is not what Graph promises. */
export type Entry<T> = (raw: unknown) => T | undefined;

/** Asks for the first page, or for a next one exactly as Graph named it. */
export type AskPage = (exactUrl?: string) => Promise<Reply>;

/** What a page brings that was not on a page before it. */
export interface Page {
  /** As they came. One without an `id` is always new, and whoever reads it decides what it is worth. */
  readonly fresh: readonly { readonly index: number; readonly id?: string; readonly raw: unknown }[];
  readonly reply: Reply;
}

const page = z.object({ value: z.array(z.unknown()), '@odata.nextLink': z.string().nullish() });
const identified = z.object({ id: z.string().min(1) });
const mostPages = 100;

/**
 * Walks over a list, page by page. `take` is waited for before the next page is asked for, so that what it took stays
 * good whatever comes behind; when it answers false, nothing further is asked. A body that is no list, a page that leads
 * elsewhere, back, or to what was seen already, and more than 100 pages are `graph-nonsense`. An empty page with a next
 * one is Graph's custom.
 */
export async function eachPage(askPage: AskPage, take: (page: Page) => Promise<boolean> | boolean): Promise<void> {
  const ids = new Set<string>();
  const links = new Set<string>();
  let reply = await askPage();
  for (;;) {
    const { fresh, next } = read(reply, ids);
    if (!(await take({ fresh, reply })) || next === undefined) return;
    if (!isNextPage(next)) throw reply.nonsense('the next page is on another host');
    if (links.has(next)) throw reply.nonsense('the pages run in a circle');
    if (links.size + 1 >= mostPages) throw reply.nonsense('the pages do not end');
    links.add(next);
    reply = await askPage(next);
  }
}

/** All entries of a list, each once by its `id`, which every `$select` must therefore name. Complete, or a Fault. */
export async function allPages<T>(ask: Ask, question: Question, entry: Entry<T>): Promise<readonly T[]> {
  const found: T[] = [];
  const askPage: AskPage = (exactUrl) => ask(exactUrl === undefined ? question : { ...question, exactUrl });
  await eachPage(askPage, (one) => {
    found.push(...nounsIn(one, entry));
    return true;
  });
  return found;
}

/** The first page only, where an answer need not be whole ("did you mean"). */
export async function firstPage<T>(ask: Ask, question: Question, entry: Entry<T>): Promise<readonly T[]> {
  const reply = await ask(question);
  return nounsIn({ fresh: read(reply, new Set()).fresh, reply }, entry);
}

function nounsIn<T>({ fresh, reply }: Page, entry: Entry<T>): readonly T[] {
  return fresh.map(({ index, id, raw }) => {
    const noun = id === undefined ? undefined : entry(raw);
    if (noun === undefined) throw reply.nonsense(`entry ${index} of the list is not as promised`);
    return noun;
  });
}

/** @param ids of what was seen so far; those of this page are added */
function read(reply: Reply, ids: Set<string>): { readonly fresh: Page['fresh']; readonly next: string | undefined } {
  const parsed = page.safeParse(reply.body);
  if (!parsed.success) throw reply.nonsense(`the list is not as promised (${where(parsed.error)})`);
  const { value, '@odata.nextLink': next } = parsed.data;
  const fresh: { index: number; id?: string; raw: unknown }[] = [];
  for (const [index, raw] of value.entries()) {
    const id = identified.safeParse(raw).data?.id;
    if (id !== undefined && ids.has(id)) continue;
    if (id !== undefined) ids.add(id);
    fresh.push({ index, raw, ...(id !== undefined && { id }) });
  }
  if (value.length > 0 && fresh.length === 0) throw reply.nonsense('a page came twice');
  return { fresh, next: next ?? undefined };
}

/** The names of the fields that do not fit; never what stood there. */
const where = (error: z.ZodError): string => error.issues.slice(0, 3).map((issue) => issue.path.join('.')).join(', ');

// The bearer goes where the link leads. The prefix is compared as text and as a URL, for what a parser makes of
// `https://graph.microsoft.com/@evil.example` or a tab in the middle is not what the eye sees.
export function isNextPage(link: string, version: 'v1.0' | 'beta' = 'v1.0'): boolean {
  if (!link.startsWith(`${graphOrigin}/${version}/`) || !/^[\x21-\x7e]+$/.test(link)) return false;
  const url = URL.parse(link);
  return url !== null && url.origin === graphOrigin && url.username === '' && url.password === '';
}
