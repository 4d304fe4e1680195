import type { RevealRequest } from '../../domain/request.ts';
import { type CardMessage, heading, line, message } from './card.ts';
import { plain, say } from './escape.ts';
import { time } from './times.ts';
import { deviceName } from './words.ts';

/** Replaces a confirm card that nobody pressed in time. */
export function expiredCard({ request }: { readonly request: RevealRequest }): CardMessage {
  const name = request.offer && deviceName(request.offer.device);
  return message(
    name === undefined ? plain`The question for a device has expired.` : plain`The question for the key of ${name} has expired.`,
    [
      heading(say`Expired at ${time(request.expiresAt, request.viewer)}`),
      line(name === undefined ? say`No device was chosen in time, and nothing was shown.` : say`The key of ${name} was not asked for in time, and nothing was shown.`, { spacing: 'small' }),
      line(name === undefined ? say`Still needed? Ask again.` : say`Still needed? Ask again: **key for ${name}**`),
    ],
  );
}
