import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { fromPaste, openCheckpoint, originOf, parseOrigin, signCheckpoint } from '../../src/ledger/checkpoint.ts';
import { signNote, type Signer } from '../../src/ledger/signed-note.ts';
import { origin, signerOf, tenantId } from '../support/ledger-keys.ts';

const signer = signerOf(1);
const root = Buffer.alloc(32, 0xab);
const checkpoint = { origin, size: 42, root };
const note = signCheckpoint(checkpoint, signer);
const anyOrigin = (): boolean => true;
const open = (text: string): unknown => openCheckpoint(text, signer.publicKey, (one) => one === origin);
const signed = (text: string, by: Signer = signer): string => signNote(text, [by]);

describe('ledger/checkpoint', () => {
  it('has the shape of the specification: origin, size, root in base64, signature by a key of that name', () => {
    assert.deepEqual(note.split('\n').slice(0, 4), [`keydesk/${tenantId}/1`, '42', root.toString('base64'), '']);
    assert.match(note.split('\n').slice(4).join('\n'), new RegExp(`^\u2014 keydesk/${tenantId}/1 [A-Za-z0-9+/]+=*\n$`));
  });

  it('is opened with its key, and by nobody else', () => {
    assert.deepEqual(open(note), checkpoint);
    assert.equal(openCheckpoint(note, signerOf(2).publicKey, anyOrigin), 'unsigned');
  });

  it('is opened as it was signed, whatever its size and root', () =>
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999_999_999 }), fc.uint8Array({ minLength: 32, maxLength: 32 }), (size, bytes) => {
        const given = { origin, size, root: Buffer.from(bytes) };
        assert.deepEqual(openCheckpoint(signCheckpoint(given, signer), signer.publicKey, anyOrigin), given);
      }),
      { numRuns: 30 },
    ));

  it('may have lines behind its root, of a later version: signed, and not read', () => {
    assert.deepEqual(open(signed(`${origin}\n42\n${root.toString('base64')}\nlater 1\n`)), checkpoint);
  });

  const line = root.toString('base64');
  for (const [what, text, fault] of [
    ['with another size', note.replace('\n42\n', '\n41\n'), 'unsigned'],
    ['with another root', note.replace(line, Buffer.alloc(32, 1).toString('base64')), 'unsigned'],
    ['signed by another key of the same name', signCheckpoint(checkpoint, signerOf(2)), 'unsigned'],
    ['signed under another name', signed(`${origin}\n42\n${line}\n`, signerOf(1, originOf(tenantId, 2))), 'unsigned'],
    ['of another tenant, signed with the same key', signCheckpoint({ ...checkpoint, origin: originOf('c0417050-0000-4000-8000-000000000009', 1) }, signerOf(1, originOf('c0417050-0000-4000-8000-000000000009', 1))), 'foreign'],
    ['of another log', signCheckpoint({ ...checkpoint, origin: 'example.com/log' }, signerOf(1, 'example.com/log')), 'foreign'],
    ['with a size that begins with 0', signed(`${origin}\n042\n${line}\n`), 'malformed'],
    ['with a size below zero', signed(`${origin}\n-1\n${line}\n`), 'malformed'],
    ['with a size that is no whole number', signed(`${origin}\n4.2\n${line}\n`), 'malformed'],
    ['with a size that no number holds exactly', signed(`${origin}\n9999999999999999\n${line}\n`), 'malformed'],
    ['with a root of 31 bytes', signed(`${origin}\n42\n${Buffer.alloc(31).toString('base64')}\n`), 'malformed'],
    ['with a root of 33 bytes', signed(`${origin}\n42\n${Buffer.alloc(33).toString('base64')}\n`), 'malformed'],
    ['with base64 that is not written so', signed(`${origin}\n42\n${line.replace('=', '')}\n`), 'malformed'],
    ['without a root', signed(`${origin}\n42\n`), 'malformed'],
    ['without an origin', signed(`\n42\n${line}\n`), 'malformed'],
    ['with a second blank line', signed(`${origin}\n42\n${line}\n\n`), 'malformed'],
    ['with a blank line before its last lines', signed(`${origin}\n42\n${line}\n\nlater\n`), 'malformed'],
    ['with bytes behind its signature', `${note}x`, 'malformed'],
    ['with a line behind its signature', `${note}x\n`, 'malformed'],
    ['with CRLF', note.replaceAll('\n', '\r\n'), 'malformed'],
    ['without a signature', note.slice(0, note.indexOf('\u2014')), 'malformed'],
    ['that is nothing', '', 'malformed'],
  ] as const) {
    it(`is ${fault} ${what}`, () => assert.equal(open(text), fault));
  }

  it('says whose ledger it is of, and which epoch', () => {
    assert.deepEqual(parseOrigin(origin), { tenantId, epoch: 1 });
    assert.deepEqual(parseOrigin(originOf(tenantId, 12)), { tenantId, epoch: 12 });
    for (const wrong of ['', 'example.com/log', `keydesk/${tenantId}`, `keydesk/${tenantId}/0`, `keydesk/${tenantId}/01`, `keydesk/${tenantId}/1/2`, `keydesk/x/1`, `x${origin}`, `${origin} `]) assert.equal(parseOrigin(wrong), undefined, wrong);
  });
});

describe('ledger/checkpoint: out of a chat', () => {
  const blanks = fc.array(fc.constantFrom(' ', '\u00a0', '\u200b', '\ufeff', '\t'), { maxLength: 3 }).map((some) => some.join(''));
  const breaks = fc.array(fc.constantFrom('\n', '\r\n', '\r', '\u2028', '\u2029'), { minLength: 1, maxLength: 3 }).map((some) => some.join(''));

  it('is what it was, whatever a chat does to its line breaks and to the ends of its lines', () =>
    fc.assert(
      fc.property(fc.array(fc.tuple(blanks, blanks, breaks), { minLength: 8, maxLength: 8 }), fc.constantFrom(note, signed(`${origin}\n42\n${root.toString('base64')}\nlater 1\n`)), (around, true_) => {
        const lines = true_.split('\n').filter((line) => line !== '');
        const pasted = lines.map((line, index) => `${around[index]?.[0]}${line}${around[index]?.[1]}${around[index]?.[2]}`).join('');
        assert.equal(fromPaste(pasted), true_);
      }),
    ));

  it('leaves alone what is as it should be', () => assert.equal(fromPaste(note), note));

  it('mends nothing else: what was changed, cut or added still does not open', () =>
    fc.assert(
      fc.property(fc.integer({ min: 0, max: note.length - 2 }), fc.constantFrom('x', '0', 'A', '=', '-', ' x '), (at, put) => {
        const changed = `${note.slice(0, at)}${put}${note.slice(at + 1)}`;
        fc.pre(fromPaste(changed) !== note);
        assert.equal(typeof open(fromPaste(changed)), 'string');
      }),
    ));

  it('opens nothing with words before or behind it, or with lines in another order', () => {
    for (const text of [`hello\n${note}`, `${note}hello\n`, note.split('\n').toReversed().join('\n'), note.replace('\u2014', '-'), '', '\u2014 ', '\n\n\n']) {
      assert.equal(typeof open(fromPaste(text)), 'string', JSON.stringify(text));
    }
  });
});
