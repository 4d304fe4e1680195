import assert from 'node:assert/strict';
import type { Desk } from '../../src/domain/desk.ts';
import { Fault } from '../../src/domain/fault.ts';
import type { Card } from '../../src/terminal/conversation.ts';
import { headingOf, textOf } from '../support/keydesk/cards.ts';
import { isaiah } from '../support/keydesk/people.ts';
import { inKeydesk, type TestKeydesk } from '../support/keydesk.ts';

const linksOf = (card: Card | undefined): string => JSON.stringify(card).match(/https:\/\/(?:entra|intune)\.microsoft\.com[^"]*/g)?.join(' ') ?? '';

/** The ids by which Microsoft's portals know a device of the simulated tenant. */
function idsOf({ simulator }: TestKeydesk, name: string) {
  const [machine] = simulator.tenant.fleet.machinesNamed(name);
  return { objectId: machine?.entra?.objectId ?? '', intuneId: machine?.managed?.id ?? '' };
}

const throttled = { path: /select=key/, status: 429, headers: { 'retry-after': '60' } };

describe('the way that works without Keydesk', () => {
  it('is the page of this device, when Graph fails at the press', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    keydesk.simulator.faults.add(throttled);
    const { card } = await keydesk.reveal(confirm);
    const { objectId, intuneId } = idsOf(keydesk, 'LAPTOP-42');
    assert.match(headingOf(card), /Graph is busy/);
    assert.match(textOf(card), /the key of LAPTOP-42 is in the Entra portal/);
    assert.match(linksOf(card), new RegExp(`objectId/${objectId} .*mdmDeviceId/${intuneId}$`));
  }));

  it('is the page of this device, when it has no key in escrow', inKeydesk(async (keydesk) => {
    const { card } = await keydesk.ask('key for LAPTOP-NONE');
    const { objectId, intuneId } = idsOf(keydesk, 'LAPTOP-NONE');
    assert.match(linksOf(card), new RegExp(`objectId/${objectId} .*mdmDeviceId/${intuneId}$`));
  }));

  const broken = (desk: Desk): Desk => ({ ...desk, ledger: { append: (entry) => desk.ledger.append(entry), refuse: () => Promise.reject(new Fault('internal', 'never')) } });

  it('names no device to somebody whose card it is not', inKeydesk({ around: broken }, async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const others = await keydesk.press(confirm, 'reveal', { reason: 'wrong-pin' }, { as: isaiah });
    const own = await keydesk.press(confirm, 'reveal', { reason: 'wrong-pin' }, { trigger: 'automatic' });
    for (const { card } of [others, own]) assert.match(headingOf(card), /Something went wrong/);
    const laptop = new RegExp(`LAPTOP-42|${idsOf(keydesk, 'LAPTOP-42').objectId}`);
    assert.doesNotMatch(JSON.stringify(others.card), laptop);
    assert.match(JSON.stringify(own.card), laptop);
  }));
});
