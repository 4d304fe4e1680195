// What can be wrong with a certificate, asked at start: later it would show as "no token", at a question.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { type Instant, milliseconds } from '../domain/instant.ts';

export interface CertificateFault {
  readonly expected: string;
  readonly remedy: string;
}

/**
 * @param pem certificate and private key; of several certificates the first one counts, as for @azure/identity
 * @returns undefined when the certificate may be used now
 */
export function faultOfCertificate(pem: string, now: Instant): CertificateFault | undefined {
  const { certificate, privateKey } = partsOf(pem);
  if (certificate === undefined || privateKey === undefined) return unreadable;
  if (!certificate.checkPrivateKey(privateKey)) return { expected: 'a private key that belongs to the certificate beside it; this one belongs to another', remedy: 'Put the certificate and the key that was made for it into the file.' };
  if (certificate.publicKey.asymmetricKeyType !== 'rsa') return { expected: 'a certificate with an RSA key; Entra takes no other proof of an application', remedy: 'Make an RSA key (2048 bits or more) and a certificate for it.' };
  const [from, to] = [certificate.validFromDate, certificate.validToDate];
  if (to.getTime() <= milliseconds(now)) return { expected: `a certificate that is valid today; this one ended on ${dateInWords(to)}`, remedy: renew };
  if (from.getTime() > milliseconds(now)) return { expected: `a certificate that is valid today; this one is valid from ${dateInWords(from)} on`, remedy: 'Use the one before it until then. If the date is right, the clock of this machine is wrong.' };
  return undefined;
}

const renew = 'Make a new certificate, add it to the registration (Entra admin centre → App registrations → Certificates & secrets), and put it and its key into the file.';

/** Also for a file that cannot be read. */
export const unreadable: CertificateFault = {
  expected: 'a readable PEM file with the certificate and its private key',
  remedy: 'Name a file that holds both, the key without a passphrase, readable for the service.',
};

function partsOf(pem: string): { readonly certificate?: X509Certificate; readonly privateKey?: ReturnType<typeof createPrivateKey> } {
  try {
    return { certificate: new X509Certificate(pem), privateKey: createPrivateKey(pem) };
  } catch {
    return {};
  }
}

const words = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });
const dateInWords = (date: Date): string => words.format(date);
