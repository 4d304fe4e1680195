import { timingSafeEqual } from 'node:crypto';
import type { App } from '../tenant/apps.ts';
import { isSigned, publicKeyOf, readJwt } from './signing.ts';
import { loginHost } from './tokens.ts';

/** An error of the token endpoint, as Entra numbers and words it. */
export interface TokenError {
  readonly status: number;
  readonly error: string;
  readonly number: number;
  readonly text: string;
  readonly suberror?: string;
  /** JSON that the next token must meet. */
  readonly claims?: string;
}

export interface ClientProof {
  readonly secret: string | undefined;
  readonly assertionType: string | undefined;
  readonly assertion: string | undefined;
}

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

const invalidClient = (number: number, text: string): TokenError => ({ status: 401, error: 'invalid_client', number, text });

export interface Known {
  /** PEM of the app's certificate or public key, if one is registered. */
  readonly certificate: string | undefined;
  readonly tenantId: string;
  readonly nowSeconds: number;
  readonly secretEndsSeconds: number;
}

/**
 * Whether the caller is the app: by its secret, or by an assertion signed with a registered certificate.
 * @returns why not, or undefined
 */
export function refuseClient(app: App, proof: ClientProof, known: Known): TokenError | undefined {
  if (proof.assertion !== undefined) {
    if (proof.assertionType !== assertionType) return { status: 400, error: 'invalid_request', number: 900_144, text: "The request body must contain the following parameter: 'client_assertion_type'." };
    return refuseAssertion(app, proof.assertion, known);
  }
  if (proof.secret === undefined) return invalidClient(7_000_216, "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.");
  if (!sameText(proof.secret, app.secret)) {
    const advice = 'Ensure the secret being sent in the request is the client secret value, not the client secret ID';
    return invalidClient(7_000_215, `Invalid client secret provided. ${advice}, for a secret added to app '${app.clientId}'.`);
  }
  if (known.secretEndsSeconds <= known.nowSeconds) return invalidClient(7_000_222, `The provided client secret keys for app '${app.clientId}' are expired. Visit the Azure portal to create new keys for your app.`);
  return undefined;
}

function refuseAssertion(app: App, assertion: string, { certificate, tenantId, nowSeconds }: Known): TokenError | undefined {
  const token = readJwt(assertion);
  if (token === undefined) return invalidClient(50_027, 'JWT token is invalid or malformed.');
  const { header, claims } = token;
  if (claims['iss'] !== app.clientId || claims['sub'] !== app.clientId) return invalidClient(700_021, "Client assertion application identifier doesn't match 'client_id' parameter.");
  if (typeof claims['exp'] !== 'number' || claims['exp'] <= nowSeconds) return invalidClient(700_024, 'Client assertion is not within its valid time range.');
  if (!audiences(tenantId).includes(String(claims['aud']))) return invalidClient(700_023, 'Client assertion audience claim does not match Realm issuer.');
  const unregistered = 'The certificate with identifier used to sign the client assertion is not registered on application.';
  if (certificate === undefined) return invalidClient(700_027, unregistered);
  const algorithm = header['alg'];
  const known = algorithm === 'RS256' || algorithm === 'PS256';
  return known && isSigned(token, publicKeyOf(certificate), algorithm === 'PS256') ? undefined : invalidClient(700_027, unregistered);
}

const audiences = (tenantId: string): readonly string[] => [`${loginHost}/${tenantId}/oauth2/v2.0/token`, `${loginHost}/${tenantId}/v2.0`, `${loginHost}/${tenantId}/oauth2/token`];

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
