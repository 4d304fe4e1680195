// The REST API: a page of the list at 100,000 devices against bare restify routes that send the same bytes, one that holds
// them and one that reads them; and a file of the whole ledger: when its first byte comes, and what memory it takes.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { createFiller } from './ledger-rows.ts';
import { start, type Started } from './processes.ts';
import { atLeast, atMost, median, type Row } from './row.ts';
import { startKeydesk, startSurroundings } from './surroundings.ts';
import { startSwept } from './sweep.ts';

const devices = 100_000;
/** A script reads one page after the other: it gets the place of the next with the one before. And several of them at once. */
const readers = [1, 8] as const;
const pairs = 5;
const roundMs = 2000;
const warmUpMs = 3000;
const list = '/api/devices/security/bitlocker/keys';

async function tokenFrom(simUrl: string): Promise<string> {
  const answer = await fetch(`${simUrl}/_sim/token`, { method: 'POST', body: JSON.stringify({ as: 'app', roles: ['Keys.List', 'Audit.Read'] }) });
  return String(Object(await answer.json()).access_token);
}

/** @returns answers a second. Throws at one that is not the bytes expected. */
async function load(origin: string, token: string, { bytes, inFlight, forMs }: { readonly bytes: number; readonly inFlight: number; readonly forMs: number }): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: inFlight });
  const begun = performance.now();
  let done = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() - begun < forMs) {
      const { status, length } = await fetched(`${origin}${list}?limit=100`, token, agent);
      if (status !== 200 || length !== bytes) throw new Error(`${origin} answered ${status} with ${length} bytes instead of ${bytes}`);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  agent.destroy();
  return (done * 1000) / (performance.now() - begun);
}

interface Fetched {
  readonly status: number | undefined;
  readonly length: number;
  readonly firstMs: number;
}

function fetched(url: string, token: string, agent: Agent, headers: Readonly<Record<string, string>> = {}): Promise<Fetched> {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const request = get(url, { agent, headers: { authorization: `Bearer ${token}`, ...headers } }, (response) => {
      let length = 0;
      let firstMs = 0;
      response.on('data', (chunk: Buffer) => {
        if (length === 0) firstMs = performance.now() - begun;
        length += chunk.length;
      });
      response.on('end', () => resolve({ status: response.statusCode, length, firstMs }));
      response.on('error', reject);
    });
    request.on('error', reject);
  });
}

export async function apiListRows(say: (progress: string) => void): Promise<readonly Row[]> {
  await using stack = new AsyncDisposableStack();
  const { surroundings, keydesk, seconds } = await startSwept(devices, stack, { api: true });
  say(`api-list: ${devices} devices were swept in ${seconds.toFixed(0)} s`);
  const token = await tokenFrom(surroundings.simUrl);
  const body = await (await fetch(`${keydesk.origin}${list}?limit=100`, { headers: { authorization: `Bearer ${token}` } })).text();
  const folder = await mkdtemp(join(tmpdir(), 'keydesk-bench-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'page.json');
  await writeFile(file, body);
  const bareRoute = async (env: Readonly<Record<string, string>>): Promise<Started> => {
    const route = await start({ file: new URL('./bare-route.ts', import.meta.url), args: (port) => [String(port), file], env });
    stack.defer(() => route.stop());
    return route;
  };
  const [bare, reading] = [await bareRoute({}), await bareRoute({ DATABASE_URL: surroundings.databaseUrl })];
  const bytes = Buffer.byteLength(body);
  const origins = { bare: bare.origin, reading: reading.origin, keydesk: keydesk.origin };
  const rows: Row[] = [];
  for (const inFlight of readers) {
    const answersOf = (which: keyof typeof origins, forMs: number): Promise<number> => load(origins[which], token, { bytes, inFlight, forMs });
    for (const which of ['bare', 'reading', 'keydesk'] as const) await answersOf(which, warmUpMs);
    const rounds: Readonly<Record<keyof typeof origins, number>>[] = [];
    for (let round = 1; round <= pairs; round += 1) {
      const one = { bare: await answersOf('bare', roundMs), reading: await answersOf('reading', roundMs), keydesk: await answersOf('keydesk', roundMs) };
      rounds.push(one);
      say(`api-list, ${inFlight} at a time, round ${round} of ${pairs}: bare ${one.bare.toFixed(0)}/s, one that reads ${one.reading.toFixed(0)}/s, Keydesk ${one.keydesk.toFixed(0)}/s`);
    }
    const perSecond = (which: keyof typeof origins): string => `${median(rounds.map((round) => round[which])).toFixed(0)}/s`;
    const figure = `GET …/keys?limit=100, ${devices.toLocaleString('en')} devices, ${(bytes / 1024).toFixed(0)} KiB, ${inFlight} at a time`;
    rows.push(
      { figure, ours: perSecond('keydesk'), yardstick: `${perSecond('bare')} bare restify that holds the bytes`, ...atLeast(0.3, median(rounds.map((round) => round.keydesk / round.bare))) },
      { figure: 'the same', ours: perSecond('keydesk'), yardstick: `${perSecond('reading')} bare restify that reads them with the same statement`, ...atLeast(0.4, median(rounds.map((round) => round.keydesk / round.reading))) },
    );
  }
  return rows;
}

export async function apiExportRows(say: (progress: string) => void, note: (text: string) => void, { entries }: { readonly entries: number }): Promise<readonly Row[]> {
  await using stack = new AsyncDisposableStack();
  const surroundings = await startSurroundings();
  stack.defer(() => surroundings.stop());
  const client = new Client({ connectionString: surroundings.ownerUrl });
  await client.connect();
  stack.defer(() => client.end());
  await createFiller(client, say)(entries);
  const token = await tokenFrom(surroundings.simUrl);
  const exported = async (query: string): Promise<Fetched & { readonly peak: number; readonly seconds: number }> => {
    const keydesk: Started = await startKeydesk(surroundings, { api: true });
    try {
      const agent = new Agent();
      const begun = performance.now();
      const file = await fetched(`${keydesk.origin}${list}/audit${query}`, token, agent, { accept: 'application/x-ndjson' });
      if (file.status !== 200) throw new Error(`the export was answered ${file.status}`);
      return { ...file, peak: keydesk.peakMiB(), seconds: (performance.now() - begun) / 1000 };
    } finally {
      await keydesk.stop();
    }
  };
  const part = await exported('?act=revealed');
  const all = await exported('');
  const count = entries.toLocaleString('en');
  note(`The file of ${count} entries has ${(all.length / 1024 / 1024).toFixed(0)} MiB and took ${all.seconds.toFixed(1)} s.`);
  return [
    { figure: `first byte of a file of ${count} entries`, ours: `${all.firstMs.toFixed(0)} ms`, yardstick: '1000 ms', ...atMost(1, all.firstMs / 1000) },
    { figure: `memory of that export`, ours: `${all.peak.toFixed(0)} MiB`, yardstick: `${part.peak.toFixed(0)} MiB for an eighth`, ...atMost(1.2, all.peak / part.peak) },
  ];
}
