// A file on its way to the OneDrive of the one who accepted it. The address comes from outside, inside an invoke: it must
// be one of SharePoint's, and nothing of ours goes there but the file: no token, no cookie, no redirect that is followed.

import { Fault } from '../domain/fault.ts';

/** The domains under which Microsoft keeps OneDrive for Business, in its clouds. No bare domain, and no suffix of another name. */
const microsoftDomains = ['.sharepoint.com', '.sharepoint.us', '.sharepoint-mil.us', '.sharepoint.cn'] as const;
const loopbackHosts: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Which addresses are good: Microsoft's, or, for the demo and tests only, this machine's own. */
export type UploadHosts = 'microsoft' | 'loopback';

export function isUploadUrl(address: string, allowed: UploadHosts): boolean {
  const url = URL.parse(address);
  if (url === null || url.username !== '' || url.password !== '') return false;
  if (allowed === 'loopback') return url.protocol === 'http:' && loopbackHosts.has(url.hostname);
  return url.protocol === 'https:' && url.port === '' && microsoftDomains.some((domain) => url.hostname.endsWith(domain) && /^[a-z0-9-]+$/.test(url.hostname.slice(0, -domain.length)));
}

/** An upload session takes up to 60 MiB in one request (OneDrive, createUploadSession). */
const mostBytes = 50 * 1024 * 1024;
/** A client waits some 10 to 15 s for the answer to an invoke. */
const uploadMilliseconds = 10_000;

/** The pieces as one; a Fault `internal` when they are too many. */
export async function collected(pieces: AsyncIterable<string>, most: number = mostBytes): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const piece of pieces) {
    const chunk = Buffer.from(piece, 'utf8');
    size += chunk.length;
    if (size > most) throw new Fault('internal', 'never', { message: `a file of more than ${most} bytes was to be uploaded` });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * The whole file in one request.
 * Throws a Fault `teams-unreachable`: `unknown-outcome` when the file may have arrived, else `never`: an address is good for one try.
 */
export async function upload(address: string, file: Buffer, allowed: UploadHosts): Promise<void> {
  if (!isUploadUrl(address, allowed)) throw new Fault('teams-unreachable', 'never', { message: 'the address for the upload is not one of SharePoint' });
  const headers = { 'content-type': 'application/octet-stream', 'content-range': `bytes 0-${file.length - 1}/${file.length}` };
  const response = await fetch(address, { method: 'PUT', headers, body: new Uint8Array(file), redirect: 'manual', credentials: 'omit', signal: AbortSignal.timeout(uploadMilliseconds) }).catch((error: unknown) => {
    const refused = error instanceof Error && error.cause instanceof Error && 'code' in error.cause && (error.cause.code === 'ECONNREFUSED' || error.cause.code === 'ENOTFOUND');
    throw new Fault('teams-unreachable', refused ? 'never' : 'unknown-outcome', { message: 'the upload was not answered', cause: error });
  });
  // What it says is of no interest, and may be long.
  await response.body?.cancel().catch(() => undefined);
  if (response.status === 200 || response.status === 201) return;
  throw new Fault('teams-unreachable', response.status >= 500 ? 'unknown-outcome' : 'never', { message: `the upload was answered ${response.status}` });
}
