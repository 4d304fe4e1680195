// What Keydesk says in a channel or group chat: everybody there reads it, so it names no device, no person and no key.

import { type CardMessage, heading, line, message } from './card.ts';
import { plain, say } from './escape.ts';

/** The request goes on in the private chat. */
export const carriedOnNotice = (): CardMessage =>
  message(plain`I have answered in our private chat.`, [heading(say`Answered in our private chat`), line(say`Keys are shown there only. Please go on there.`, { spacing: 'small' })]);

/** Teams does not let Keydesk write to the person: not installed for them, or blocked. */
export const privateChatClosedNotice = (): CardMessage =>
  message(plain`I could not open our private chat.`, [
    heading(say`✕ I could not open our private chat`),
    line(say`Keys are shown there only, and Teams does not let me write to you.`, { spacing: 'small' }),
    line(say`Open **Keydesk** in Teams under Apps, press **Add**, then ask again.`),
  ]);
