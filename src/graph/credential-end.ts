// When a proof of identity ends: a certificate says so itself, of a client secret only its registration knows.

import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { CredentialEnd } from '../domain/credential-end.ts';
import { Fault, type FaultCode } from '../domain/fault.ts';
import { type Instant, parseInstant } from '../domain/instant.ts';
import type { Deadline } from '../domain/ports.ts';
import type { CredentialSettings } from './credential.ts';
import type { Examination } from './examination.ts';

export type ProofEnd =
  | { readonly kind: 'certificate' | 'client secret'; readonly endsAt: Instant }
  /** Azure renews it by itself. */
  | { readonly kind: 'renewed' }
  /** The fault that kept it from being known; without one, what was read does not say it. */
  | { readonly kind: 'unknown'; readonly of: 'certificate' | 'client secret'; readonly code?: FaultCode };

/** Graph tells the first characters of a secret, by which one of several is known. */
const hintLength = 3;

export async function endOf(identity: CredentialSettings['identity'], examination: Pick<Examination, 'secretEnd'>, now: Instant, deadline: Deadline): Promise<ProofEnd> {
  if (identity.type === 'certificate') {
    const endsAt = certificateEnd(identity.certificateFile);
    return endsAt === undefined ? { kind: 'unknown', of: 'certificate' } : { kind: 'certificate', endsAt };
  }
  if (identity.type !== 'secret') return { kind: 'renewed' };
  try {
    const endsAt = await examination.secretEnd(identity.clientId, identity.secret.reveal().slice(0, hintLength), now, deadline);
    return endsAt === undefined ? { kind: 'unknown', of: 'client secret' } : { kind: 'client secret', endsAt };
  } catch (error) {
    return { kind: 'unknown', of: 'client secret', ...(error instanceof Fault && { code: error.code }) };
  }
}

/** Of all of them those that are known. */
export async function endsOf(identities: readonly { readonly purposes: CredentialEnd['purposes']; readonly identity: CredentialSettings['identity']; readonly graph: { readonly examination: Examination } }[], now: Instant, deadline: () => Deadline): Promise<readonly CredentialEnd[]> {
  const ends = await Promise.all(identities.map(async ({ purposes, identity, graph }) => ({ purposes, end: await endOf(identity, graph.examination, now, deadline()) })));
  return ends.flatMap(({ purposes, end }) => ('endsAt' in end ? [{ purposes, kind: end.kind, endsAt: end.endsAt }] : []));
}

/** Of the first certificate in a PEM file; undefined when there is none to be read. */
export function certificateEnd(path: string): Instant | undefined {
  try {
    const [pem] = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/.exec(readFileSync(path, 'utf8')) ?? [];
    return pem === undefined ? undefined : parseInstant(new X509Certificate(pem).validToDate);
  } catch {
    return undefined;
  }
}
