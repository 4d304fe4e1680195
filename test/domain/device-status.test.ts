import assert from 'node:assert/strict';
import { chooseDevice } from '../../src/domain/close-card.ts';
import type { KeyQuestion } from '../../src/domain/command.ts';
import { askForStatus, type StatusAnswer } from '../../src/domain/device-status.ts';
import type { EncryptionState } from '../../src/domain/encryption-state.ts';
import { Fault, type FaultCode } from '../../src/domain/fault.ts';
import type { ReportSource } from '../../src/domain/device-report.ts';
import type { Person } from '../../src/domain/person.ts';
import { revealKey } from '../../src/domain/reveal-key.ts';
import { askToRotateShown } from '../../src/domain/rotate-key.ts';
import { askerOf, cardPlace, pressOf, type TestDesk, testDesk } from '../support/desk.ts';
import { adele, alex, deviceOf, grady, keyOf, lee, managedOf, megan, sure, time } from '../support/desk/world.ts';

const laptop: KeyQuestion = { by: 'device', name: 'LAPTOP-42' };
const place = Promise.resolve(cardPlace);
const ask = (test: TestDesk, question: KeyQuestion = laptop, person: Person = alex): Promise<StatusAnswer> => askForStatus(test.desk, askerOf(person), question, place);
function shown(answer: StatusAnswer): Extract<StatusAnswer, { kind: 'status' }> {
  return answer.kind === 'status' ? answer : assert.fail(answer.kind === 'refused' ? answer.refusal.code : answer.kind);
}
const codeOf = (answer: { readonly kind: string }): string => ('refusal' in answer ? (answer as Extract<StatusAnswer, { kind: 'refused' }>).refusal.code : answer.kind);
const encryptionOf = (test: TestDesk, name: string, more: Partial<EncryptionState>): void => {
  const { intuneId } = sure(test.world.managed.find((one) => one.name === name));
  test.world.encryption.set(intuneId, { intuneId, name, policy: 'compliant', policies: ['BitLocker'], flags: [], ready: true, encrypted: true, ...more });
};

describe('domain/device-status: one device', () => {
  it('says what is known of it, and writes that it was asked', async () => {
    const test = testDesk();
    encryptionOf(test, 'LAPTOP-42', { tpmVersion: '2.0' });
    const { report, request } = shown(await ask(test));
    assert.deepEqual([report.escrow.status, report.escrow.reason, report.escrow.asOf], ['escrowed', 'key-escrowed', '2026-11-22T07:30:00.000Z']);
    assert.deepEqual(report.keys.map(({ keyId, state }) => [keyId.slice(0, 8), state]), [['1a2b3c4d', 'active'], ['0a0a0a0a', 'superseded']]);
    assert.deepEqual([report.owner?.name, report.managed?.name, report.encryption?.tpmVersion, report.silent], ['Adele Vance', 'LAPTOP-42', '2.0', []]);
    assert.deepEqual(test.entries.map(({ act, outcome, source, device, requestId }) => [act, outcome, source, device?.name, requestId]), [['asked', 'done', 'teams', 'LAPTOP-42', request.id]]);
    assert.deepEqual(test.journal.filter((line) => line.startsWith('read')), [], 'no key is read');
  });

  for (const [person, kind] of [[alex, 'status'], [megan, 'status'], [grady, 'status'], [adele, 'no-role'], [lee, 'no-role']] as const) {
    it(`is answered ${kind} to ${person.name}`, async () => {
      const test = testDesk();
      assert.equal(codeOf(await ask(test, laptop, person)), kind);
      assert.equal(sure(test.entries.at(-1)).code, kind === 'status' ? undefined : kind);
    });
  }

  it('lets an administrator rotate from there, and nobody else, and only where there is one to tell', async () => {
    for (const [person, may] of [[megan, true], [alex, false], [grady, false]] as const) assert.equal(shown(await ask(testDesk(), laptop, person)).mayRotate, may, person.name);
    const test = testDesk();
    test.world.managed.splice(0);
    assert.equal(shown(await ask(test, laptop, megan)).mayRotate, false);
  });

  it('looks for the managed device by its id where none of its name is it', async () => {
    const test = testDesk();
    const index = test.world.managed.findIndex(({ name }) => name === 'LAPTOP-42');
    test.world.managed[index] = { ...sure(test.world.managed[index]), name: 'OLD-NAME' };
    assert.equal(shown(await ask(test)).report.managed?.name, 'OLD-NAME');
  });

  it('says failed of a device that is encrypted and has no key, with what stands in its way', async () => {
    const test = testDesk();
    const device = deviceOf(51, 'LAPTOP-FAIL');
    test.world.devices.push(device);
    test.world.managed.push(managedOf(51, device, { enrolledAt: time('2026-01-01T00:00:00Z') }));
    encryptionOf(test, 'LAPTOP-FAIL', { flags: ['networkError'] });
    const { escrow } = shown(await ask(test, { by: 'device', name: 'LAPTOP-FAIL' })).report;
    assert.deepEqual([escrow.status, escrow.reason, escrow.blockedBy], ['failed', 'encrypted-without-key', ['networkError']]);
  });

  it('does not guess between two managed devices of one id, nor ask for the report of either', async () => {
    const test = testDesk();
    const device = sure(test.world.devices.find(({ name }) => name === 'LAPTOP-NONE'));
    test.world.managed.push(managedOf(99, device, { lastSync: time('2026-11-22T08:30:00Z') }));
    const { report, mayRotate } = shown(await ask(test, { by: 'device', name: 'LAPTOP-NONE' }, megan));
    assert.deepEqual([report.escrow.reason, report.managedCount, report.managed?.lastSync, mayRotate], ['several-managed', 2, '2026-11-22T08:30:00.000Z', false]);
    assert.ok(!test.script.calls.includes('encryptionStates.of'));
  });

  it('bears 200 keys, and warns', async () => {
    const test = testDesk();
    const device = sure(test.world.devices.find(({ name }) => name === 'LAPTOP-42'));
    for (let index = 0; index < 198; index += 1) test.world.keys.push(keyOf(device, (0x40000000 + index).toString(16), '2024-01-01T00:00:00Z'));
    const { report } = shown(await ask(test));
    assert.deepEqual([report.keys.length, report.escrow.warnings], [200, ['many-keys']]);
  });
});

