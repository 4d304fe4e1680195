// What a refusal says to somebody who wants to rotate, where the words for a key would be wrong. Every code is here, so
// that a new one is thought about twice.

import type { RefusalCode } from '../../domain/refusal.ts';
import { say } from './escape.ts';
import { answer, nameOf, no, type Words } from './refusal-words.ts';

const again = say`Ask again: **rotate** and the name of the device`;

export const rotationRefusalWords = {
  'ask-limit': 'as for a key',

  'no-role': () => no('You may not rotate keys', [say`That takes the role admin or, where it is switched on, agent. Nothing was looked up or changed.`], say`Ask an administrator to rotate it.`),

  'device-not-found': (facts) =>
    answer(
      'No device of this name',
      [
        say`Entra ID has no device named **${nameOf(facts, 'like this')}**.`,
        ...(facts.onlyInIntune === true ? [say`Intune still knows one. Its recovery keys went when the device was deleted in Entra ID, so there is none to rotate.`] : []),
      ],
      say`Check the name, or ask by person: **rotate adele@contoso.com**`,
    ),

  'person-not-found': (facts) =>
    answer('No such person', [say`Entra ID knows nobody called **${nameOf(facts, 'like this')}**.`], say`Try the sign-in name, such as **rotate adele@contoso.com**, or the name of the device.`),

  'no-devices': (facts) =>
    answer('No devices', [say`No Windows device in Entra ID is owned or registered by **${nameOf(facts, 'this person')}**.`], say`Ask by the name of the device: **rotate LAPTOP-42**`),

  'key-not-found': (facts) =>
    answer('No key with this ID', [say`Entra ID holds no recovery key with the ID **${nameOf(facts, 'asked for')}**.`], say`Ask by the name of the device: **rotate LAPTOP-42**`),

  'key-id-too-short': () =>
    answer('This needs the device name', [say`I cannot search all devices for the first characters of a key ID yet: my index of the fleet is still being made.`], say`Say which device: **rotate LAPTOP-42**. Or type the whole key ID.`),

  'no-keys': 'as for a key',
  'approval-unavailable': 'as for a key',

  'private-chat-closed': () =>
    answer('I could not open our private chat', [say`A rotation is confirmed there only, and Teams does not let me write to you.`], say`Open **Keydesk** in Teams under Apps, press **Add**, then ask again.`),

  'not-your-card': () => no('This card belongs to somebody else', [say`Only the person who asked may use it. Nothing was rotated.`], say`If the device needs a new key, ask for it yourself in your private chat with me.`),
  'wrong-conversation': () => no('Not in this chat', [say`A rotation is confirmed in the private chat in which it was asked for. Nothing was rotated.`], say`Open your private chat with me and ask there.`),
  'automatic-refresh': () => no('Nothing was rotated', [say`Teams tried to refresh this card by itself. A rotation begins only when a person presses the button.`], say`Press the button on the card, or ask again.`),
  'request-unknown': () => no('I do not know this card', [say`It is too old, or its data was changed. Nothing was rotated.`], again),
  'request-busy': () => answer('One moment', [say`The key of this card is being read just now.`], say`Wait a few seconds, then press the button again.`),
  'request-used': 'as for a key',
  'request-expired': () => answer('This card has expired', [say`A card stays open for a few minutes, so that nobody finds an open one later. Nothing was rotated.`], again),
  'request-closed': () => answer('This request is closed', [say`It was cancelled, refused or used before. Nothing more was done now.`], again),
  'card-changed': () => no('This card was changed', [say`It came back as something that I never offered. Nothing was rotated.`], say`Ask again. If you changed nothing, tell your security team the reference.`),
  'too-many-misses': 'as for a key',
  'reveal-limit': 'as for a key',
  'show-again-over': 'as for a key',
  'not-managed': 'as for a key',
  'several-managed': 'as for a key',
  'not-your-entries': 'as for a key',
  'reading-unknown': 'as for a key',
  'export-taken': 'as for a key',
  'audit-channel-stays': 'as for a key',
  'self-service-off': 'as for a key',
  'no-own-device': 'as for a key',
  'not-your-device': 'as for a key',
  'index-not-ready': 'as for a key',
  'key-id-ambiguous': (facts) =>
    answer('More characters, please', [say`Keys of several devices begin with **${nameOf(facts, 'what you typed')}**. I do not guess which one is meant.`], say`Ask by the name of the device: **rotate LAPTOP-42**`),
  'token-refused': () => no('I do not take this sign-in', [say`What Teams sent is no sign-in to Keydesk that Entra ID vouches for. Nothing was rotated.`], say`Sign out of Teams and in again, then press the button once more. If that does not help, tell the people who run Keydesk the reference.`),
  'token-of-another': () => no('This sign-in is another person’s', [say`The button was pressed by you, and the sign-in that came with it belongs to somebody else. Nothing was rotated.`], say`Is Teams on this computer signed in with two accounts? Use one of them, then press the button again. If you know of no other account, tell your security team the reference.`),
  'token-replayed': () => no('This sign-in was for another card', [say`It came with a press on another card, or on this one before. Nothing was rotated.`], say`Press the button again. If you did not press it just now, tell your security team the reference.`),
  'consent-missing': () => no('Keydesk may not act for you yet', [say`A rotation that you press is sent in your name here, and nobody has allowed Keydesk to do that. Nothing was rotated.`], say`Press **Sign in**. If Microsoft's page asks for an administrator, tell the people who run Keydesk. Then press the button again.`),
  'sign-in-needed': () => no('Entra ID wants you to sign in again', [say`A Conditional Access policy asks for more than Teams gave it, or your session was ended. Nothing was rotated.`], say`Press **Sign in** and do what Microsoft's page asks. Then come back and press the button again.`),
  'entra-role-missing': 'as for a key',
  'no-right': 'as for a key',
  'app-reveal-off': 'as for a key',
} as const satisfies Record<RefusalCode, Words | 'as for a key'>;
