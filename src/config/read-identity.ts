// Who Keydesk is: the bot's registration, and, where there are any, applications of their own for what it asks of Graph.
import { z } from 'zod';
import { type IdentityPurpose, identityPurposes } from '../domain/identity-purpose.ts';
import type { Instant } from '../domain/instant.ts';
import { faultOfCertificate } from './certificate.ts';
import { guid, type Reader } from './reader.ts';
import { isReadableFile, type Secret } from './secret.ts';

/** Who Keydesk is towards Entra: a closed set, and no member of it is the default. */
export type Identity =
  | { readonly type: 'secret'; readonly clientId: string; readonly secret: Secret }
  | { readonly type: 'certificate'; readonly clientId: string; readonly certificateFile: string }
  /** An application that trusts somebody else's token: that of a managed identity, or one that the platform puts into a file. */
  | { readonly type: 'federated'; readonly clientId: string; readonly proof: FederatedProof }
  | { readonly type: 'managed-identity'; readonly clientId: string };

export type FederatedProof = { readonly managedIdentity: string } | { readonly tokenFile: string };

/** Only purposes that have an identity apart from the bot's. */
export type IdentitiesApart = Readonly<Partial<Record<IdentityPurpose, Identity>>>;

const federatedClient = 'KEYDESK_FEDERATED_CLIENT_ID';
/** Named by Azure's workload identity for Kubernetes, which sets it by itself. */
const federatedFile = 'AZURE_FEDERATED_TOKEN_FILE';
const bot = { secret: 'MicrosoftAppPassword', certificate: 'KEYDESK_CERTIFICATE_FILE', whose: 'the bot' } as const;

export function readIdentity(read: Reader, now: Instant): Identity | undefined {
  const types = ['SingleTenant', 'UserAssignedMsi'] as const;
  const type = read.required('MicrosoftAppType', z.enum(types), types.join(' or '), 'MultiTenant bots cannot be registered any more and are refused here.');
  const clientId = read.required('MicrosoftAppId', guid, 'the application (client) id of the bot', 'Entra admin centre → App registrations → your bot.');
  const proofs = [...proofsOf(read, bot), ...[federatedClient, federatedFile].filter((variable) => read.raw(variable) !== undefined)];
  if (type === 'UserAssignedMsi') {
    // The platform may set the token file for a managed identity too: @azure/identity then uses it.
    refuseProofs(read, proofs.filter((variable) => variable !== federatedFile));
    return clientId === undefined ? undefined : { type: 'managed-identity', clientId };
  }
  if (proofs.length > 1) return refuseTwo(read, proofs, bot.whose);
  // Without a type it is not known whether there must be a proof; one that is there is looked at all the same.
  if (type === undefined && proofs.length === 0) return undefined;
  const proof = proofs[0] === federatedClient || proofs[0] === federatedFile ? readFederated(read, clientId) : readProof(read, bot, now);
  return clientId === undefined || proof === undefined ? undefined : { clientId, ...proof };
}

export function readIdentitiesApart(read: Reader, own: Identity | undefined, now: Instant): IdentitiesApart {
  const apart: { [purpose in IdentityPurpose]?: Identity } = {};
  for (const purpose of identityPurposes) {
    const identity = readApart(read, purpose, own, now);
    if (identity === undefined) continue;
    // Purposes of one client id are one identity: of two proofs one would do nothing.
    const other = identityPurposes.find((one) => apart[one]?.clientId === identity.clientId);
    if (other !== undefined && proofIn(apart[other]) !== proofIn(identity)) refuseUnlike(read, other, purpose);
    apart[purpose] = identity;
  }
  return apart;
}

/** To be compared, and not told to anybody. */
const proofIn = (identity: Identity | undefined): string => (identity?.type === 'secret' ? identity.secret.reveal() : identity?.type === 'certificate' ? identity.certificateFile : (identity?.type ?? ''));

function refuseUnlike(read: Reader, one: IdentityPurpose, other: IdentityPurpose): void {
  read.faults.push({ variable: `${prefixOf(one)}_CLIENT_ID and ${prefixOf(other)}_CLIENT_ID`, expected: 'two applications, or one with one proof; they name the same one, and two proofs of it', remedy: 'Give both purposes the same proof, or each its own application.' });
}

const prefixOf = (purpose: IdentityPurpose): string => `KEYDESK_${purpose.toUpperCase()}`;

