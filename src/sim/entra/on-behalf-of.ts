import type { App } from '../tenant/apps.ts';
import type { Tenant } from '../tenant/tenant.ts';
import type { TokenError } from './client-proof.ts';
import type { Claims, Signer } from './signing.ts';
import { graphAppId, graphAudience, graphPersonClaims, v2Issuer } from './tokens.ts';

export const onBehalfOfGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

const bad = (error: string, number: number, text: string, more: Partial<TokenError> = {}): TokenError => ({ status: 400, error, number, text, ...more });

/** Exchanges a person's token for this application into one for Graph, or says what stands in the way, in Entra's order. */
export function personTokenFor(app: App, field: (name: string) => string | undefined, { tenant, signer }: { readonly tenant: Tenant; readonly signer: Signer }): { readonly claims: Claims } | TokenError {
  if (field('requested_token_use') !== 'on_behalf_of') return bad('invalid_request', 900_144, "The request body must contain the following parameter: 'requested_token_use'.");
  const assertion = field('assertion');
  if (assertion === undefined) return bad('invalid_request', 900_144, "The request body must contain the following parameter: 'assertion'.");
  const claims = signer.verify(assertion);
  if (claims === undefined) return bad('invalid_grant', 50_013, 'Assertion failed signature validation.');
  const seconds = tenant.now() / 1000;
  if (Number(claims['exp']) <= seconds || Number(claims['nbf']) > seconds) return bad('invalid_grant', 500_133, 'Assertion is not within its valid time range. Ensure that the access token is not expired before using it for user assertion, or request a new token.');
  if (![app.clientId, `api://${app.clientId}`, `api://botid-${app.clientId}`].includes(String(claims['aud']))) return bad('invalid_grant', 500_131, 'Assertion audience does not match the Client app presenting the assertion.');
  if (claims['iss'] !== v2Issuer(tenant.id) || claims['tid'] !== tenant.id) return bad('invalid_grant', 50_013, 'Assertion failed signature validation.');
  const person = tenant.directory.person(String(claims['oid']));
  // An application's token names a service principal, which nobody can act for.
  if (person === undefined || claims['idtyp'] === 'app') return bad('invalid_grant', 50_058, 'The user of the assertion was not found.');
  const [resource] = (field('scope') ?? '').split(' ').flatMap((scope) => /^(.+)\/\.default$/.exec(scope)?.[1] ?? []);
  if (resource !== graphAudience && resource !== graphAppId) return bad('invalid_resource', 500_011, `The resource principal named ${resource ?? ''} was not found in the tenant named Contoso.`);
  const { consented, challenge } = tenant.acting;
  if (!consented || app.delegated === undefined) {
    return bad('invalid_grant', 65_001, `The user or administrator has not consented to use the application with ID '${app.clientId}' named '${app.displayName}'.`, { suberror: 'consent_required' });
  }
  if (challenge !== undefined) return bad('interaction_required', challenge.number, 'Due to a configuration change made by your administrator, you must use multi-factor authentication.', challenge.claims === undefined ? {} : { claims: challenge.claims });
  return { claims: graphPersonClaims(app, person, { tenant, audience: graphAudience }) };
}
