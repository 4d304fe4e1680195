// What a refusal says to somebody who reads the ledger, where the words for a key would be wrong.

import type { RefusalCode } from '../../domain/refusal.ts';
import { say } from './escape.ts';
import { answer, nameOf, no, type Words } from './refusal-words.ts';

const words: Partial<Record<RefusalCode, Words>> = {
  'device-not-found': (facts) =>
    answer('No device of this name', [say`Neither Entra ID nor the ledger knows a device named **${nameOf(facts, 'like this')}**.`], say`Check the name, or ask by key ID: **audit id 1A2B3C4D**`),

  'person-not-found': (facts) =>
    answer(
      'No such person',
      [say`Entra ID knows nobody called **${nameOf(facts, 'like this')}**. Somebody who has left is found by the object ID.`],
      say`Try the sign-in name, such as **audit alex@contoso.com**, or **audit** and the object ID.`,
    ),

  'no-devices': () =>
    answer('No entries for you', [say`Without a role you may read the entries about your own devices, and Entra ID has none that you own.`], say`Is a laptop yours and not listed? Tell the helpdesk, so that it is registered to you.`),

  'private-chat-closed': () =>
    answer('I could not open our private chat', [say`Entries of the ledger are shown there only, and Teams does not let me write to you.`], say`Open **Keydesk** in Teams under Apps, press **Add**, then ask again.`),

  'not-your-card': () => no('This card belongs to somebody else', [say`Only the person who asked may use it. Nothing was shown and nothing was sent.`], say`Ask yourself, in your private chat with me: **audit**`),
  'wrong-conversation': () => no('Not in this chat', [say`Entries are shown only in the private chat in which they were asked for.`], say`Open your private chat with me and ask there: **audit**`),
  'automatic-refresh': () => no('Nothing was read', [say`Teams tried to refresh this card by itself. Entries are read only when a person presses a button.`], say`Press the button on the card, or ask again.`),
  'card-changed': () => no('This card was changed', [say`It came back with something that I never offered. Nothing was shown and nothing was sent.`], say`Ask again: **audit**. If you changed nothing, tell your security team the reference.`),
};

/** Its own words, or those for a key. */
export const auditRefusalWords = (code: RefusalCode): Words | 'as for a key' => words[code] ?? 'as for a key';
