import type { RevealRequest } from '../../domain/request.ts';
import { type CardMessage, heading, line, message } from './card.ts';
import { plain, say } from './escape.ts';
import { askAgain, deviceName, doneWords } from './words.ts';

/** Replaces a confirm card, or a choice of devices, after Cancel. */
export function cancelledCard({ request }: { readonly request: RevealRequest }): CardMessage {
  const { offer, purpose } = request;
  const name = offer && deviceName(offer.device);
  return message(
    name === undefined ? plain`Cancelled. Nothing was ${doneWords[purpose]}.` : plain`Cancelled. The key of ${name} was not ${doneWords[purpose]}.`,
    [
      heading(say`Cancelled`),
      line(name === undefined ? say`Nothing was ${doneWords[purpose]}.` : say`The key of ${name} was not ${doneWords[purpose]}.`, { spacing: 'small' }),
      line(askAgain(request, name)),
    ],
  );
}
