// A rotation on its way, in the hands of a test: time goes on, and those are woken whom the jobs would wake.

import { Client } from 'pg';
import { type Instant, parseInstant, plusSeconds, secondsBetween } from '../../../src/domain/instant.ts';
import type { LedgerEntry } from '../../../src/domain/ledger-entry.ts';
import type { LoggedRequest } from '../../../src/sim/http/request-log.ts';
import type { PressOptions } from '../../../src/terminal/conversation.ts';
import type { TestKeydesk } from '../keydesk.ts';
import type { Standing } from './cards.ts';
import type { Instance } from './instance.ts';
import { megan } from './people.ts';
import type { Surroundings } from './surroundings.ts';

/** The keys of LAPTOP-42, the newest first. */
export const newest = '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d';
export const former = '9f8e7d6c-5b4a-4938-a271-605f4e3d2c1b';

/** As a card writes it. */
export const short = (keyId: string | undefined): string => (keyId ?? '').slice(0, 8).toUpperCase();

/** Requests for a rotation that reached Intune. */
export const postsIn = ({ simulator }: Pick<Surroundings, 'simulator'>): readonly LoggedRequest[] =>
  simulator.requests.list().filter(({ method, url }) => method === 'POST' && url.endsWith('/rotateBitLockerKeys'));

const rotationActs: readonly LedgerEntry['act'][] = ['rotation-scheduled', 'rotation-intended', 'rotation-queued', 'rotation-done', 'rotation-failed', 'rotation-overdue', 'alert'];

export const rotationEntriesIn = async ({ ledger }: Pick<TestKeydesk, 'ledger'>): Promise<readonly LedgerEntry[]> => (await ledger()).filter(({ act }) => rotationActs.includes(act));

/** `scheduled done`, `failed failed policy-os`: what the ledger tells of rotations, in its order. */
export const storyIn = async (keydesk: Pick<TestKeydesk, 'ledger'>): Promise<readonly string[]> =>
  (await rotationEntriesIn(keydesk)).map(({ act, outcome, code }) => [act.replace('rotation-', ''), outcome, ...(code === undefined ? [] : [code])].join(' '));

const secondsUntilTriedAgain = 60;

/**
 * Time goes on, and every rotation is worked on when its time comes. One whose look failed is tried again a minute
 * later, as its job would be.
 */
export async function pass(keydesk: TestKeydesk, seconds: number, instance: Pick<Instance, 'wakeDue'> = keydesk): Promise<void> {
  const { clock, database } = keydesk;
  const end = plusSeconds(clock.now(), seconds);
  const client = new Client({ connectionString: database.ownerUrl });
  await client.connect();
  try {
    let worked: Instant | undefined;
    for (;;) {
      const wanted = await nextLook(client);
      const earliest = worked === clock.now() ? plusSeconds(worked, secondsUntilTriedAgain) : clock.now();
      if (wanted === undefined || (wanted > clock.now() ? wanted : earliest) > end) break;
      clock.forward(secondsBetween(clock.now(), wanted > clock.now() ? wanted : earliest));
      worked = clock.now();
      await instance.wakeDue();
    }
  } finally {
    await client.end();
  }
  clock.forward(secondsBetween(clock.now(), end));
}

async function nextLook(client: Client): Promise<Instant | undefined> {
  const { rows } = await client.query<{ next: Date | null }>('select min(look_at) as next from keydesk.rotation');
  return parseInstant(rows[0]?.next);
}

/** Megan asks for a rotation: the confirm card in her private chat. */
export const askToRotate = (keydesk: Pick<Instance, 'ask'>, text = 'rotate LAPTOP-42'): Promise<Standing> => keydesk.ask(text, { as: megan });

/** Megan's press on it, with a reason and a ticket. */
export const pressRotate = (keydesk: Pick<Instance, 'press'>, confirm: Standing, inputs: Readonly<Record<string, unknown>> = {}, options: Partial<PressOptions> = {}): ReturnType<Instance['press']> =>
  keydesk.press(confirm, 'rotate', { reason: 'key-exposed', ticket: 'INC0012345', ...inputs }, { as: megan, ...options });

/** The card of a key that was shown, hidden by the clock: at the end of the 300 seconds. */
export async function hideByClock(keydesk: TestKeydesk): Promise<void> {
  keydesk.clock.forward(300);
  await keydesk.runChores();
}
