// What a check of the doctor is, and what it may find.

import type { Patient } from './patient.ts';

/**
 * `broken`: Keydesk does not work, or not as it is configured. `warning`: it works, and something should be done.
 * `not checked`: nobody can say from here; the remedy says how to look.
 */
export type Verdict = Finding['verdict'];

export type Finding =
  | { readonly verdict: 'ok'; readonly what: string; readonly found: string }
  | { readonly verdict: 'warning' | 'broken' | 'not checked'; readonly what: string; readonly found: string; readonly remedy: string };

export interface Check {
  readonly name: string;
  /** What it throws is a finding too (examine.ts). */
  look(patient: Patient): Promise<readonly Finding[]>;
}

export const ok = (what: string, found: string): Finding => ({ verdict: 'ok', what, found });
export const warning = (what: string, found: string, remedy: string): Finding => ({ verdict: 'warning', what, found, remedy });
export const broken = (what: string, found: string, remedy: string): Finding => ({ verdict: 'broken', what, found, remedy });
export const notChecked = (what: string, found: string, remedy: string): Finding => ({ verdict: 'not checked', what, found, remedy });
