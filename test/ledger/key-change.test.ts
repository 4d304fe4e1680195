import assert from 'node:assert/strict';
import { originOf } from '../../src/ledger/checkpoint.ts';
import { openKeyChange, signKeyChange } from '../../src/ledger/key-change.ts';
import { renamed, signNote, vkeyOf } from '../../src/ledger/signed-note.ts';
import { origin, signerOf, tenantId } from '../support/ledger-keys.ts';

const [first, second, third] = [signerOf(1), signerOf(2), signerOf(3)];
const hex = (bytes: Uint8Array | undefined): string | undefined => bytes && Buffer.from(bytes).toString('hex');
const textOf = (before: string, now: string): string => `keydesk/ledger-key\n${origin}\n${before}\n${now}\n`;

describe('ledger/key-change', () => {
  it('is signed by the new key alone when it is the first', () => {
    const opened = openKeyChange(signKeyChange(origin, undefined, first));
    assert.deepEqual([opened?.origin, opened?.former, hex(opened?.next.publicKey)], [origin, undefined, hex(first.publicKey)]);
  });

  it('is signed by both keys, and names both', () => {
    const note = signKeyChange(origin, first, second);
    const opened = openKeyChange(note);
    assert.deepEqual([hex(opened?.former?.publicKey), hex(opened?.next.publicKey)], [hex(first.publicKey), hex(second.publicKey)]);
    assert.equal(note.startsWith(textOf(vkeyOf(first), vkeyOf(second))), true);
    assert.equal(note.match(/^\u2014 /gm)?.length, 2);
  });

  it('names keys by the origin, whatever they were called', () => {
    const next = originOf(tenantId, 2);
    assert.equal(openKeyChange(signKeyChange(next, first, second))?.next.name, next);
  });

  it('is none from a key to itself', () => {
    assert.throws(() => signKeyChange(origin, first, first), TypeError);
    assert.equal(openKeyChange(signNote(textOf(vkeyOf(first), vkeyOf(first)), [first])), undefined);
  });

  const change = textOf(vkeyOf(first), vkeyOf(second));
  const elsewhere = originOf('c0417050-0000-4000-8000-000000000009', 1);
  for (const [what, note] of Object.entries({
    'signed by the new key alone': signNote(change, [second]),
    'signed by the former key alone': signNote(change, [first]),
    'signed by the new one and a stranger': signNote(change, [second, third]),
    'of a first key signed by another one': signNote(textOf('-', vkeyOf(first)), [second]),
    'whose former key was cut out afterwards': signKeyChange(origin, first, second).replace(vkeyOf(first), '-'),
    'whose new key was put in afterwards': signKeyChange(origin, undefined, first).replace(vkeyOf(first), vkeyOf(third)),
    'with keys of another name': signNote(textOf('-', vkeyOf(renamed(first, elsewhere))), [renamed(first, elsewhere)]),
    'of no ledger': signNote(change.replaceAll(origin, 'example.com/log'), [renamed(first, 'example.com/log'), renamed(second, 'example.com/log')]),
    'with another heading': signNote(change.replace('ledger-key', 'checkpoint'), [first, second]),
    'with a line more': signNote(`${change}more\n`, [first, second]),
    'with a line less': signNote(`keydesk/ledger-key\n${origin}\n-\n`, [first]),
    'with bytes behind it': `${signKeyChange(origin, first, second)}x`,
    'that is a checkpoint': signNote(`${origin}\n1\n${Buffer.alloc(32).toString('base64')}\n`, [first]),
    'that is nothing': '',
  })) {
    it(`is not believed ${what}`, () => assert.equal(openKeyChange(note), undefined));
  }
});
