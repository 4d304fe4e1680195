// Delegated mode: what stands between a person and the key although they signed in. Each ends in a card that says what to
// do, and the next press on the same card shows the key.

import assert from 'node:assert/strict';
import type { Fault } from '../../src/sim/http/faults.ts';
import type { Pressed } from '../../src/terminal/conversation.ts';
import { blocksIn, headingOf, referenceIn, standing, textOf, verbsOf } from '../support/keydesk/cards.ts';
import { publicUrl } from '../support/keydesk/instance.ts';
import { adele, alex } from '../support/keydesk/people.ts';
import { namesAtGraph, ownCard, pressSignedIn, signInOf, statusCodeOf } from '../support/keydesk/signing-in.ts';
import { inKeydesk, type TestKeydesk } from '../support/keydesk.ts';
import { known } from '../support/known.ts';

const delegated = { delegated: true } as const;
const shows = ({ card }: Pressed): boolean => blocksIn(card).length === 8;
const claims = '{"access_token":{"polids":{"essential":true,"values":["9ab03e19-0000-4000-8000-000000000001"]}}}';
const secret = /select=key/;
const tokens = /\/oauth2\/v2\.0\/token/;

/** The address behind the button that leads to our page of a sign-in. */
const pageIn = ({ card }: Pressed): string | undefined => {
  const actions = (card?.['actions'] ?? []) as readonly { readonly title: string; readonly url?: string }[];
  return actions.find(({ title }) => title === 'Sign in')?.url;
};

/** Opens the page behind the button, as a browser would at the public address. */
const open = ({ url }: TestKeydesk, page: string): Promise<Response> => fetch(page.replace(publicUrl, url), { redirect: 'manual' });

describe('delegated mode: nobody has consented', () => {
  it('says so, leads to a page where that can be done, and reads nothing', inKeydesk(delegated, async (keydesk) => {
    keydesk.simulator.tenant.acting.consented = false;
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const refused = await pressSignedIn(keydesk, confirm, 'reveal');
    assert.match(textOf(refused.card), /Keydesk may not act for you yet/);
    assert.deepEqual([verbsOf(refused.card), (await keydesk.acts()).slice(1)], [['reveal', 'cancel'], ['refused refused consent-missing']]);
    const to = new URL((await open(keydesk, known(pageIn(refused)))).headers.get('location') ?? '');
    assert.equal(to.origin, 'https://login.microsoftonline.com');
    assert.equal(to.searchParams.get('claims'), null);
    assert.equal(keydesk.reads().length, 0);

    keydesk.simulator.tenant.acting.consented = true;
    assert.ok(shows(await pressSignedIn(keydesk, confirm, 'reveal')));
  }));
});

describe('delegated mode: Conditional Access', () => {
  it('wants more: the card leads to a sign-in that carries its claims, once, and then shows the key', inKeydesk(delegated, async (keydesk) => {
    keydesk.simulator.tenant.acting.challenge = { number: 50_079, claims };
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const refused = await pressSignedIn(keydesk, confirm, 'reveal');
    assert.match(textOf(refused.card), /Entra ID wants you to sign in again/);
    assert.deepEqual((await keydesk.acts()).slice(1), ['refused refused sign-in-needed']);
    const started = await open(keydesk, known(pageIn(refused)));
    const to = new URL(started.headers.get('location') ?? '');
    assert.deepEqual([started.status, to.searchParams.get('claims')], [302, claims]);
    const done = await open(keydesk, `${publicUrl}/signin/done?code=anything&state=${to.searchParams.get('state')}`);
    assert.match(await done.text(), /Go back to Teams/);

    keydesk.simulator.tenant.acting.challenge = undefined;
    assert.ok(shows(await pressSignedIn(keydesk, confirm, 'reveal')));
  }));

  it('wants more and the person breaks it off: the same button carries the claims again', inKeydesk(delegated, async (keydesk) => {
    keydesk.simulator.tenant.acting.challenge = { number: 50_079, claims };
    const page = known(pageIn(await pressSignedIn(keydesk, await keydesk.ask('key for LAPTOP-42'), 'reveal')));
    const start = async () => new URL((await open(keydesk, page)).headers.get('location') ?? '').searchParams;
    const state = (await start()).get('state');
    assert.match(await (await open(keydesk, `${publicUrl}/signin/done?error=access_denied&state=${state}`)).text(), /You are not signed in/);
    const again = await start();
    assert.equal(again.get('claims'), claims);
    assert.match(await (await open(keydesk, `${publicUrl}/signin/done?code=x&state=${again.get('state')}`)).text(), /Go back to Teams/);
    assert.equal((await start()).get('claims'), null, 'what was met is asked no more');
  }));

  for (const number of [53_003, 50_076]) {
    it(`refuses without claims (AADSTS${number}): the page is there all the same`, inKeydesk(delegated, async (keydesk) => {
      keydesk.simulator.tenant.acting.challenge = { number };
      const refused = await pressSignedIn(keydesk, await keydesk.ask('key for LAPTOP-42'), 'reveal');
      const to = new URL((await open(keydesk, known(pageIn(refused)))).headers.get('location') ?? '');
      assert.equal(to.searchParams.get('claims'), null);
    }));
  }

  it('is met in the middle: Graph refuses the token with a challenge, nothing was read, and the card stays open', inKeydesk(delegated, async (keydesk) => {
    const challenge = Buffer.from(claims).toString('base64');
    const confirm = await keydesk.ask('key for LAPTOP-42');
    keydesk.simulator.faults.add({ path: secret, status: 401, headers: { 'www-authenticate': `Bearer realm="", error="insufficient_claims", claims="${challenge}"` }, body: { error: { code: 'InvalidAuthenticationToken', message: 'Continuous access evaluation resulted in challenge' } } });
    const refused = await pressSignedIn(keydesk, confirm, 'reveal');
    assert.match(textOf(refused.card), /Entra ID wants you to sign in again/);
    assert.deepEqual((await keydesk.acts()).slice(1), ['intended done', 'revealed failed graph-claims']);
    assert.equal((await keydesk.ledger()).at(-1)?.reference, referenceIn(refused.card), 'one reference on the card and in the ledger');
    assert.equal(new URL((await open(keydesk, known(pageIn(refused)))).headers.get('location') ?? '').searchParams.get('claims'), claims);
    assert.equal(keydesk.reads().length, 1, 'a person’s token is not ours to renew: it went out once');

    keydesk.simulator.faults.clear();
    assert.ok(shows(await pressSignedIn(keydesk, confirm, 'reveal')));
    assert.deepEqual((await keydesk.ledger()).filter(({ act }) => act === 'intended').map(({ attempt }) => attempt), [1, 2]);
  }));
});

