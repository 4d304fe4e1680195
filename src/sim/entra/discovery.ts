import type { Answer } from '../http/answer.ts';
import type { Tenant } from '../tenant/tenant.ts';
import type { Signer } from './signing.ts';
import { loginHost, v2Issuer } from './tokens.ts';

/** `/{tenant}/v2.0/.well-known/openid-configuration`. Names Entra's hosts: whoever asks believes to be talking to them. */
export const openIdConfiguration = (tenant: Tenant): Answer => ({
  status: 200,
  body: {
    token_endpoint: `${loginHost}/${tenant.id}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
    jwks_uri: `${loginHost}/${tenant.id}/discovery/v2.0/keys`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    issuer: v2Issuer(tenant.id),
    authorization_endpoint: `${loginHost}/${tenant.id}/oauth2/v2.0/authorize`,
    tenant_region_scope: 'EU',
    cloud_instance_name: 'microsoftonline.com',
    msgraph_host: 'graph.microsoft.com',
  },
});

/** `/{tenant}/discovery/v2.0/keys` */
export const keySet = (tenant: Tenant, signer: Signer): Answer => ({ status: 200, body: { keys: [{ ...signer.jwk, issuer: v2Issuer(tenant.id) }] } });

/** `/common/discovery/instance`: the hosts that are one and the same cloud. */
export const instanceDiscovery = (tenant: Tenant): Answer => ({
  status: 200,
  body: {
    tenant_discovery_endpoint: `${loginHost}/${tenant.id}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [
      {
        preferred_network: 'login.microsoftonline.com',
        preferred_cache: 'login.windows.net',
        aliases: ['login.microsoftonline.com', 'login.windows.net', 'login.microsoft.com', 'sts.windows.net'],
      },
    ],
  },
});
