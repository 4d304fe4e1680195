// From where a request of the API came: kept with it, and in its entries.

import type { AppId } from './ids.ts';
import type { CallerKind, LedgerEntry } from './ledger-entry.ts';

/** From where a request came, kept with it: an entry that is written after a crash says it too. */
export interface ApiOrigin {
  readonly caller: CallerKind;
  /** The application that holds the token. */
  readonly appId: AppId;
  /** For whom, as the application says. */
  readonly requestedBy?: string;
}

export const originNoted = ({ caller, appId, requestedBy }: ApiOrigin): Pick<LedgerEntry, 'source' | 'caller' | 'clientAppId' | 'requestedBy'> => ({
  source: 'api',
  caller,
  clientAppId: appId,
  ...(requestedBy !== undefined && { requestedBy }),
});
