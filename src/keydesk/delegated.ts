// Delegated mode: what takes a sign-in from Teams to a token for Graph in the name of the person.

import { randomBytes } from 'node:crypto';
import type { TenantId } from '../domain/ids.ts';
import type { Clock } from '../domain/ports.ts';
import type { Delegation } from '../domain/sign-in.ts';
import type { Page } from '../server/pages.ts';
import { type BeliefSettings, createBelief, resourceOf } from '../signin/believe.ts';
import { signInLink, signInPages } from '../signin/page.ts';
import type { SignInStore } from '../store/sign-ins.ts';

export interface DelegatedParts {
  /** Of the bot's registration. */
  readonly clientId: string;
  readonly connection: string;
  readonly publicUrl: string;
  /** graph/on-behalf-of.ts */
  readonly exchange: Delegation['exchange'];
  /** Only tests. */
  readonly fetchKeys?: NonNullable<BeliefSettings['fetchKeys']>;
}

export const delegationOf = ({ clientId, exchange, fetchKeys }: DelegatedParts, { tenantId, clock, signIns }: { readonly tenantId: TenantId; readonly clock: Clock; readonly signIns: SignInStore }): Delegation => ({
  believe: createBelief({ tenantId, clientId, clock, ...(fetchKeys && { fetchKeys }) }),
  exchange,
  ask: (signIn) => signIns.ask(signIn),
});

/** How the bot tells a client to sign its person in. */
export const signInOf = ({ connection, clientId, publicUrl }: DelegatedParts) => ({
  connection,
  resource: resourceOf(clientId),
  link: (request: Parameters<typeof signInLink>[1]) => signInLink(publicUrl, request),
});

export const pagesOf = ({ clientId, publicUrl }: DelegatedParts, { tenantId, clock, signIns }: { readonly tenantId: TenantId; readonly clock: Clock; readonly signIns: SignInStore }): readonly Page[] =>
  signInPages({ tenantId, clientId, publicUrl, clock, random: randomBytes, signIns });
