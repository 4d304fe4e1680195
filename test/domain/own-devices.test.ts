import assert from 'node:assert/strict';
import { askForKey, type AskAnswer } from '../../src/domain/ask-for-key.ts';
import { cancelRequest, chooseDevice, hideKey } from '../../src/domain/close-card.ts';
import { askForStatus } from '../../src/domain/device-status.ts';
import { Fault } from '../../src/domain/fault.ts';
import { workOnRotation } from '../../src/domain/follow-rotation.ts';
import type { RequestId } from '../../src/domain/ids.ts';
import { plusSeconds } from '../../src/domain/instant.ts';
import type { LedgerEntry } from '../../src/domain/ledger-entry.ts';
import { askForOwnDevices, askForOwnKey } from '../../src/domain/own-devices.ts';
import type { Person } from '../../src/domain/person.ts';
import type { Press } from '../../src/domain/press.ts';
import { type RevealAnswer, revealKey, showAgain } from '../../src/domain/reveal-key.ts';
import type { DeskSettings } from '../../src/domain/settings.ts';
import { askerOf, cardPlace, pressOf, type TestDesk, testDesk } from '../support/desk.ts';
import { adele, alex, deviceOf, keyOf, lee, managedOf, megan, passwordDigits, sure } from '../support/desk/world.ts';

const place = Promise.resolve(cardPlace);
const contact = '+1 555 0100';
const opened = (settings: Partial<DeskSettings> = {}): TestDesk => testDesk({ settings: { selfService: true, helpdeskContact: contact, ...settings } });
const laptopIn = ({ world }: TestDesk) => sure(world.devices.find(({ name }) => name === 'LAPTOP-42'));
const ask = (test: TestDesk, person: Person = adele): Promise<AskAnswer> => askForOwnKey(test.desk, askerOf(person), place);
async function askedId(test: TestDesk, person: Person = adele): Promise<RequestId> {
  const answer = await ask(test, person);
  return answer.kind === 'refused' ? assert.fail(answer.refusal.code) : answer.request.id;
}
const press = (id: RequestId, more: Partial<Press> = {}): Press => pressOf(id, { person: adele, inputs: { reason: 'wrong-pin' }, ...more });
const codeOf = (answer: { readonly kind: string } | RevealAnswer | AskAnswer): string => ('refusal' in answer ? answer.refusal.code : answer.kind);
const reads = ({ journal }: TestDesk): readonly string[] => journal.filter((line) => line.startsWith('read'));
const sourcesOf = (entries: readonly LedgerEntry[]) => entries.map(({ act, source }) => `${act} ${source}`);

/** Intune's primary user of LAPTOP-42. */
function usedBy(test: TestDesk, user: { readonly primaryUserId?: Person['id']; readonly primaryUser?: string }): void {
  const index = test.world.managed.findIndex(({ name }) => name === 'LAPTOP-42');
  test.world.managed[index] = { ...sure(test.world.managed[index]), ...user };
}

