// Delegated mode: a rotation that somebody presses is sent in their name, or not at all; the one that follows a reveal
// stays with the identity that may rotate and not read.

import assert from 'node:assert/strict';
import { apps } from '../../src/sim/tenant/apps.ts';
import type { Pressed } from '../../src/terminal/conversation.ts';
import { textOf, verbsOf } from '../support/keydesk/cards.ts';
import { megan } from '../support/keydesk/people.ts';
import { askToRotate, pass, rotationEntriesIn, storyIn } from '../support/keydesk/rotating.ts';
import { loginIn, namesAtGraph, pressSignedIn, signInOf } from '../support/keydesk/signing-in.ts';
import { inKeydesk, type TestKeydesk } from '../support/keydesk.ts';
import { known } from '../support/known.ts';

const delegated = { delegated: true } as const;
const inputs = { reason: 'key-exposed', ticket: 'INC0012345' };
const post = /rotateBitLockerKeys/;
const press = async (keydesk: TestKeydesk, confirm?: Awaited<ReturnType<typeof askToRotate>>): Promise<Pressed> => pressSignedIn(keydesk, confirm ?? (await askToRotate(keydesk)), 'rotate', { inputs, as: megan, token: await signInOf(keydesk, megan, { change: { exp: tomorrow } }) });
// The clock of the test runs ahead of Entra's.
const tomorrow = Math.floor(Date.now() / 1000) + 86_400;
const posts = ({ simulator }: TestKeydesk): number => simulator.requests.list().filter(({ url }) => post.test(url)).length;

