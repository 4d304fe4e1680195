import type { RevealRequest } from '../../domain/request.ts';
import { type CardMessage, heading, line, message } from './card.ts';
import { plain, say } from './escape.ts';
import { time } from './times.ts';
import { askAgain, deviceName, doneWords } from './words.ts';

/** Replaces a confirm card that nobody pressed in time. */
export function expiredCard({ request }: { readonly request: RevealRequest }): CardMessage {
  const { offer, purpose, expiresAt, viewer } = request;
  const name = offer && deviceName(offer.device);
  return message(
    name === undefined ? plain`The question for a device has expired.` : plain`The question for the key of ${name} has expired.`,
    [
      heading(say`Expired at ${time(expiresAt, viewer)}`),
      line(name === undefined ? say`No device was chosen in time, and nothing was ${doneWords[purpose]}.` : say`The card for ${name} was not used in time, and nothing was ${doneWords[purpose]}.`, { spacing: 'small' }),
      line(askAgain(request, name)),
    ],
  );
}
