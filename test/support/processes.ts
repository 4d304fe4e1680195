// Processes and their open doors, as Linux shows them in /proc.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export const seesProcesses = process.platform === 'linux';

/** One process, not to be mixed up with a later one of the same number. */
export interface Seen {
  readonly pid: number;
  readonly startedAt: string;
  readonly name: string;
}

interface Stat extends Seen {
  readonly parent: number;
  readonly state: string;
}

function statOf(pid: number): Stat | undefined {
  try {
    const [, name = '', rest = ''] = /^\d+ \((.*)\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    const fields = rest.split(' ');
    return { pid, name, state: fields[0] ?? '', parent: Number(fields[1]), startedAt: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}

/** The process and all that it started and they started, now. */
export function family(pid: number): readonly Seen[] {
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (statOf(Number(name)) ?? []) : []));
  const below = (parent: number): readonly Stat[] => all.filter((one) => one.parent === parent).flatMap((one) => [one, ...below(one.pid)]);
  return [...all.filter((one) => one.pid === pid), ...below(pid)];
}

export function isAlive({ pid, startedAt }: Seen): boolean {
  const now = statOf(pid);
  return now !== undefined && now.startedAt === startedAt && now.state !== 'Z';
}

/** Those that still live when `milliseconds` are over; none as soon as none does. */
export async function survivors(processes: readonly Seen[], milliseconds: number): Promise<readonly Seen[]> {
  const until = Date.now() + milliseconds;
  let living = processes.filter(isAlive);
  while (living.length > 0 && Date.now() < until) {
    await sleep(20);
    living = living.filter(isAlive);
  }
  return living;
}

/** Addresses that these processes listen on over TCP, as `127.0.0.1:3978`; those of IPv6 as the kernel writes them. */
export function listening(processes: readonly Seen[]): readonly string[] {
  const inodes = new Set(processes.flatMap(({ pid }) => socketsOf(pid)));
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) =>
    readFileSync(table, 'utf8')
      .split('\n')
      .slice(1)
      .flatMap((line) => {
        const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
        return state === '0A' && inodes.has(inode) ? [readable(local)] : [];
      }),
  );
}

function socketsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${descriptor}`))?.[1] ?? []);
  } catch {
    return [];
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** The kernel writes the four bytes of an IPv4 address in hex, the last one first. */
function readable(local: string): string {
  const [address = '', port = ''] = local.split(':');
  const bytes = address.length === 8 ? (address.match(/../g) ?? []).toReversed().map((byte) => Number.parseInt(byte, 16)).join('.') : address;
  return `${bytes}:${Number.parseInt(port, 16)}`;
}
