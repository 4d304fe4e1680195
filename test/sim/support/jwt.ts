import type { Claims } from '../../../src/sim/entra/signing.ts';
import { readJwt } from '../../../src/sim/entra/signing.ts';

/** Header and claims of a token, unverified. */
export function decoded(token: unknown): { readonly header: Claims; readonly claims: Claims } {
  const parts = typeof token === 'string' ? readJwt(token) : undefined;
  if (parts === undefined) throw new TypeError('No token.');
  return parts;
}
