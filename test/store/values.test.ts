import assert from 'node:assert/strict';
import { sql } from 'kysely';
import type { Fault } from '../../src/domain/fault.ts';
import { inbound, jsonb } from '../../src/store/values.ts';
import { testDatabase } from '../support/database.ts';
import { entryOf, requestId } from '../support/ledger-entries.ts';
import { actsIn, claimOf, offer, openStores, requestOf, type Stores } from '../support/stores.ts';

// Made for this test; the blocks are what Windows would take.
const password = '011000-022000-033000-044000-055000-066000-077000-088000';
const refused = (error: Fault): boolean => error.code === 'internal' && !`${error.message} ${String(error.cause)} ${error.stack}`.includes('033000');

describe('store/values', () => {
  for (const [what, value] of Object.entries<unknown>({
    'a text': password,
    'a text around it': `the key is ${password}, thanks`,
    'other dashes': password.replaceAll('-', ' – '),
    'no dashes': password.replaceAll('-', ''),
    'lines within a jsonb': jsonb({ note: password.replaceAll('-', '\n') }),
    'the depth of a jsonb': jsonb({ keys: [{ deep: { note: password } }] }),
    'a key of a jsonb': jsonb({ [password]: 1 }),
    bytes: Buffer.from(JSON.stringify({ ticket: password })),
    'a list': ['a', password],
  })) {
    it(`refuses a recovery password in ${what}, and does not repeat it`, () => {
      assert.throws(() => inbound([1, value]), refused);
    });
  }

  it('takes one block less, ids, hashes and times', () => {
    const values = [password.slice(0, -7), requestId(), 'a'.repeat(64), '2026-11-22T12:00:00.000Z', 7, null, true, new Date(0), jsonb({ note: password.slice(0, -7) })];
    assert.deepEqual(inbound(values), values);
  });

  it('replaces what PostgreSQL cannot hold', () => {
    assert.deepEqual(inbound(['a\0b', 'c\ud800']), ['a\ufffdb', 'c\ufffd']);
    assert.equal(jsonb({ a: ['b\0', '\ud800'] }).toPostgres(), '{"a":["b\ufffd","\ufffd"]}');
  });

  describe('on every way into the database', () => {
    let stores: Stores;
    const request = requestOf(1);
    const clean = entryOf();
    const dirty = entryOf({ asked: password });

    before(async () => {
      stores = openStores((await testDatabase()).appUrl);
      await stores.requests.open(request, clean);
    });
    after(() => stores.close());

    const ways: Readonly<Record<string, (stores: Stores) => Promise<unknown>>> = {
      'ledger.append': ({ ledger }) => ledger.append(dirty),
      'ledger.append, in an id of Graph': ({ ledger }) => ledger.append(entryOf({ graphRequestId: password })),
      'ledger.refuse': ({ ledger }) => ledger.refuse({ ...dirty, code: 'no-role' }),
      'requests.open, in the request': ({ requests }) => requests.open(requestOf(2, { preset: { reasonText: password } }), clean),
      'requests.open, in the entry': ({ requests }) => requests.open(requestOf(2), dirty),
      'requests.choose': ({ requests }) => requests.choose(request.id, { ...offer, owner: { name: password } }, {}, clean),
      'requests.placed': ({ requests }) => requests.placed(request.id, { conversationId: password, serviceUrl: '' }),
      'requests.miss': ({ requests }) => requests.miss(request.id, dirty),
      'requests.close': ({ requests }) => requests.close(request.id, 'cancelled', dirty),
      'requests.claim': ({ requests }) => requests.claim(claimOf(request, { grant: { ...claimOf(request).grant, ticket: password } })),
      'requests.hidden': ({ requests }) => requests.hidden(request.id, 1, request.openedAt, dirty),
      'any statement': ({ database }) => sql`select ${password}::text`.execute(database.db),
    };
    for (const [way, go] of Object.entries(ways)) {
      it(`refuses it in ${way}, and goes on working`, async () => {
        await assert.rejects(go(stores), refused);
        assert.deepEqual(await actsIn(stores), ['asked done']);
        assert.equal((await stores.requests.find(request.id))?.state, 'open');
      });
    }
  });
});
