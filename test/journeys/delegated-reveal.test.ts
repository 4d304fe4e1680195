// Delegated mode: the key is read in the name of the one who pressed. What a sign-in must be for that, and that going to
// sign in burns nothing.

import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { apps } from '../../src/sim/tenant/apps.ts';
import type { Pressed } from '../../src/terminal/conversation.ts';
import { blocksIn, headingOf, inputOf, standing, textOf, verbsOf } from '../support/keydesk/cards.ts';
import { publicUrl } from '../support/keydesk/instance.ts';
import { adele, alex, isaiah, tenantId } from '../support/keydesk/people.ts';
import { exchangesIn, loginIn, namesAtGraph, ownCard, pressSignedIn, reason, resource, signInOf, statusCodeOf } from '../support/keydesk/signing-in.ts';
import { inKeydesk, type TestKeydesk } from '../support/keydesk.ts';
import { known } from '../support/known.ts';

const delegated = { delegated: true } as const;
const shows = ({ card }: Pressed): boolean => blocksIn(card).length === 8;
const aMinuteAgo = (seconds: number): number => Math.floor(Date.now() / 1000) - seconds;

describe('delegated mode: a reveal', () => {
  it('asks the client to sign its person in, and shows the key that Graph gave to that person', inKeydesk(delegated, async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const first = await keydesk.reveal(confirm);
    const request = loginIn(first);
    assert.deepEqual([request.uri, request.connectionName], [resource, 'keydesk-sso']);
    assert.ok(request.link.startsWith(`${publicUrl}/signin/start?request=`));
    assert.deepEqual([await keydesk.acts(), keydesk.reads().length], [['asked done'], 0], 'nothing was claimed, written or read');

    const second = await keydesk.reveal(confirm, {}, { authentication: { id: request.id, connectionName: request.connectionName, token: await signInOf(keydesk) } });
    assert.ok(shows(second), second.raw);
    assert.deepEqual(namesAtGraph(keydesk), [alex.id]);
    const entries = (await keydesk.ledger()).filter(({ act }) => act === 'intended' || act === 'revealed');
    assert.deepEqual(entries.map(({ act, authority, person }) => [act, authority, person?.id]), [['intended', 'delegated', alex.id], ['revealed', 'delegated', alex.id]]);
    const [row] = keydesk.simulator.tenant.audit.rows();
    assert.deepEqual([row?.activity, row?.by.kind === 'person' && row.by.id], ['Read BitLocker key', alex.id], 'Entra’s own log names the agent');
  }));

  it('wants a sign-in for Show again too, and reads in the person’s name again', inKeydesk(delegated, async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    assert.ok(shows(await pressSignedIn(keydesk, confirm, 'reveal')));
    keydesk.clock.forward(300);
    await keydesk.runChores();
    assert.ok(shows(await pressSignedIn(keydesk, standing(keydesk.now(confirm)), 'again')));
    assert.deepEqual(namesAtGraph(keydesk), [alex.id, alex.id]);
  }));

  it('shows an owner their own key, by their right as an owner', inKeydesk({ ...delegated, settings: { selfService: true } }, async (keydesk) => {
    const own = await ownCard(keydesk);
    assert.ok(shows(await pressSignedIn(keydesk, own, 'reveal', { as: adele })));
    assert.deepEqual(namesAtGraph(keydesk), [adele.id]);
  }));

  it('shows one key, however often the invoke comes with its sign-in, and says so to the others', inKeydesk(delegated, async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const logins = (await Promise.all([keydesk.reveal(confirm), keydesk.reveal(confirm)])).map(loginIn);
    assert.equal(logins[0]?.id, logins[1]?.id, 'two presses ask for one and the same exchange');
    const authentication = { id: known(logins[0]).id, connectionName: 'keydesk-sso', token: await signInOf(keydesk) };
    const activityId = randomUUID();
    const answers = await Promise.all([keydesk.reveal(confirm, {}, { authentication, activityId }), keydesk.reveal(confirm, {}, { authentication, activityId }), keydesk.reveal(confirm, {}, { authentication })]);
    assert.equal(answers.filter(shows).length, 1);
    assert.equal(keydesk.reads().length, 1);
    const late = await keydesk.reveal(confirm, {}, { authentication });
    assert.match(headingOf(late.card), /^Used at/);
    assert.ok(verbsOf(late.card).includes('again'));
  }));

  it('shows one key when two instances get the repeated invoke at one moment, and either takes the sign-in that the other asked for', inKeydesk(delegated, async (keydesk) => {
    const other = await keydesk.another();
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const authentication = { ...loginIn(await keydesk.reveal(confirm)), token: await signInOf(keydesk) };
    const answers = await Promise.all([keydesk, other].map((instance) => instance.reveal(confirm, {}, { authentication })));
    assert.equal(answers.filter(shows).length, 1);
    assert.equal(keydesk.reads().length, 1);
  }));

  it('is found in Entra’s log under the person’s name, and leaves nothing to say', inKeydesk({ ...delegated, entraLog: { everySeconds: 300 } }, async (keydesk) => {
    await pressSignedIn(keydesk, await keydesk.ask('key for LAPTOP-42'), 'reveal');
    keydesk.clock.forward(300);
    await keydesk.runChores();
    keydesk.clock.forward(26 * 3600);
    await keydesk.runChores();
    assert.deepEqual((await keydesk.acts()).filter((act) => /^(?:external-access|alert)/.test(act)), []);
  }));

  it('takes one sign-in of the client for two cards, each asked for by itself, since clients keep theirs for an hour', inKeydesk(delegated, async (keydesk) => {
    const token = await signInOf(keydesk);
    assert.ok(shows(await pressSignedIn(keydesk, await keydesk.ask('key for LAPTOP-42'), 'reveal', { token })));
    assert.ok(shows(await pressSignedIn(keydesk, await keydesk.ask('key for DESKTOP-7'), 'reveal', { token })));
  }));

  it('keeps no token for Graph: each key is read with one of its own', inKeydesk(delegated, async (keydesk) => {
    await pressSignedIn(keydesk, await keydesk.ask('key for LAPTOP-42'), 'reveal');
    const before = exchangesIn(keydesk);
    await pressSignedIn(keydesk, await keydesk.ask('key for DESKTOP-7'), 'reveal');
    assert.equal(exchangesIn(keydesk) - before, 1);
    const tokens = keydesk.simulator.requests.list().filter(({ url }) => url.includes('select=key')).map(({ claims }) => claims?.['uti']);
    assert.equal(new Set(tokens).size, 2);
  }));

  it('asks nobody to sign in whose form has a mistake, who has no role, or whose card it is not', inKeydesk(delegated, async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    assert.ok(verbsOf((await keydesk.reveal(confirm, { reason: '' })).card).includes('reveal'), 'the card comes back');
    assert.match(headingOf((await keydesk.reveal(confirm, {}, { as: isaiah })).card), /belongs to somebody else/);
    keydesk.simulator.tenant.directory.setRoles(alex.id, []);
    assert.match(headingOf((await pressSignedIn(keydesk, confirm, 'reveal')).card), /no role/);
    assert.equal(keydesk.reads().length, 0);
  }));

  it('wants no sign-in in application mode, ignores one that comes, and reads as Keydesk', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    assert.ok(shows(await keydesk.reveal(confirm, {}, { authentication: { id: 'x', connectionName: 'x', token: await signInOf(keydesk, isaiah) } })));
    assert.deepEqual(namesAtGraph(keydesk), [apps.keydesk.clientId]);
    assert.equal((await keydesk.ledger()).find(({ act }) => act === 'revealed')?.authority, undefined);
    assert.equal((await fetch(`${keydesk.url}/signin/start`)).status, 404, 'there is no page to sign in');
  }));
});

