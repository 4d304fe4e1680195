import { z } from 'zod';
import { graphOrigin } from './last-hop.ts';
import type { Ask, Question, Reply } from './ask.ts';

/** Turns one entry of a list into a noun of ours; undefined when it is not what Graph promises. */
export type Entry<T> = (raw: unknown) => T | undefined;

const page = z.object({ value: z.array(z.looseObject({ id: z.string().min(1) })), '@odata.nextLink': z.string().nullish() });
const mostPages = 100;

/**
 * All entries of a list, over all its pages, each once (by `id`, which every `$select` must therefore name). An
 * answer is complete or a Fault: one entry that cannot be parsed, a page that leads elsewhere, back, or to what was
 * seen already, and more than 100 pages are `graph-nonsense`. An empty page with a next one is Graph's custom.
 */
export async function allPages<T>(ask: Ask, question: Question, entry: Entry<T>): Promise<readonly T[]> {
  const found = new Map<string, T>();
  const links = new Set<string>();
  let reply = await ask(question);
  for (;;) {
    const next = takePage(reply, entry, found);
    if (next === undefined) return [...found.values()];
    if (!isNextPage(next)) throw reply.nonsense('the next page is on another host');
    if (links.has(next)) throw reply.nonsense('the pages run in a circle');
    if (links.size + 1 >= mostPages) throw reply.nonsense('the pages do not end');
    links.add(next);
    reply = await ask({ ...question, exactUrl: next });
  }
}

function takePage<T>(reply: Reply, entry: Entry<T>, found: Map<string, T>): string | undefined {
  const parsed = page.safeParse(reply.body);
  if (!parsed.success) throw reply.nonsense(`the list is not as promised (${where(parsed.error)})`);
  const { value, '@odata.nextLink': next } = parsed.data;
  const before = found.size;
  for (const [index, raw] of value.entries()) {
    const noun = entry(raw);
    if (noun === undefined) throw reply.nonsense(`entry ${index} of the list is not as promised`);
    if (!found.has(raw.id)) found.set(raw.id, noun);
  }
  if (value.length > 0 && found.size === before) throw reply.nonsense('a page came twice');
  return next ?? undefined;
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

/** The first page only, where an answer need not be whole ("did you mean"). */
export async function firstPage<T>(ask: Ask, question: Question, entry: Entry<T>): Promise<readonly T[]> {
  const found = new Map<string, T>();
  takePage(await ask(question), entry, found);
  return [...found.values()];
}