describe('domain/own-devices: my key', () => {
  it('is offered to the owner, without caller, ticket or proof, and every entry has the source self-service', async () => {
    const test = opened({ callerProof: true, callerCheckRequired: true, ticketRequired: true });
    const id = await askedId(test);
    assert.deepEqual([test.request(id).by, test.request(id).callerProof, test.request(id).offer?.owner?.id], ['owner', false, adele.id]);
    const shown = await revealKey(test.desk, press(id));
    assert.equal(shown.kind, 'revealed');
    assert.equal(reads(test).length, 1);
    await hideKey(test.desk, press(id), async () => 'done');
    assert.equal((await showAgain(test.desk, press(id))).kind, 'revealed');
    assert.deepEqual(sourcesOf(test.entries), ['asked', 'intended', 'revealed', 'rotation-scheduled', 'hidden', 'intended', 'revealed'].map((act) => `${act} self-service`));
    for (const { person, device } of test.entries) assert.deepEqual([person?.id, device?.name], [adele.id, 'LAPTOP-42']);
  });

  it('is rotated after it was shown, with the same source to the end', async () => {
    const test = opened();
    const id = await askedId(test);
    await revealKey(test.desk, press(id));
    test.clock.forward(3600);
    await workOnRotation(test.desk, sure(test.request(id).rotationId), async () => undefined);
    const rotation = test.entries.filter(({ act }) => act.startsWith('rotation'));
    assert.ok(rotation.length >= 3, 'scheduled, intended, queued');
    assert.deepEqual([...new Set(rotation.map(({ source }) => source))], ['self-service']);
  });

  it('holds the helpdesk to its own source, also beside an owner', async () => {
    const test = opened();
    await askedId(test);
    const other = await askForKey(test.desk, askerOf(alex), { by: 'device', name: 'LAPTOP-42' }, place);
    assert.ok(other.kind === 'confirm');
    await revealKey(test.desk, pressOf(other.request.id));
    assert.deepEqual(sourcesOf(test.entries.slice(1)), ['asked', 'intended', 'revealed', 'rotation-scheduled'].map((act) => `${act} teams`));
  });

  it('believes no caller check and no ticket that the card does not ask for', async () => {
    const test = opened();
    const id = await askedId(test);
    await revealKey(test.desk, press(id, { inputs: { reason: 'wrong-pin', callerCheck: 'manager', ticket: 'INC0012345' } }));
    assert.deepEqual([test.request(id).grant?.callerCheck, test.request(id).grant?.ticket], [undefined, undefined]);
  });

  it('keeps to the limits of the helpdesk', async () => {
    const test = opened({ revealLimits: [{ max: 1, seconds: 60 }] });
    const id = await askedId(test);
    assert.equal((await revealKey(test.desk, press(id))).kind, 'revealed');
    assert.equal(codeOf(await showAgain(test.desk, press(id))), 'reveal-limit');
    assert.equal(reads(test).length, 1);
  });

  it('is refused of a sensitive device, at the ask and at the press', async () => {
    const test = opened();
    const id = await askedId(test);
    const stricter = testDesk({ world: test.world, memory: test.memory, settings: { selfService: true, sensitiveNames: [/^LAPTOP-42$/] } });
    assert.equal(codeOf(await ask(stricter)), 'approval-unavailable');
    assert.equal(codeOf(await revealKey(stricter.desk, press(id))), 'approval-unavailable');
    assert.deepEqual([...reads(test), ...reads(stricter)], []);
  });

  it('can be cancelled, with its source', async () => {
    const test = opened();
    const id = await askedId(test);
    assert.equal((await cancelRequest(test.desk, press(id))).kind, 'closed');
    assert.deepEqual(sourcesOf(test.entries), ['asked self-service', 'cancelled self-service']);
  });

  it('is a choice where there are several of one’s own, and the chosen one is checked again', async () => {
    const test = opened();
    const second = deviceOf(43, 'LAPTOP-43');
    test.world.devices.push(second);
    test.world.managed.push(managedOf(43, second));
    const key = keyOf(second, '43434343', '2026-03-02T09:14:07Z');
    test.world.keys.push(key);
    test.world.passwords.set(key.keyId, passwordDigits(43));
    test.world.owners.set(second.objectId, [{ id: adele.id, name: adele.name }]);
    test.world.devicesOf.set(adele.id, [laptopIn(test).deviceId, second.deviceId]);
    const answer = await ask(test);
    assert.ok(answer.kind === 'choose');
    assert.equal(answer.request.choices.length, 2);
    const choose = press(answer.request.id, { inputs: { deviceId: second.deviceId } });
    test.world.owners.set(second.objectId, [{ id: lee.id }]);
    assert.equal(codeOf(await chooseDevice(test.desk, choose)), 'not-your-device');
    test.world.owners.set(second.objectId, [{ id: adele.id }]);
    const chosen = await chooseDevice(test.desk, choose);
    assert.ok(chosen.kind === 'confirm');
    assert.equal((await revealKey(test.desk, press(answer.request.id))).kind, 'revealed');
    assert.deepEqual([...new Set(test.entries.map(({ source }) => source))], ['self-service']);
  });
});

