// When what Keydesk proves itself with ends: without a new one in time nobody gets a key.

import { type IdentityPurpose, purposesInWords } from './identity-purpose.ts';
import { type Instant, secondsBetween } from './instant.ts';

export interface CredentialEnd {
  readonly purposes: readonly IdentityPurpose[];
  readonly kind: 'certificate' | 'client secret';
  readonly endsAt: Instant;
}

const day = 86_400;
/** So long before the end it is told of. */
export const warnDays = 30;

export const isEnding = ({ endsAt }: Pick<CredentialEnd, 'endsAt'>, now: Instant): boolean => secondsBetween(now, endsAt) < warnDays * day;

/** `the certificate (metadata, reveal) ends on 2026-12-01, in 6 days` */
export function endInWords({ purposes, kind, endsAt }: CredentialEnd, now: Instant): string {
  const days = Math.floor(secondsBetween(now, endsAt) / day);
  const when = days < 0 ? `ended on ${endsAt.slice(0, 10)}` : `ends on ${endsAt.slice(0, 10)}, ${days === 0 ? 'today' : days === 1 ? 'tomorrow' : `in ${days} days`}`;
  return `the ${kind} (${purposesInWords(purposes)}) ${when}`;
}
