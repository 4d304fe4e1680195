// Whether a sign-in that a press brought is what it seems: a token of Entra, for this Keydesk, of the very person whose
// activity brought it. One flat list; nothing is believed before the signature was checked. Stricter than Microsoft's
// samples, which hand it on to the exchange: there another person's token would be exchanged as well.

import type { FetchImplementation, JWTPayload } from 'jose';
import { Fault } from '../domain/fault.ts';
import { parsePersonId, parseTenantId, type TenantId } from '../domain/ids.ts';
import { milliseconds } from '../domain/instant.ts';
import type { Person } from '../domain/person.ts';
import type { Clock, Deadline } from '../domain/ports.ts';
import type { Delegation } from '../domain/sign-in.ts';

export interface BeliefSettings {
  readonly tenantId: TenantId;
  /** Of the bot's registration. */
  readonly clientId: string;
  readonly clock: Clock;
  /** Only tests: how Entra's keys are fetched. */
  readonly fetchKeys?: FetchImplementation;
}

/** The scope that the registration exposes, and that Teams' clients are allowed to ask for. */
const scopeName = 'access_as_user';
export const resourceOf = (clientId: string): string => `api://botid-${clientId}`;

const toleranceSeconds = 60;
const dayMilliseconds = 86_400_000;

export function createBelief(settings: BeliefSettings): Delegation['believe'] {
  let verifying: Promise<Verify> | undefined;
  return async (token, person, deadline) => {
    // Loaded when the first sign-in comes: nobody waits for it at the start.
    verifying ??= createVerify(settings);
    const verified = await beforeEnd(verifying.then((verify) => verify(token.reveal())), deadline);
    if (verified === undefined) return 'refused';
    const { payload, ended } = verified;
    // Whose it is comes first: one of somebody else is told of, however old it is.
    if (!isOfPerson(payload, person)) return 'of-another';
    if (!isOfPress(payload, settings.tenantId)) return 'refused';
    return ended ? 'ended' : 'good';
  };
}

/** Undefined for what Entra did not sign for us. Throws a Fault when Entra's keys cannot be had. */
type Verify = (token: string) => Promise<{ readonly payload: JWTPayload; readonly ended: boolean } | undefined>;

async function createVerify({ tenantId, clientId, clock, fetchKeys }: BeliefSettings): Promise<Verify> {
  const { createRemoteJWKSet, customFetch, errors, jwtVerify } = await import('jose');
  // Kept for a day; a token signed with a key that is not among them has them fetched anew, twice a minute at most.
  const keys = createRemoteJWKSet(new URL(`https://login.microsoftonline.com/${tenantId}/discovery/v2.0/keys`), {
    timeoutDuration: 2500,
    cacheMaxAge: dayMilliseconds,
    ...(fetchKeys !== undefined && { [customFetch]: fetchKeys }),
  });
  const noToken = [errors.JWTClaimValidationFailed, errors.JWSSignatureVerificationFailed, errors.JWKSNoMatchingKey, errors.JWSInvalid, errors.JWTInvalid, errors.JOSEAlgNotAllowed, errors.JOSENotSupported, errors.JWKSMultipleMatchingKeys];
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms: ['RS256'],
        issuer: `https://login.microsoftonline.com/${tenantId}/v2.0`,
        audience: [clientId, resourceOf(clientId)],
        requiredClaims: ['exp', 'nbf', 'iat', 'oid', 'tid', 'scp'],
        clockTolerance: toleranceSeconds,
        currentDate: new Date(milliseconds(clock.now())),
      });
      return { payload, ended: false };
    } catch (error) {
      // Looked at last, when all the rest is as it must be.
      if (error instanceof errors.JWTExpired) return { payload: error.payload, ended: true };
      if (noToken.some((kind) => error instanceof kind)) return undefined;
      // The library's message may quote what it got; only its kind goes on.
      throw new Fault('graph-token', 'later', { message: 'Entra’s signing keys could not be had', cause: { error: error instanceof Error ? error.name : typeof error } });
    }
  };
}

const isOfPerson = ({ oid }: JWTPayload, person: Person): boolean => parsePersonId(oid) === person.id;

/** What the library does not know to look at: version 2, of our tenant, a person's and not an application's, for what Teams asks. */
const isOfPress = ({ ver, tid, scp, idtyp }: JWTPayload, tenantId: TenantId): boolean =>
  ver === '2.0' && parseTenantId(tid) === tenantId && idtyp !== 'app' && typeof scp === 'string' && scp.split(' ').includes(scopeName);

/** The fetch of the keys serves the next press too, so that it may go on. */
function beforeEnd<T>(work: Promise<T>, deadline: Deadline): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (): void => reject(new Fault('graph-timeout', 'later', { message: 'Entra’s signing keys did not come within the deadline' }));
    if (deadline.aborted) end();
    deadline.addEventListener('abort', end);
    work.then(resolve, reject).finally(() => deadline.removeEventListener('abort', end));
  });
}
