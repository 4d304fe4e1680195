// A sign-in of our own, for what Teams' silent one cannot do: carry the claims that Conditional Access asks for, and let
// the person consent. GET /signin/start sends the browser to Entra with them; GET /signin/done says "go back to Teams and
// press again". Keydesk wants nothing of the sign-in but that it happened: the code that comes back is redeemed by nobody,
// and cannot be, because the verifier of its challenge is forgotten at once. No token is ever here.

import { createHash } from 'node:crypto';
import { parseRequestId, type RequestId, type TenantId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { Clock } from '../domain/ports.ts';

/** Sign-ins under way, over all instances; each belongs to one request, and so to one person. */
export interface SignIns {
  /** Begins one, which ends any before it. Undefined for a request that is not there, or over. */
  begin(requestId: RequestId, state: Uint8Array, at: Instant): Promise<{ readonly claims?: string } | undefined>;
  /**
   * Once, and within ten minutes of the beginning: whether there was one of this state. What the request's sign-in must
   * meet is forgotten with one that was `met`, and with no other: the next one carries it again.
   */
  end(state: Uint8Array, outcome: { readonly met: boolean }, at: Instant): Promise<boolean>;
}

/** A page for browsers; nobody has to say who they are. */
export interface Page {
  readonly path: string;
  handle(query: URLSearchParams): Promise<PageAnswer>;
}

export type PageAnswer = { readonly kind: 'redirect'; readonly to: string } | { readonly kind: 'page'; readonly status: 200 | 400 | 404; readonly title: string; readonly text: string };

export interface SignInPageSettings {
  readonly tenantId: TenantId;
  readonly clientId: string;
  /** Where browsers reach Keydesk, without a slash at the end. */
  readonly publicUrl: string;
  readonly clock: Clock;
  readonly random: (bytes: number) => Uint8Array;
  readonly signIns: SignIns;
}

const start = '/signin/start';
const done = '/signin/done';

/** What a card or a client opens. The id gives no power without the person whose card it is. */
export const signInLink = (publicUrl: string, requestId: RequestId): string => `${publicUrl}${start}?request=${requestId}`;

export function signInPages(settings: SignInPageSettings): readonly Page[] {
  const { signIns, random, clock } = settings;
  return [
    {
      path: start,
      handle: async (query) => {
        const requestId = parseRequestId(query.get('request') ?? undefined);
        const state = text(random(32));
        const begun = requestId && (await signIns.begin(requestId, hashOf(state), clock.now()));
        return begun === undefined ? over : { kind: 'redirect', to: authorizeUrl(settings, state, text(random(32)), begun.claims) };
      },
    },
    {
      path: done,
      handle: async (query) => {
        // Either of the two comes (RFC 6749 §4.1.2); what Entra's error says is between Entra and the person.
        const met = query.has('code') && !query.has('error');
        const known = await signIns.end(hashOf(query.get('state') ?? ''), { met }, clock.now());
        if (!known) return over;
        return met ? signedIn : notSignedIn;
      },
    },
  ];
}

/** RFC 6749 §4.1.1 with RFC 7636. The scope is Graph's: the sign-in must meet what Graph's policies ask, and consent to what Keydesk needs there. */
function authorizeUrl({ tenantId, clientId, publicUrl }: SignInPageSettings, state: string, forgotten: string, claims: string | undefined): string {
  const url = new URL(`https://login.microsoftonline.com/${tenantId}/oauth2/v2.0/authorize`);
  const query = {
    client_id: clientId,
    response_type: 'code',
    response_mode: 'query',
    redirect_uri: `${publicUrl}${done}`,
    scope: 'openid https://graph.microsoft.com/.default',
    state,
    code_challenge: Buffer.from(hashOf(forgotten)).toString('base64url'),
    code_challenge_method: 'S256',
    ...(claims !== undefined && { claims: Buffer.from(claims, 'base64').toString('utf8') }),
  };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
const hashOf = (value: string): Uint8Array => createHash('sha256').update(value).digest();

const signedIn: PageAnswer = { kind: 'page', status: 200, title: 'Go back to Teams', text: 'You are signed in. Close this page, go back to the card in Teams, and press the button again.' };
const notSignedIn: PageAnswer = { kind: 'page', status: 200, title: 'You are not signed in', text: 'Microsoft did not let the sign-in through, or you ended it. Close this page. To try once more, press Sign in on the card. If you need help, tell the people who run Keydesk what Microsoft’s page said.' };
const over: PageAnswer = { kind: 'page', status: 404, title: 'This sign-in is over', text: 'It was used, or is too old. Close this page, go back to Teams, and press the button on the card again.' };
