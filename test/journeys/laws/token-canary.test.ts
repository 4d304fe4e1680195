// Law 1, for tokens: the sign-in that a press brings and the token for Graph are used for one call and are nowhere
// afterwards: in no table, log line, message, answer, console line, or file of the database server.

import assert from 'node:assert/strict';
import { standing } from '../../support/keydesk/cards.ts';
import { everythingOf, serverFilesHolding, watchConsole } from '../../support/keydesk/everything.ts';
import { alex, isaiah, megan } from '../../support/keydesk/people.ts';
import { askToRotate } from '../../support/keydesk/rotating.ts';
import { pressSignedIn, signInOf } from '../../support/keydesk/signing-in.ts';
import { inKeydesk, type TestKeydesk } from '../../support/keydesk.ts';
import { tracesOf } from '../../support/keydesk/traces.ts';

const tokens = /\/oauth2\/v2\.0\/token/;

/** Signature and claims: what somebody would need of a token, and what names its owner. */
const partsOf = (token: string): readonly string[] => token.split('.').slice(1);

/** The tokens for Graph that the simulated tenant took from Keydesk, by what is in them alone: their one-time ids. */
const graphTokenIds = ({ simulator }: TestKeydesk): readonly string[] => simulator.requests.list().flatMap(({ claims }) => (claims?.['idtyp'] === 'user' ? [String(claims['uti'])] : []));

describe('law 1: the tokens of people', () => {
  it('are nowhere when their one call is over, whatever became of it', inKeydesk({ delegated: true, settings: { revealLimits: [] } }, async (keydesk) => {
    const watch = watchConsole();
    const answers: string[] = [];
    try {
      const [own, others, another] = [await signInOf(keydesk, alex), await signInOf(keydesk, isaiah), await signInOf(keydesk, megan)];
      const confirm = await keydesk.ask('key for LAPTOP-42');
      for (const fault of [
        { path: tokens, status: 500, body: { error: own } },
        { path: tokens, status: 400, body: { error: 'invalid_grant', error_description: own, error_codes: [50_013] } },
        { path: tokens, status: 400, body: { error: 'interaction_required', error_description: own, claims: '{"access_token":{}}' } },
        { path: /select=key/, status: 403, body: { error: { code: own, message: own } } },
        { path: /select=key/, status: 401, headers: { 'www-authenticate': `Bearer claims="${Buffer.from('{}').toString('base64')}"` } },
      ]) {
        keydesk.simulator.faults.add(fault);
        answers.push((await pressSignedIn(keydesk, confirm, 'reveal', { token: own })).raw);
        keydesk.simulator.faults.clear();
      }
      answers.push((await pressSignedIn(keydesk, confirm, 'reveal', { token: others })).raw);
      answers.push((await keydesk.reveal(confirm, { reason: 'other', reasonText: 'x' }, { authentication: { id: own.slice(0, 190), token: own } })).raw);
      answers.push((await pressSignedIn(keydesk, confirm, 'reveal', { token: own })).raw);
      keydesk.clock.forward(300);
      await keydesk.runChores();
      answers.push((await pressSignedIn(keydesk, standing(keydesk.now(confirm)), 'again', { token: own })).raw);
      answers.push((await pressSignedIn(keydesk, await askToRotate(keydesk), 'rotate', { inputs: { reason: 'key-exposed', ticket: 'INC0012345' }, as: megan, token: another })).raw);

      const ids = graphTokenIds(keydesk);
      assert.ok(ids.length >= 3 && new Set(ids).size === ids.length, 'each call had a token of its own');
      const places = await everythingOf(keydesk, [keydesk]);
      // The simulator's own record, which is where the ids come from.
      places.delete('requests to Graph and Entra');
      places.set('all answers', answers.join('\n')).set('standard output', watch.written());
      const needles = [own, others, another].flatMap(partsOf);
      for (const [place, text] of places) for (const needle of [...needles, ...ids]) assert.ok(!text.includes(needle), `found in ${place}`);
      assert.ok(places.get('the log')?.includes('a call to Graph'), 'the log was written at its finest level');
      assert.deepEqual(await serverFilesHolding(keydesk.database.ownerUrl, needles), []);
      for (const { keyId, activity } of keydesk.simulator.tenant.audit.rows()) if (activity === 'Read BitLocker key') assert.deepEqual(tracesOf(keydesk.simulator.tenant.recoveryPassword(keyId), places.get('every table of the database') ?? ''), []);
    } finally {
      watch.stop();
    }
  }));

  it('would be found: the search looks where they came by', inKeydesk({ delegated: true }, async (keydesk) => {
    const token = await signInOf(keydesk);
    await keydesk.say(`key for ${token.split('.')[1]?.slice(0, 40)}`);
    const places = await everythingOf(keydesk, [keydesk]);
    assert.ok([...places.values()].some((text) => text.toLowerCase().includes(token.split('.')[1]?.slice(0, 40).toLowerCase() ?? 'nothing')));
  }));
});
