// What a confirm card is made of: the helpdesk's, and the owner's.

import type { AskNote } from '../../domain/ask-for-key.ts';
import type { InputProblem } from '../../domain/form.ts';
import type { Instant } from '../../domain/instant.ts';
import type { FormValues, RevealRequest } from '../../domain/request.ts';
import type { FormSettings } from './confirm-inputs.ts';
import type { Hindrance } from './hindrance.ts';

export interface Confirm {
  /** Open, with its offer. */
  readonly request: RevealRequest;
  readonly settings: FormSettings;
  readonly now: Instant;
  /** What was typed before a mistake; without it the presets of the request. */
  readonly values?: FormValues;
  readonly problems?: readonly InputProblem[];
  /** What is to be said about the key ID typed in the ask. */
  readonly note?: AskNote;
  /** After a wrong key ID of the caller: how many more may follow. */
  readonly missesLeft?: number;
  /** What has to be done before the next press. */
  readonly hindrance?: Hindrance;
}
