// What answers a press: the body of the HTTP response, which only the client that pressed gets to see. HTTP itself
// always says 200 (Universal Action Model); the body's own statusCode says how it went.

import type { TurnContext } from 'botbuilder';
import type { AdaptiveCard, CardMessage } from './cards/card.ts';
import type { Plain } from './cards/escape.ts';

export type InvokeBody =
  | { readonly statusCode: 200; readonly type: 'application/vnd.microsoft.card.adaptive'; readonly value: AdaptiveCard }
  | { readonly statusCode: 200; readonly type: 'application/vnd.microsoft.activity.message'; readonly value: Plain }
  | { readonly statusCode: 401; readonly type: 'application/vnd.microsoft.activity.loginRequest'; readonly value: LoginCard }
  | { readonly statusCode: 412; readonly type: 'application/vnd.microsoft.error.preconditionFailed'; readonly value: { readonly code: string; readonly message: string } }
  | { readonly statusCode: 400 | 500; readonly type: 'application/vnd.microsoft.error'; readonly value: { readonly code: string; readonly message: string } };

/** The content of the Bot Framework's OAuthCard. */
export interface LoginCard {
  readonly text: string;
  readonly connectionName: string;
  readonly tokenExchangeResource: { readonly id: string; readonly uri: string; readonly providerId: string };
  readonly buttons: readonly { readonly type: 'signin'; readonly title: string; readonly text: string; readonly value: string }[];
}

/** Refusals and faults too are cards: whether Teams shows the text of an error is written nowhere. */
export const cardAnswer = ({ card }: CardMessage): InvokeBody => ({ statusCode: 200, type: 'application/vnd.microsoft.card.adaptive', value: card });

/**
 * One line, which Teams shows beside the card; the card stays as it is. Never empty: Teams takes that for a failed
 * answer, says so, and sends the press again.
 */
export const lineAnswer = (line: Plain): InvokeBody => ({ statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: line });

/** An invoke that none of our cards sends. No person reads it. */
export const notUnderstood = (): InvokeBody => ({
  statusCode: 400,
  type: 'application/vnd.microsoft.error',
  value: { code: 'BadRequest', message: 'Keydesk does not know this action.' },
});

/** The last resort, when even a card with a reference could not be made or was withheld by the egress guard. */
export const brokenAnswer = (reference: string): InvokeBody => ({
  statusCode: 500,
  type: 'application/vnd.microsoft.error',
  value: { code: 'ServiceError', message: `Something went wrong in Keydesk. Reference ${reference}.` },
});

/** For an invoke whose answer no client shows: what there is to say was said in messages. */
export async function acknowledge(context: TurnContext): Promise<void> {
  await context.sendActivity({ type: 'invokeResponse', value: { status: 200 } });
}

/** Hands the body to the SDK, which keeps it for the end of the turn. */
export async function respond(context: TurnContext, body: InvokeBody): Promise<void> {
  await context.sendActivity({ type: 'invokeResponse', value: { status: 200, body } });
}