describe('delegated mode: a rotation that is pressed', () => {
  it('is sent in the name of the one who pressed, at once and once, and followed to its proof', inKeydesk(delegated, async (keydesk) => {
    const confirm = await askToRotate(keydesk);
    loginIn(await keydesk.press(confirm, 'rotate', inputs, { as: megan }));
    assert.deepEqual([await storyIn(keydesk), posts(keydesk)], [[], 0], 'nothing is planned before the sign-in');
    const pressed = await press(keydesk, confirm);
    assert.match(textOf(pressed.card), /LAPTOP-42/);
    assert.deepEqual([namesAtGraph(keydesk), await storyIn(keydesk)], [[megan.id], ['scheduled done', 'intended done', 'queued done']]);
    const sent = (await rotationEntriesIn(keydesk)).filter(({ act }) => act !== 'rotation-scheduled');
    assert.deepEqual(sent.map(({ authority, person }) => [authority, person?.id]), [['delegated', megan.id], ['delegated', megan.id]]);

    await keydesk.press(confirm, 'rotate', inputs, { as: megan });
    keydesk.simulator.hand.checkIn('LAPTOP-42');
    await pass(keydesk, 300);
    assert.deepEqual([(await storyIn(keydesk)).at(-1), posts(keydesk)], ['done done', 1]);
  }));

  it('refused for want of a role: the card says to activate it, and asked again it is sent', inKeydesk(delegated, async (keydesk) => {
    const { directory } = keydesk.simulator.tenant;
    directory.setEntraRoles(megan.id, []);
    const refused = await press(keydesk);
    assert.match(textOf(refused.card), /Activate your role in PIM/);
    assert.deepEqual(await storyIn(keydesk), ['scheduled done', 'intended done', 'failed failed person-forbidden']);
    await pass(keydesk, 3600);
    assert.deepEqual(namesAtGraph(keydesk), [megan.id], 'nobody sends it in another name');

    directory.setEntraRoles(megan.id, ['Help Desk Operator']);
    await press(keydesk);
    assert.deepEqual((await storyIn(keydesk)).slice(3), ['scheduled done', 'intended done', 'queued done']);
  }));

  it('met by a challenge of Graph: the card leads to a sign-in', inKeydesk(delegated, async (keydesk) => {
    keydesk.simulator.faults.add({ path: post, status: 401, headers: { 'www-authenticate': `Bearer claims="${Buffer.from('{"access_token":{}}').toString('base64')}"` } });
    const refused = await press(keydesk);
    assert.match(textOf(refused.card), /Entra ID wants them to sign in again/);
    assert.ok(JSON.stringify(refused.card).includes('/signin/start?request='));
    assert.equal((await storyIn(keydesk)).at(-1), 'failed failed sign-in-needed');
    keydesk.simulator.faults.clear();
    await press(keydesk);
    assert.equal((await storyIn(keydesk)).at(-1), 'queued done');
  }));

  it('without consent: nothing is planned, and the card stays', inKeydesk(delegated, async (keydesk) => {
    keydesk.simulator.tenant.acting.consented = false;
    const confirm = await askToRotate(keydesk);
    const refused = await press(keydesk, confirm);
    assert.match(textOf(refused.card), /Keydesk may not act for you yet[^]*Nothing was rotated/);
    assert.deepEqual([verbsOf(refused.card), await storyIn(keydesk)], [['rotate', 'cancel'], []]);
    keydesk.simulator.tenant.acting.consented = true;
    await press(keydesk, confirm);
    assert.equal((await storyIn(keydesk)).at(-1), 'queued done');
  }));

  it('that Intune could not take while the person was signed in is over, and says to ask again', inKeydesk(delegated, async (keydesk) => {
    keydesk.simulator.faults.add({ path: post, status: 429, headers: { 'retry-after': '600' } });
    assert.match(textOf((await press(keydesk)).card), /Nobody else may send it[^]*Then: rotate LAPTOP-42/);
    assert.equal((await storyIn(keydesk)).at(-1), 'failed failed sign-in-lost');
    keydesk.simulator.faults.clear();
    await pass(keydesk, 7200);
    assert.equal(posts(keydesk), 1);
    await press(keydesk);
    assert.equal((await storyIn(keydesk)).at(-1), 'queued done');
  }));

  it('of which nobody knows whether Intune has it is settled by reading, and never sent by anybody else', inKeydesk(delegated, async (keydesk) => {
    keydesk.simulator.faults.add({ path: post, drop: 'before' });
    await press(keydesk);
    assert.equal((await storyIn(keydesk)).at(-1), 'queued unknown');
    keydesk.simulator.faults.clear();
    await pass(keydesk, 7200);
    assert.deepEqual([(await storyIn(keydesk)).at(-1), posts(keydesk)], ['failed failed sign-in-lost', 1]);
  }));

  it('for which a token of another person came is not planned', inKeydesk(delegated, async (keydesk) => {
    const confirm = await askToRotate(keydesk);
    const token = await signInOf(keydesk, { id: 'a1e00000-0000-4000-8000-000000000001', name: 'Alex Wilber' });
    const refused = await pressSignedIn(keydesk, confirm, 'rotate', { inputs, as: megan, token });
    assert.match(textOf(refused.card), /another person’s[^]*Nothing was rotated/);
    assert.deepEqual(await storyIn(keydesk), []);
    await press(keydesk, confirm);
    assert.deepEqual(namesAtGraph(keydesk), [megan.id]);
  }));
});

describe('delegated mode: the rotation that follows a reveal', () => {
  it('is sent by the identity that rotates, without anybody being signed in', inKeydesk(delegated, async (keydesk) => {
    await pressSignedIn(keydesk, await keydesk.ask('key for LAPTOP-42'), 'reveal');
    await pass(keydesk, 3700);
    assert.equal(namesAtGraph(keydesk).at(-1), apps.keydeskRotation.clientId);
    const sent = known((await rotationEntriesIn(keydesk)).find(({ act }) => act === 'rotation-intended'));
    assert.equal(sent.authority, undefined);
  }));

  it('pressed sooner is sent in the name of who pressed; where Intune refuses that person, it is sent as it was to be', inKeydesk(delegated, async (keydesk) => {
    await pressSignedIn(keydesk, await keydesk.ask('key for LAPTOP-42'), 'reveal');
    keydesk.simulator.tenant.directory.setEntraRoles(megan.id, []);
    await press(keydesk);
    assert.deepEqual([namesAtGraph(keydesk).at(-1), (await storyIn(keydesk)).at(-1)], [megan.id, 'queued failed graph-forbidden']);
    await pass(keydesk, 300);
    assert.deepEqual([namesAtGraph(keydesk).at(-1), (await storyIn(keydesk)).at(-1)], [apps.keydeskRotation.clientId, 'queued done']);
  }));
});
