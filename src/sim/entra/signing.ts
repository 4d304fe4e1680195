import type { KeyObject } from 'node:crypto';
import { createHash, createPublicKey, generateKeyPair, sign, verify } from 'node:crypto';
import { promisify } from 'node:util';

export type Claims = Readonly<Record<string, unknown>>;

export interface Signer {
  readonly keyId: string;
  /** As it stands in the key set (RFC 7517). */
  readonly jwk: Readonly<Record<string, unknown>>;
  /** @param header besides what every token's header holds: for tests of what is refused */
  sign(claims: Claims, header?: Claims): string;
  /** The claims, or undefined when the token is none of ours. Looks at the signature only, never at the time. */
  verify(token: string): Claims | undefined;
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

let shared: Promise<Signer> | undefined;

/** One pair for all simulators of a process: making one takes longer than all the rest of a start. */
export const sharedSigner = (): Promise<Signer> => (shared ??= createSigner());

export async function createSigner(): Promise<Signer> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const keyId = createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' })).digest('base64url').slice(0, 27);
  const header = { typ: 'JWT', alg: 'RS256', kid: keyId, x5t: keyId };
  return {
    keyId,
    jwk: { ...publicKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: keyId, x5t: keyId },
    sign: (claims, more = {}) => {
      const body = `${encode({ ...header, ...more })}.${encode(claims)}`;
      return `${body}.${sign('sha256', Buffer.from(body), privateKey).toString('base64url')}`;
    },
    verify: (token) => {
      const parts = readJwt(token);
      return parts?.header['alg'] === 'RS256' && isSigned(parts, publicKey, false) ? parts.claims : undefined;
    },
  };
}

export interface JwtParts {
  readonly header: Claims;
  readonly claims: Claims;
  readonly signed: string;
  readonly signature: Buffer;
}

/** Takes a compact token apart, believing nothing. Undefined when it is not well formed. */
export function readJwt(token: string): JwtParts | undefined {
  const [header, claims, signature, ...rest] = token.split('.');
  if (header === undefined || claims === undefined || signature === undefined || rest.length > 0) return undefined;
  const [parsedHeader, parsedClaims] = [parseObject(header), parseObject(claims)];
  if (parsedHeader === undefined || parsedClaims === undefined) return undefined;
  return { header: parsedHeader, claims: parsedClaims, signed: `${header}.${claims}`, signature: Buffer.from(signature, 'base64url') };
}

function parseObject(part: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Claims) : undefined;
  } catch {
    return undefined;
  }
}

// RSA-PSS as in RFC 7518 §3.5: the salt is as long as the hash.
const pss = { padding: 6, saltLength: 32 } as const;

export const isSigned = ({ signed, signature }: JwtParts, key: KeyObject, withPss: boolean): boolean =>
  verify('sha256', Buffer.from(signed), withPss ? { key, ...pss } : key, signature);

/** @param pem a certificate or a public key */
export const publicKeyOf = (pem: string): KeyObject => createPublicKey(pem);