const acts = { metadata: 'reads devices, people and key IDs', reveal: 'reads recovery passwords', rotation: 'rotates' } as const satisfies Record<IdentityPurpose, string>;

/** A proof without a client id is a fault: it would be a setting that does nothing. So is the bot's own client id. */
function readApart(read: Reader, purpose: IdentityPurpose, own: Identity | undefined, now: Instant): Identity | undefined {
  const prefix = prefixOf(purpose);
  const [variable, whose] = [`${prefix}_CLIENT_ID`, `the application that ${acts[purpose]}`];
  const names = { secret: `${prefix}_CLIENT_SECRET`, certificate: `${prefix}_CERTIFICATE_FILE`, whose };
  const proofs = proofsOf(read, names);
  if (read.raw(variable) === undefined && proofs.length === 0) return undefined;
  const remedy = `Entra admin centre → App registrations → ${whose}. Remove all ${prefix}_C… to do that as the bot.`;
  const clientId = read.required(variable, guid.refine((id) => id !== own?.clientId), `the application (client) id that ${acts[purpose]}, another than the bot's`, remedy);
  if (proofs.length > 1) return refuseTwo(read, proofs, whose);
  // What proves the bot without a secret may prove others: another managed identity of the machine, or another application that trusts the same token.
  const isProvenAlike = own?.type === 'managed-identity' || own?.type === 'federated';
  if (proofs.length === 0 && isProvenAlike) return clientId === undefined ? undefined : { ...own, clientId };
  // Without the bot's own identity it is not known whether one is needed.
  if (proofs.length === 0 && own === undefined) return undefined;
  const proof = readProof(read, names, now);
  return clientId === undefined || proof === undefined ? undefined : { clientId, ...proof };
}

interface ProofNames {
  /** A secret's variable, which may have `_FILE` behind it. */
  readonly secret: string;
  readonly certificate: string;
  readonly whose: string;
}

/** Which of them are set. */
const proofsOf = (read: Reader, { secret, certificate }: ProofNames): readonly string[] =>
  [...(read.has(secret) ? [secret] : []), ...(read.raw(certificate) === undefined ? [] : [certificate])];

function readProof(read: Reader, { secret, certificate, whose }: ProofNames, now: Instant) {
  const certificateFile = read.raw(certificate);
  if (certificateFile === undefined) {
    const value = read.secret(secret, `the client secret of ${whose} (or set ${certificate}, which is better)`);
    return value && ({ type: 'secret', secret: value } as const);
  }
  const pem = read.file(certificate, 'the certificate and its private key in PEM');
  const fault = pem && faultOfCertificate(pem.reveal(), now);
  if (fault !== undefined) read.faults.push({ variable: certificate, ...fault });
  return pem && fault === undefined ? ({ type: 'certificate', certificateFile } as const) : undefined;
}

function readFederated(read: Reader, clientId: string | undefined) {
  if (read.raw(federatedFile) === undefined) {
    // The registration itself is none that it could trust, and Azure would say so at the first question only.
    const managedIdentity = read.required(federatedClient, guid.refine((id) => id !== clientId), 'the client id of the managed identity that the registration of the bot trusts, another than the bot\'s', 'Entra admin centre → App registrations → your bot → Certificates & secrets → Federated credentials.');
    return managedIdentity === undefined ? undefined : ({ type: 'federated', proof: { managedIdentity } } as const);
  }
  const tokenFile = read.required(federatedFile, z.string().refine(isReadableFile), 'a readable file with the token that the registration of the bot trusts', 'The platform writes it; is the service account linked to the registration (azure.workload.identity/use)?');
  return tokenFile === undefined ? undefined : ({ type: 'federated', proof: { tokenFile } } as const);
}

function refuseTwo(read: Reader, proofs: readonly string[], whose: string): undefined {
  read.faults.push({ variable: proofs.join(' and '), expected: `one proof of ${whose}, not several`, remedy: 'Remove all but one of them; a certificate or a federated credential is better than a secret.' });
}

function refuseProofs(read: Reader, proofs: readonly string[]): void {
  for (const variable of proofs) read.faults.push({ variable, expected: 'nothing with UserAssignedMsi, which Azure itself proves', remedy: 'Remove it, or set MicrosoftAppType to SingleTenant.' });
}
