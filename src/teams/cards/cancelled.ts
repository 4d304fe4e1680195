import type { RevealRequest } from '../../domain/request.ts';
import { type CardMessage, heading, line, message } from './card.ts';
import { plain, say } from './escape.ts';
import { deviceName } from './words.ts';

/** Replaces a confirm card, or a choice of devices, after Cancel. */
export function cancelledCard({ request }: { readonly request: RevealRequest }): CardMessage {
  const name = request.offer && deviceName(request.offer.device);
  return message(
    name === undefined ? plain`Cancelled. Nothing was shown.` : plain`Cancelled. The key of ${name} was not shown.`,
    [
      heading(say`Cancelled`),
      line(name === undefined ? say`Nothing was shown.` : say`The key of ${name} was not shown.`, { spacing: 'small' }),
      line(name === undefined ? say`Still needed? Ask again.` : say`Still needed? Ask again: **key for ${name}**`),
    ],
  );
}
