// What a CPU profile says, by room of ours and package of others.

import { readFileSync } from 'node:fs';

export interface Share {
  /** `src/teams`, `botbuilder-core`, `node:http`, `(garbage collector)` … */
  readonly where: string;
  readonly ms: number;
}

interface Profile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: { readonly functionName: string; readonly url: string } }[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

/**
 * Time spent in functions themselves, without those they call; most first, idle time left out.
 * @param file of `node --cpu-prof`
 */
export function selfTimes(file: string): readonly Share[] {
  const profile = JSON.parse(readFileSync(file, 'utf8')) as Profile;
  const places = new Map(profile.nodes.map(({ id, callFrame }) => [id, placeOf(callFrame)]));
  const microseconds = new Map<string, number>();
  for (const [index, node] of profile.samples.entries()) {
    const where = places.get(node) ?? '(unknown)';
    if (where !== '(idle)') microseconds.set(where, (microseconds.get(where) ?? 0) + (profile.timeDeltas[index] ?? 0));
  }
  return [...microseconds].map(([where, us]) => ({ where, ms: us / 1000 })).sort((a, b) => b.ms - a.ms);
}

function placeOf({ url, functionName }: { readonly url: string; readonly functionName: string }): string {
  const parts = url.split('/node_modules/');
  if (parts.length > 1) return /^(?:@[^/]+\/)?[^/]+/.exec(parts.at(-1) ?? '')?.[0] ?? '(unknown)';
  const room = /\/(src\/[^/]+|test\/bench)/.exec(url)?.[1];
  if (room !== undefined) return room;
  if (url.startsWith('node:')) return url.split('/').slice(0, url.startsWith('node:internal/') ? 2 : 1).join('/');
  // Only what V8 names in brackets has no file: (program), (garbage collector), (idle).
  return functionName.startsWith('(') ? functionName : '(built in)';
}
