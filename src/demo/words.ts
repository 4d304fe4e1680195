// What the demo prints about itself.

import { relative } from 'node:path';
import type { DemoPlan } from './flags.ts';
import type { House } from './house.ts';

export function opening({ ask, devices, ephemeral }: DemoPlan): string {
  const tenant = `a simulated tenant with ${devices.toLocaleString('en-GB')} devices`;
  const data = ephemeral ? ', temporary data' : '';
  return ask === undefined ? `Keydesk's demo: ${tenant}${data}. Starting …` : `Keydesk, in the terminal, on ${tenant}${data}.`;
}

/** @param seconds since the start */
export const progress = (part: string, seconds: number): string => `  ${part.padEnd(18)}${seconds.toFixed(1).padStart(5)} s`;

type Doors = Pick<House, 'keydeskUrl' | 'simulatorUrl' | 'playgroundUrl' | 'dataFolder' | 'logFile'>;

/** Where everything is, and what to do now. */
export function welcome({ speaker, ephemeral }: Pick<DemoPlan, 'speaker' | 'ephemeral'>, house: Doors): string {
  const { playgroundUrl } = house;
  const rows = [
    ...(playgroundUrl === undefined ? [] : [['Agents Playground', playgroundUrl, `you are ${speaker.name}, ${speaker.part}`]]),
    ['Keydesk', house.keydeskUrl, '/api/messages, /healthz, /readyz'],
    ['Simulated tenant', house.simulatorUrl, '/_sim/requests: what Keydesk asked of Graph'],
    ['PostgreSQL', `${shortest(house.dataFolder)}/postgres.url`, ephemeral ? 'removed at the end' : 'kept for the next start'],
    ['Log', shortest(house.logFile), ''],
  ];
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const table = rows.map(([name = '', where = '', what = '']) => `  ${name.padEnd(widths[0] ?? 0)}  ${where.padEnd(widths[1] ?? 0)}  ${what}`.trimEnd());
  return ['', ...table, '', ...(playgroundUrl === undefined ? withoutPlayground : inPlayground(playgroundUrl)), '', 'Ctrl-C stops all of it.'].join('\n');
}

const inPlayground = (url: string): readonly string[] => [
  `Open ${url} and type`,
  '',
  '  key for LAPTOP-42',
  '',
  'Others worth asking for: DESKTOP-7 (two volumes), TWIN-01 (two devices), VIP-01 (sensitive), LAPTOP-NONE (no key),',
  "adele@contoso.com (somebody's devices), audit, help. As Megan or Grady (--as Megan): summary, also in a channel.",
];

const withoutPlayground: readonly string[] = [
  'There is no Playground: any Bot Framework client on this machine may post to /api/messages. In the terminal:',
  '',
  '  npm run demo -- --ephemeral --no-playground --ask "key for LAPTOP-42"',
];

function shortest(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere !== '' && fromHere.length < path.length && !fromHere.startsWith('..') ? fromHere : path;
}

/** A line for each part of Keydesk that is not well, as /readyz says it. Asking also warms what the first question needs. */
export async function troubles(keydeskUrl: string): Promise<readonly string[]> {
  const answer = await fetch(`${keydeskUrl}/readyz`);
  const parts: unknown = Reflect.get(Object(await answer.json()), 'parts');
  return Object.entries(Object(parts)).flatMap(([part, word]) => (word === 'ok' || word === 'starting' || String(word).startsWith('running: ') ? [] : [`Not well: ${part} (${String(word)})`]));
}
