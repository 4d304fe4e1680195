// A client of Teams that signs its person in. Written against the Universal Action Model: told 401 with a token exchange
// resource, it takes a token for that resource and repeats the very same invoke with it.

import assert from 'node:assert/strict';
import { apps } from '../../../src/sim/tenant/apps.ts';
import type { Pressed, PressOptions, Speaker } from '../../../src/terminal/conversation.ts';
import { known } from '../known.ts';
import type { TestKeydesk } from '../keydesk.ts';
import { choicesOf, type Standing, standing } from './cards.ts';
import type { Instance } from './instance.ts';
import { adele, alex } from './people.ts';
import type { Surroundings } from './surroundings.ts';

export const resource = `api://botid-${apps.keydesk.clientId}`;

interface TokenWish {
  readonly scopes?: readonly string[];
  readonly audience?: string;
  /** Claims in place of others. */
  readonly change?: Readonly<Record<string, unknown>>;
}

/** A sign-in of somebody to Keydesk, as Entra gives it to Teams. */
export async function signInOf({ simulator }: Pick<Surroundings, 'simulator'>, person: Speaker | 'app' = alex, wish: TokenWish = {}): Promise<string> {
  const body = { as: person === 'app' ? person : person.id, scopes: ['access_as_user'], audience: apps.keydesk.clientId, ...wish };
  const answer = await fetch(`${simulator.url}/_sim/token`, { method: 'POST', body: JSON.stringify(body) });
  const { access_token: token } = (await answer.json()) as { readonly access_token: string };
  return token;
}

/** What the client is told: which exchange, for what, by which connection, and where the button leads. */
export interface LoginRequest {
  readonly id: string;
  readonly uri: string;
  readonly connectionName: string;
  readonly link: string;
}

export function loginIn({ status, body }: Pick<Pressed, 'status' | 'body'>): LoginRequest {
  const { statusCode, type, value } = body as { readonly statusCode: number; readonly type: string; readonly value: Record<string, never> };
  assert.deepEqual([status, statusCode, type], [200, 401, 'application/vnd.microsoft.activity.loginRequest'], JSON.stringify(body));
  const { connectionName, tokenExchangeResource, buttons } = value as unknown as { connectionName: string; tokenExchangeResource: { id: string; uri: string }; buttons: { type: string; value: string }[] };
  assert.deepEqual(buttons.map((button) => button.type), ['signin']);
  return { ...tokenExchangeResource, connectionName, link: known(buttons[0]).value };
}

export const statusCodeOf = ({ body }: Pick<Pressed, 'body'>): unknown => Object(body)['statusCode'];

type Client = Pick<Instance, 'press'> & Pick<Surroundings, 'simulator'>;
type Inputs = Readonly<Record<string, unknown>>;

export const reason: Inputs = { reason: 'firmware-update' };

/** The press, the silent sign-in, and the press again. @param token another one than the person's own */
export async function pressSignedIn(client: Client, message: Standing, verb: string, { inputs = reason, as = alex, token, ...more }: { readonly inputs?: Inputs; readonly token?: string } & Partial<PressOptions> = {}): Promise<Pressed> {
  const { id, connectionName } = loginIn(await client.press(message, verb, inputs, { as, ...more }));
  return client.press(message, verb, inputs, { as, ...more, authentication: { id, connectionName, token: token ?? (await signInOf(client, as)) } });
}

/** Whose name stood in the tokens of the requests that reached Graph for a secret or a rotation. */
export const namesAtGraph = ({ simulator }: Pick<Surroundings, 'simulator'>): readonly unknown[] =>
  simulator.requests
    .list()
    .filter(({ url }) => /select=key|rotateBitLockerKeys/.test(url))
    .map(({ claims }) => (claims?.['idtyp'] === 'user' ? claims['oid'] : claims?.['appid']));

/** Requests to the token endpoint. */
export const exchangesIn = ({ simulator }: Pick<Surroundings, 'simulator'>): number => simulator.requests.list().filter(({ method, url }) => method === 'POST' && url.includes('/oauth2/v2.0/token')).length;


/** Adele's card for the key of her own LAPTOP-42, chosen among her computers. */
export async function ownCard(keydesk: Pick<TestKeydesk, 'ask' | 'press' | 'now'>): Promise<Standing> {
  const choose = await keydesk.ask('my key', { as: adele });
  const { value } = known(choicesOf(choose.card, 'deviceId').find(({ title }) => title.includes('LAPTOP-42')));
  await keydesk.press(choose, 'choose', { deviceId: value }, { as: adele });
  return standing(keydesk.now(choose));
}
