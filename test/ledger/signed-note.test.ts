import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import * as fc from 'fast-check';
import { isSignedBy, keyIdOf, parseNote, parseVkey, publicKeyIn, renamed, signerFrom, signNote, type Verifier, vkeyOf } from '../../src/ledger/signed-note.ts';
import { pemOf, signerOf } from '../support/ledger-keys.ts';

const signer = signerOf(1, 'example.com/log');
const other = signerOf(2, 'example.com/log');
const text = 'one line\nanother, with ünïcode\n';
const note = signNote(text, [signer]);
const isSigned = (signed: string, by: Verifier): boolean => {
  const parsed = parseNote(signed);
  return parsed !== undefined && isSignedBy(parsed, by);
};
/** Everything before the signatures. */
const body = `${text}\n`;
const [line = ''] = note.slice(body.length).split('\n');

describe('ledger/signed-note', () => {
  it('has the shape of the specification: text, blank line, em dash, name, key ID and signature in base64', () => {
    assert.equal(note.startsWith(body), true);
    const [, name, encoded = ''] = /^\u2014 (\S+) (\S+)\n$/.exec(note.slice(body.length)) ?? [];
    const bytes = Buffer.from(encoded, 'base64');
    assert.deepEqual([name, bytes.length, bytes.toString('base64')], ['example.com/log', 4 + 64, encoded]);
    const id = createHash('sha256').update('example.com/log\n').update(Buffer.of(1)).update(signer.publicKey).digest().subarray(0, 4);
    assert.deepEqual([bytes.subarray(0, 4).toString('hex'), keyIdOf(signer)], [id.toString('hex'), id.toString('hex')]);
  });

  it('reads the published example of a verifier key, and its signature', () => {
    // From the documentation of the Go implementation that the specification describes.
    const peter = parseVkey('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW');
    const said = 'If you think cryptography is the answer to your problem,\nthen you don\'t know what your problem is.\n';
    const published = `${said}\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;
    assert.ok(peter);
    assert.equal(isSigned(published, peter), true);
    assert.equal(isSigned(published.replace('problem is', 'problem was'), peter), false);
  });

  it('signs any text that it takes, and is checked by the key alone', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 1, max: 40 }), (words, fill) => {
        // oxlint-disable-next-line no-control-regex -- what a note may not hold
        const said = `${words.toWellFormed().replaceAll(/[\u0000-\u001f\u007f]/g, '')}x\n`;
        const key = signerOf(fill, 'some/name');
        assert.equal(isSigned(signNote(said, [key]), { name: key.name, publicKey: key.publicKey }), true);
        assert.equal(isSigned(signNote(said, [key]), signerOf(fill + 1, 'some/name')), false);
      }),
      { numRuns: 40 },
    ));

  it('counts the signatures of several keys, each for itself', () => {
    const both = signNote(text, [signer, other]);
    assert.deepEqual([isSigned(both, signer), isSigned(both, other), isSigned(both, signerOf(3, 'example.com/log'))], [true, true, false]);
  });

  it('ignores a signature of a key that nobody asked for, right or not', () => {
    const strange = `\u2014 witness.example ${Buffer.alloc(30, 7).toString('base64')}\n`;
    assert.equal(isSigned(note + strange, signer), true);
  });

  for (const [what, touched] of Object.entries({
    'with bytes behind the last signature': `${note}x`,
    'with a blank line behind the last signature': `${note}\n`,
    'without the last line break': note.slice(0, -1),
    'with CRLF': note.replaceAll('\n', '\r\n'),
    'with a tab in its text': note.replace('one line', 'one\tline'),
    'with a NUL in its text': note.replace('one line', 'one\0line'),
    'with a NUL in a name': note.replace('\u2014 example', '\u2014 exa\0mple'),
    'with half of a surrogate pair': note.replace('one line', 'one \ud800line'),
    'without a blank line': note.replace('\n\n', '\n'),
    'without a text': note.slice(text.length),
    'without a signature': body,
    'with a hyphen for the em dash': note.replace('\u2014', '-'),
    'with an en dash for the em dash': note.replace('\u2014', '\u2013'),
    'with two blanks behind the em dash': note.replace('\u2014 ', '\u2014  '),
    'with a blank at the end of a signature': note.replace(/\n$/, ' \n'),
    'with a plus sign in a name': note.replace('\u2014 example', '\u2014 exam+ple'),
    'with base64 that is not written so': note.replace(/=+\n$/, '\n'),
    'with a signature of four bytes': `${body}\u2014 example.com/log ${Buffer.from(keyIdOf(signer), 'hex').toString('base64')}\n`,
    'with a line between its signatures that is none': `${note}hello\n${line}\n`,
    'with more than a hundred signatures': body + `${line}\n`.repeat(101),
    'that is too long': `${'x'.repeat(1_000_000)}\n\n${line}\n`,
    'that is empty': '',
  })) {
    it(`is no note ${what}`, () => assert.equal(parseNote(touched), undefined));
  }

  for (const [what, touched] of Object.entries({
    'whose text has a second blank line at its end': note.replace('\n\n', '\n\n\n'),
    'whose text is another one': note.replace('another', 'a nother'),
    'whose signature is of another text': signNote('hello\n', [signer]).replace('hello\n', text),
    'whose signature is of another key of the same name': signNote(text, [other]),
    'whose signature is of another key and has the ID of this one': body + line.replace(/ \S+$/, ` ${Buffer.concat([Buffer.from(keyIdOf(signer), 'hex'), Buffer.from(signNote(text, [other]).split(' ').at(-1)?.trim() ?? '', 'base64').subarray(4)]).toString('base64')}\n`),
    'whose signature has a byte more': body + line.replace(/ (\S+)$/, (_, encoded: string) => ` ${Buffer.concat([Buffer.from(encoded, 'base64'), Buffer.of(0)]).toString('base64')}\n`),
    'that is signed under another name': signNote(text, [renamed(signer, 'example.com/other')]),
    'that has a wrong signature of the key beside the right one': `${note}${line.replace(/ (\S+)$/, (_, encoded: string) => ` ${Buffer.from(encoded, 'base64').fill(0, 10).toString('base64')}\n`)}`,
  })) {
    it(`is not signed ${what}`, () => {
      assert.notEqual(touched, note);
      assert.ok(parseNote(touched), 'it is a note');
      assert.equal(isSigned(touched, signer), false);
    });
  }

  it('signs no text that it could not read again', () => {
    for (const wrong of ['no line break', 'a\rb\n', 'a\0\n', '\ud800\n', '']) assert.throws(() => signNote(wrong, [signer]), TypeError, JSON.stringify(wrong));
  });
});

describe('ledger/signed-note: keys', () => {
  it('reads the verifier key that it writes', () => {
    const vkey = vkeyOf(signer);
    assert.match(vkey, /^example\.com\/log\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/);
    assert.deepEqual(parseVkey(vkey)?.name, 'example.com/log');
    assert.deepEqual(Buffer.from(parseVkey(vkey)?.publicKey ?? []).toString('hex'), Buffer.from(signer.publicKey).toString('hex'));
  });

  const vkey = vkeyOf(signer);
  for (const [what, touched] of Object.entries({
    'with the key ID of another name': vkey.replace('example.com/log', 'example.com/other'),
    'with another key ID': vkeyOf(other).replace(keyIdOf(other), keyIdOf(signer)),
    'of another algorithm': `example.com/log+${keyIdOf(signer)}+${Buffer.concat([Buffer.of(2), signer.publicKey]).toString('base64')}`,
    'with a byte more': `${vkey.slice(0, -44)}${Buffer.concat([Buffer.of(1), signer.publicKey, Buffer.of(0)]).toString('base64')}`,
    'with a blank in its name': vkey.replace('example', 'exam ple'),
    'with something behind it': `${vkey} x`,
    'that is nothing': '',
  })) {
    it(`is no verifier key ${what}`, () => assert.equal(parseVkey(touched), undefined));
  }

  it('takes an Ed25519 key and no other, and repeats nothing of it', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const wrong = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    for (const pem of [wrong, 'hello', '', pemOf(1).replace('PRIVATE', 'PUBLIC')]) {
      assert.throws(() => signerFrom(pem, 'a'), (error: unknown) => error instanceof TypeError && !error.message.includes(pem.split('\n')[1] ?? 'BEGIN'));
      assert.equal(publicKeyIn(pem), undefined);
    }
    assert.throws(() => signerFrom(pemOf(1), 'a b'), TypeError);
    assert.throws(() => signerFrom(pemOf(1), ''), TypeError);
    assert.deepEqual(Buffer.from(publicKeyIn(pemOf(1)) ?? []).toString('hex'), Buffer.from(signer.publicKey).toString('hex'));
  });
});