describe('delegated mode: the role in Entra is not active', () => {
  it('says to activate it and to press again, which then shows the key', inKeydesk(delegated, async (keydesk) => {
    const { directory } = keydesk.simulator.tenant;
    directory.setEntraRoles(alex.id, []);
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const refused = await pressSignedIn(keydesk, confirm, 'reveal');
    assert.match(textOf(refused.card), /Activate your role in PIM[^]*press the button again/);
    assert.deepEqual([verbsOf(refused.card), pageIn(refused)], [['reveal', 'cancel'], undefined]);
    assert.deepEqual((await keydesk.acts()).slice(1), ['intended done', 'revealed failed graph-forbidden']);
    assert.deepEqual(keydesk.simulator.tenant.audit.rows(), [], 'nothing was read');
    const { status, parts } = Object(await (await fetch(`${keydesk.url}/readyz`)).json());
    assert.deepEqual([status, Object(parts).permissions], ['ok', undefined], 'a role that has ended is no permission of Keydesk’s that is missing');

    directory.setEntraRoles(alex.id, ['Helpdesk Administrator']);
    assert.ok(shows(await pressSignedIn(keydesk, confirm, 'reveal')));
    assert.deepEqual(namesAtGraph(keydesk), [alex.id, alex.id]);
  }));

  it('counts against the limits each time: nobody tries for ever', inKeydesk({ ...delegated, settings: { revealLimits: [{ max: 2, seconds: 60 }] } }, async (keydesk) => {
    keydesk.simulator.tenant.directory.setEntraRoles(alex.id, []);
    const confirm = await keydesk.ask('key for LAPTOP-42');
    for (const words of [/Activate your role/, /Activate your role/, /reached your limit/]) assert.match(textOf((await pressSignedIn(keydesk, confirm, 'reveal')).card), words);
    assert.equal(keydesk.reads().length, 2);
  }));

  it('at Show again: the button for it stays', inKeydesk(delegated, async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    await pressSignedIn(keydesk, confirm, 'reveal');
    keydesk.clock.forward(300);
    await keydesk.runChores();
    const hidden = standing(keydesk.now(confirm));
    keydesk.simulator.tenant.directory.setEntraRoles(alex.id, []);
    const refused = await pressSignedIn(keydesk, hidden, 'again');
    assert.match(headingOf(refused.card), /Your role in Entra ID is not active/);
    keydesk.simulator.tenant.directory.setEntraRoles(alex.id, ['Security Reader']);
    assert.ok(shows(await pressSignedIn(keydesk, { card: known(refused.card), activityId: hidden.activityId }, 'again')));
  }));

  it('of an owner whose tenant does not let owners read: the helpdesk is named', inKeydesk({ ...delegated, settings: { selfService: true, helpdeskContact: 'room 12' } }, async (keydesk) => {
    const own = await ownCard(keydesk);
    keydesk.simulator.faults.add({ path: secret, status: 403, body: { error: { code: 'accessDenied', message: 'no' } } });
    assert.match(textOf((await pressSignedIn(keydesk, own, 'reveal', { as: adele })).card), /Entra ID does not let you read this key[^]*Call the helpdesk: room 12/);
    keydesk.simulator.faults.clear();
    assert.ok(shows(await pressSignedIn(keydesk, own, 'reveal', { as: adele })));
  }));
});

