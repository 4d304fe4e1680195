// From a bearer token to a caller, or a refusal. Tokens are Entra's, of version 2.0, for this API, of this tenant, signed
// with a key that Entra publishes for it: no key, and no place to find one, is ever taken from the token. What the caller
// may do with it is the domain's to say (domain/api-caller.ts).

import { createRemoteJWKSet, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import { z } from 'zod';
import { type ApiCaller, type Right, rights } from '../domain/api-caller.ts';
import { parseAppId, parsePersonId, type TenantId } from '../domain/ids.ts';
import { milliseconds } from '../domain/instant.ts';
import type { Clock } from '../domain/ports.ts';
import { mayHoldPassword } from '../domain/recovery-password.ts';
import type { ApiRequest } from './http.ts';
import { createKnownTokens } from './known-tokens.ts';
import type { OwnCode } from './problems.ts';

export interface GatekeeperSettings {
  readonly tenantId: TenantId;
  /** Application id of the API: the audience of its tokens. */
  readonly audience: string;
  /** Where the tenant's keys are; Entra's own address when absent. Only the demo and tests pass another. */
  readonly keysUrl?: string;
  readonly clock: Clock;
}

export type TokenRefusal = Extract<OwnCode, `token-${string}`>;
/** @param afresh the signature is looked at, also when it was a moment ago */
export type Gatekeeper = (request: Pick<ApiRequest, 'headers' | 'doubled'>, afresh: boolean) => Promise<ApiCaller | TokenRefusal>;

const login = 'https://login.microsoftonline.com';
const toleranceSeconds = 60;
/** So long the keys are used without asking; Entra announces new ones long before it signs with them. */
const keysMaxAgeMs = 3_600_000;
/** A key that is not known makes us ask once, and then not again for so long, whoever makes them up. */
const keysCooldownMs = 30_000;
const keysTimeoutMs = 3000;

export function createGatekeeper({ tenantId, audience, keysUrl = `${login}/${tenantId}/discovery/v2.0/keys`, clock }: GatekeeperSettings): Gatekeeper {
  const keys = createRemoteJWKSet(new URL(keysUrl), { cacheMaxAge: keysMaxAgeMs, cooldownDuration: keysCooldownMs, timeoutDuration: keysTimeoutMs });
  const knownTokens = createKnownTokens(clock);
  return async ({ headers, doubled }, afresh) => {
    const found = tokenIn(headers['authorization'], doubled);
    if (typeof found === 'string') return found;
    const known = afresh ? undefined : knownTokens.find(found.token);
    if (known !== undefined) return known;
    if (!isOfOurKind(found.token)) return 'token-malformed';
    try {
      const { payload } = await jwtVerify(found.token, keys, {
        algorithms: ['RS256'],
        issuer: `${login}/${tenantId}/v2.0`,
        audience,
        clockTolerance: toleranceSeconds,
        requiredClaims: ['exp', 'nbf', 'sub'],
        currentDate: new Date(milliseconds(clock.now())),
      });
      const caller = callerOf(payload, tenantId);
      if (typeof caller !== 'string' && payload.exp !== undefined) knownTokens.keep(found.token, caller, payload.exp + toleranceSeconds);
      return caller;
    } catch (error) {
      return refusalOf(error);
    }
  };
}

/** Headers that would name a key, or change what is signed. */
const forbidden = ['jku', 'jwk', 'x5u', 'x5c', 'crit', 'b64', 'zip'];

/** The token, or why there is none that can be looked at. */
function tokenIn(header: string | undefined, doubled: ReadonlySet<string>): { readonly token: string } | TokenRefusal {
  if (header === undefined) return 'token-missing';
  const token = /^Bearer (?<token>[\w-]+\.[\w-]+\.[\w-]+)$/i.exec(header)?.groups?.['token'];
  return token === undefined || doubled.has('authorization') ? 'token-malformed' : { token };
}

function isOfOurKind(token: string): boolean {
  try {
    const protectedHeader = decodeProtectedHeader(token);
    return protectedHeader.alg === 'RS256' && forbidden.every((name) => !(name in protectedHeader));
  } catch {
    return false;
  }
}

function refusalOf(error: unknown): TokenRefusal {
  if (error instanceof errors.JWTExpired) return 'token-expired';
  if (error instanceof errors.JWTClaimValidationFailed) return ofClaim(error.claim, error.payload);
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) return 'token-untrusted';
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid || error instanceof errors.JOSENotSupported || error instanceof errors.JOSEAlgNotAllowed) return 'token-malformed';
  // What is left is that Entra's keys did not come, or not as keys.
  return 'token-keys-unavailable';
}

