// A whole sweep by Keydesk in a process of its own, the tenant in another: how many requests, how long, how much memory;
// beside it the loop that administrators use today, which lists the devices and then asks for the keys of each.

import { setTimeout as sleep } from 'node:timers/promises';
import { createTenant } from '../../src/sim/tenant/tenant.ts';
import type { Started } from './processes.ts';
import { atMost, type Row } from './row.ts';
import { startKeydesk, startSurroundings, type Surroundings } from './surroundings.ts';

const sizes = { small: 10_000, large: 100_000 } as const;
const betweenLooksMs = 100;
const patienceMs = 600_000;
/** The loop is measured on so many devices, and said to be. */
const looped = 2000;

export interface Swept {
  readonly surroundings: Surroundings;
  readonly keydesk: Started;
  readonly seconds: number;
}

/** A Keydesk that has swept a tenant of that size. */
export async function startSwept(devices: number, stack: AsyncDisposableStack, { api = false }: { readonly api?: boolean } = {}): Promise<Swept> {
  const surroundings = await startSurroundings(devices);
  stack.defer(() => surroundings.stop());
  const begun = performance.now();
  const keydesk = await startKeydesk(surroundings, { sweeps: true, api });
  stack.defer(() => keydesk.stop());
  await untilSwept(keydesk);
  return { surroundings, keydesk, seconds: (performance.now() - begun) / 1000 };
}

export async function untilSwept({ origin }: Started): Promise<void> {
  const begun = performance.now();
  for (;;) {
    const { sweep } = partsIn(await (await fetch(`${origin}/readyz`)).json());
    if (sweep === 'ok') return;
    if (performance.now() - begun > patienceMs || !String(sweep).startsWith('running')) throw new Error(`the sweep: ${String(sweep)}`);
    await sleep(betweenLooksMs);
  }
}

const partsIn = (body: unknown): Readonly<Record<string, unknown>> => Object(Object(body).parts);

interface Measured {
  readonly requests: number;
  readonly pages: number;
  readonly seconds: number;
  readonly peakMiB: number;
  readonly loopSeconds: number;
}

async function measure(devices: number): Promise<Measured> {
  await using stack = new AsyncDisposableStack();
  const { surroundings, keydesk, seconds } = await startSwept(devices, stack);
  const requests: unknown = await (await fetch(`${surroundings.simUrl}/_sim/requests`)).json();
  return { requests: Array.isArray(requests) ? requests.length : Number.NaN, pages: pagesOf(devices), seconds, peakMiB: keydesk.peakMiB(), loopSeconds: await loopSeconds(surroundings.simUrl, devices) };
}

/** How many pages the tenant's lists have: the same tenant is made once more, and counted. */
function pagesOf(devices: number): number {
  const { fleet } = createTenant({ devices, seed: 42, now: () => Date.now() });
  const windows = fleet.entraDevices.filter(({ operatingSystem }) => operatingSystem === 'Windows').length;
  return [windows / 999, fleet.managedDevices.length / 1000, fleet.reported.length / 1000, fleet.keys.length / 50].reduce((sum, count) => sum + Math.ceil(count), 0);
}

/** One list, then a call for each device, one after the other: for a part of them, times as many as there are. */
async function loopSeconds(simUrl: string, devices: number): Promise<number> {
  const token = await fetch(`${simUrl}/_sim/token`, { method: 'POST', body: JSON.stringify({ as: 'app', audience: 'https://graph.microsoft.com', roles: ['Device.Read.All', 'BitlockerKey.ReadBasic.All'] }) });
  const headers = { authorization: `Bearer ${String(Object(await token.json()).access_token)}`, 'user-agent': 'loop/1', 'ocp-client-name': 'loop', 'ocp-client-version': '1' };
  const get = async (path: string): Promise<unknown> => {
    const answer = await fetch(simUrl + path, { headers });
    if (!answer.ok) throw new Error(`the loop: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const begun = performance.now();
  const listed = Object(await get('/v1.0/devices?$top=999&$select=id,deviceId'));
  for (let n = 0; n < looped; n += 1) await get(`/v1.0/informationProtection/bitlocker/recoveryKeys?$filter=deviceId%20eq%20'${listed.value[n % listed.value.length].deviceId}'`);
  return (((performance.now() - begun) / 1000) * devices) / looped;
}

export async function sweepRows(say: (progress: string) => void, note: (text: string) => void): Promise<readonly Row[]> {
  const small = await measure(sizes.small);
  say(`sweep: ${sizes.small} devices took ${small.seconds.toFixed(1)} s`);
  const large = await measure(sizes.large);
  say(`sweep: ${sizes.large} devices took ${large.seconds.toFixed(1)} s`);
  const at50 = (requests: number): string => `${Math.round((requests * 0.05) / 60)} min`;
  note(`A sweep, without latency and without the pace kept towards Microsoft: ${sizes.small.toLocaleString('en-GB')} devices ${small.seconds.toFixed(1)} s, ${sizes.large.toLocaleString('en-GB')} devices ${large.seconds.toFixed(1)} s, start of the process included.`);
  note(`The loop was measured on ${looped} devices and multiplied. At 50 ms a request, its ${(sizes.large + 101).toLocaleString('en-GB')} requests alone would take ${at50(sizes.large)}; the longest list of a sweep, one page after the other, ${at50(large.pages)}.`);
  return [
    requestsRow(sizes.small, small),
    requestsRow(sizes.large, large),
    { figure: 'sweep, peak memory, 100,000 against 10,000 devices', ours: `${large.peakMiB.toFixed(0)} MiB`, yardstick: `${small.peakMiB.toFixed(0)} MiB`, ...atMost(1.2, large.peakMiB / small.peakMiB) },
    { figure: 'sweep of 100,000 devices, against one call a device', ours: `${large.seconds.toFixed(1)} s`, yardstick: `${large.loopSeconds.toFixed(0)} s`, ...atMost(1, large.seconds / large.loopSeconds) },
  ];
}

const requestsRow = (devices: number, { requests, pages }: Measured): Row => ({
  figure: `sweep of ${devices.toLocaleString('en-GB')} devices, requests`,
  ours: String(requests),
  yardstick: `${pages} pages`,
  ...atMost(1.05, requests / pages),
});
