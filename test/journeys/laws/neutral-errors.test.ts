// Law 6: errors that leave are neutral, with a reference that the log has too. A defect of ours carries the worst text
// that a library could put into an error; none of it gets out.

import assert from 'node:assert/strict';
import type { Desk } from '../../../src/domain/desk.ts';
import { blocksIn, headingOf, referenceIn, textOf } from '../../support/keydesk/cards.ts';
import { steps } from '../../support/keydesk/steps.ts';
import { inKeydesk } from '../../support/keydesk.ts';

const worst = 'connect failed: postgres://keydesk:hunter2@db.internal/keydesk LAPTOP-42 Adele Vance eyJhbGciOi.J9.x at /srv/keydesk/src/store.ts';
const nothingOfIt = /hunter2|db\.internal|eyJhbGciOi|\/srv\/|stack|TypeError/;

const breaking = (at: string): ((desk: Desk) => Desk) =>
  steps((step) => {
    if (step === at) throw Object.assign(new TypeError(worst), { secret: 'hunter2', cause: new Error(worst) });
  });

describe('law 6: a defect of ours', () => {
  for (const at of ['before asks.admit', 'before directory.devicesNamed', 'after recoveryKeys.of', 'before requests.open', 'after requests.open']) {
    it(`${at} is told as a card with a reference and nothing else`, inKeydesk({ around: breaking(at) }, async (keydesk) => {
      const answer = await keydesk.ask('key for LAPTOP-42');
      assert.match(headingOf(answer.card), /Something went wrong in Keydesk/);
      assert.doesNotMatch(JSON.stringify(answer.card), nothingOfIt);
      const reference = referenceIn(answer.card);
      const lines = keydesk.logLines.filter((line) => line.includes(reference));
      assert.equal(lines.length, 1);
      assert.match(lines.join(), /"class":"TypeError"/, 'the operator learns the class and the place');
      assert.doesNotMatch(keydesk.logLines.join(''), /hunter2|db\.internal|eyJhbGciOi/);
    }));
  }

  for (const at of ['before requests.find', 'after roles.fresh', 'before requests.claim', 'after recoveryKeys.read', 'after requests.revealed']) {
    it(`${at} at a press shows no key, and says no more`, inKeydesk({ around: breaking(at) }, async (keydesk) => {
      const confirm = await keydesk.ask('key for LAPTOP-42');
      const pressed = await keydesk.reveal(confirm);
      assert.equal(pressed.status, 200);
      assert.deepEqual(blocksIn(pressed.card), []);
      assert.match(textOf(pressed.card), /Something went wrong in Keydesk/);
      assert.doesNotMatch(pressed.raw, nothingOfIt);
      assert.ok(keydesk.logLines.some((line) => line.includes(referenceIn(pressed.card))));
      assert.doesNotMatch(keydesk.logLines.join(''), /hunter2|db\.internal|eyJhbGciOi/);
    }));
  }

  it('in a chore is in the log by its class, and the chore runs on', async () => {
    let runs = 0;
    const around = steps((step) => {
      if (step !== 'before requests.takeDueHides') return;
      runs += 1;
      throw new TypeError(worst);
    });
    await inKeydesk({ around }, async (keydesk) => {
      await keydesk.runChores();
      await keydesk.runChores();
      assert.equal(runs, 3, 'at the start, and at each of its turns');
      assert.match(keydesk.logLines.join(''), /"chore":"hide-due-cards".*"class":"TypeError"/);
      assert.doesNotMatch(keydesk.logLines.join(''), /hunter2|db\.internal/);
    })();
  });
});

describe('law 6: what comes in broken', () => {
  for (const [what, init, statuses] of [
    ['no JSON', { body: '{"type":' }, [400]],
    ['JSON that is no activity', { body: '{"type":5}' }, [400]],
    ['a list', { body: '[]' }, [400]],
    ['a body over 256 KB', { body: JSON.stringify({ text: 'x'.repeat(300_000) }) }, [413]],
    ['garbage that says it is gzip', { body: 'garbage', headers: { 'content-encoding': 'gzip' } }, [415]],
    ['a form', { body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } }, [415]],
  ] as const) {
    it(`${what} is answered ${statuses.join()} with a code and a reference, and Keydesk lives`, inKeydesk(async (keydesk) => {
      const answer = await fetch(`${keydesk.url}/api/messages`, { method: 'POST', ...init, headers: { 'content-type': 'application/json', ...('headers' in init && init.headers) } });
      assert.ok(statuses.some((status) => status === answer.status), String(answer.status));
      const text = await answer.text();
      assert.match(text, /"reference":"KD-[0-9A-Z]{8}"/);
      assert.doesNotMatch(text, /stack|node_modules|Error:/);
      assert.equal(blocksIn((await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'))).card).length, 8);
    }));
  }
});
