// Who Keydesk is: the bot's registration, and, where there is one, the application that rotates.
import { z } from 'zod';
import { guid, type Reader } from './reader.ts';
import { holdsCertificateAndKey, type Secret } from './secret.ts';

/** Who Keydesk is towards Entra: the bot's registration, which also asks Graph in application mode. */
export type Identity =
  | { readonly type: 'secret'; readonly clientId: string; readonly secret: Secret }
  | { readonly type: 'certificate'; readonly clientId: string; readonly certificateFile: string; readonly thumbprint: string }
  | { readonly type: 'managed-identity'; readonly clientId: string };

/** Who rotates, where that is an application of its own: it may rotate and not read keys. */
export type RotationIdentity = Exclude<Identity, { type: 'certificate' }> | { readonly type: 'certificate'; readonly clientId: string; readonly certificateFile: string };

export function readIdentity(read: Reader): Identity | undefined {
  const types = ['SingleTenant', 'UserAssignedMsi'] as const;
  const type = read.required('MicrosoftAppType', z.enum(types), types.join(' or '), 'MultiTenant bots cannot be registered any more and are refused here.');
  const clientId = read.required('MicrosoftAppId', guid, 'the application (client) id of the bot', 'Entra admin centre → App registrations → your bot.');
  if (type === undefined || clientId === undefined) return undefined;
  if (type === 'UserAssignedMsi') return { type: 'managed-identity', clientId };
  const certificateFile = read.raw('KEYDESK_CERTIFICATE_FILE');
  if (certificateFile === undefined) {
    const secret = read.secret('MicrosoftAppPassword', 'the client secret of the bot (or set KEYDESK_CERTIFICATE_FILE, which is better)');
    return secret && { type: 'secret', clientId, secret };
  }
  const pem = readPem(read, 'KEYDESK_CERTIFICATE_FILE');
  const thumbprint = read.required('KEYDESK_CERTIFICATE_THUMBPRINT', z.string().regex(/^[0-9a-fA-F]{40}$/), '40 hex characters', 'The SHA-1 thumbprint that Entra shows beside the certificate.');
  return pem === undefined || thumbprint === undefined ? undefined : { type: 'certificate', clientId, certificateFile, thumbprint };
}

/** The file's path; undefined and a fault when it cannot be used. */
const readPem = (read: Reader, variable: string): string | undefined =>
  read.required(variable, z.string().refine(holdsCertificateAndKey), 'a readable PEM file with the certificate and its private key', 'Name the file that holds both, readable for the service.');

const rotationSecrets = ['KEYDESK_ROTATION_CLIENT_SECRET', 'KEYDESK_ROTATION_CLIENT_SECRET_FILE'] as const;
const rotationCertificate = 'KEYDESK_ROTATION_CERTIFICATE_FILE';

/** A proof without a client id is a fault: it would be a setting that does nothing. */
export function readRotationIdentity(read: Reader, bot: Identity | undefined): RotationIdentity | undefined {
  const variable = 'KEYDESK_ROTATION_CLIENT_ID';
  const certificateFile = read.raw(rotationCertificate);
  const withSecret = rotationSecrets.some((secret) => read.raw(secret) !== undefined);
  if (read.raw(variable) === undefined && certificateFile === undefined && !withSecret) return undefined;
  const remedy = 'Entra admin centre → App registrations → the application that rotates. Remove all KEYDESK_ROTATION_C… to rotate as the bot.';
  const clientId = read.required(variable, guid, 'the application (client) id that rotates', remedy);
  if (clientId === undefined) return undefined;
  if (certificateFile !== undefined && withSecret) {
    read.faults.push({ variable: rotationCertificate, expected: 'a certificate or a secret, not both', remedy: 'Remove one of the two.' });
    return undefined;
  }
  if (certificateFile !== undefined) return readPem(read, rotationCertificate) === undefined ? undefined : { type: 'certificate', clientId, certificateFile };
  // On a machine to which Azure gives identities, a client id names one of them.
  if (!withSecret && bot?.type === 'managed-identity') return { type: 'managed-identity', clientId };
  const secret = read.secret('KEYDESK_ROTATION_CLIENT_SECRET', `the client secret of the application that rotates (or set ${rotationCertificate}, which is better)`);
  return secret && { type: 'secret', clientId, secret };
}
