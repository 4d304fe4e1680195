// A refusal is an answer, not an error: what happened, why, what the person can do, a reference (product.md §4).
// Who has no role learns no names; the facts of such a refusal hold none.

import type { Refusal, RefusalCode, RefusalFacts } from '../../domain/refusal.ts';
import type { Instant } from '../../domain/instant.ts';
import type { Viewer } from '../../domain/request.ts';
import { auditRefusalWords } from './audit-refusal-words.ts';
import { type CardMessage, type OpenUrlAction, heading, line, message, note, press } from './card.ts';
import { cleanText, type Plain, plain, type Said, say } from './escape.ts';
import { fileRefusalWords } from './file-refusal-words.ts';
import { ownRefusalWords } from './own-refusal-words.ts';
import { ownDevicesPage } from './own-words.ts';
import { portalLinks, signInButton } from './portals.ts';
import { type RefusalWords, refusalWords, type Words } from './refusal-words.ts';
import { rotationRefusalWords } from './rotation-refusal-words.ts';
import { statusRefusalWords } from './status-refusal-words.ts';
import type { Wanted } from './words.ts';

export interface Refused {
  readonly refusal: Refusal;
  readonly viewer: Viewer;
  readonly now: Instant;
  /** What was wanted; a key, where it is not said. */
  readonly purpose?: Wanted;
  /** Where it helps to sign in on a page of ours. */
  readonly signInPage?: string;
}

/** Where the portals are the way on: the key may be found there, or the device be looked at. */
const namesPortals: ReadonlySet<RefusalCode> = new Set(['no-keys', 'approval-unavailable', 'not-managed', 'several-managed']);
/** Where somebody without a role may find their own key. */
const namesOwnPage: ReadonlySet<RefusalCode> = new Set(['no-role', 'self-service-off', 'no-own-device', 'not-your-device', 'no-keys', 'approval-unavailable']);

function linksFor(code: RefusalCode, facts: RefusalFacts, purpose: Refused['purpose']): readonly OpenUrlAction[] {
  if (code === 'no-role' && (purpose === 'rotate' || purpose === 'file' || facts.wanted !== undefined)) return [];
  if (facts.by === 'owner' || !namesPortals.has(code)) return namesOwnPage.has(code) ? [ownDevicesPage] : [];
  return portalLinks(facts.device);
}

/** Where the card's own request may still show its key. */
const mayShowAgain: ReadonlySet<RefusalCode> = new Set(['request-used', 'request-busy', 'token-refused', 'token-of-another', 'token-replayed', 'consent-missing', 'sign-in-needed', 'entra-role-missing']);

export function refusedCard(refused: Refused): CardMessage {
  const { code, facts, reference } = refused.refusal;
  const words = wordsOf(refused);
  const closest = closestNames(facts);
  const again = mayShowAgain.has(code) && facts.requestId !== undefined ? [press('again', 'Show again', facts.requestId)] : [];
  return message(
    plain`Keydesk: ${words.title}.`,
    [
      heading(words.sign === 'refused' ? say`✕ ${words.title}` : say`${words.title}`),
      ...words.text.map((text) => line(text, { spacing: 'small' })),
      ...(closest === undefined ? [] : [line(closest)]),
      line(words.next, { spacing: 'medium' }),
      note(words.sign === 'refused' ? say`Reference ${reference}. This is in the ledger.` : say`Reference ${reference}`, { spacing: 'medium' }),
    ],
    [...again, ...signInButton(refused.signInPage), ...linksFor(code, facts, refused.purpose)],
  );
}

/** The same in one line, for an answer that leaves the card as it is. */
export const refusedLine = (refused: Refused): Plain => plain`${wordsOf(refused).title}. Reference ${refused.refusal.reference}`;

/** Where the words for a key would be wrong. */
const wordsFor = {
  reveal: () => 'as for a key',
  rotate: (code) => rotationRefusalWords[code],
  status: (code) => statusRefusalWords[code] ?? 'as for a key',
  audit: auditRefusalWords,
  file: (code) => fileRefusalWords[code] ?? 'as for a key',
} as const satisfies Record<Wanted, (code: RefusalCode) => Words | 'as for a key'>;

/** The same as parts, for a card that stays and says it in a box. */
export const refusedWords = (refused: Refused): RefusalWords => wordsOf(refused);

function wordsOf({ refusal: { code, facts }, viewer, now, purpose = 'reveal' }: Refused): RefusalWords {
  const other = facts.by === 'owner' ? ownRefusalWords[code] : wordsFor[purpose](code);
  return (other === 'as for a key' ? refusalWords[code] : other)(facts, { viewer, now });
}

function closestNames({ closest = [] }: RefusalFacts): Said | undefined {
  const [first, ...others] = closest.slice(0, 5);
  if (first === undefined) return undefined;
  return others.length === 0 ? say`Did you mean **${first}**?` : say`The closest names: ${[first, ...others].map((name) => cleanText(name, 40)).join(', ')}`;
}