describe('domain/device-status: a source that does not answer', () => {
  const unknown: readonly (readonly [call: string, source: ReportSource, status: string, reason: string])[] = [
    ['recoveryKeys.of', 'recovery-keys', 'unknown', 'keys-unavailable'],
    ['directory.owners', 'owner', 'not-available', 'not-encrypted'],
    ['managedDevices.named', 'managed-device', 'unknown', 'managed-unavailable'],
    ['encryptionStates.of', 'encryption-report', 'unknown', 'encryption-unavailable'],
  ];
  for (const [call, source, status, reason] of unknown) {
    it(`leaves its part unknown and is named: ${source}`, async () => {
      for (const code of ['graph-unavailable', 'graph-forbidden'] satisfies FaultCode[]) {
        const test = testDesk();
        test.script.fail(call, { code });
        const { report } = shown(await ask(test, { by: 'device', name: 'LAPTOP-NONE' }));
        assert.deepEqual(report.silent, [{ source, code }]);
        assert.deepEqual([report.escrow.status, report.escrow.reason], [status, reason]);
      }
    });
  }

  it('is a fault where it would say which device is meant, and that it was asked is written down', async () => {
    const test = testDesk();
    test.script.fail('directory.devicesNamed');
    await assert.rejects(ask(test), (error) => error instanceof Fault && error.code === 'graph-unavailable');
    assert.deepEqual(test.entries.map(({ act, outcome, code, asked }) => [act, outcome, code, asked]), [['asked', 'failed', 'graph-unavailable', 'LAPTOP-42']]);
  });

  it('hides no defect of ours', async () => {
    const test = testDesk();
    test.script.fail('encryptionStates.of', { error: new TypeError('ours') });
    await assert.rejects(ask(test), TypeError);
  });
});

describe('domain/device-status: at once', () => {
  it('needs two rounds: who may and which device; then all else together', async () => {
    const test = testDesk();
    const first = ['roles.recent', 'directory.devicesNamed', 'managedDevices.named'];
    const second = ['recoveryKeys.of', 'directory.owners', 'encryptionStates.of'];
    const holds = [...first, ...second].map((call) => test.script.hold(call));
    const settled = new Promise<void>((resolve) => void setImmediate(resolve));
    const asking = ask(test);
    await settled;
    assert.deepEqual([...test.script.calls].sort(), [...first].sort());
    for (const hold of holds.slice(0, 3)) hold.release();
    await new Promise((resolve) => void setImmediate(resolve));
    assert.deepEqual(test.script.calls.slice(3).sort(), [...second].sort());
    for (const hold of holds) hold.release();
    shown(await asking);
    assert.equal(new Set(test.script.deadlines).size, 1, 'one deadline for all of it');
  });
});

