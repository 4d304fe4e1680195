// What comes back from a card of the ledger, and from Teams' offer of a file, as the product thinks of it. The data of
// both is user input: an id that is looked up, the number of a page that is judged, a format out of a closed list, and
// an address that upload.ts judges.

import { z } from 'zod';
import type { Consent } from '../domain/export-audit.ts';
import { parseExportId, parseReadingId } from '../domain/ids.ts';
import { exportFormats } from '../domain/ledger-entry.ts';
import type { ReadingPress } from '../domain/read-audit.ts';
import type { Incoming } from './activity.ts';
import type { ReadingVerb } from './cards/card.ts';

const readingVerbs = ['audit-page', 'audit-export', 'audit-send'] as const satisfies readonly ReadingVerb[];

const executeSchema = z.object({
  action: z.object({ verb: z.enum(readingVerbs), data: z.unknown().optional() }),
  trigger: z.unknown().optional(),
});
const dataSchema = z.object({ reading: z.unknown(), page: z.unknown(), format: z.unknown() }).partial();

/** A press on a card of the ledger; undefined when the invoke is none. For `trigger` see activity.ts. */
export function parseReadingPress(incoming: Incoming): { readonly verb: ReadingVerb; readonly press: ReadingPress } | undefined {
  if (incoming.kind !== 'invoke' || incoming.name !== 'adaptiveCard/action') return undefined;
  const { data: value } = executeSchema.safeParse(incoming.value);
  if (value === undefined) return undefined;
  const data = dataSchema.safeParse(value.action.data).data ?? {};
  const readingId = parseReadingId(data.reading);
  const format = exportFormats.find((known) => known === data.format);
  const { trigger } = value;
  const press: ReadingPress = {
    ...incoming.asker,
    conversationId: incoming.conversationId,
    trigger: trigger === undefined || trigger === null || trigger === 'manual' ? 'manual' : 'automatic',
    ...(incoming.replyToId !== undefined && { cardActivityId: incoming.replyToId }),
    ...(readingId && { readingId }),
    ...(typeof data.page === 'number' && Number.isSafeInteger(data.page) && { page: data.page }),
    ...(format && { format }),
  };
  return { verb: value.action.verb, press };
}

const text = z.string().min(1).max(8000);
const consentSchema = z.object({
  action: z.enum(['accept', 'decline']),
  context: z.object({ export: z.unknown() }).partial().nullish(),
  uploadInfo: z.object({ uploadUrl: text, contentUrl: text, name: text, uniqueId: text, fileType: text }).nullish(),
});

/** Where Teams has made room for the file, and how the card of the file will name it. */
export type UploadInfo = NonNullable<z.infer<typeof consentSchema>['uploadInfo']>;

export interface ConsentInvoke {
  readonly action: 'accept' | 'decline';
  readonly consent: Consent;
  readonly uploadInfo?: UploadInfo;
}

export const isConsent = ({ kind, name }: Pick<Incoming, 'kind' | 'name'>): boolean => kind === 'invoke' && name === 'fileConsent/invoke';

/** The answer to an offer of a file; undefined when the invoke is none. */
export function parseConsent(incoming: Incoming): ConsentInvoke | undefined {
  if (!isConsent(incoming)) return undefined;
  const { data: value } = consentSchema.safeParse(incoming.value);
  if (value === undefined) return undefined;
  const exportId = parseExportId(value.context?.export);
  return {
    action: value.action,
    consent: { ...incoming.asker, conversationId: incoming.conversationId, ...(exportId && { exportId }) },
    ...(value.uploadInfo && { uploadInfo: value.uploadInfo }),
  };
}