describe('delegated mode: a sign-in that is refused', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  /** The same claims under another key, with the name of the right one. */
  const forged = (token: string): string => {
    const body = token.split('.').slice(0, 2).join('.');
    return `${body}.${sign('sha256', Buffer.from(body), privateKey).toString('base64url')}`;
  };
  const unsigned = (token: string): string => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${token.split('.')[1]}.AA`;

  type Case = readonly [what: string, code: string, token: (keydesk: TestKeydesk) => Promise<string>];
  const cases: readonly Case[] = [
    ['for another application', 'token-refused', (keydesk) => signInOf(keydesk, alex, { audience: apps.helpdeskScript.clientId })],
    ['for Graph itself', 'token-refused', (keydesk) => signInOf(keydesk, alex, { audience: '00000003-0000-0000-c000-000000000000' })],
    ['of another person', 'token-of-another', (keydesk) => signInOf(keydesk, isaiah)],
    ['of an application', 'token-refused', (keydesk) => signInOf(keydesk, 'app')],
    ['of an application that has the id of the person', 'token-refused', (keydesk) => signInOf(keydesk, alex, { change: { idtyp: 'app' } })],
    ['of another tenant', 'token-refused', (keydesk) => signInOf(keydesk, alex, { change: { iss: 'https://login.microsoftonline.com/c0417050-0000-4000-8000-000000000099/v2.0', tid: 'c0417050-0000-4000-8000-000000000099' } })],
    ['of another tenant that issues under our name', 'token-refused', (keydesk) => signInOf(keydesk, alex, { change: { tid: 'c0417050-0000-4000-8000-000000000099' } })],
    ['of version 1', 'token-refused', (keydesk) => signInOf(keydesk, alex, { change: { ver: '1.0', iss: `https://sts.windows.net/${tenantId}/` } })],
    ['without the scope that Teams asks for', 'token-refused', (keydesk) => signInOf(keydesk, alex, { scopes: ['User.Read', 'access_as_user2'] })],
    ['that is not good yet', 'token-refused', (keydesk) => signInOf(keydesk, alex, { change: { nbf: aMinuteAgo(-120) } })],
    ['without a time at which it ends', 'token-refused', (keydesk) => signInOf(keydesk, alex, { change: { exp: null } })],
    ['with the signature of another key', 'token-refused', async (keydesk) => forged(await signInOf(keydesk))],
    ['without a signature', 'token-refused', async (keydesk) => unsigned(await signInOf(keydesk))],
  ];

  for (const [what, code, token] of cases) {
    it(`${what}: nothing is exchanged or read, the ledger says so, and the same card works with the person’s own`, inKeydesk(delegated, async (keydesk) => {
      const confirm = await keydesk.ask('key for LAPTOP-42');
      const before = exchangesIn(keydesk);
      const refused = await pressSignedIn(keydesk, confirm, 'reveal', { token: await token(keydesk), inputs: { reason: 'other', reasonText: 'board swapped' } });
      assert.ok(!shows(refused));
      assert.deepEqual(verbsOf(refused.card), ['reveal', 'cancel'], 'the card stays');
      assert.equal(inputOf(refused.card, 'reasonText')['value'], 'board swapped', 'with what was typed');
      assert.deepEqual((await keydesk.acts()).slice(1), [`refused refused ${code}`]);
      assert.deepEqual([exchangesIn(keydesk) - before, keydesk.reads().length], [0, 0]);
      assert.ok(shows(await pressSignedIn(keydesk, confirm, 'reveal')));
    }));
  }

  it('replayed: brought for another card, or for a reveal before, it is refused, and read is nothing', inKeydesk(delegated, async (keydesk) => {
    const [first, second] = [await keydesk.ask('key for LAPTOP-42'), await keydesk.ask('key for DESKTOP-7')];
    const authentication = { ...loginIn(await keydesk.reveal(first)), token: await signInOf(keydesk) };
    const replayed = await keydesk.reveal(second, {}, { authentication });
    assert.match(textOf(replayed.card), /This sign-in was for another card/);
    assert.ok(shows(await keydesk.reveal(first, {}, { authentication })), 'for its own card it is good');
    keydesk.clock.forward(300);
    await keydesk.runChores();
    const captured = await keydesk.press(standing(keydesk.now(first)), 'again', {}, { authentication });
    assert.match(textOf(captured.card), /This sign-in was for another card/);
    assert.equal(keydesk.reads().length, 1);
    assert.deepEqual((await keydesk.acts()).filter((act) => act.includes('token-')), ['refused refused token-replayed', 'refused refused token-replayed']);
  }));

  it('that is over: the client is told to sign in anew, and a minute over is borne', inKeydesk(delegated, async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const over = await pressSignedIn(keydesk, confirm, 'reveal', { token: await signInOf(keydesk, alex, { change: { exp: aMinuteAgo(90) } }) });
    assert.deepEqual([statusCodeOf(over), Object(over.body)['type']], [412, 'application/vnd.microsoft.error.preconditionFailed']);
    assert.deepEqual([await keydesk.acts(), keydesk.reads().length], [['asked done'], 0]);
    // Our own tolerance; the exchange has none, and says so.
    const just = await pressSignedIn(keydesk, confirm, 'reveal', { token: await signInOf(keydesk, alex, { change: { exp: aMinuteAgo(20) } }) });
    assert.equal(statusCodeOf(just), 412);
    assert.ok(shows(await pressSignedIn(keydesk, confirm, 'reveal')));
  }));

  it('that comes by another invoke of Teams does nothing: Keydesk asks no such thing of a client', inKeydesk(delegated, async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const { id, connectionName } = loginIn(await keydesk.reveal(confirm));
    const before = exchangesIn(keydesk);
    for (const [name, value] of [['signin/tokenExchange', { id, connectionName, token: await signInOf(keydesk) }], ['signin/verifyState', { state: '123456' }]] as const) {
      assert.equal(statusCodeOf(await keydesk.reveal(confirm, {}, { change: { name, value } })), 400, name);
    }
    // What a client sends that was given a code to type: a press without a sign-in.
    loginIn(await keydesk.reveal(confirm, {}, { change: { value: { action: { type: 'Action.Execute', verb: 'reveal', data: { request: id.split('.')[0], ...reason } }, trigger: 'manual', state: '123456' } } }));
    assert.deepEqual([await keydesk.acts(), exchangesIn(keydesk) - before, keydesk.reads().length], [['asked done'], 0, 0]);
  }));

  it('that is no token at all: the client is asked for one', inKeydesk(delegated, async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    for (const authentication of [{}, { id: 'x' }, { id: 'x', token: '' }, { id: 'x', token: 'a.b' }, { id: 7, token: 'a.b.c' }, { token: 'a.b.c' }, { id: 'x', token: `a.b.${'c'.repeat(20_000)}` }]) {
      loginIn(await keydesk.press(confirm, 'reveal', reason, { authentication }));
    }
    assert.deepEqual(await keydesk.acts(), ['asked done']);
  }));
});
