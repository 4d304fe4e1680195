// The REST API: off unless it is said which tokens are meant for it.
import { z } from 'zod';
import { guid, type Reader, yesNo } from './reader.ts';

export interface ApiConfig {
  /** Application (client) id of the registration that callers ask tokens for: the audience of every v2 token. */
  readonly audience: string;
  readonly appsMayReveal: boolean;
  /** Of one caller. */
  readonly requestsPerMinute: number;
  /** From one address, before anybody's token is looked at. */
  readonly addressRequestsPerMinute: number;
}

export const defaultApiLimits = { requestsPerMinute: 300, addressRequestsPerMinute: 3000 } as const;

const audienceVariable = 'KEYDESK_API_AUDIENCE';
const others = ['KEYDESK_API_APP_REVEAL', 'KEYDESK_API_REQUESTS_PER_MINUTE', 'KEYDESK_API_ADDRESS_REQUESTS_PER_MINUTE'] as const;

/** Settings of the API without an audience are faults: they would do nothing. */
export function readApi(read: Reader): ApiConfig | undefined {
  if (read.raw(audienceVariable) === undefined) {
    for (const variable of others) {
      if (read.raw(variable) !== undefined) read.faults.push({ variable, expected: `nothing without ${audienceVariable}`, remedy: `Set ${audienceVariable} too, or remove this variable.` });
    }
    return undefined;
  }
  const audience = read.required(audienceVariable, guid, 'the application (client) id that callers ask tokens for', 'Entra admin centre → App registrations → the API of Keydesk. The id, not the api:// address: version 2 tokens carry the id.');
  const count = z.string().regex(/^\d+$/).transform(Number).pipe(z.int().min(1).max(1_000_000));
  const expected = 'a whole number from 1 to 1000000';
  const rest = {
    appsMayReveal: read.optional('KEYDESK_API_APP_REVEAL', yesNo, 'yes or no', false),
    requestsPerMinute: read.optional('KEYDESK_API_REQUESTS_PER_MINUTE', count, expected, defaultApiLimits.requestsPerMinute),
    addressRequestsPerMinute: read.optional('KEYDESK_API_ADDRESS_REQUESTS_PER_MINUTE', count, expected, defaultApiLimits.addressRequestsPerMinute),
  };
  return audience === undefined ? undefined : { audience, ...rest };
}
