import assert from 'node:assert/strict';
import { blocksIn, choicesOf, headingOf, textOf, verbsOf } from '../support/keydesk/cards.ts';
import { adele, alex } from '../support/keydesk/people.ts';
import { inKeydesk, type TestKeydesk } from '../support/keydesk.ts';

// Eight blocks of no device: six times the number of the block.
const digits = Array.from({ length: 8 }, (_, index) => String(index + 1).repeat(6)).join('-');

/** Entra answers that Adele owns a device of this name, beside LAPTOP-42. */
function nameInEntra({ simulator }: TestKeydesk, displayName: string): void {
  const [machine] = simulator.tenant.fleet.machinesNamed('LAPTOP-42');
  const own = { id: machine?.entra?.objectId, deviceId: machine?.entra?.deviceId, displayName: 'LAPTOP-42', operatingSystem: 'Windows', trustType: 'AzureAd' };
  const named = { ...own, id: '0b1ec700-0000-4000-8000-00000000ffff', deviceId: 'de71ce00-0000-4000-8000-00000000ffff', displayName };
  simulator.faults.add({ path: /ownedDevices/, status: 200, body: { value: [own, named] } });
}

describe('a recovery password that somebody put into a name', () => {
  it('of a device is not repeated, and does not keep the owner’s other devices from the helpdesk', inKeydesk(async (keydesk) => {
    nameInEntra(keydesk, digits);
    const choice = await keydesk.ask('key for adele@contoso.com');
    assert.match(textOf(choice.card), /\(no name\)/);
    const laptop = choicesOf(choice.card, 'deviceId').find(({ title }) => title.startsWith('LAPTOP-42'));
    const confirm = await keydesk.press(choice, 'choose', { deviceId: laptop?.value });
    assert.deepEqual(verbsOf(confirm.card), ['reveal', 'cancel']);
  }));

  it('of a person is not repeated, and the person is served and written down by id', inKeydesk(async (keydesk) => {
    const odd = { ...alex, name: `Alex ${digits}` };
    assert.match(textOf((await keydesk.ask('whoami', { as: odd })).card), /You are/);
    const confirm = await keydesk.ask('key for LAPTOP-42', { as: odd });
    assert.equal(blocksIn((await keydesk.reveal(confirm, {}, { as: odd })).card).length, 8);
    assert.deepEqual((await keydesk.ledger()).map(({ person }) => person?.id), [alex.id, alex.id, alex.id, alex.id]);
  }));

  it('is not seen in an ordinary name of digits', inKeydesk(async (keydesk) => {
    nameInEntra(keydesk, 'LAPTOP-111111-222222');
    assert.match(textOf((await keydesk.ask('key for adele@contoso.com')).card), /LAPTOP-111111-222222/);
    assert.match(headingOf((await keydesk.ask('whoami', { as: adele })).card), /You are Adele Vance/);
  }));
});
