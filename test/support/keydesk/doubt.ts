// A Keydesk whose ledger is tampered with: what it then says, and what must not happen.

import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { openDatabase } from '../../../src/store/database.ts';
import { blocksIn, headingOf, referenceIn, type Standing } from './cards.ts';
import type { Instance } from './instance.ts';
import { type KeydeskOptions, startTestKeydesk, type TestKeydesk } from '../keydesk.ts';
import { innerNodes } from '../inner-nodes.ts';

/** A journey in which the ledger does not verify at the end, because somebody saw to that. */
export function inDoubt(...given: [KeydeskOptions, (keydesk: TestKeydesk) => Promise<void>] | [(keydesk: TestKeydesk) => Promise<void>]): () => Promise<void> {
  const [options, work] = given.length === 2 ? given : [{}, given[0]];
  return async () => {
    const keydesk = await startTestKeydesk(options);
    try {
      await work(keydesk);
    } finally {
      await keydesk.stop();
      await keydesk.leave();
    }
  };
}

export const readyz = async ({ url }: Pick<Instance, 'url'>): Promise<{ readonly status: number; readonly text: string }> => {
  const answer = await fetch(`${url}/readyz`);
  return { status: answer.status, text: await answer.text() };
};

/** How many entries there are, and the sizes of the checkpoints over them. */
export async function sizesIn({ database }: Pick<TestKeydesk, 'database'>): Promise<{ readonly entries: number; readonly checkpoints: readonly number[] }> {
  const store = openDatabase(database.appUrl, { maxConnections: 1 });
  try {
    const { rows } = await sql<{ seq: string }>`select coalesce(max(seq), 0) as seq from keydesk.ledger_entry`.execute(store.db);
    const checkpoints = await store.db.selectFrom('keydesk.ledger_checkpoint').select('size').orderBy('size').execute();
    return { entries: Number(rows[0]?.seq), checkpoints: checkpoints.map(({ size }) => Number(size)) };
  } finally {
    await store.close();
  }
}

/** The newest entry with inner nodes, which somebody then takes away; and how they are brought back: nodes of later entries were made from it. */
export async function damageTail(keydesk: Pick<TestKeydesk, 'database'>): Promise<{ readonly damage: string; readonly repair: string; readonly seq: number }> {
  const { entries, checkpoints } = await sizesIn(keydesk);
  const seq = entries - (entries % 2);
  assert.ok(seq > (checkpoints.at(-1) ?? 0), 'it is behind the newest checkpoint');
  return { seq, damage: `update keydesk.ledger_entry set nodes = null where seq = ${seq}`, repair: `do $$ begin for one in ${seq}..(select max(seq) from keydesk.ledger_entry) loop update keydesk.ledger_entry e set nodes = ${innerNodes} where e.seq = one; end loop; end $$` };
}

/** Nothing is shown by it, whatever is asked or pressed, and /readyz says why. */
export async function assertShowsNothing(keydesk: TestKeydesk, instance: Instance, confirm: Standing, why: RegExp): Promise<void> {
  const reads = keydesk.reads().length;
  const asked = await instance.ask('key for LAPTOP-42');
  assert.match(headingOf(asked.card), /The ledger is not what it was; nothing is shown/);
  assert.ok(referenceIn(asked.card));
  const pressed = await instance.reveal(confirm);
  assert.match(headingOf(pressed.card), /The ledger is not what it was; nothing is shown/);
  assert.deepEqual(blocksIn(pressed.card), []);
  assert.equal(keydesk.reads().length, reads, 'no key is read');
  const { status, text } = await readyz(instance);
  assert.equal(status, 503);
  assert.match(text, why);
  assert.match(instance.logLines.join(''), /"level":"error".*the ledger is not what it was/);
}

/** Asks and reveals, as on any day. */
export async function assertShowsKeys(instance: Instance): Promise<void> {
  assert.equal(blocksIn((await instance.reveal(await instance.ask('key for LAPTOP-42'))).card).length, 8);
  assert.equal((await readyz(instance)).status, 200);
}

export const ledgerAlertsIn = async ({ ledger }: Pick<TestKeydesk, 'ledger'>) => (await ledger()).filter(({ alert }) => alert === 'ledger-mismatch');
