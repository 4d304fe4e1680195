import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { systemClock } from '../config/system.ts';
import { type PersonId, parsePersonId } from '../domain/ids.ts';
import { type Instant, parseInstant, plusSeconds } from '../domain/instant.ts';
import type { Database } from '../store/database.ts';
import { type EntryOf, eraseOlder, erasePerson, nothing, oldTraces, type Traces, tracesOf } from '../store/erasing.ts';
import { type Command, type ExitCode, exitCodes, parseOptions, UsageError } from './command.ts';
import { withOwnersDatabase } from './owner.ts';

const help = `npm run audit -- erase --person ID [--before TIME] [--yes]
npm run audit -- erase --older-than DAYS [--yes]
  Erases names, reasons and tickets, as the owner of the tables (DATABASE_OWNER_URL). Entries stay, and verify calls what
  is gone erased. Requests that are over go with them; what is not over is left, and said. Each erasing is an entry.
  --person      beside entries by and about a person (object id in Entra), and in the person's requests and rotations
  --before      only what was recorded before: 2026-11-01 (midnight UTC) or 2026-11-01T08:00+01:00
  --older-than  beside all entries that are older
  --yes         does it; without it, says what would go, and asks where there is a terminal`;

const options = { person: { type: 'string' }, before: { type: 'string' }, 'older-than': { type: 'string' }, yes: { type: 'boolean' } } as const;

type Order = { readonly now: Instant; readonly before: Instant; readonly yes: boolean } & ({ readonly person: PersonId } | { readonly person?: never });

function readOrder(args: readonly string[]): Order {
  const { person: who, before: end, 'older-than': age, yes = false } = parseOptions(args, options);
  const now = systemClock.now();
  if ((who === undefined) === (age === undefined)) throw new UsageError('Say either --person or --older-than.');
  if (age !== undefined) {
    if (end !== undefined) throw new UsageError('--before goes with --person.');
    if (!/^[1-9]\d{0,4}$/.test(age)) throw new UsageError(`--older-than wants days from 1 to 99999, and got ${age}.`);
    return { now, yes, before: plusSeconds(now, -Number(age) * 86_400) };
  }
  const person = parsePersonId(who);
  if (person === undefined) throw new UsageError(`--person wants the object id of a person (a GUID), and got ${who}.`);
  const before = end === undefined ? now : parseInstant(end);
  if (before === undefined || before > now) throw new UsageError(`--before wants a day or a time with its zone that is past, and got ${end}.`);
  return { now, yes, person, before };
}

async function erase(database: Database, order: Order): Promise<ExitCode> {
  const { person, before } = order;
  const found = person === undefined ? await oldTraces(database, before) : await tracesOf(database, { person, before });
  const whose = person === undefined ? '' : ` about ${person}`;
  console.log(`Up to ${before}${whose}: ${inWords(found)}.`);
  tellOpen(found);
  if (isNothing(found)) {
    console.log('Nothing to erase.');
    return exitCodes.done;
  }
  if (!order.yes && !(await confirmed())) throw new UsageError('Nothing was erased. Say --yes to erase it; it cannot be brought back.');
  const gone = person === undefined ? await eraseOld(database, order) : await erasePerson(database, randomBytes, { person, before }, entryOf(order));
  console.log(`Erased: ${inWords(gone)}.${isNothing(gone) ? '' : ' It is in the ledger.'}`);
  return exitCodes.done;
}

const client = (): string => `${userInfo().username}@${hostname()}`;

const entryOf =
  ({ now, before, person }: Order): EntryOf =>
  (erased, count) => ({ time: now, act: 'erased', outcome: 'done', source: 'system', erased, count, to: before, ...(person && { subjectId: person }), client: client() });

/** In batches, each with its entries: what is done stays done when it is stopped in the middle. */
async function eraseOld(database: Database, order: Order): Promise<Traces> {
  let all = nothing;
  for (;;) {
    const gone = await eraseOlder(database, randomBytes, order.before, mostAtOnce, entryOf(order));
    if (isNothing(gone)) return all;
    all = { ...all, texts: all.texts + gone.texts, requests: all.requests + gone.requests, rotations: all.rotations + gone.rotations };
  }
}

const mostAtOnce = 10_000;

/** The terminal is asked, and nothing else: a script says what it means. */
async function confirmed(): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await terminal.question('It cannot be brought back. Type "erase" to erase it: ')).trim() === 'erase';
  } finally {
    terminal.close();
  }
}

const counted = (count: number, one: string, several: string): string => (count === 1 ? `1 ${one}` : `${count} ${several}`);

const isNothing = ({ texts, requests, rotations, refusals }: Traces): boolean => texts + requests + rotations + refusals === 0;

const inWords = ({ texts, requests, rotations, refusals }: Traces): string =>
  [
    `texts beside ${counted(texts, 'entry', 'entries')}`,
    counted(requests, 'request that is over', 'requests that are over'),
    counted(rotations, 'rotation that is over', 'rotations that are over'),
    ...(refusals > 0 ? [`words in ${counted(refusals, 'sum of refusals', 'sums of refusals')}`] : []),
  ].join(', ');

function tellOpen({ open }: Traces): void {
  if (open > 0) console.log(`Left, because ${open === 1 ? 'it is' : 'they are'} not over yet: ${counted(open, 'request or rotation', 'requests or rotations')}. Erase again when ${open === 1 ? 'it is' : 'they are'}.`);
}

export const eraseTexts: Command = {
  help,
  run: async (args, env) => {
    const order = readOrder(args);
    return withOwnersDatabase(env, (database) => erase(database, order));
  },
};
