// Signed notes as https://c2sp.org/signed-note writes them, with Ed25519 keys (node:crypto): a text, a blank line, and
// one line a signature: an em dash, the name of the key, and in base64 four bytes that tell keys of one name apart, and
// the signature over the text.
import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';

/** Who can check. `publicKey`: 32 bytes. */
export interface Verifier {
  /** Without blank and plus sign. */
  readonly name: string;
  readonly publicKey: Uint8Array;
}

/** Who can sign. */
export interface Signer extends Verifier {
  readonly key: KeyObject;
}

export interface NoteSignature {
  readonly name: string;
  /** Four bytes, hex. */
  readonly keyId: string;
  readonly signature: Uint8Array;
}

export interface SignedNote {
  /** Ends in a line break. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

const algorithm = Buffer.of(0x01);
const nameForm = /^[^\s+]+$/u;
const longestNote = 1_000_000;
const mostSignatures = 100;

/** SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key), its first four bytes, hex. */
export const keyIdOf = ({ name, publicKey }: Verifier): string =>
  hash('sha256', Buffer.concat([Buffer.from(`${name}\n`, 'utf8'), algorithm, publicKey]), 'buffer').subarray(0, 4).toString('hex');

/** `name+hex of the key ID+base64 of 0x01 ‖ public key`: what others hold to check with. */
export const vkeyOf = (verifier: Verifier): string =>
  `${verifier.name}+${keyIdOf(verifier)}+${Buffer.concat([algorithm, verifier.publicKey]).toString('base64')}`;

/** Undefined for anything else than an Ed25519 key whose ID fits. */
export function parseVkey(text: string): Verifier | undefined {
  const [, name = '', keyId, encoded = ''] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/u.exec(text) ?? [];
  const bytes = parseBase64(encoded);
  if (bytes === undefined || bytes.length !== 33 || bytes[0] !== algorithm[0]) return undefined;
  const verifier = { name, publicKey: bytes.subarray(1) };
  return keyIdOf(verifier) === keyId ? verifier : undefined;
}

/** Throws a TypeError when it is no PEM (PKCS #8) of an Ed25519 key; the message repeats nothing of it. */
export function signerFrom(pem: string, name: string): Signer {
  if (!nameForm.test(name)) throw new TypeError('the name of a signing key has no blank and no plus sign');
  const key = privateKeyIn(pem);
  if (key?.asymmetricKeyType !== 'ed25519') throw new TypeError('expected an Ed25519 private key in PEM (PKCS #8)');
  return { name, key, publicKey: rawPublicKey(key) };
}

function privateKeyIn(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

/** The public key (32 bytes) of an Ed25519 key in PEM, private or public; undefined for anything else. */
export function publicKeyIn(pem: string): Uint8Array | undefined {
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyType === 'ed25519' ? key.export({ type: 'spki', format: 'der' }).subarray(-32) : undefined;
  } catch {
    return undefined;
  }
}

/** RFC 8410: the last 32 bytes of the SubjectPublicKeyInfo are the key. */
const rawPublicKey = (key: KeyObject): Uint8Array => createPublicKey(key).export({ type: 'spki', format: 'der' }).subarray(-32);
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/** The same key under another name. */
export const renamed = (signer: Signer, name: string): Signer => ({ ...signer, name });

/** @param text ends in a line break; throws a TypeError when it does not */
export function signNote(text: string, signers: readonly Signer[]): string {
  if (!isText(text)) throw new TypeError('the text of a note ends in a line break and has no control characters');
  const lines = signers.map((signer) => `\u2014 ${signer.name} ${Buffer.concat([Buffer.from(keyIdOf(signer), 'hex'), sign(null, Buffer.from(text, 'utf8'), signer.key)]).toString('base64')}\n`);
  return `${text}\n${lines.join('')}`;
}

/** Strict: nothing behind the last signature, no other line breaks, at least one signature. Undefined otherwise. */
export function parseNote(note: string): SignedNote | undefined {
  if (note.length > longestNote || !isText(note)) return undefined;
  const end = note.lastIndexOf('\n\n');
  if (end < 0) return undefined;
  const text = note.slice(0, end + 1);
  const lines = note.slice(end + 2).split('\n').slice(0, -1);
  if (text === '\n' || lines.length === 0 || lines.length > mostSignatures) return undefined;
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const [, name = '', encoded = ''] = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+=*)$/u.exec(line) ?? [];
    const bytes = parseBase64(encoded);
    if (bytes === undefined || bytes.length < 5) return undefined;
    signatures.push({ name, keyId: bytes.subarray(0, 4).toString('hex'), signature: bytes.subarray(4) });
  }
  return { text, signatures };
}

/** Whether one of the signatures is of this key, and right. Signatures of others count for nothing. */
export function isSignedBy({ text, signatures }: SignedNote, verifier: Verifier): boolean {
  const keyId = keyIdOf(verifier);
  const own = signatures.filter((signature) => signature.name === verifier.name && signature.keyId === keyId);
  if (own.length === 0) return false;
  const key = createPublicKey({ key: Buffer.concat([spkiPrefix, verifier.publicKey]), format: 'der', type: 'spki' });
  return own.every(({ signature }) => signature.length === 64 && verify(null, Buffer.from(text, 'utf8'), key, signature));
}

// oxlint-disable-next-line no-control-regex -- control characters are what a note may not hold
const isText = (text: string): boolean => text.endsWith('\n') && text.isWellFormed() && !/[\u0000-\u0009\u000b-\u001f\u007f]/.test(text);

function parseBase64(encoded: string): Buffer | undefined {
  const bytes = Buffer.from(encoded, 'base64');
  return encoded !== '' && bytes.toString('base64') === encoded ? bytes : undefined;
}
