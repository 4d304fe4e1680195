// What sends a client to sign its person in and to repeat the press (Universal Action Model, SSO for Action.Execute).
// teams-ai leaves this part of its own sign-in unimplemented, and would keep what it gets.

import type { SignInWanted } from '../domain/delegation.ts';
import type { RequestId } from '../domain/ids.ts';
import type { InvokeBody } from './invoke-answer.ts';

/** How people sign in to this Keydesk; part of the configuration. */
export interface SignInSettings {
  /** Name of the OAuth connection of the bot's registration. */
  readonly connection: string;
  /** `api://botid-…`: what the client takes a token for. */
  readonly resource: string;
  /** The page of ours for what the client cannot do by itself. */
  readonly link: (request: RequestId) => string;
}

/** "Microsoft Entra ID v2", as the bot service numbers the providers of its connections. */
const entraProvider = '30dd229c-58e3-4a48-bdfd-91ec48eb906c';

/**
 * First 401: the client takes a token silently and repeats the press with it, naming the exchange. Where that token would
 * not do, 412: the client shows the button instead.
 */
export function loginRequest({ request, exchange, renew }: SignInWanted, { connection, resource, link }: SignInSettings): InvokeBody {
  if (renew) return { statusCode: 412, type: 'application/vnd.microsoft.error.preconditionFailed', value: { code: 'PreconditionFailed', message: 'The sign-in is over. Sign in again.' } };
  return {
    statusCode: 401,
    type: 'application/vnd.microsoft.activity.loginRequest',
    value: {
      text: 'Sign in, so that Entra ID can check what you may do.',
      connectionName: connection,
      tokenExchangeResource: { id: exchange, uri: resource, providerId: entraProvider },
      buttons: [{ type: 'signin', title: 'Sign in', text: 'Sign in', value: link(request.id) }],
    },
  };
}
