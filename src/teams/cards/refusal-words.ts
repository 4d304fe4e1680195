// One table for all refusals, so that a new code does not compile until a person is told what it means. What differs for
// a rotation stands in rotation-refusal-words.ts.

import type { RefusalCode, RefusalFacts } from '../../domain/refusal.ts';
import type { Instant } from '../../domain/instant.ts';
import type { Viewer } from '../../domain/request.ts';
import { cleanText, type Said, say, together } from './escape.ts';
import { callHelpdesk } from './own-words.ts';
import { age, span, when } from './times.ts';

export interface RefusalWords {
  /** A few words without a stop; also the notification. Ours alone: nothing from outside. */
  readonly title: string;
  readonly text: readonly Said[];
  /** What the person can do now. */
  readonly next: Said;
  /** `answered`: nobody was turned away; a "no" that carries no blame. */
  readonly sign: 'refused' | 'answered';
}

interface Reader {
  readonly viewer: Viewer;
  readonly now: Instant;
}

export type Words = (facts: RefusalFacts, reader: Reader) => RefusalWords;

export const no = (title: string, text: readonly Said[], next: Said): RefusalWords => ({ title, text, next, sign: 'refused' });
export const answer = (title: string, text: readonly Said[], next: Said): RefusalWords => ({ title, text, next, sign: 'answered' });

export const nameOf = (facts: RefusalFacts, otherwise: string): string => (facts.asked === undefined ? otherwise : cleanText(facts.asked, 64));
const askAgain = (facts: RefusalFacts): Said => (facts.asked === undefined ? say`Ask for the key again.` : say`Ask again: **key for ${nameOf(facts, '')}**`);
const atTime = (at: Instant | undefined, { viewer, now }: Reader): string => (at === undefined ? '' : when(at, now, viewer));

const escrowWords = {
  encrypted: say`Intune says that the device is encrypted. Its escrow has failed, or is still under way.`,
  'not-encrypted': say`Intune says that the device is not encrypted. Then the blue screen is not BitLocker's, or the device was encrypted after its last sync.`,
  'not-managed': say`Intune does not manage this device, so I cannot tell whether it is encrypted. The key of a hybrid joined device may be in Active Directory.`,
  unknown: say`Intune did not say whether the device is encrypted.`,
} as const satisfies Record<NonNullable<RefusalFacts['escrow']>, Said>;

const noRole = {
  key: (facts) =>
    no(
      'You have no role for this',
      [say`Recovery keys are given to people with the role agent or admin. You have neither, so nothing was shown.`],
      together(say`If you work at the helpdesk, ask for the role. If it is your own laptop:`, facts.selfService === true ? say`type **my key**` : facts.helpdesk === undefined ? say`call the helpdesk.` : say`call the helpdesk, ${facts.helpdesk}`),
    ),
  summaries: () => no('You have no role for this', [say`Summaries of what was shown to whom are for people with the role admin or auditor. You have neither, so nothing was changed.`], say`Ask an admin or auditor to type it, or ask for the role.`),
  'audit-schedule': () => no('Only admins move this', [say`This is the audit channel. When its summaries come is for people with the role admin to say. Nothing was changed.`], say`Ask an admin to type it. In other channels you may do it yourself.`),
} as const satisfies Record<'key' | NonNullable<RefusalFacts['wanted']>, (facts: RefusalFacts) => RefusalWords>;

