// The two kinds of message that Teams knows for a file from a bot, in the private chat only
// (https://learn.microsoft.com/microsoftteams/platform/bots/how-to/bots-filesv4): an offer that a person accepts or
// declines, and the card of a file that has been uploaded.

import type { ExportOffer } from '../domain/reading.ts';
import type { UploadInfo } from './reading-press.ts';

export interface FileAttachment {
  readonly contentType: 'application/vnd.microsoft.teams.card.file.consent' | 'application/vnd.microsoft.teams.card.file.info';
  readonly name: string;
  readonly contentUrl?: string;
  readonly content: object;
}

/** Bytes of an entry, roughly: Teams shows a size before there is a file. */
const bytesOfEntry = { csv: 450, jsonl: 650, ocsf: 1300 } as const;
/** Of a name that was checked. */
const bytesOfName = 150;

/** What both answers bring back is the id of the offer, and nothing else that would have to be believed. */
export const consentAttachment = ({ id, fileName, format, names }: ExportOffer, count: number): FileAttachment => ({
  contentType: 'application/vnd.microsoft.teams.card.file.consent',
  name: fileName,
  content: {
    description: names === undefined ? `${count === 1 ? '1 entry' : `${count} entries`} of the Keydesk ledger, saved in your OneDrive` : `All ${count} names with what is known of each, as CSV, saved in your OneDrive`,
    sizeInBytes: count * (names === undefined ? bytesOfEntry[format] : bytesOfName),
    acceptContext: { export: id },
    declineContext: { export: id },
  },
});

export const fileAttachment = ({ name, contentUrl, uniqueId, fileType }: UploadInfo): FileAttachment => ({
  contentType: 'application/vnd.microsoft.teams.card.file.info',
  name,
  contentUrl,
  content: { uniqueId, fileType },
});
