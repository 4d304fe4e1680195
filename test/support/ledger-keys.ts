// Signing keys for tests, the same in every run.
import { createPrivateKey } from 'node:crypto';
import { originOf } from '../../src/ledger/checkpoint.ts';
import { type Signer, signerFrom } from '../../src/ledger/signed-note.ts';

export const tenantId = 'c0417050-0000-4000-8000-000000000000';
export const origin = originOf(tenantId, 1);

/** PEM (PKCS #8) of an Ed25519 key whose 32 secret bytes are all `fill`. */
export function pemOf(fill: number): string {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, fill)]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({ type: 'pkcs8', format: 'pem' }).toString();
}

export const signerOf = (fill: number, name: string = origin): Signer => signerFrom(pemOf(fill), name);
