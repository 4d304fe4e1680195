import { Refusal } from '../http/refusal.ts';
import type { Claims, Signer } from './signing.ts';
import { graphAppId, graphAudience, v1Issuer, v2Issuer } from './tokens.ts';

/** Who calls Graph: an app by its own permissions, or a person through an app, by what was consented to and what they may do themselves. */
export interface Caller {
  readonly claims: Claims;
  readonly appId: string;
  /** Application permissions in lower case: Microsoft has changed their capitals before. */
  readonly permissions: ReadonlySet<string>;
  /** Object id of the person, where one is acted for. */
  readonly person?: string;
}

export interface Gate {
  /**
   * Reads `Authorization` as Graph does: signature, audience, issuer, times.
   * @throws Refusal 401 InvalidAuthenticationToken
   */
  admit(authorization: string | undefined): Caller;
}

export function createGate({ signer, tenantId, now }: { readonly signer: Signer; readonly tenantId: string; readonly now: () => number }): Gate {
  // A signature costs more to check than all else in a request, and one token is shown thousands of times. The times
  // are looked at each time.
  const admitted = new Map<string, Caller>();
  const issuers = [v1Issuer(tenantId), v2Issuer(tenantId)];

  const believe = (token: string): Caller => {
    if (token.split('.').length !== 3) throw unauthorised('IDX14100: JWT is not well formed, there are no dots (.).');
    const claims = signer.verify(token);
    if (claims === undefined) throw unauthorised('Access token validation failure. Signature validation failed.');
    if (claims['aud'] !== graphAudience && claims['aud'] !== graphAppId) throw unauthorised('Access token validation failure. Invalid audience.');
    if (!issuers.includes(String(claims['iss'])) || claims['tid'] !== tenantId) throw unauthorised('Access token validation failure. Invalid issuer.');
    return callerOf(claims);
  };

  return {
    admit: (authorization) => {
      const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
      if (token === undefined) throw unauthorised('Access token is empty.');
      const known = admitted.get(token);
      const caller = known ?? believe(token);
      if (known === undefined) {
        if (admitted.size >= 1000) admitted.clear();
        admitted.set(token, caller);
      }
      const seconds = now() / 1000;
      if (Number(caller.claims['exp']) <= seconds || Number(caller.claims['nbf'] ?? 0) > seconds) throw unauthorised('Lifetime validation failed, the token is expired.');
      return caller;
    },
  };
}

/** A delegated permission opens a route as an application's does; each route that a person may use asks further who they are. */
function callerOf(claims: Claims): Caller {
  if (claims['idtyp'] === 'user' && typeof claims['scp'] === 'string' && typeof claims['oid'] === 'string') {
    return { claims, appId: String(claims['appid']), permissions: new Set(claims['scp'].toLowerCase().split(' ')), person: claims['oid'] };
  }
  const roles: readonly unknown[] = claims['idtyp'] === 'app' && Array.isArray(claims['roles']) ? claims['roles'] : [];
  const appId = claims['appid'] ?? claims['azp'];
  return { claims, appId: typeof appId === 'string' ? appId : '', permissions: new Set(roles.map((role) => String(role).toLowerCase())) };
}

const challenge = `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="${graphAppId}"`;

const unauthorised = (message: string): Refusal => new Refusal(401, 'InvalidAuthenticationToken', message, { 'www-authenticate': challenge });