describe('domain/own-devices: who is refused', () => {
  it('is everybody where it is switched off: by the installation, or by the tenant', async () => {
    const byInstallation = testDesk({ settings: { helpdeskContact: contact } });
    const byTenant = opened();
    byTenant.world.policy.ownersMayReadKeys = false;
    for (const test of [byInstallation, byTenant]) {
      const answer = await ask(test);
      assert.ok(answer.kind === 'refused');
      assert.deepEqual([answer.refusal.code, answer.refusal.facts.helpdesk, answer.refusal.facts.by], ['self-service-off', contact, 'owner']);
      assert.deepEqual(sourcesOf(test.entries), ['refused self-service']);
      assert.equal(codeOf(await askForOwnDevices(test.desk, askerOf(adele))), 'self-service-off');
      assert.ok(!test.script.calls.some((call) => call.startsWith('recoveryKeys')));
    }
    assert.deepEqual(byInstallation.script.calls.filter((call) => !call.startsWith('ledger')), [], 'nobody is asked');
  });

  it('is who owns nothing', async () => {
    for (const person of [lee, alex, megan]) assert.equal(codeOf(await ask(opened(), person)), 'no-own-device', person.name);
  });

  it('is who has registered a device and does not own it', async () => {
    const test = opened();
    test.world.devicesOf.set(lee.id, [laptopIn(test).deviceId]);
    assert.equal(codeOf(await ask(test, lee)), 'no-own-device');
  });

  it('is an owner who is not the primary user that Intune knows', async () => {
    for (const user of [{ primaryUserId: lee.id, primaryUser: 'lee@contoso.com' }, { primaryUser: 'lee@contoso.com' }]) {
      const test = opened();
      usedBy(test, user);
      assert.equal(codeOf(await ask(test)), 'no-own-device');
      usedBy(test, { primaryUserId: adele.id, primaryUser: 'adele@contoso.com' });
      assert.equal(codeOf(await ask(test)), 'confirm', 'the twin: the primary user as well');
    }
  });

  it('is nobody for want of a primary user: where Intune knows none, the owner is enough', async () => {
    const test = opened();
    test.world.managed.splice(0);
    assert.equal(codeOf(await ask(test)), 'confirm');
  });

  it('is the primary user who is not the owner', async () => {
    const test = opened();
    usedBy(test, { primaryUserId: lee.id });
    test.world.devicesOf.set(lee.id, [laptopIn(test).deviceId]);
    assert.equal(codeOf(await ask(test, lee)), 'no-own-device');
  });

  const changes: readonly (readonly [title: string, code: string, change: (test: TestDesk) => void])[] = [
    ['the owner is another', 'not-your-device', (test) => test.world.owners.set(laptopIn(test).objectId, [{ id: lee.id }])],
    ['nobody owns it', 'not-your-device', (test) => test.world.owners.set(laptopIn(test).objectId, [])],
    ['the primary user is another', 'not-your-device', (test) => usedBy(test, { primaryUserId: lee.id })],
    ['the tenant has switched it off', 'self-service-off', (test) => void (test.world.policy.ownersMayReadKeys = false)],
  ];
  for (const [title, code, change] of changes) {
    it(`is the owner of old when between ask and press ${title}, also at Show again`, async () => {
      const test = opened();
      const [id, shownBefore] = [await askedId(test), await askedId(test)];
      await revealKey(test.desk, press(shownBefore));
      const before = reads(test).length;
      change(test);
      assert.equal(codeOf(await revealKey(test.desk, press(id))), code);
      assert.equal(codeOf(await showAgain(test.desk, press(shownBefore))), code);
      assert.equal(reads(test).length, before);
      assert.deepEqual([sure(test.entries.at(-1)).source, test.request(id).state], ['self-service', 'open']);
    });
  }

  it('is an owner whose installation has switched it off since the ask', async () => {
    const test = opened();
    const id = await askedId(test);
    const stricter = testDesk({ world: test.world, memory: test.memory });
    assert.equal(codeOf(await revealKey(stricter.desk, press(id))), 'self-service-off');
  });

  it('is somebody else who presses the owner’s card, an agent too', async () => {
    const test = opened();
    const id = await askedId(test);
    for (const person of [lee, alex, megan]) assert.equal(codeOf(await revealKey(test.desk, press(id, { person }))), 'not-your-card');
    assert.deepEqual(reads(test), []);
  });

  for (const call of ['tenantPolicy.ownersMayReadKeys', 'directory.owners', 'managedDevices.of']) {
    it(`is nobody by default: what ${call} does not say is a fault, at the ask and at the press`, async () => {
      const test = opened();
      const id = await askedId(test);
      const isFault = (error: unknown): boolean => error instanceof Fault && error.code === 'graph-unavailable';
      test.script.fail(call, { times: 2 });
      await assert.rejects(ask(test), isFault);
      assert.deepEqual([sure(test.entries.at(-1)).outcome, sure(test.entries.at(-1)).source], ['failed', 'self-service']);
      await assert.rejects(revealKey(test.desk, press(id)), isFault);
      assert.deepEqual(reads(test), []);
      assert.equal((await revealKey(test.desk, press(id))).kind, 'revealed', 'and nothing was used up');
    });
  }

  it('gets no key where none is in escrow, or where the private chat is closed', async () => {
    const test = opened();
    assert.equal(codeOf(await askForOwnKey(test.desk, askerOf(adele), Promise.resolve(undefined))), 'private-chat-closed');
    test.world.keys.splice(0);
    const answer = await ask(test);
    assert.ok(answer.kind === 'refused');
    assert.deepEqual([answer.refusal.code, answer.refusal.facts.by], ['no-keys', 'owner']);
  });

  it('does not wait longer than anybody else: one deadline for the ask', async () => {
    const test = opened();
    await ask(test);
    assert.equal(new Set(test.script.deadlines).size, 1);
    assert.equal(test.request(await askedId(test)).expiresAt, plusSeconds(test.clock.now(), 600));
  });
});

