// The ledger read in Teams, in the hands of a test: questions, pages, and the client's part in a file.

import { randomUUID } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { ChatMessage } from '../../../src/terminal/connector.ts';
import type { Speaker } from '../../../src/terminal/conversation.ts';
import { known } from '../known.ts';
import type { TestKeydesk } from '../keydesk.ts';
import { privateChatOf, tenantId } from './people.ts';

export interface Put {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** OneDrive as far as an upload needs it, on this machine. */
export interface UploadServer {
  readonly url: string;
  readonly puts: readonly Put[];
  /** How the next ones are answered; 201 at first. */
  answer(by: (response: ServerResponse) => void): void;
  /** Told when the first byte of a file has come. */
  onPut(told: () => Promise<void>): void;
  stop(): Promise<void>;
}

export async function startUploadServer(): Promise<UploadServer> {
  const puts: Put[] = [];
  let answer = (response: ServerResponse): void => void response.writeHead(201, { 'content-type': 'application/json' }).end('{"id":"01"}');
  let told = (): Promise<void> => Promise.resolve();
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      puts.push({ headers: request.headers, text: Buffer.concat(chunks).toString('utf8') });
      void told().then(() => answer(response));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/personal/upload?tempauth=v1`,
    puts,
    answer: (by) => void (answer = by),
    onPut: (by) => void (told = by),
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}

type Attachment = Readonly<Record<string, unknown>>;

/** The attachment of a kind in a message. */
export function attachmentOf(message: ChatMessage | undefined, kind: 'consent' | 'info'): Attachment | undefined {
  const attachments: unknown = message?.activity['attachments'];
  const found: unknown = Array.isArray(attachments) ? attachments.find((one: unknown) => typeof one === 'object' && one !== null && Reflect.get(one, 'contentType') === `application/vnd.microsoft.teams.card.file.${kind}`) : undefined;
  return typeof found === 'object' && found !== null ? { ...found } : undefined;
}

/** The newest message with an offer of a file in a private chat. */
export const offerIn = (keydesk: TestKeydesk, person: Speaker): ChatMessage => known(keydesk.privateChat(person).findLast((message) => attachmentOf(message, 'consent') !== undefined));

export interface ConsentOptions {
  readonly as: Speaker;
  readonly action?: 'accept' | 'decline';
  readonly uploadUrl?: string;
  /** Instead of what the offer carries. */
  readonly context?: unknown;
  readonly in?: 'channel';
}

/** What Teams posts when somebody presses Accept or Decline under an offer. */
export async function answerOffer(keydesk: Pick<TestKeydesk, 'url' | 'connector'>, offer: ChatMessage, { as, action = 'accept', uploadUrl = '', context, in: place }: ConsentOptions): Promise<number> {
  const consent = known(attachmentOf(offer, 'consent'));
  const content = consent['content'];
  const given: unknown = typeof content === 'object' && content !== null ? Reflect.get(content, action === 'accept' ? 'acceptContext' : 'declineContext') : undefined;
  const name = String(consent['name']);
  const uploadInfo = { contentUrl: `https://contoso-my.sharepoint.com/personal/x/Documents/Applications/Keydesk/${name}`, name, uploadUrl, uniqueId: '1150D938', fileType: name.split('.').at(-1), etag: '"1"' };
  const response = await fetch(`${keydesk.url}/api/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      type: 'invoke',
      id: randomUUID(),
      name: 'fileConsent/invoke',
      channelId: 'msteams',
      serviceUrl: keydesk.connector.serviceUrl,
      from: { id: `29:${as.id}`, name: as.name, aadObjectId: as.id },
      recipient: { id: '28:keydesk', name: 'Keydesk' },
      conversation: place === undefined ? { id: privateChatOf(as), conversationType: 'personal', tenantId } : { id: '19:channel', conversationType: 'channel', tenantId },
      channelData: { tenant: { id: tenantId } },
      replyToId: offer.activityId,
      value: { type: 'fileUpload', action, context: context ?? given, ...(action === 'accept' && { uploadInfo }) },
    }),
  });
  await response.text();
  return response.status;
}
