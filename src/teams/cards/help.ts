// What this person may do, here. Commands that do not exist yet are not named. Where others read, it is the same for
// everybody: whether somebody has a role is nobody else's business.

import { permits, type RoleSet, scopeOfReading } from '../../domain/person.ts';
import type { ConversationKind } from '../../domain/ledger-entry.ts';
import type { DeskSettings } from '../../domain/settings.ts';
import { type CardMessage, type Element, heading, line, message, note } from './card.ts';
import { plain, type Said, say, together } from './escape.ts';
import { helpdeskLine } from './own-words.ts';

export interface Help {
  /** Of the one who asks; not needed where others read. */
  readonly roles?: RoleSet;
  readonly conversation: ConversationKind;
  readonly settings: Pick<DeskSettings, 'agentsMayRotate' | 'selfService' | 'helpdeskContact'>;
}

export function helpCard({ roles = new Set(), conversation, settings }: Help): CardMessage {
  const open = conversation !== 'personal';
  const may = open || permits(roles, 'reveal', settings);
  return message(plain`What Keydesk can do for you.`, [
    heading(say`Keydesk`),
    line(intro(open, may, settings), { spacing: 'small' }),
    ...(may ? keyCommands.flatMap(command) : []),
    ...(open || permits(roles, 'look-up', settings) ? statusCommands.flatMap(command) : []),
    ...(settings.selfService ? ownCommands.flatMap(command) : []),
    ...(!open && permits(roles, 'rotate', settings) ? rotateCommands.flatMap(command) : []),
    ...(open ? [] : readingCommands(roles, settings).flatMap(command)),
    ...(!open && permits(roles, 'summaries', settings) ? summaryCommands.flatMap(command) : []),
    ...general.flatMap(command),
    ...(may || open || !settings.selfService ? [] : [note(helpdeskLine({ helpdesk: settings.helpdeskContact }), { spacing: 'medium' })]),
    note(where(conversation, may), { spacing: 'medium' }),
  ]);
}

function intro(open: boolean, may: boolean, { selfService, helpdeskContact }: Help['settings']): Said {
  if (open) return say`I show BitLocker recovery keys to the helpdesk, to each person alone, and write down that I did. Type what you know:`;
  if (may) return say`I show a BitLocker recovery key to you alone, and write down that I did. Type what you know:`;
  const locked = helpdeskContact === undefined ? say`If you are locked out, call the helpdesk.` : say`If you are locked out, call the helpdesk: ${helpdeskContact}`;
  if (selfService) return say`I show you the BitLocker recovery keys of your own computers, to you alone, and write down that I did.`;
  return together(say`I give BitLocker recovery keys to the helpdesk. You have no role for that.`, locked);
}

type Command = readonly [said: Said, does: Said];

const keyCommands: readonly Command[] = [
  [say`**key for LAPTOP-42**`, say`by device; add a ticket number or **id 1A2B3C4D** if you have them`],
  [say`**key for adele@contoso.com**`, say`by person: choose from their devices`],
  [say`**key id 1A2B3C4D**`, say`by the ID on the blue screen: its first eight characters, or more`],
];

const statusCommands: readonly Command[] = [
  [say`**status LAPTOP-42**`, say`whether its key is safe in Entra ID, and what to do if not`],
  [say`**status**, **missing**, **failed**, **pending**`, say`the whole fleet, and the devices to look after`],
  [say`**check LAPTOP-1, LAPTOP-2**`, say`before a firmware update: which of these could be recovered today`],
];

const ownCommands: readonly Command[] = [
  [say`**my key**`, say`the recovery key of your own computer`],
  [say`**my devices**`, say`your own computers, and whether a key is stored for them`],
];

const rotateCommands: readonly Command[] = [[say`**rotate LAPTOP-42**`, say`give a device a new key; a card then shows how far it is`]];

/** What each may read of the ledger (product.md §2). */
function readingCommands(roles: RoleSet, settings: Help['settings']): readonly Command[] {
  if (!permits(roles, 'read-ledger', settings)) return [[say`**audit**`, say`who saw the keys of your own devices, and when`]];
  if (scopeOfReading(roles) === 'own') return [[say`**audit**`, say`your own entries in the ledger; also **audit LAPTOP-42** or **audit last 7 days**`]];
  return [[say`**audit LAPTOP-42**`, say`who saw which key, when and why; also **audit alex@contoso.com**, **audit last 7 days**, **audit id 1A2B3C4D**`]];
}

const summaryCommands: readonly Command[] = [[say`**summary**`, say`the last day in numbers; in a channel **summary daily 08:00** lets one come each day, **summary off** ends that`]];

const general: readonly Command[] = [
  [say`**key types**`, say`the two kinds of key, and which one I have`],
  [say`**whoami**`, say`who I think you are, and your roles`],
];

const command = ([said, does]: Command): readonly Element[] => [line(said, { spacing: 'medium' }), line(does, { spacing: 'none', isSubtle: true })];

function where(conversation: ConversationKind, may: boolean): Said {
  if (!may) return say`Everything asked is written into the ledger.`;
  if (conversation === 'personal') return say`Here a bare name is enough: LAPTOP-42. Everything asked is written into the ledger.`;
  return say`Mention me here and I answer in our private chat; nothing secret is shown where others read.`;
}
