// Confirm and reveal with 50 ms before each answer of the simulated tenant, in round trips: two of them, one after the
// other, are the least that either can take.

import { type CastMember, castMember, tenantId } from '../../src/demo/cast.ts';
import { type Chat, message, press } from './activities.ts';
import { type Connector, startConnector } from './connector.ts';
import { isRevealedCard, revealData } from './keydesk-answers.ts';
import { type Line, openLine } from './post.ts';
import type { Started } from './processes.ts';
import { atMost, median, type Row } from './row.ts';
import { startKeydesk, startSurroundings } from './surroundings.ts';

export const latencyMs = 50;
const samples = 25;
const warmUps = 5;
const patienceMs = 10_000;

interface Desk {
  readonly keydesk: Started;
  readonly simUrl: string;
  readonly connector: Connector;
  readonly line: Line;
}

/** @param note what is worth knowing beside the figures */
export async function roundTripRows(say: (progress: string) => void, note: (text: string) => void): Promise<readonly Row[]> {
  await using stack = new AsyncDisposableStack();
  const connector = await startConnector();
  stack.defer(() => connector.stop());
  const surroundings = await startSurroundings();
  stack.defer(() => surroundings.stop());
  const { simUrl } = surroundings;
  const keydesk = await startKeydesk(surroundings);
  stack.defer(() => keydesk.stop());
  const line = openLine(2);
  stack.defer(() => line.close());
  const desk = { keydesk, simUrl, connector, line };

  await setLatency(simUrl, latencyMs);
  for (let n = 0; n < warmUps; n += 1) await askAndReveal(desk, chatOf(desk, 'Alex'));
  const taken: { readonly bare: number; readonly confirm: number; readonly reveal: number }[] = [];
  for (let n = 0; n < samples; n += 1) taken.push({ bare: await bareRoundTrip(simUrl), ...(await askAndReveal(desk, chatOf(desk, 'Alex'))) });
  say(`round trips: ${samples} asks and reveals with ${latencyMs} ms before each answer of the tenant`);
  await noteRequests(desk, note);

  const bare = median(taken.map((one) => one.bare));
  const row = (figure: string, ours: number): Row => ({ figure, ours: ms(ours), yardstick: `2 × ${ms(bare)}`, ...atMost(1.3, ours / (2 * bare)) });
  return [row('confirm card, Graph at 50 ms', median(taken.map((one) => one.confirm))), row('reveal, Graph at 50 ms', median(taken.map((one) => one.reveal)))];
}

const ms = (value: number): string => `${value.toFixed(1)} ms`;

const chatOf = ({ connector }: Desk, first: string): Chat => ({ serviceUrl: connector.serviceUrl, person: known(castMember(first)), conversationId: `a:bench-${first}` });

function known(person: CastMember | undefined): CastMember {
  if (person === undefined) throw new Error('nobody of that name in the cast');
  return person;
}

/** Milliseconds from the POST of the ask until its card has arrived, and from that of the press until its answer is there. */
async function askAndReveal({ keydesk, connector, line }: Desk, chat: Chat): Promise<{ readonly confirm: number; readonly reveal: number }> {
  const url = `${keydesk.origin}/api/messages`;
  const asked = performance.now();
  const [card] = await Promise.all([connector.next(chat.conversationId, patienceMs), line.post(url, message(chat, 'key for LAPTOP-42'))]);
  const data = { ...revealData(card.body), reason: 'firmware-update' };
  const pressed = performance.now();
  const shown = await line.post(url, press(chat, 'reveal', data));
  const reveal = performance.now() - pressed;
  if (!isRevealedCard(shown.text)) throw new Error(`no key was revealed: ${shown.status} ${shown.text.slice(0, 600)}`);
  return { confirm: card.at - asked, reveal };
}

/** One request that costs the tenant next to nothing, over a connection that is open already. */
export async function bareRoundTrip(simUrl: string): Promise<number> {
  const begun = performance.now();
  const answer = await fetch(`${simUrl}/${tenantId}/discovery/v2.0/keys`);
  await answer.arrayBuffer();
  return performance.now() - begun;
}

/** What one ask and one reveal ask of the tenant, for somebody whose role is not remembered. */
async function noteRequests(desk: Desk, note: (text: string) => void): Promise<void> {
  await door(desk.simUrl, 'DELETE', 'requests');
  await askAndReveal(desk, chatOf(desk, 'Megan'));
  const requests = (await door(desk.simUrl, 'GET', 'requests')) as readonly { readonly method: string; readonly url: string }[];
  note(`One ask and one reveal make ${requests.length} requests to the tenant:`);
  for (const { method, url } of requests) note(`  ${method} ${routeOf(url)}`);
}

const routeOf = (url: string): string => decodeURIComponent(url).replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '{id}');

/** Before every answer of the tenant from now on. */
export const setLatency = (simUrl: string, ms: number): Promise<unknown> => door(simUrl, 'POST', 'latency', { ms });

async function door(simUrl: string, method: string, name: string, body?: object): Promise<unknown> {
  const answer = await fetch(`${simUrl}/_sim/${name}`, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`the simulator answers ${name} with ${answer.status}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}