/** A token of version 1.0 has another issuer too; its version is what its owner can change. */
function ofClaim(claim: string, payload: JWTPayload): TokenRefusal {
  if (payload['ver'] !== '2.0') return 'token-version';
  if (claim === 'iss') return 'token-tenant';
  if (claim === 'aud') return 'token-audience';
  return claim === 'nbf' && payload.nbf !== undefined ? 'token-early' : 'token-kind';
}

const words = z.string().transform((text) => text.split(' ').filter((word) => word !== ''));
const claimsForm = z.object({
  ver: z.string().optional(),
  tid: z.string(),
  oid: z.string(),
  azp: z.string().optional(),
  sub: z.string(),
  idtyp: z.string().optional(),
  scp: words.optional(),
  roles: z.array(z.string()).optional(),
  name: z.string().optional(),
  groups: z.array(z.string()).optional(),
  // Too many groups to name: Entra says where to ask for them instead. It is asked of Graph, never at that address.
  _claim_names: z.looseObject({ groups: z.unknown().optional() }).optional(),
  hasgroups: z.unknown().optional(),
});
type Claims = z.infer<typeof claimsForm>;

/** One flat list, refusing by default. The signature, the times, issuer and audience are right by now. */
function callerOf(payload: JWTPayload, tenantId: TenantId): ApiCaller | TokenRefusal {
  const { data: claims } = claimsForm.safeParse(payload);
  if (payload['ver'] !== '2.0') return 'token-version';
  if (payload['tid'] !== tenantId) return 'token-tenant';
  if (claims === undefined) return 'token-kind';
  const id = parsePersonId(claims.oid);
  const appId = parseAppId(claims.azp);
  // An ID token says for whom it is and not to whom it was given.
  if (id === undefined || appId === undefined) return 'token-kind';
  const kind = kindOf(claims);
  if (kind === undefined) return 'token-kind';
  const held = rightsIn(kind === 'person' ? claims.scp : claims.roles);
  const person = { id, tenantId, name: kind === 'person' ? nameIn(claims) : `Application ${appId}` };
  const groups = kind === 'person' && claims.groups !== undefined && !isCutShort(claims) ? claims.groups : undefined;
  return { person, api: { caller: kind, appId }, rights: held, ...(groups && { groups }) };
}

const isCutShort = ({ hasgroups, ['_claim_names']: names }: Claims): boolean => hasgroups !== undefined || names?.groups !== undefined;

/**
 * A person's token has scopes. One of an application by itself has none; Entra says `idtyp: app` where the registration
 * asks for it, and else it is known by being about the application itself. An ID token is neither.
 */
function kindOf({ scp, idtyp, sub, oid }: Claims): 'person' | 'app' | undefined {
  if (scp !== undefined) return scp.length > 0 && (idtyp === undefined || idtyp === 'user') ? 'person' : undefined;
  if (idtyp === 'app') return 'app';
  return idtyp === undefined && sub === oid ? 'app' : undefined;
}

/** To the letter: neither a part of a word nor another case is the word. */
const rightsIn = (said: readonly string[] | undefined): ReadonlySet<Right> => new Set(rights.filter((right) => said?.includes(right)));

const longestName = 256;
const nameIn = ({ name = '' }: Claims): string => (mayHoldPassword(name) ? '' : name.slice(0, longestName));
