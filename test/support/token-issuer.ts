// A signing key of our own and the documents that name it, as login.botframework.com has them.

import { createSign, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';

export interface TokenIssuer {
  /** The OpenID metadata document. */
  readonly metadataUrl: string;
  /** @param alg `none` leaves the signature out */
  sign(claims: Readonly<Record<string, unknown>>, alg?: 'RS256' | 'none'): string;
  stop(): Promise<void>;
}

export async function startTokenIssuer(): Promise<TokenIssuer> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = { ...publicKey.export({ format: 'jwk' }), kid: 'key-1', use: 'sig', endorsements: ['msteams'] };
  let origin = '';
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(request.url === '/keys' ? { keys: [key] } : { jwks_uri: `${origin}/keys` }));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  origin = `http://127.0.0.1:${address.port}`;
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  return {
    metadataUrl: `${origin}/openid`,
    sign: (claims, alg = 'RS256') => {
      const unsigned = `${encode({ alg, typ: 'JWT', kid: 'key-1' })}.${encode(claims)}`;
      return alg === 'none' ? `${unsigned}.` : `${unsigned}.${createSign('RSA-SHA256').update(unsigned).sign(privateKey, 'base64url')}`;
    },
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
