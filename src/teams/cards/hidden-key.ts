// What stays in the chat after a reveal: who saw which key when and why, and what became of it, without the key. It
// replaces the message, so it is also what Teams reverts to. Show again is one press while it is allowed.

import { shortKeyId } from '../../domain/ids.ts';
import { type Instant, milliseconds } from '../../domain/instant.ts';
import type { RevealRequest } from '../../domain/request.ts';
import { type CardMessage, type Element, type ExecuteAction, facts, heading, line, message, note, press } from './card.ts';
import { plain, type Said, say } from './escape.ts';
import { ownReasonWords } from './own-words.ts';
import { type Afterwards, rotateButton, rotationLine } from './rotation-words.ts';
import { time, when } from './times.ts';
import { callerCheckWords, deviceName, ownVolumeWords, reasonWords, volumeWords } from './words.ts';

export interface After extends Afterwards {
  /** Revealed at least once: with offer and grant. Throws without. */
  readonly request: RevealRequest;
  readonly now: Instant;
  /** Without anything from outside: no name, no reason, no ticket. For what the egress guard would withhold. */
  readonly bare?: boolean;
}

export const hiddenKeyCard = (after: After): CardMessage => {
  const { request, bare = false } = after;
  const at = when(request.revealedAt ?? after.now, after.now, request.viewer);
  return afterReveal(after, 'hidden', say`✓ Recovery key hidden`, bare ? say`It was revealed at ${at}.` : say`It was revealed to ${request.person.name} at ${at}.`);
};

/** Answer to a second press, or to a card that Teams put back to its first state. */
export const usedCard = (after: After): CardMessage => {
  const { request, bare = false } = after;
  const at = when(request.revealedAt ?? after.now, after.now, request.viewer);
  const text = bare ? say`This card has revealed its key already. A card does that once.` : say`This card has revealed its key to ${request.person.name} already. A card does that once.`;
  return afterReveal(after, 'used', say`Used at ${at}`, text);
};

function afterReveal({ request, now, bare = false, ...afterwards }: After, kind: 'hidden' | 'used', title: Said, text: Said): CardMessage {
  if (request.offer === undefined || request.grant === undefined) throw new Error('only a revealed request was used');
  const name = bare ? 'this device' : deviceName(request.offer.device);
  const again = againUntil(request, now);
  return message(
    kind === 'hidden' ? plain`The recovery key of ${name} is hidden again.` : plain`This card has revealed the recovery key of ${name} already.`,
    [heading(title), line(text, { spacing: 'small' }), ...(bare ? [] : [about(request, name)]), ...rotationLine(afterwards, request, now), againLine(request, again)],
    [...(again === undefined ? [] : [showAgain(request)]), ...rotateButton(afterwards, request)],
  );
}

function about({ grant, by }: RevealRequest, name: string): Element {
  const reasons = by === 'owner' ? ownReasonWords : reasonWords;
  const volumes = by === 'owner' ? ownVolumeWords : volumeWords;
  return facts(
    {
      Device: say`${name}`,
      'Key ID': grant && say`${shortKeyId(grant.key.keyId)}, ${volumes[grant.key.volumeType]}`,
      Reason: grant && (grant.reason === 'other' ? say`${grant.reasonText ?? 'Other'}` : say`${reasons[grant.reason]}`),
      Details: grant?.reason !== 'other' && grant?.reasonText !== undefined ? say`${grant.reasonText}` : undefined,
      Caller: grant?.callerCheck && say`${callerCheckWords[grant.callerCheck]}`,
      Ticket: grant?.ticket === undefined ? undefined : say`${grant.ticket}`,
    },
    { spacing: 'medium' },
  );
}

function againUntil({ showAgainUntil }: RevealRequest, now: Instant): Instant | undefined {
  return showAgainUntil !== undefined && milliseconds(now) < milliseconds(showAgainUntil) ? showAgainUntil : undefined;
}

function againLine(request: RevealRequest, until: Instant | undefined): Element {
  if (until === undefined) return note(say`It can no longer be shown from this card. If it is still needed, ask again.`, { spacing: 'medium' });
  if (request.by === 'owner') return note(say`Still needed? Show again works until ${time(until, request.viewer)}; it is written down again.`, { spacing: 'medium' });
  return note(say`Still on the phone? Show again works until ${time(until, request.viewer)}; it is written into the ledger.`, { spacing: 'medium' });
}

const showAgain = (request: Pick<RevealRequest, 'id'>): ExecuteAction => press('again', 'Show again', request.id, { tooltip: 'Reads the same key once more' });
