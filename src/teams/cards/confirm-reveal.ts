// The question before the reveal (product.md §4.2), in the private chat. The reader has somebody on the phone who cannot
// work: the device first, so that a wrong one is seen at once, then what must be chosen, with everything common preset.
// Three clicks at most: open the reasons, choose one, Reveal.

import type { AskNote } from '../../domain/ask-for-key.ts';
import type { Instant } from '../../domain/instant.ts';
import type { DeviceOffer } from '../../domain/request.ts';
import { box, type CardMessage, type Element, facts, heading, line, message, note as smallPrint, press } from './card.ts';
import type { Confirm } from './confirm.ts';
import { confirmInputs } from './confirm-inputs.ts';
import { confirmOwnKeyCard } from './confirm-own-key.ts';
import { plain, type Said, say } from './escape.ts';
import { hindranceBox } from './hindrance.ts';
import { signInButton } from './portals.ts';
import { problemsBox } from './problems.ts';
import { age, time, when } from './times.ts';
import { deviceName, joinWords, ownerWords, systemWords } from './words.ts';

/** Throws when the request has no offer: only a request with one is open. */
export function confirmRevealCard(confirm: Confirm): CardMessage {
  const { request, problems = [] } = confirm;
  if (request.by === 'owner') return confirmOwnKeyCard(confirm);
  const { offer } = request;
  if (offer === undefined) throw new Error('a confirm card needs an offer');
  const name = deviceName(offer.device);
  const until = time(request.expiresAt, request.viewer);
  return message(
    plain`Confirm to see the recovery key of ${name}.`,
    [
      heading(say`Recovery key for ${name}?`),
      ...problemsBox(problems, { title: say`▲ Not revealed yet`, missesLeft: confirm.missesLeft }),
      ...hindranceBox(confirm.hindrance, { viewer: request.viewer, now: confirm.now }),
      deviceFacts(offer, confirm),
      ...deviceWarnings(offer),
      ...(confirm.note ? [box('warning', [line(noteWords[confirm.note.kind](confirm.note.typed))], { spacing: 'medium' })] : []),
      ...confirmInputs({ ...confirm, offer }),
      smallPrint(say`Revealing is written into the ledger under your name. This card is open until ${until}.`, { spacing: 'medium' }),
    ],
    [press('reveal', 'Reveal', request.id, { style: 'positive', tooltip: 'Shows the recovery key to you, once' }), press('cancel', 'Cancel', request.id), ...signInButton(confirm.hindrance?.signInPage)],
  );
}

const notKnown = say`not known just now`;

function deviceFacts(offer: DeviceOffer, { request, now }: Confirm): Element {
  const { device, managed } = offer;
  const owner = ownerWords(offer.owner);
  const lastSync = managed?.lastSync;
  const lastSignIn = device.lastSignIn;
  const seen = (at: Instant): Said => say`${age(at, now)} (${when(at, now, request.viewer)})`;
  const system = systemWords(device);
  return facts(
    {
      Owner: offer.missing.includes('owner') ? notKnown : owner === undefined ? say`none registered` : say`${owner}`,
      System: system === undefined ? undefined : say`${system}`,
      'Join type': say`${joinWords[device.joinType]}`,
      'Last sync': offer.missing.includes('managed-device') ? notKnown : managed === undefined ? say`not managed by Intune` : lastSync === undefined ? say`never` : seen(lastSync),
      'Last sign-in': lastSync === undefined && lastSignIn !== undefined ? seen(lastSignIn) : undefined,
    },
    { spacing: 'medium' },
  );
}

function deviceWarnings({ device, missing }: DeviceOffer): readonly Element[] {
  const warnings = [
    ...(device.enabled === false ? [say`▲ This device is disabled in Entra ID. Find out why before you give its key away.`] : []),
    ...(missing.includes('owner') ? [say`▲ The owner is not shown because Entra ID did not answer. Make sure whose device it is.`] : []),
  ];
  return warnings.length === 0 ? [] : [box('warning', warnings.map((text) => line(text)), { spacing: 'medium' })];
}

const noteWords = {
  'no-key-matches': (typed) => say`▲ No key of this device begins with ${typed}. Let the caller read the key ID again, or make sure it is this device.`,
  'several-keys-match': (typed) => say`▲ Several keys begin with ${typed}. Choose by the rest of the key ID.`,
  'letters-read-as-digits': (typed) => say`Key IDs hold no letters after F: I read O as 0, and I or L as 1. The result is ${typed}.`,
} as const satisfies Record<AskNote['kind'], (typed: string) => Said>;