describe('domain/device-status: several, or none', () => {
  it('lists devices of one name and never picks; the chosen one is shown under the same request', async () => {
    const test = testDesk();
    const answer = await ask(test, { by: 'device', name: 'TWIN-01' });
    assert.ok(answer.kind === 'choose');
    const [first, second] = answer.request.choices;
    const choose = (deviceId: string) => chooseDevice(test.desk, pressOf(answer.request.id, { inputs: { deviceId } }));
    const chosen = await choose(sure(second).device.deviceId);
    assert.ok(chosen.kind === 'status');
    assert.equal(chosen.report.device.deviceId, second?.device.deviceId);
    assert.equal(test.request(answer.request.id).offer?.device.deviceId, second?.device.deviceId);
    const again = await choose(sure(first).device.deviceId);
    assert.equal(again.kind === 'status' && again.report.device.deviceId, second?.device.deviceId, 'a second press shows what the first one chose');
    assert.deepEqual(test.entries.map(({ act }) => act), ['asked', 'asked']);
  });

  it('shows the device that the request holds to the slower of two presses', async () => {
    const test = testDesk();
    const answer = await ask(test, { by: 'device', name: 'TWIN-01' });
    assert.ok(answer.kind === 'choose');
    const [first, second] = answer.request.choices.map(({ device }) => device.deviceId);
    const hold = test.script.hold('requests.choose');
    const presses = Promise.all([first, second].map((deviceId) => chooseDevice(test.desk, pressOf(answer.request.id, { inputs: { deviceId: sure(deviceId) } }))));
    await new Promise((resolve) => void setImmediate(resolve));
    hold.release();
    assert.deepEqual((await presses).map((one) => one.kind === 'status' && one.report.device.deviceId), [first, first]);
  });

  it('refuses what is not the person’s, and what was never on the card', async () => {
    const test = testDesk();
    const answer = await ask(test, { by: 'device', name: 'TWIN-01' });
    assert.ok(answer.kind === 'choose');
    const deviceId = sure(answer.request.choices[0]).device.deviceId;
    assert.equal(codeOf(await chooseDevice(test.desk, pressOf(answer.request.id, { person: megan, inputs: { deviceId } }))), 'not-your-card');
    assert.equal(codeOf(await chooseDevice(test.desk, pressOf(answer.request.id, { inputs: { deviceId: deviceOf(42, 'LAPTOP-42').deviceId } }))), 'card-changed');
    test.world.roles.set(alex.id, new Set());
    assert.equal(codeOf(await chooseDevice(test.desk, pressOf(answer.request.id, { inputs: { deviceId } }))), 'no-role');
  });

  it('offers the devices of a person', async () => {
    const test = testDesk();
    assert.equal(shown(await ask(test, { by: 'person', who: 'adele@contoso.com' })).report.device.name, 'LAPTOP-42');
    test.world.devicesOf.set(adele.id, test.world.devices.slice(0, 2).map(({ deviceId }) => deviceId));
    assert.equal((await ask(test, { by: 'person', who: 'adele@contoso.com' })).kind, 'choose');
  });

  it('offers the closest names where there is none', async () => {
    const answer = await ask(testDesk(), { by: 'device', name: 'LAPTOP-43' });
    assert.ok(answer.kind === 'refused');
    assert.deepEqual([answer.refusal.code, answer.refusal.facts.closest?.[0]], ['device-not-found', 'LAPTOP-42']);
  });

  it('says so when the private chat is closed', async () => {
    const test = testDesk();
    assert.equal(codeOf(await askForStatus(test.desk, askerOf(), laptop, Promise.resolve(undefined))), 'private-chat-closed');
  });
});

describe('domain/device-status: what its card can be used for', () => {
  it('can be asked to rotate, by who may, also when it is old', async () => {
    const test = testDesk();
    const { request } = shown(await ask(test, laptop, megan));
    test.clock.forward(86_400);
    const answer = await askToRotateShown(test.desk, pressOf(request.id, { person: megan }));
    assert.ok(answer.kind === 'confirm');
    assert.deepEqual([answer.request.purpose, answer.request.offer?.device.name, answer.request.preset], ['rotate', 'LAPTOP-42', {}]);
    assert.equal(codeOf(await askToRotateShown(test.desk, pressOf(shown(await ask(test)).request.id))), 'no-role');
  });

  it('can never be used to see a key', async () => {
    const test = testDesk();
    const { request } = shown(await ask(test));
    assert.equal(codeOf(await revealKey(test.desk, pressOf(request.id))), 'card-changed');
    assert.deepEqual(test.journal.filter((line) => line.startsWith('read')), []);
  });
});
