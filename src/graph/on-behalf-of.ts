// A token for Graph in the name of the person whose sign-in a press brought (OAuth 2.0 on-behalf-of). Each is asked for
// anew, by a credential of its own that is then let go: the library keeps tokens in memory, and a person's must be
// nowhere when their one call is over (product.md §10, law 1).

import type { ClientSecretCredentialOptions } from '@azure/identity';
import { createRequire } from 'node:module';
import { z } from 'zod';
import { Token } from '../domain/authority.ts';
import { Fault } from '../domain/fault.ts';
import type { Delegation, Exchanged } from '../domain/sign-in.ts';
import type { AuthorityHttp } from './credential.ts';
import { causeOf } from './failures.ts';
import { within } from './waiting.ts';

const require = createRequire(import.meta.url);

/** How the application proves itself. A managed identity alone cannot act for people: only one that an application trusts can, by an assertion. */
export interface OnBehalfOfSettings {
  readonly tenantId: string;
  readonly identity:
    | { readonly type: 'secret'; readonly clientId: string; readonly secret: { reveal(): string } }
    | { readonly type: 'certificate'; readonly clientId: string; readonly certificateFile: string }
    | { readonly type: 'assertion'; readonly clientId: string; readonly assertion: () => Promise<string> };
}

type Policies = NonNullable<ClientSecretCredentialOptions['additionalPolicies']>;

const scope = 'https://graph.microsoft.com/.default';

/** @param authorityHttp only demo and tests, which have no Entra (turned.ts) */
export function createOnBehalfOf({ tenantId, identity }: OnBehalfOfSettings, { authorityHttp }: { readonly authorityHttp?: AuthorityHttp } = {}): Delegation['exchange'] {
  return async (token, deadline) => {
    const heard: Heard = {};
    const asking = ask(credentialFor(tenantId, identity, token, heard, authorityHttp), deadline);
    return within(asking, deadline, () => new Fault('graph-timeout', 'later', { message: 'no token in a person’s name within the deadline' })).catch((error: unknown) => {
      if (error instanceof Fault) throw error;
      return meaningOf(heard, error);
    });
  };
}

async function ask(credential: { getToken(scopes: string, options: object): Promise<{ readonly token: string } | null> }, abortSignal: AbortSignal): Promise<Exchanged> {
  const granted = await credential.getToken(scope, { enableCae: true, abortSignal });
  if (granted === null || granted.token === '') throw new Fault('graph-token', 'later', { message: 'no token in a person’s name: Entra gave none' });
  return { kind: 'granted', token: new Token(granted.token) };
}

function credentialFor(tenantId: string, identity: OnBehalfOfSettings['identity'], token: Token, heard: Heard, authorityHttp: AuthorityHttp | undefined) {
  const { OnBehalfOfCredential }: typeof import('@azure/identity') = require('@azure/identity');
  const options = {
    tenantId,
    clientId: identity.clientId,
    userAssertionToken: token.reveal(),
    // One quick repeat and no more: somebody is waiting, and an exchange changes nothing.
    retryOptions: { maxRetries: 1, retryDelayInMs: 200, maxRetryDelayInMs: 1000 },
    additionalPolicies: listening(heard),
    ...(authorityHttp !== undefined && { httpClient: authorityHttp }),
  };
  switch (identity.type) {
    case 'secret':
      return new OnBehalfOfCredential({ ...options, clientSecret: identity.secret.reveal() });
    case 'certificate':
      return new OnBehalfOfCredential({ ...options, certificatePath: identity.certificateFile });
    case 'assertion':
      return new OnBehalfOfCredential({ ...options, getAssertion: identity.assertion });
  }
}

/** What the token endpoint said. The library's own error has neither its codes nor its claims. */
interface Heard {
  status?: number;
  refusal?: z.infer<typeof refusalBody>;
}

const refusalBody = z.object({
  error: z.string().max(100),
  suberror: z.string().max(100).nullish(),
  error_codes: z.array(z.number()).nullish(),
  claims: z.string().max(4096).nullish(),
});

const listening = (heard: Heard): Policies => [
  {
    // Innermost: an answer that cannot be parsed ends in an error before it comes further out.
    position: 'perRetry',
    policy: {
      name: 'keydeskHearsRefusals',
      sendRequest: async (request, next) => {
        const answer = await next(request);
        if (!request.url.includes('/oauth2/')) return answer;
        heard.status = answer.status;
        delete heard.refusal;
        if (answer.status >= 400) Object.assign(heard, refusalIn(answer.bodyAsText));
        return answer;
      },
    },
  },
];

function refusalIn(body: string | null | undefined): Pick<Heard, 'refusal'> {
  try {
    const { data } = refusalBody.safeParse(JSON.parse(body ?? ''));
    return data === undefined ? {} : { refusal: data };
  } catch {
    return {};
  }
}

// Entra's own numbers (AADSTS…), as Microsoft's list of errors explains them.
const consent: ReadonlySet<number> = new Set([65_001, 65_004]);
/** The sign-in that was brought is too old; the client may have a younger one. */
const ended: ReadonlySet<number> = new Set([500_133]);
/** The session behind it was ended, or is too old for a policy: only the person can begin another. */
const sessionOver: ReadonlySet<number> = new Set([50_132, 50_173, 70_043, 700_082]);

/** Throws a Fault for what is no decision about the person: Entra is away, or does not take Keydesk itself. */
function meaningOf({ status, refusal }: Heard, error: unknown): Exchanged {
  const codes = refusal?.error_codes ?? [];
  const has = (known: ReadonlySet<number>): boolean => codes.some((code) => known.has(code));
  const is = (name: string): boolean => refusal?.error === name;
  if (status !== undefined && status < 500 && refusal !== undefined && (is('invalid_grant') || is('interaction_required'))) {
    if (has(consent) || refusal.suberror === 'consent_required') return { kind: 'consent-missing' };
    if (typeof refusal.claims === 'string') return { kind: 'sign-in-needed', claims: Buffer.from(refusal.claims).toString('base64') };
    if (is('interaction_required') || has(sessionOver)) return { kind: 'sign-in-needed' };
    return { kind: has(ended) ? 'ended' : 'refused' };
  }
  const later = status === undefined || status >= 500 || status === 429;
  const named = codes.length === 0 ? '' : ` (${codes.slice(0, 3).map((code) => `AADSTS${code}`).join(', ')})`;
  throw new Fault('graph-token', later ? 'later' : 'never', { message: `no token in a person’s name: ${status ?? 'no answer'}${named}`, cause: causeOf(error) });
}
