import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { commitmentOf, isDigest, leafDigest, nodeDigest } from '../../src/ledger/passing-hash.ts';
import { commit } from '../../src/ledger/texts.ts';
import { leafHash, nodeHash } from '../../src/ledger/tree.ts';

const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe('ledger/passing-hash', () => {
  it('hashes as the tree does, also what is longer than anything before', () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), fc.nat({ max: 9000 }), bytes, bytes, (body, more, left, right) => {
        const long = Buffer.concat([body, Buffer.alloc(more)]);
        assert.equal(isDigest(leafDigest(long), leafHash(long), 0), true);
        assert.equal(isDigest(nodeDigest(left, right), nodeHash(left, right), 0), true);
        assert.equal(isDigest(nodeDigest(left, right), Buffer.concat([left, nodeHash(left, right)]), 32), true);
      }),
    ));

  it('tells a digest from any other bytes, and from fewer', () => {
    const digest = leafDigest(Buffer.of(1));
    const right = Buffer.from(leafHash(Buffer.of(1)));
    for (let index = 0; index < 32; index += 1) {
      const wrong = Buffer.from(right);
      wrong[index] = (wrong[index] ?? 0) ^ 1;
      assert.equal(isDigest(digest, wrong, 0), false);
    }
    assert.deepEqual([isDigest(digest, right.subarray(0, 31), 0), isDigest(digest, right, 1)], [false, false]);
  });

  it('commits as texts are sealed, in every script and length', () =>
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), fc.string({ minLength: 3000, maxLength: 4000 })), (salt, text) => {
        const sealed = { salt: Buffer.from(salt).toString('hex'), text };
        assert.equal(commitmentOf(sealed.salt, text), commit(sealed));
      }),
    ));

  it('takes no salt of another length, and none that is no hex in lower case', () => {
    for (const salt of ['', 'ab'.repeat(15), 'ab'.repeat(17), 'AB'.repeat(16), 'xy'.repeat(16), `${'ab'.repeat(15)}a `]) assert.equal(commitmentOf(salt, 'text'), undefined, salt);
  });
});