describe('domain/own-devices: my devices, and the status of one', () => {
  it('lists the person’s own with their status, in one entry', async () => {
    const test = opened();
    const answer = await askForOwnDevices(test.desk, askerOf(adele));
    assert.ok(answer.kind === 'own-devices');
    assert.deepEqual(answer.reports.map(({ device, escrow }) => [device.name, escrow.status]), [['LAPTOP-42', 'escrowed']]);
    assert.deepEqual(test.entries.map(({ act, source, asked }) => [act, source, asked]), [['asked', 'self-service', 'my devices']]);
    assert.equal(codeOf(await askForOwnDevices(test.desk, askerOf(lee))), 'no-own-device');
  });

  it('gives the status of an own device to its owner, and says the same of another’s and of none', async () => {
    const test = opened();
    const status = (name: string, person: Person) => askForStatus(test.desk, askerOf(person), { by: 'device', name }, place);
    const own = await status('laptop-42', adele);
    assert.ok(own.kind === 'status');
    assert.deepEqual([own.request.by, own.mayRotate, sure(test.entries[0]).source], ['owner', false, 'self-service']);
    for (const [name, person] of [['DESKTOP-7', adele], ['NOBODY-HAS-THIS', adele], ['LAPTOP-42', lee]] as const) {
      const answer = await status(name, person);
      assert.ok(answer.kind === 'refused', name);
      assert.deepEqual([answer.refusal.code, answer.refusal.facts.closest], ['not-your-device', []]);
    }
    for (const question of [{ by: 'person', who: 'adele@contoso.com' } as const, { by: 'key-id', keyId: sure(test.world.keys[0]).keyId } as const]) {
      assert.equal(codeOf(await askForStatus(test.desk, askerOf(adele), question, place)), 'not-your-device');
    }
  });

  it('leaves the helpdesk its own view of the same device', async () => {
    const answer = await askForStatus(opened().desk, askerOf(alex), { by: 'device', name: 'LAPTOP-42' }, place);
    assert.ok(answer.kind === 'status');
    assert.equal(answer.request.by, 'helpdesk');
  });
});
