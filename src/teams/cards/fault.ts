// Something beneath Keydesk does not work. The card says what, whether waiting helps, and names the way that works
// without Keydesk. It is neutral: nothing of an error's own text (product.md §10, law 6).

import type { Fault, FaultCode } from '../../domain/fault.ts';
import type { ReferenceId } from '../../domain/ids.ts';
import { type CardMessage, heading, line, message, note } from './card.ts';
import { type Plain, plain, type Said, say, together } from './escape.ts';
import { type PortalIds, portalLinks } from './portals.ts';
import { span } from './times.ts';
import type { Wanted } from './words.ts';

interface FaultWords {
  readonly title: string;
  readonly what: Said;
  /** When nothing but a change elsewhere helps: whose change. */
  readonly remedy?: Said;
}

const ledgerRule = say`Without an entry in the ledger no key is read, and none is rotated.`;
const tellOperator = say`Tell the people who run Keydesk.`;

const faultWords = {
  'graph-token': { title: 'I could not sign in to Microsoft Graph', what: say`Entra ID gave me no access.`, remedy: tellOperator },
  'graph-claims': { title: 'Entra ID asks for a new sign-in', what: say`A Conditional Access policy or a revoked session stands in the way.`, remedy: say`Sign out of Teams and in again. If that does not help, tell the people who run Keydesk.` },
  'graph-unauthorized': { title: 'Microsoft Graph did not accept my sign-in', what: say`My access was refused.`, remedy: tellOperator },
  'graph-forbidden': { title: 'I am not allowed to read this', what: say`A permission or a role is missing in Entra ID or Intune.`, remedy: tellOperator },
  'graph-not-found': { title: 'The key is no longer there', what: say`It was in Entra ID a moment ago and is gone: the device may have a new key, or was deleted.`, remedy: say`Ask for the key again to see the keys as they are now.` },
  'graph-throttled': { title: 'Microsoft Graph is busy', what: say`It asked me to wait longer than you should have to.` },
  'graph-unavailable': { title: 'Microsoft Graph is not available', what: say`It answered with an error of its own.` },
  'graph-timeout': { title: 'Microsoft Graph did not answer in time', what: say`There was no complete answer.` },
  'graph-cut': { title: 'The connection to Microsoft Graph broke', what: say`There was no complete answer.` },
  'graph-nonsense': { title: 'Microsoft Graph answered something strange', what: say`I do not pass on an answer that I cannot check.`, remedy: tellOperator },
  'ledger-unavailable': { title: 'The ledger cannot be written', what: ledgerRule },
  'ledger-mismatch': { title: 'The ledger is not what it was; nothing is shown', what: say`Something happened to my records: they do not fit what was signed over them.`, remedy: tellOperator },
  'store-unavailable': { title: 'My database is not available', what: ledgerRule },
  'teams-unreachable': { title: 'Teams did not take my message', what: say`I could not write to our private chat.` },
  internal: { title: 'Something went wrong in Keydesk', what: say`That is a defect of mine.`, remedy: tellOperator },
} as const satisfies Record<FaultCode, FaultWords>;

/** A file goes to OneDrive by an address that Teams gave: its fault has the same code, and no message of ours failed. */
const uploadWords: FaultWords = { title: 'OneDrive did not confirm the file', what: say`I sent it where Teams told me to, and was not told that it is there.` };

const wordsOf = (code: FaultCode, purpose: Wanted): FaultWords => (purpose === 'file' && code === 'teams-unreachable' ? uploadWords : faultWords[code]);

export interface Faulty {
  readonly fault: Pick<Fault, 'code' | 'retry' | 'retryAfterSeconds'>;
  readonly reference: ReferenceId;
  /** The device in question, where known: its name in the sentence, its ids in the links. */
  readonly device?: PortalIds & { readonly name: string };
  /** What was wanted; a key, where it is not said. */
  readonly purpose?: Wanted;
}

export function faultCard({ fault, reference, device, purpose = 'reveal' }: Faulty): CardMessage {
  const words = wordsOf(fault.code, purpose);
  const { nothing, unsure = nothing, unknown, otherWay }: Outcome = outcomes[purpose];
  const isUnknown = fault.retry === 'unknown-outcome';
  return message(
    plain`Keydesk: ${words.title}. ${isUnknown ? unsure : nothing}.`,
    [
      heading(say`▲ ${words.title}`),
      line(words.what, { spacing: 'small' }),
      line(isUnknown ? together(say`**${unsure}.**`, unknown) : say`**${nothing}.**`, { spacing: 'small' }),
      line(advice(fault, words)),
      line(otherWay(device?.name)),
      note(say`Reference ${reference}`, { spacing: 'medium' }),
    ],
    purpose === 'audit' || purpose === 'file' ? [] : portalLinks(device),
  );
}

/** The same in one line, for an answer that leaves the card as it is. */
export const faultLine = ({ fault, reference, purpose = 'reveal' }: Faulty): Plain => plain`${wordsOf(fault.code, purpose).title}. ${outcomes[purpose].nothing}. Reference ${reference}`;

interface Outcome {
  readonly nothing: string;
  /** Said in its place where nobody knows. */
  readonly unsure?: string;
  /** What may have happened all the same. */
  readonly unknown: Said;
  readonly otherWay: (name: string | undefined) => Said;
}

const outcomes = {
  reveal: {
    nothing: 'No key was shown',
    unknown: say`It may have been read: then Entra ID's own audit log has an entry.`,
    otherWay: (name) => (name === undefined ? say`If it cannot wait: the key is in the Entra portal, for those who may read it there.` : say`If it cannot wait: the key of ${name} is in the Entra portal, for those who may read it there.`),
  },
  rotate: {
    nothing: 'No rotation was begun',
    unknown: say`It may have been noted: press Rotate again, and the card shows how far it is.`,
    otherWay: () => say`If it cannot wait: the device's page in the Intune portal has **BitLocker key rotation**, for those who may use it there.`,
  },
  status: {
    nothing: 'No status was shown',
    unknown: say`Ask again: looking changes nothing.`,
    otherWay: () => say`If it cannot wait: the portals have the device's page, for those who may read it there.`,
  },
  audit: {
    nothing: 'No entries were shown or sent',
    unknown: say`Ask again: looking changes nothing.`,
    otherWay: () => say`If it cannot wait: who runs Keydesk can read the ledger with **npm run audit**.`,
  },
  file: {
    nothing: 'No file was sent',
    unsure: 'Whether the file arrived is not known',
    unknown: say`Look in your OneDrive.`,
    otherWay: () => say`An offer is good for one file: ask again, and I offer another. A file of the ledger can also be made by those who run Keydesk, with **npm run audit**.`,
  },
} as const satisfies Record<Wanted, Outcome>;

function advice({ retry, retryAfterSeconds }: Faulty['fault'], words: FaultWords): Said {
  if (retry === 'never') return words.remedy ?? say`Waiting does not help. Tell the people who run Keydesk.`;
  if (retryAfterSeconds !== undefined && retryAfterSeconds >= 1) return say`Waiting helps: try again in ${span(Math.ceil(retryAfterSeconds))}.`;
  return retry === 'later' ? say`Waiting helps: try again in a minute.` : say`Try again in a minute, with a new question.`;
}
