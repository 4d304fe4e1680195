import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { Client } from 'pg';
import { emptyRange, extend, leafHash, nodeHash } from '../../src/ledger/tree.ts';
import { migrations } from '../../src/store/migrations.ts';
import { testDatabase, testServer } from '../support/database.ts';
import { known } from '../support/known.ts';
import { entryOf } from '../support/ledger-entries.ts';
import { openStores } from '../support/stores.ts';

interface Row {
  readonly seq: string;
  readonly body: Buffer;
  readonly leaf_hash: Buffer;
  readonly nodes: Buffer | null;
}

/** What the rows must hold, by the definition: the roots of all perfect subtrees of which an entry is the last leaf. */
function nodesByDefinition(leaves: readonly Uint8Array[], seq: number): string {
  const root = (from: number, to: number): Uint8Array => (to - from === 1 ? known(leaves[from]) : nodeHash(root(from, (from + to) / 2), root((from + to) / 2, to)));
  const nodes: Uint8Array[] = [];
  for (let width = 2; seq % width === 0; width *= 2) nodes.push(root(seq - width, seq));
  return Buffer.concat(nodes).toString('hex');
}

const check = (rows: readonly Row[], count: number): void => {
  assert.equal(rows.length, count);
  const leaves = rows.map(({ body }) => leafHash(body));
  for (const { seq, nodes } of rows) assert.equal((nodes ?? Buffer.alloc(0)).toString('hex'), nodesByDefinition(leaves, Number(seq)), `entry ${seq}`);
  assert.equal(leaves.reduce(extend, emptyRange).size, count);
};

describe('store: the inner nodes of the tree', () => {
  it('are kept with the entry that completes them, whichever way it was appended', async () => {
    const { appUrl } = await testDatabase();
    const stores = openStores(appUrl);
    try {
      for (let one = 0; one < 20; one += 1) await stores.ledger.append(entryOf({ attempt: one + 1 }));
      await Promise.all(Array.from({ length: 45 }, (_, one) => stores.ledger.append(entryOf({ attempt: 100 + one }))));
      const { rows } = await sql<Row>`select seq, body, leaf_hash, nodes from keydesk.ledger_entry order by seq`.execute(stores.database.db);
      check(rows, 65);
    } finally {
      await stores.close();
    }
  });

  it('are given to the entries of a ledger that had none', async () => {
    const base = (await testServer()).ownerUrl;
    const admin = new Client({ connectionString: base });
    await admin.connect();
    await admin.query('create database before_the_tree template template0');
    await admin.end();
    const url = new URL(base);
    url.pathname = '/before_the_tree';
    const owner = new Client({ connectionString: url.href });
    await owner.connect();
    try {
      await owner.query('create schema keydesk');
      for (const { name, sql: text } of migrations) {
        if (name === '0003-tree') for (let one = 0; one < 13; one += 1) await owner.query('insert into keydesk.ledger_entry (body) values ($1)', [Buffer.from(`{"v":1,"time":"2026-11-22T09:14:07.112Z","act":"asked","outcome":"done","source":"teams","attempt":${one + 1}}`)]);
        await owner.query(text);
      }
      const { rows } = await owner.query<Row>('select seq, body, leaf_hash, nodes from keydesk.ledger_entry order by seq');
      check(rows, 13);
      await assert.rejects(owner.query('delete from keydesk.ledger_entry'), /append-only/);
    } finally {
      await owner.end();
    }
  });
});
