// All that Keydesk leaves behind or sends, as text: what a secret is looked for in.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import type { Instance } from './instance.ts';
import type { Surroundings } from './surroundings.ts';

/** The text of each place, by the name of the place. */
export type Everything = ReadonlyMap<string, string>;

export interface Watch {
  /** What went to standard output and error since the watch began. */
  written(): string;
  stop(): void;
}

/** The console belongs to Keydesk as well: libraries write to it. */
export function watchConsole(): Watch {
  const pieces: string[] = [];
  const before = [process.stdout, process.stderr].map((stream) => ({ stream, write: stream.write.bind(stream) }));
  for (const { stream, write } of before) {
    stream.write = (chunk: string | Uint8Array, ...rest: readonly unknown[]) => {
      pieces.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
      return Boolean(Reflect.apply(write, stream, [chunk, ...rest]));
    };
  }
  return {
    written: () => pieces.join(''),
    stop: () => {
      for (const { stream, write } of before) stream.write = write;
    },
  };
}

export async function everythingOf({ connector, database, simulator }: Surroundings, instances: readonly Pick<Instance, 'url' | 'logLines'>[]): Promise<Map<string, string>> {
  const health = await Promise.all(instances.flatMap(({ url }) => ['/readyz', '/healthz', '/nowhere'].map((path) => textAt(`${url}${path}`))));
  return new Map([
    ['messages and calls to Teams', JSON.stringify(connector.calls) + connector.calls.map(({ raw }) => raw).join('\n')],
    ['requests to Graph and Entra', JSON.stringify(simulator.requests.list())],
    ['the log', instances.flatMap(({ logLines }) => logLines).join('')],
    ['every table of the database', await dumpOf(database.ownerUrl)],
    ['the health pages', health.join('\n')],
    ['a diagnostic report of the process', reportOfProcess()],
  ]);
}

async function textAt(url: string): Promise<string> {
  const answer = await fetch(url);
  return JSON.stringify([...answer.headers]) + (await answer.text());
}

function reportOfProcess(): string {
  // Younger than the types of Node: without it the report looks up the names of all peers.
  Reflect.set(process.report, 'excludeNetwork', true);
  return JSON.stringify(process.report.getReport());
}

/** Every row of every table that is not PostgreSQL's own, bytes as text and as they are stored. */
async function dumpOf(ownerUrl: string): Promise<string> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `select format('%I.%I', table_schema, table_name) as name from information_schema.tables where table_schema not in ('pg_catalog', 'information_schema')`,
    );
    const pieces: string[] = [];
    for (const { name } of rows) {
      const table = await client.query<Record<string, unknown>>(`select t.*, t::text as whole_row from ${name} t`);
      pieces.push(name, ...table.rows.map((row) => Object.values(row).map(asText).join('\n')));
    }
    return pieces.join('\n');
  } finally {
    await client.end();
  }
}

const asText = (value: unknown): string => (value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

/** Files of the database server that hold one of the texts: tables as they lie on disk, the write-ahead log, the server's log. */
export async function serverFilesHolding(ownerUrl: string, needles: readonly string[]): Promise<readonly string[]> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query('checkpoint');
    const { rows } = await client.query<{ data_directory: string }>('show data_directory');
    const folder = dirname(rows[0]?.data_directory ?? '');
    const bytes = needles.map((needle) => Buffer.from(needle));
    return filesBelow(folder).filter((file) => {
      const content = contentUnlessGone(file);
      return content !== undefined && bytes.some((needle) => content.includes(needle));
    });
  } finally {
    await client.end();
  }
}

/** The server writes and removes files of its own while they are listed: caches, old parts of the log. One that is gone holds nothing. */
const contentUnlessGone = (file: string): Buffer | undefined => unlessGone(() => readFileSync(file));

function unlessGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return unlessGone(() => filesBelow(path)) ?? [];
    return entry.isFile() && (unlessGone(() => statSync(path).size) ?? 0) > 0 ? [path] : [];
  });
