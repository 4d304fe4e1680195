// What a refusal says to somebody who answered the offer of a file: of entries of the ledger, or of a check. Which of the
// two is not known where the offer is not, so the words are true of both.

import type { RefusalCode } from '../../domain/refusal.ts';
import { say } from './escape.ts';
import { answer, no, type Words } from './refusal-words.ts';

/** A code that is not here is said as for a key. */
export const fileRefusalWords: Readonly<Partial<Record<RefusalCode, Words>>> = {
  'no-role': () => no('You have no role for this', [say`Devices are looked up by people with the role agent, admin or auditor. No file was sent.`], say`If you work at the helpdesk, ask for the role, then ask for the list again.`),
  'not-your-card': () => no('This file was offered to somebody else', [say`Only the person who asked may take it. No file was sent.`], say`Ask yourself, in your private chat with me.`),
  'wrong-conversation': () => no('Not in this chat', [say`A file is sent only from the private chat in which it was offered. No file was sent.`], say`Open your private chat with me and answer the offer there, or ask again.`),
  'reading-unknown': () => no('I do not know this offer', [say`It is more than a day old, or its data was changed. No file was sent.`], say`Ask again as you did before, and I offer the file anew.`),
  'export-taken': () => answer('That file was sent already', [say`Or it is on its way to your OneDrive, or was declined. An offer is good for one file.`], say`Did it not arrive? Ask again as you did before, and I offer another.`),
};
