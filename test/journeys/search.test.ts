import assert from 'node:assert/strict';
import { blocksIn, headingOf, textOf } from '../support/keydesk/cards.ts';
import { inKeydesk } from '../support/keydesk.ts';
import { lee } from '../support/keydesk/people.ts';

const keyId = '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d';

describe('a key by the first characters of its ID', () => {
  it('is found over the whole tenant, and shown', inKeydesk({ sweep: {} }, async (keydesk) => {
    await keydesk.runChores();
    const confirm = await keydesk.ask('key id 1a2b-3c4d INC0012345');
    assert.match(textOf(confirm.card), /LAPTOP-42/);
    const revealed = await keydesk.reveal(confirm);
    assert.deepEqual(blocksIn(revealed.card), keydesk.simulator.tenant.recoveryPassword(keyId).split('-'));
    assert.equal((await keydesk.ledger()).find(({ act }) => act === 'revealed')?.keyId, keyId);
  }));

  it('is found by a bare beginning, and forgives an O for a zero with a note', inKeydesk({ sweep: {} }, async (keydesk) => {
    await keydesk.runChores();
    assert.match(textOf((await keydesk.ask('c0ffee02')).card), /TWIN-01/);
    assert.match(textOf((await keydesk.ask('key id cOffeeO2')).card), /C0FFEE02/);
  }));

  it('is looked for in an index whose age is said when there is none', inKeydesk({ sweep: {} }, async (keydesk) => {
    await keydesk.runChores();
    keydesk.clock.forward(7200);
    const answer = await keydesk.ask('key id eeeeeeee');
    assert.match(textOf(answer.card), /No recovery key begins with EEEEEEEE\. My index of the keys in Entra ID is from .*\(2 hours ago\)/);
  }));

  it('waits for the index, and can be had by the device meanwhile', inKeydesk(async (keydesk) => {
    const answer = await keydesk.ask('key id 1A2B3C4D');
    assert.match(textOf(answer.card), /my index of the fleet is still being made[\s\S]*key for LAPTOP-42 id 1A2B3C4D/);
  }));

  it('is not taken from the index when Entra has lost it', inKeydesk({ sweep: {} }, async (keydesk) => {
    await keydesk.runChores();
    const { fleet } = keydesk.simulator.tenant;
    for (const machine of fleet.machinesNamed('LAPTOP-42')) fleet.removeFromEntra(machine);
    assert.match(headingOf((await keydesk.ask('key id 1A2B3C4D')).card), /No key with this ID/);
    assert.match(headingOf((await keydesk.ask('key for LAPTOP-42')).card), /No device of this name/);
  }));

  it('is named to nobody without a role', inKeydesk({ sweep: {} }, async (keydesk) => {
    await keydesk.runChores();
    const answer = await keydesk.ask('key id 1A2B3C4D', { as: lee });
    assert.doesNotMatch(textOf(answer.card), /LAPTOP/);
    assert.deepEqual(await keydesk.acts(), ['role-denied refused no-role']);
  }));
});
