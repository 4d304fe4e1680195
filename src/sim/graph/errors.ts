import type { Answer } from '../http/answer.ts';
import { Refusal } from '../http/refusal.ts';
import type { Family } from './call.ts';

export interface RequestIds {
  readonly requestId: string;
  readonly clientRequestId: string;
}

/** An error as Graph writes it. */
export const errorAnswer = (refusal: Refusal, { requestId, clientRequestId }: RequestIds, now: number): Answer => ({
  status: refusal.status,
  headers: refusal.headers,
  body: {
    error: {
      code: refusal.code,
      message: refusal.message,
      innerError: { date: new Date(now).toISOString().slice(0, 19), 'request-id': requestId, 'client-request-id': clientRequestId },
    },
  },
});

/** What each service answers to a token without the permission. */
export function forbidden(family: Family, anyOf: readonly string[]): Refusal {
  switch (family) {
    case 'bitlocker':
      return new Refusal(403, 'authorization_error', "Failed to authorize, token doesn't have the required permissions.");
    case 'directory':
      return new Refusal(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');
    case 'reports':
      return new Refusal(403, 'Authentication_MSGraphPermissionMissing', `Calling principal does not have required MSGraph permissions ${anyOf.join(',')}`);
    case 'intune':
      return intuneRefusal(403, 'Forbidden', `Application is not authorized to perform this operation. Application must have one of the following scopes: ${anyOf.join(', ')}`);
  }
}

/** Intune wraps its own error, as JSON, into the message of Graph's. */
export function intuneRefusal(status: number, code: string, text: string): Refusal {
  const message = `${text} - Operation ID (for customer support): 00000000-0000-0000-0000-000000000000`;
  const wrapped = { _version: 3, Message: message, CustomApiErrorPhrase: '', RetryAfter: null, ErrorSourceService: '', HttpHeaders: '{}' };
  return new Refusal(status, code, JSON.stringify(wrapped, undefined, 2));
}
