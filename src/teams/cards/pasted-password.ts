import { box, type CardMessage, heading, line, message } from './card.ts';
import { plain, say } from './escape.ts';
import { intuneLink } from './portals.ts';

/** A message held a recovery password. Nothing of it is repeated, logged or kept; the chat history is not ours to clean. */
export const pastedPasswordCard = (): CardMessage =>
  message(
    plain`Your message held a recovery key. It is now in the chat history.`,
    [
      heading(say`▲ That was a recovery key`),
      line(say`It is now in the chat history, where others may find it later. I have kept nothing of your message.`, { spacing: 'small' }),
      box(
        'warning',
        [
          line(say`**Do this now**`),
          line(say`**First:** delete your message. Point at it, open **More options**, press **Delete**. Copies may remain in backups and archives.`, { spacing: 'small' }),
          line(say`**Then:** give the device a new key, so that the pasted one becomes worthless. Say **rotate** and its name. Or open it in the Intune portal and choose **BitLocker key rotation**.`, { spacing: 'small' }),
        ],
        { spacing: 'medium' },
      ),
      line(say`Need a key? Ask for it by the name of the device: **key for LAPTOP-42**`),
    ],
    intuneLink(),
  );
