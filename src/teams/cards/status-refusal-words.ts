// What a refusal says to somebody who asked for a status, where the words for a key would be wrong.

import type { RefusalCode } from '../../domain/refusal.ts';
import { say } from './escape.ts';
import { callHelpdesk } from './own-words.ts';
import { answer, nameOf, no, type Words } from './refusal-words.ts';

const again = say`Ask again: **status** and the name of the device`;

/** A code that is not here is said as for a key. */
export const statusRefusalWords: Readonly<Partial<Record<RefusalCode, Words>>> = {
  'no-role': (facts) => no('You have no role for this', [say`Devices are looked up by people with the role agent, admin or auditor. Nothing was looked up.`], facts.selfService === true ? say`Your own computers: **my devices**` : callHelpdesk(facts)),
  'device-not-found': (facts) =>
    answer(
      'No device of this name',
      [
        say`Entra ID has no device named **${nameOf(facts, 'like this')}**.`,
        ...(facts.onlyInIntune === true ? [say`Intune still knows one. Its recovery keys went when the device was deleted in Entra ID: it cannot be recovered.`] : []),
      ],
      say`Check the name, or ask by person: **status adele@contoso.com**`,
    ),
  'person-not-found': (facts) => answer('No such person', [say`Entra ID knows nobody called **${nameOf(facts, 'like this')}**.`], say`Try the sign-in name, such as **status adele@contoso.com**, or the name of the device.`),
  'no-devices': (facts) => answer('No devices', [say`No Windows device in Entra ID is owned or registered by **${nameOf(facts, 'this person')}**.`], say`Ask by the name of the device: **status LAPTOP-42**`),
  'key-not-found': (facts) => answer('No key with this ID', [say`Entra ID holds no recovery key with the ID **${nameOf(facts, 'asked for')}**.`], say`Ask by the name of the device: **status LAPTOP-42**`),
  'key-id-too-short': () => answer('This needs the device name', [say`I cannot search all devices for the first characters of a key ID yet: my index of the fleet is still being made.`], say`Say which device: **status LAPTOP-42**. Or type the whole key ID.`),
  'key-id-ambiguous': (facts) => answer('More characters, please', [say`Keys of several devices begin with **${nameOf(facts, 'what you typed')}**.`], say`Ask by the name of the device: **status LAPTOP-42**`),
  'private-chat-closed': () => answer('I could not open our private chat', [say`A status is shown there only, and Teams does not let me write to you.`], say`Open **Keydesk** in Teams under Apps, press **Add**, then ask again.`),
  'request-unknown': () => no('I do not know this card', [say`It is too old, or its data was changed.`], again),
  'request-expired': () => answer('This card has expired', [say`A card stays open for a few minutes.`], again),
  'request-closed': () => answer('This request is closed', [say`It was cancelled or used before.`], again),
  'card-changed': () => no('This card was changed', [say`It came back with a value that I never offered. Nothing was looked up.`], say`Ask again. If you changed nothing, tell your security team the reference.`),
};
