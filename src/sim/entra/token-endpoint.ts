import { randomUUID } from 'node:crypto';
import type { Answer } from '../http/answer.ts';
import type { App } from '../tenant/apps.ts';
import { appOf, apps } from '../tenant/apps.ts';
import { domainName } from '../tenant/people.ts';
import type { Tenant } from '../tenant/tenant.ts';
import type { TokenError } from './client-proof.ts';
import { onBehalfOfGrant, personTokenFor } from './on-behalf-of.ts';
import { refuseClient } from './client-proof.ts';
import type { Signer } from './signing.ts';
import { apiAppClaims, botFramework, graphAppClaims, graphAppId, graphAudience, lifetimeSeconds } from './tokens.ts';

export interface TokenRequest {
  /** The first segment of the path: a tenant id or one of its domains. */
  readonly tenantName: string;
  readonly contentType: string;
  readonly body: string;
}

export interface TokenEndpoint {
  readonly tenant: Tenant;
  readonly signer: Signer;
  /** PEM by client id. */
  readonly certificates: Readonly<Record<string, string>>;
}

/** `POST /{tenant}/oauth2/v2.0/token`: client credentials or on behalf of a person, with a secret or a signed assertion. */
export function answerTokenRequest(request: TokenRequest, { tenant, signer, certificates }: TokenEndpoint): Answer {
  const form = new URLSearchParams(/^application\/x-www-form-urlencoded\b/i.test(request.contentType) ? request.body : '');
  const field = (name: string): string | undefined => form.get(name) ?? undefined;
  const refuse = (error: TokenError): Answer => refusal(error, tenant.now());

  if (!isTenant(request.tenantName, tenant)) return refuse(bad('invalid_request', 90_002, `Tenant '${request.tenantName}' not found. Check to make sure you have the correct tenant ID.`));
  const grant = field('grant_type');
  if (grant === undefined) return refuse(missing('grant_type'));
  if (grant !== 'client_credentials' && grant !== onBehalfOfGrant) return refuse(bad('unsupported_grant_type', 70_003, `The app requested an unsupported grant type '${grant}'.`));
  const clientId = field('client_id');
  if (clientId === undefined) return refuse(missing('client_id'));
  const app = appOf(clientId);
  if (app === undefined) return refuse(bad('unauthorized_client', 700_016, `Application with identifier '${clientId}' was not found in the directory 'Contoso'.`));

  const proof = { secret: field('client_secret'), assertion: field('client_assertion'), assertionType: field('client_assertion_type') };
  const certificate = certificates[app.clientId];
  const refused = refuseClient(app, proof, { certificate, tenantId: tenant.id, nowSeconds: tenant.now() / 1000, secretEndsSeconds: tenant.registrations.secretEndsAt(app) / 1000 });
  if (refused !== undefined) return refuse(refused);

  const token = grant === onBehalfOfGrant ? personTokenFor(app, field, { tenant, signer }) : tokenFor(app, field('scope') ?? '', tenant);
  if ('error' in token) return refuse(token);
  return {
    status: 200,
    headers: noStore,
    body: { token_type: 'Bearer', expires_in: lifetimeSeconds, ext_expires_in: lifetimeSeconds, access_token: signer.sign(token.claims) },
  };
}

const noStore = { 'cache-control': 'no-store, no-cache', pragma: 'no-cache' };

const isTenant = (name: string, tenant: Tenant): boolean => [tenant.id, domainName].includes(name.toLowerCase());

const bad = (error: string, number: number, text: string): TokenError => ({ status: 400, error, number, text });

const missing = (parameter: string): TokenError => bad('invalid_request', 900_144, `The request body must contain the following parameter: '${parameter}'.`);

const graphScopes: readonly string[] = [graphAudience, `${graphAudience}/`, graphAppId];

/** One resource with `/.default`: with client credentials Entra takes nothing else. */
function tokenFor(app: App, scope: string, tenant: Tenant): { readonly claims: Readonly<Record<string, unknown>> } | TokenError {
  if (scope === '') return missing('scope');
  const resource = /^(.+)\/\.default$/.exec(scope)?.[1];
  if (resource === undefined) return bad('invalid_scope', 1_002_012, `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed.`);
  if (graphScopes.includes(resource)) return { claims: graphAppClaims(app, { tenant, audience: graphAudience }) };
  if (resource === botFramework) return { claims: apiAppClaims(app, [], { tenant, audience: botFramework }) };
  const api = Object.values(apps).find(({ clientId }) => resource === clientId || resource === `api://${clientId}`);
  if (api !== undefined) return { claims: apiAppClaims(app, [], { tenant, audience: api.clientId }) };
  return bad('invalid_resource', 500_011, `The resource principal named ${resource} was not found in the tenant named Contoso.`);
}

function refusal({ status, error, number, text, claims, suberror }: TokenError, now: number): Answer {
  const [traceId, correlationId] = [randomUUID(), randomUUID()];
  const timestamp = `${new Date(now).toISOString().slice(0, 19).replace('T', ' ')}Z`;
  return {
    status,
    headers: noStore,
    body: {
      error,
      error_description: `AADSTS${number}: ${text} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
      error_codes: [number],
      timestamp,
      trace_id: traceId,
      correlation_id: correlationId,
      error_uri: `https://login.microsoftonline.com/error?code=${number}`,
      ...(suberror !== undefined && { suberror }),
      ...(claims !== undefined && { claims }),
    },
  };
}