describe('delegated mode: the token service', () => {
  const answers: readonly (readonly [what: string, fault: Omit<Fault, 'path'>])[] = [
    ['is down', { status: 503, body: 'Service Unavailable' }],
    ['breaks', { status: 500, body: { error: 'server_error' } }],
    ['cuts the connection', { drop: 'before' }],
    ['answers nonsense', { status: 200, body: '<html>' }],
    ['gives no token', { status: 200, body: { token_type: 'Bearer', expires_in: 3599 } }],
    ['does not take Keydesk’s own proof any more', { status: 401, body: { error: 'invalid_client', error_description: 'AADSTS7000222: The provided client secret keys are expired.', error_codes: [7_000_222] } }],
  ];
  for (const [what, fault] of answers) {
    it(`${what}: a card with a reference, nothing claimed, and the key when it is back`, inKeydesk(delegated, async (keydesk) => {
      const confirm = await keydesk.ask('key for LAPTOP-42');
      keydesk.simulator.faults.add({ path: tokens, ...fault });
      const failed = await pressSignedIn(keydesk, confirm, 'reveal');
      assert.match(headingOf(failed.card), /I could not sign in to Microsoft Graph/, failed.raw);
      referenceIn(failed.card);
      assert.deepEqual([await keydesk.acts(), keydesk.reads().length], [['asked done'], 0]);
      keydesk.simulator.faults.clear();
      assert.ok(shows(await pressSignedIn(keydesk, confirm, 'reveal')));
    }));
  }

  it('takes too long: the press ends in time', inKeydesk(delegated, async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    keydesk.simulator.faults.add({ path: tokens, delayMs: 10_000 });
    const pressing = pressSignedIn(keydesk, confirm, 'reveal');
    await untilAsked(keydesk, tokens);
    keydesk.deadlines.expire();
    assert.match(headingOf((await pressing).card), /did not answer in time/);
    assert.deepEqual(await keydesk.acts(), ['asked done']);
    keydesk.simulator.faults.clear();
    assert.ok(shows(await pressSignedIn(keydesk, confirm, 'reveal')));
  }));

  it('does not hand out the keys that sign-ins are signed with: nothing is believed, and the key comes when it does', inKeydesk(delegated, async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    for (const fault of [{ status: 503 }, { status: 200, body: '<html>' }, { status: 200, body: { keys: 'none' } }, { drop: 'before' }] as const) {
      keydesk.simulator.faults.add({ path: /discovery\/v2\.0\/keys/, ...fault });
      assert.match(headingOf((await pressSignedIn(keydesk, confirm, 'reveal')).card), /I could not sign in to Microsoft Graph/);
      keydesk.simulator.faults.clear();
    }
    assert.deepEqual(await keydesk.acts(), ['asked done']);
    assert.ok(shows(await pressSignedIn(keydesk, confirm, 'reveal')));
  }));

  it('says that the sign-in is too old for it: the client signs in anew', inKeydesk(delegated, async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    keydesk.simulator.faults.add({ path: tokens, status: 400, body: { error: 'invalid_grant', error_codes: [500_133] }, times: 1 });
    assert.equal(statusCodeOf(await pressSignedIn(keydesk, confirm, 'reveal')), 412);
    assert.deepEqual(await keydesk.acts(), ['asked done']);
    assert.ok(shows(await pressSignedIn(keydesk, confirm, 'reveal')));
  }));

  it('does not take the sign-in at all: that is a refusal', inKeydesk(delegated, async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    keydesk.simulator.faults.add({ path: tokens, status: 400, body: { error: 'invalid_grant', error_codes: [50_057] }, times: 1 });
    assert.match(textOf((await pressSignedIn(keydesk, confirm, 'reveal')).card), /I do not take this sign-in/);
    assert.deepEqual((await keydesk.acts()).slice(1), ['refused refused token-refused']);
    assert.ok(shows(await pressSignedIn(keydesk, confirm, 'reveal', { token: await signInOf(keydesk) })));
  }));
});

/** Until such a request has arrived. */
async function untilAsked({ simulator }: TestKeydesk, path: RegExp): Promise<void> {
  const count = () => simulator.requests.list().filter(({ url, status }) => path.test(url) && status === null).length;
  while (count() === 0) await new Promise((resolve) => void setImmediate(resolve));
}
