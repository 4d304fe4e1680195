/** What can break beneath Keydesk. Closed, for the same reason as refusals. */
export const faultCodes = [
  'graph-token', // no access token for Graph
  'graph-claims', // 401 with a claims challenge: Conditional Access or a revoked session
  'graph-unauthorized', // 401 without one
  'graph-forbidden', // 403: a permission or a role is missing
  'graph-not-found', // 404 for something that was there a moment ago
  'graph-throttled', // 429, and waiting would have taken longer than the deadline
  'graph-unavailable', // 5xx
  'graph-timeout', // no complete answer within the deadline
  'graph-cut', // connection refused, reset or cut
  'graph-nonsense', // an answer that is not what Graph promises
  'ledger-unavailable', // nothing can be written down, therefore nothing is read
  'ledger-mismatch', // the ledger is not what its newest checkpoint says: nothing is shown
  'store-unavailable',
  'teams-unreachable', // the connector did not take an activity
  'internal', // a defect of ours
] as const;
export type FaultCode = (typeof faultCodes)[number];

/**
 * Thrown when something beneath does not work. Carries no payload, no token, no name: its message may be logged.
 * `retry`: `never` without a change elsewhere, `later` when waiting helps, `unknown-outcome` when the act may have
 * happened.
 */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: FaultCode;
  readonly retry: 'never' | 'later' | 'unknown-outcome';
  /** `request-id` that Graph answered with, for a support case. */
  readonly graphRequestId: string | undefined;
  /** Base64 claims of a challenge, to be carried into a sign-in; never logged. */
  readonly claims: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: FaultCode,
    retry: Fault['retry'],
    options: { message?: string; cause?: unknown; graphRequestId?: string | undefined; claims?: string | undefined; retryAfterSeconds?: number | undefined } = {},
  ) {
    super(options.message ?? code, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retry = retry;
    this.graphRequestId = options.graphRequestId;
    this.claims = options.claims;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
