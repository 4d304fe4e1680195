// `status LAPTOP-42` against the simulated tenant: every status there is, and what is said when a source is away.

import assert from 'node:assert/strict';
import { idsOf, names } from '../../src/sim/tenant/named-machines.ts';
import { choicesOf, dataOf, headingOf, standing, textOf, verbsOf } from '../support/keydesk/cards.ts';
import { adele, grady, lee, megan } from '../support/keydesk/people.ts';
import { postsIn, pressRotate } from '../support/keydesk/rotating.ts';
import { inKeydesk } from '../support/keydesk.ts';

describe('the status of one device', () => {
  for (const [name, status] of [
    ['LAPTOP-42', /✓ Escrowed\n.*key of the system drive[^]*2 keys[^]*1A2B3C4D, active[^]*9F8E7D6C, superseded/],
    [names.failed, /✕ Failed\n.*backup of its key failed[^]*No keys/],
    [names.pending, /◔ Pending\n.*less than a day ago/],
    [names.notEncrypted, /○ Not available\n.*not switched on[^]*not encrypted/],
    [names.quoted, /✓ Escrowed/],
  ] as const) {
    it(`is told with its reason: ${name}`, inKeydesk(async (keydesk) => {
      const { card } = await keydesk.ask(`status ${name}`);
      assert.equal(headingOf(card), name);
      assert.match(textOf(card), status);
      assert.match(textOf(card), /Primary user[^]*Last sync[^]*Intune's data is of the last sync/);
      assert.deepEqual(await keydesk.acts(), ['asked done']);
      assert.deepEqual(keydesk.reads(), []);
    }));
  }

  it('links to the device in both portals', inKeydesk(async (keydesk) => {
    const { card } = await keydesk.ask('status LAPTOP-42');
    for (const id of [idsOf(42).objectId, idsOf(42).managedId]) assert.match(JSON.stringify(card), new RegExp(id));
    assert.deepEqual(verbsOf(card), [], 'an agent rotates nothing');
  }));

  it('is read with metadata alone: nothing that Entra audits as a read', inKeydesk(async (keydesk) => {
    await keydesk.ask('status LAPTOP-42');
    const asked = keydesk.simulator.requests.list().map(({ url }) => decodeURIComponent(url));
    assert.deepEqual(asked.filter((url) => url.includes('recoveryKeys') && url.includes('$select')), []);
    assert.ok(asked.some((url) => url.startsWith(`/beta/deviceManagement/managedDeviceEncryptionStates/${idsOf(42).managedId}?`)));
    assert.equal(keydesk.simulator.tenant.audit.rows().length, 0);
  }));

  it('hides the key IDs where callers have to prove themselves', inKeydesk({ settings: { callerProof: true } }, async (keydesk) => {
    const { card } = await keydesk.ask('status LAPTOP-42');
    assert.match(textOf(card), /2 keys[^]*active,[^]*Key IDs are hidden/);
    assert.doesNotMatch(JSON.stringify(card), /1a2b3c4d|9f8e7d6c/i);
  }));

  it('is for auditors too, and for nobody without a role', inKeydesk(async (keydesk) => {
    assert.match(textOf((await keydesk.ask('status LAPTOP-42', { as: grady })).card), /Escrowed/);
    for (const person of [lee, adele]) {
      const refused = await keydesk.ask('status LAPTOP-42', { as: person });
      assert.match(headingOf(refused.card), /You have no role for this/);
      assert.doesNotMatch(textOf(refused.card), /Escrowed|1A2B3C4D|Adele/);
    }
    assert.deepEqual(await keydesk.acts(), ['asked done', 'role-denied refused no-role', 'role-denied refused no-role']);
  }));

  it('goes to the private chat when it is asked for in a channel', inKeydesk(async (keydesk) => {
    const { card } = await keydesk.ask('status LAPTOP-42', { in: 'channel' });
    assert.match(textOf(card), /Escrowed/);
    const [notice] = keydesk.connector.messages.filter(({ conversationId }) => !conversationId.startsWith('a:'));
    assert.doesNotMatch(JSON.stringify(notice?.activity), /LAPTOP|Escrowed|Adele/);
  }));

  it('is chosen among devices of one name, and the choice stands in its message', inKeydesk(async (keydesk) => {
    const choose = await keydesk.ask('status TWIN-01');
    const choices = choicesOf(choose.card, 'deviceId');
    assert.equal(choices.length, 2);
    const hybrid = choices.find(({ title }) => title.includes('Hybrid'));
    const { card } = await keydesk.press(choose, 'choose', { deviceId: hybrid?.value });
    assert.match(textOf(card), /Escrowed[^]*C0FFEE01[^]*Hybrid joined/);
    assert.deepEqual(standing(keydesk.now(choose)).card, card);
  }));

  it('offers the devices of a person, and the closest names where there is none', inKeydesk(async (keydesk) => {
    assert.equal(choicesOf((await keydesk.ask('status adele@contoso.com')).card, 'deviceId').length, 2);
    assert.match(textOf((await keydesk.ask('status LAPTOP-43')).card), /No device of this name[^]*LAPTOP-42/);
    assert.match(textOf((await keydesk.ask('status LAPTOP-GONE')).card), /Intune still knows one/);
  }));

  it('is the way to a rotation, for an administrator', inKeydesk(async (keydesk) => {
    const status = await keydesk.ask(`status ${names.failed}`, { as: megan });
    const asked = await keydesk.press(status, 'rotate-ask', {}, { as: megan });
    const confirm = standing(asked.messages.at(-1));
    assert.match(headingOf(confirm.card), /Rotate the key of LAPTOP-FAIL\?/);
    assert.match(headingOf((await pressRotate(keydesk, confirm)).card), /begins/);
    await keydesk.wakeDue();
    assert.equal(postsIn(keydesk).length, 1);
    const reveal = await keydesk.reveal(status, dataOf(status.card, 'rotate-ask'), { as: megan });
    assert.match(headingOf(reveal.card), /This card was changed/, 'and to nothing else');
  }));
});

describe('the status of one device when a source is away', () => {
  for (const [source, path, reason] of [
    ['the keys \\(Entra ID\\)', /recoveryKeys/, /\? Unknown\n.*did not say which keys/],
    ['the owner \\(Entra ID\\)', /registeredOwners/, /○ Not available/],
    ['the device in Intune', /managedDevices\?/, /\? Unknown\n.*Intune did not say whether/],
    ['the encryption report \\(Intune\\)', /managedDeviceEncryptionStates/, /\? Unknown\n.*encryption report was not to be had/],
  ] as const) {
    it(`is told without it, and names it: ${source}`, inKeydesk(async (keydesk) => {
      keydesk.simulator.faults.add({ path, status: 503 });
      const { card } = await keydesk.ask(`status ${names.notEncrypted}`);
      assert.match(textOf(card), reason);
      assert.match(textOf(card), new RegExp(`Not all could be found out:\n${source}: no answer`));
    }));
  }

  it('says that a permission is missing, which waiting does not mend', inKeydesk(async (keydesk) => {
    keydesk.simulator.faults.add({ path: /managedDeviceEncryptionStates/, status: 403, body: { error: { code: 'Forbidden', message: 'no' } } });
    assert.match(textOf((await keydesk.ask('status LAPTOP-42')).card), /✓ Escrowed[^]*encryption report \(Intune\): I may not read it, a permission is missing/);
  }));

  it('is a fault where no device can be found, and written down', inKeydesk(async (keydesk) => {
    keydesk.simulator.faults.add({ path: /v1\.0\/devices\?/, status: 503 });
    assert.match(textOf((await keydesk.ask('status LAPTOP-42')).card), /Microsoft Graph is not available[^]*No status was shown/);
    assert.deepEqual(await keydesk.acts(), ['asked failed graph-unavailable']);
  }));
});
