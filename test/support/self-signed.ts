import { generateKeyPairSync, sign } from 'node:crypto';

// Just enough DER for a certificate that signs for itself, so that no private key lies in the repository.
const der = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
};
const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts);
const sha256WithRsa = sequence(der(0x06, Buffer.from('2a864886f70d01010b', 'hex')), der(0x05));
const time = (text: string): Buffer => der(0x17, Buffer.from(text, 'ascii'));

const pem = (label: string, content: Buffer): string => `-----BEGIN ${label}-----\n${content.toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END ${label}-----\n`;

/**
 * A fresh RSA key with its certificate: the file that Keydesk holds, and the certificate that Entra holds.
 * @param valid from and to, as YYMMDD
 */
export function selfSigned({ from, to }: { readonly from: string; readonly to: string } = { from: '260101', to: '460101' }): { readonly file: string; readonly certificate: string; readonly key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const name = sequence(der(0x31, sequence(der(0x06, Buffer.from('550403', 'hex')), der(0x0c, Buffer.from('Keydesk test')))));
  const toBeSigned = sequence(der(0x02, Buffer.from([1])), sha256WithRsa, name, sequence(time(`${from}000000Z`), time(`${to}000000Z`)), name, publicKey.export({ type: 'spki', format: 'der' }));
  const signature = sign('sha256', toBeSigned, privateKey);
  const certificate = pem('CERTIFICATE', sequence(toBeSigned, sha256WithRsa, der(0x03, Buffer.from([0]), signature)));
  const key = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return { certificate, key, file: key + certificate };
}
