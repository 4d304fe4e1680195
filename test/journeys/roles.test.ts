import assert from 'node:assert/strict';
import { blocksIn, headingOf, textOf, verbsOf } from '../support/keydesk/cards.ts';
import { adele, alex, grady, isaiah, lee, megan } from '../support/keydesk/people.ts';
import { inKeydesk } from '../support/keydesk.ts';

describe('who may see a recovery key', () => {
  for (const [person, why] of [
    [alex, 'an agent'],
    [megan, 'an admin'],
    [isaiah, 'an agent through a group within the agents’ group'],
  ] as const) {
    it(`is ${why}`, inKeydesk(async (keydesk) => {
      const confirm = await keydesk.ask('key for LAPTOP-42', { as: person });
      const revealed = await keydesk.reveal(confirm, {}, { as: person });
      assert.equal(blocksIn(revealed.card).length, 8);
      assert.deepEqual((await keydesk.ledger()).map(({ person }) => person?.id), [person.id, person.id, person.id, person.id]);
    }));
  }

  for (const [person, why] of [
    [lee, 'somebody without a role'],
    [grady, 'an auditor'],
    [adele, 'the owner, while there is no self-service'],
  ] as const) {
    it(`is not ${why}: no key, no names, an entry`, inKeydesk(async (keydesk) => {
      for (const question of ['key for LAPTOP-42', 'key for LAPTOP-4', 'key for adele@contoso.com', 'key for LAPTOP-GONE', 'key id 1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d']) {
        const refused = await keydesk.ask(question, { as: person });
        assert.match(headingOf(refused.card), /You have no role for this/);
        assert.deepEqual(verbsOf(refused.card), []);
        assert.doesNotMatch(textOf(refused.card), /LAPTOP|Adele Vance|1A2B3C4D/);
      }
      assert.deepEqual(keydesk.reads(), []);
      assert.deepEqual(await keydesk.acts(), ['role-denied refused no-role']);
      keydesk.clock.forward(61);
      await keydesk.runChores();
      const [, summed] = await keydesk.ledger();
      assert.deepEqual([summed?.act, summed?.count], ['role-denied', 4], 'repeats are one entry more');
    }));
  }
});

describe('a role that changes', () => {
  it('and is lost between question and press, is lost at the press', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    keydesk.simulator.tenant.directory.setRoles(alex.id, ['auditor']);
    const refused = await keydesk.reveal(confirm);
    assert.match(headingOf(refused.card), /You have no role for this/);
    assert.deepEqual(keydesk.reads(), []);
    assert.deepEqual(await keydesk.acts(), ['asked done', 'role-denied refused no-role']);

    keydesk.simulator.tenant.directory.setRoles(alex.id, ['agent']);
    assert.equal(blocksIn((await keydesk.reveal(confirm)).card).length, 8, 'the refusal burnt nothing');
  }));

  it('and is lost before Show again, is lost there too', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    await keydesk.reveal(confirm);
    const used = await keydesk.reveal(confirm);
    keydesk.simulator.tenant.directory.setRoles(alex.id, []);
    const refused = await keydesk.press({ card: used.card ?? {}, activityId: confirm.activityId }, 'again');
    assert.match(headingOf(refused.card), /You have no role for this/);
    assert.equal(keydesk.reads().length, 1);
  }));

  it('and was given to the auditor, counts at once for a press and within a minute for a question', inKeydesk(async (keydesk) => {
    await keydesk.ask('key for LAPTOP-42', { as: grady });
    keydesk.simulator.tenant.directory.setRoles(grady.id, ['auditor', 'agent']);
    keydesk.clock.forward(60);
    const confirm = await keydesk.ask('key for LAPTOP-42', { as: grady });
    assert.equal(blocksIn((await keydesk.reveal(confirm, {}, { as: grady })).card).length, 8);
  }));
});

describe('whoami and help', () => {
  it('say who Keydesk thinks somebody is, in the private chat', inKeydesk(async (keydesk) => {
    const card = textOf((await keydesk.ask('whoami', { in: 'channel', as: megan })).card);
    assert.match(card, /Megan Bowen/);
    assert.match(card, /admin/);
    assert.match(card, /approver/);
  }));

  it('work for somebody without a role', inKeydesk(async (keydesk) => {
    assert.match(textOf((await keydesk.ask('help', { as: lee })).card), /Keydesk/);
    assert.match(textOf((await keydesk.ask('key types', { as: lee })).card), /USB/);
  }));
});
