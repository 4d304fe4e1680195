// Something beneath Keydesk does not work. The card says what, whether waiting helps, and names the way that works
// without Keydesk. It is neutral: nothing of an error's own text (product.md §10, law 6).

import type { Fault, FaultCode } from '../../domain/fault.ts';
import type { ReferenceId } from '../../domain/ids.ts';
import { type CardMessage, heading, line, message, note } from './card.ts';
import { plain, type Said, say } from './escape.ts';
import { type PortalIds, portalLinks } from './portals.ts';
import { span } from './times.ts';

interface FaultWords {
  readonly title: string;
  readonly what: Said;
  /** When nothing but a change elsewhere helps: whose change. */
  readonly remedy?: Said;
}

const ledgerRule = say`Without an entry in the ledger no key is read.`;
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
  'store-unavailable': { title: 'My database is not available', what: ledgerRule },
  'teams-unreachable': { title: 'Teams did not take my message', what: say`I could not write to our private chat.` },
  internal: { title: 'Something went wrong in Keydesk', what: say`That is a defect of mine.`, remedy: tellOperator },
} as const satisfies Record<FaultCode, FaultWords>;

export interface Faulty {
  readonly fault: Pick<Fault, 'code' | 'retry' | 'retryAfterSeconds'>;
  readonly reference: ReferenceId;
  /** The device in question, where known: its name in the sentence, its ids in the links. */
  readonly device?: PortalIds & { readonly name: string };
}

export function faultCard({ fault, reference, device }: Faulty): CardMessage {
  const words: FaultWords = faultWords[fault.code];
  return message(
    plain`Keydesk: ${words.title}. No key was shown.`,
    [
      heading(say`▲ ${words.title}`),
      line(words.what, { spacing: 'small' }),
      line(outcome(fault), { spacing: 'small' }),
      line(advice(fault, words)),
      line(device === undefined ? say`If it cannot wait: the key is in the Entra portal, for those who may read it there.` : say`If it cannot wait: the key of ${device.name} is in the Entra portal, for those who may read it there.`),
      note(say`Reference ${reference}`, { spacing: 'medium' }),
    ],
    portalLinks(device),
  );
}

const outcome = ({ retry }: Faulty['fault']): Said =>
  retry === 'unknown-outcome' ? say`**No key was shown.** It may have been read: then Entra ID's own audit log has an entry.` : say`**No key was shown.**`;

function advice({ retry, retryAfterSeconds }: Faulty['fault'], words: FaultWords): Said {
  if (retry === 'never') return words.remedy ?? say`Waiting does not help. Tell the people who run Keydesk.`;
  if (retryAfterSeconds !== undefined && retryAfterSeconds >= 1) return say`Waiting helps: try again in ${span(Math.ceil(retryAfterSeconds))}.`;
  return retry === 'later' ? say`Waiting helps: try again in a minute.` : say`Try again in a minute, with a new question.`;
}
