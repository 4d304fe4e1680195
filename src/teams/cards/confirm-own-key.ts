// The question before an owner sees their own key (product.md §8): the same card as the helpdesk's, in plain words, and
// without a caller and a ticket.

import type { Instant } from '../../domain/instant.ts';
import { box, type CardMessage, facts, heading, line, message, note, press } from './card.ts';
import type { Confirm } from './confirm.ts';
import { confirmInputs } from './confirm-inputs.ts';
import { plain, type Said, say } from './escape.ts';
import { hindranceBox } from './hindrance.ts';
import { signInButton } from './portals.ts';
import { problemsBox } from './problems.ts';
import { age, time, when } from './times.ts';
import { deviceName, systemWords } from './words.ts';

/** Throws when the request has no offer: only a request with one is open. */
export function confirmOwnKeyCard(confirm: Confirm): CardMessage {
  const { request, problems = [], now } = confirm;
  const { offer } = request;
  if (offer === undefined) throw new Error('a confirm card needs an offer');
  const { device } = offer;
  const name = deviceName(device);
  const system = systemWords(device);
  const seen = (at: Instant): Said => say`${age(at, now)} (${when(at, now, request.viewer)})`;
  return message(
    plain`Confirm to see the recovery key of your computer ${name}.`,
    [
      heading(say`Recovery key for your ${name}?`),
      ...problemsBox(problems, { title: say`▲ Not shown yet` }),
      ...hindranceBox(confirm.hindrance, { viewer: request.viewer, now }),
      facts({ System: system === undefined ? undefined : say`${system}`, 'Last used': device.lastSignIn === undefined ? undefined : seen(device.lastSignIn) }, { spacing: 'medium' }),
      box('warning', [line(say`▲ The key opens everything on this computer. Type it there yourself. Nobody has to know it: not even somebody who calls and says they are the helpdesk.`)], { spacing: 'medium' }),
      ...(device.enabled === false ? [line(say`▲ This computer was disabled by your organisation. Call the helpdesk first.`)] : []),
      ...confirmInputs({ ...confirm, offer }),
      note(say`That you see the key is written down under your name. This card is open until ${time(request.expiresAt, request.viewer)}.`, { spacing: 'medium' }),
    ],
    [press('reveal', 'Show the key', request.id, { style: 'positive', tooltip: 'Shows the recovery key to you, once' }), press('cancel', 'Cancel', request.id), ...signInButton(confirm.hindrance?.signInPage)],
  );
}
