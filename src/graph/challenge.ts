// WWW-Authenticate (RFC 9110 §11.6.1) as Graph sends it with continuous access evaluation:
//   Bearer realm="", authorization_uri="…", error="insufficient_claims", claims="eyJhY2…fQ=="
// The value is base64 and may end in `=`: splitting at `=` corrupts it.

const parameter = /([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g;

export interface Challenge {
  /** Base64, as received. */
  readonly claims: string;
  /** The JSON object inside: what a token is asked for with. */
  readonly json: string;
}

/** The claims that a new token must meet, or undefined when there are none or they are no JSON object. */
export function parseChallenge(header: string | undefined): Challenge | undefined {
  for (const [, name, quoted, bare] of (header ?? '').matchAll(parameter)) {
    if (name?.toLowerCase() !== 'claims') continue;
    const claims = quoted?.replaceAll(/\\(.)/g, '$1') ?? bare ?? '';
    const json = Buffer.from(claims, 'base64').toString('utf8');
    return isJsonObject(json) ? { claims, json } : undefined;
  }
  return undefined;
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