export const refusalWords = {
  'ask-limit': ({ limit }) =>
    no('Too many messages', [say`More than ${limit?.max ?? 30} messages within ${span(limit?.seconds ?? 60)} came from you, so I stopped answering.`], say`Wait a minute, then ask again.`),

  'no-role': (facts) => noRole[facts.wanted ?? 'key'](facts),

  'device-not-found': (facts) =>
    answer(
      'No device of this name',
      [
        say`Entra ID has no device named **${nameOf(facts, 'like this')}**.`,
        ...(facts.onlyInIntune === true ? [say`Intune still knows one. Its recovery keys went when the device was deleted in Entra ID.`] : []),
      ],
      say`Let the caller spell the name, or ask by person or by key ID: **key for adele@contoso.com**, **key id 1A2B3C4D**`,
    ),

  'person-not-found': (facts) =>
    answer('No such person', [say`Entra ID knows nobody called **${nameOf(facts, 'like this')}**.`], say`Try the sign-in name, such as **key for adele@contoso.com**, or the name of the device.`),

  'no-devices': (facts) =>
    answer('No devices', [say`No Windows device in Entra ID is owned or registered by **${nameOf(facts, 'this person')}**.`], say`Ask the caller for the name of the device. It is often on a sticker underneath.`),

  'key-not-found': (facts, reader) =>
    answer(
      'No key with this ID',
      [
        facts.indexAt === undefined
          ? say`Entra ID holds no recovery key with the ID **${nameOf(facts, 'asked for')}**.`
          : say`No recovery key begins with **${nameOf(facts, 'what you typed')}**. My index of the keys in Entra ID is from ${when(facts.indexAt, reader.now, reader.viewer)} (${age(facts.indexAt, reader.now)}); a younger key is not in it.`,
      ],
      say`Let the caller read the key ID again, one character at a time. Or ask by device: **key for LAPTOP-42**`,
    ),

  'key-id-too-short': (facts) =>
    answer(
      'This needs the device name too',
      [say`I cannot search all devices for the first characters of a key ID yet: my index of the fleet is still being made.`],
      say`Say which device: **key for LAPTOP-42 id ${nameOf(facts, '1A2B3C4D')}**. Or type the whole key ID.`,
    ),

  'no-keys': (facts) =>
    answer(
      'No key in escrow',
      [say`Entra ID holds no recovery key for **${nameOf(facts, 'this device')}**.`, escrowWords[facts.escrow ?? 'unknown']],
      say`Before anybody resets the device: look in Active Directory (ADUC), and ask the caller for a printed or saved copy.`,
    ),

  'approval-unavailable': (facts) =>
    no(
      'This device needs a second person',
      [say`**${nameOf(facts, 'This device')}** is marked as sensitive. Its key is shown only after a second person has approved, and approvals are not available here yet.`],
      say`Follow your rules for sensitive devices. Who may read this key in the Entra portal can do it there.`,
    ),

  'private-chat-closed': () =>
    answer('I could not open our private chat', [say`Keys are shown there only, and Teams does not let me write to you.`], say`Open **Keydesk** in Teams under Apps, press **Add**, then ask again.`),

  'not-your-card': () => no('This card belongs to somebody else', [say`Only the person who asked may use it. Nothing was shown.`], say`If you need the key, ask for it yourself in your private chat with me.`),

  'wrong-conversation': () => no('Not in this chat', [say`A key is shown only in the private chat in which it was asked for. Nothing was shown.`], say`Open your private chat with me and ask there.`),

  'automatic-refresh': () => no('Nothing was shown', [say`Teams tried to refresh this card by itself. A key is shown only when a person presses the button.`], say`Press the button on the card, or ask again.`),

  'request-unknown': () => no('I do not know this card', [say`It is too old, or its data was changed. Nothing was shown.`], say`Ask for the key again.`),

  'request-busy': () => answer('One moment', [say`This request is being worked on.`], say`Wait a few seconds. When no key appears, press Show again.`),

  'request-used': (facts, reader) => {
    const at = atTime(facts.at, reader);
    return answer(at === '' ? 'This card was used' : `Used at ${at}`, [say`This card has revealed its key already. A card does that once.`], say`Still needed? Press Show again: it reads the same key once more and is written into the ledger.`);
  },

  'request-expired': (facts) => answer('This card has expired', [say`A card stays open for a few minutes, so that nobody finds an open one later.`], askAgain(facts)),

  'request-closed': (facts) => answer('This request is closed', [say`It was cancelled, refused or failed before. Nothing was shown now.`], askAgain(facts)),

  'card-changed': () => no('This card was changed', [say`It came back with a value that I never offered. Nothing was read and nothing was shown.`], say`Ask for the key again. If you changed nothing, tell your security team the reference.`),

  'too-many-misses': () =>
    no('Closed after three wrong key IDs', [say`What the caller read out did not fit. Nothing was shown.`], say`Make sure who is calling and which device it is. Then ask again, and let the caller read the key ID from the blue screen.`),

  'reveal-limit': ({ limit, at }, reader) =>
    no(
      'You have reached your limit',
      [say`${limit?.max ?? 'All allowed'} keys within ${span(limit?.seconds ?? 60)} were shown to you. Nothing was shown now.`],
      at === undefined ? say`Wait, or let a colleague take this call.` : say`Try again after ${atTime(at, reader)}, or let a colleague take this call.`,
    ),

  'show-again-over': (facts) => answer('Show again is over', [say`This key can no longer be shown from this card.`], askAgain(facts)),

  'not-managed': (facts) =>
    answer(
      'Intune does not manage this device',
      [say`Only Intune can tell a device to make a new key, and it does not know **${nameOf(facts, 'this device')}**. Nothing was rotated.`],
      say`Enrol the device in Intune first. Until then only somebody at the device can give it a new key.`,
    ),

  'several-managed': (facts) =>
    answer(
      'Intune knows this device more than once',
      [say`Several devices in Intune carry the ID of **${nameOf(facts, 'this device')}**. I do not guess which one is meant. Nothing was rotated.`],
      say`In the Intune portal compare their last check-in and remove the stale ones. Then ask again.`,
    ),

  'not-your-entries': () =>
    no('These are not your entries', [say`You may read your own entries, or those about your own devices. Nothing was shown.`], say`Ask an auditor or an administrator, or type **audit** for your own.`),

  'reading-unknown': () => no('I do not know this card', [say`It is more than a day old, or its data was changed. Nothing was shown and nothing was sent.`], say`Ask again: **audit**`),

  'export-taken': () => answer('That file was sent already', [say`Or it is on its way to your OneDrive. An offer is good for one file.`], say`Did it not arrive? Ask again: **audit**, then Export.`),

  'audit-channel-stays': () =>
    no(
      'The audit channel keeps its summaries',
      [say`This channel is named in the configuration as the one that always hears what was shown to whom. Nobody can silence it from inside Teams.`],
      say`An admin may choose another time: **summary daily 08:00**. To move it to another channel, change the configuration.`,
    ),

  'self-service-off': (facts) => no('Here the helpdesk shows recovery keys', [say`Your organisation does not let owners see the recovery keys of their computers themselves. Nothing was shown.`], callHelpdesk(facts)),

  'no-own-device': (facts) =>
    answer(
      'No computer of yours',
      [say`I found no Windows computer that is registered to you and that you are the main user of. One that came to you from somebody else may still be registered to them.`],
      callHelpdesk(facts),
    ),

  'not-your-device': (facts) =>
    no(
      'Only for your own computers',
      [say`I show you a computer only when it is registered to you and you are its main user. That is not so here, so nothing was shown.`],
      facts.selfService === true ? together(say`Your own computers: **my devices**.`, callHelpdesk(facts)) : callHelpdesk(facts),
    ),

  'index-not-ready': ({ indexing }) =>
    answer(
      'My index of the fleet is still being made',
      [indexing === undefined ? say`It is begun right after my start, and nothing was read yet.` : say`${indexing.entries} entries of Entra ID and Intune were read so far.`],
      say`Ask again in a few minutes. A single device can be asked for now: **status LAPTOP-42**`,
    ),

  'key-id-ambiguous': (facts) =>
    answer(
      'More characters, please',
      [say`Keys of several devices begin with **${nameOf(facts, 'what you typed')}**. I do not guess which one is meant.`],
      say`Let the caller read on, behind the first dash: **key id ${nameOf(facts, '1A2B3C4D')}** and four characters more. Or say which device: **key for LAPTOP-42 id ${nameOf(facts, '1A2B3C4D')}**`,
    ),

  'token-refused': () => no('I do not take this sign-in', [say`What Teams sent is no sign-in to Keydesk that Entra ID vouches for. Nothing was shown.`], say`Sign out of Teams and in again, then press the button once more. If that does not help, tell the people who run Keydesk the reference.`),

  'token-of-another': () => no('This sign-in is another person’s', [say`The button was pressed by you, and the sign-in that came with it belongs to somebody else. Nothing was shown.`], say`Is Teams on this computer signed in with two accounts? Use one of them, then press the button again. If you know of no other account, tell your security team the reference.`),

  'token-replayed': () => no('This sign-in was for another card', [say`It came with a press on another card, or on this one before. Each press needs one of its own. Nothing was shown.`], say`Press the button again. If you did not press it just now, tell your security team the reference.`),

  'consent-missing': () => no('Keydesk may not act for you yet', [say`Keys are read in your name here, and nobody has allowed Keydesk to do that. Nothing was shown.`], say`Press **Sign in**. If Microsoft's page asks for an administrator, tell the people who run Keydesk. Then press the button again.`),

  'sign-in-needed': () => no('Entra ID wants you to sign in again', [say`A Conditional Access policy asks for more than Teams gave it, or your session was ended. Nothing was shown.`], say`Press **Sign in** and do what Microsoft's page asks. Then come back and press the button again.`),

  'entra-role-missing': () => no('Your role in Entra ID is not active', [say`Keys are read in your name here, and Entra ID says that you may not read this one. Nothing was shown.`], say`Activate your role in PIM (Privileged Identity Management), wait a minute, then press the button again. If it is active, your role may not include this device.`),

  // Said by the API alone, in words of its own.
  'no-right': () => no('A permission is missing', [say`The program that asked holds no permission for this.`], say`Ask those who registered it.`),
  'app-reveal-off': () => no('Not for programs', [say`Programs are told no recovery keys here.`], say`Ask for it in Teams.`),
} as const satisfies Record<RefusalCode, Words>;
