import assert from 'node:assert/strict';
import { type AskAnswer, askForKey } from '../../src/domain/ask-for-key.ts';
import type { KeyQuestion } from '../../src/domain/command.ts';
import { askerOf, cardPlace, type TestDesk, testDesk, type TestDeskOverrides } from '../support/desk.ts';
import type { TestIndex } from '../support/desk/fleet.ts';
import { deviceOf, keyIdOf, keyOf, newWorld, sure, time, type World } from '../support/desk/world.ts';

const sweptAt = time('2026-11-22T06:00:00Z');
const prefix = (hex: string, forgiven = false): KeyQuestion => ({ by: 'key-id-prefix', fragment: { hex, forgiven } });

/** An index that has seen the world as it is. */
function indexOf(world: World): TestIndex {
  const devices = world.devices.map((device) => ({ ...device, status: 'escrowed', reason: 'key-escrowed', warnings: [], blockedBy: [], keyCount: 1 }) as const);
  return { state: { keysAt: sweptAt, sweptAt, missing: [] }, devices, keys: [...world.keys] };
}

const warm = (world = newWorld(), more: TestDeskOverrides = {}): TestDesk => testDesk({ world, index: indexOf(world), ...more });
const ask = (test: TestDesk, question: KeyQuestion): Promise<AskAnswer> => askForKey(test.desk, askerOf(), question, Promise.resolve(cardPlace));
const offered = (answer: AskAnswer) => (answer.kind === 'confirm' ? sure(answer.request.offer) : assert.fail(`confirm expected, ${answer.kind} came`));
const refused = (answer: AskAnswer) => (answer.kind === 'refused' ? answer.refusal : assert.fail(`a refusal expected, ${answer.kind} came`));

const graphCalls = ['directory.devicesNamed', 'directory.device', 'directory.owners', 'managedDevices.named', 'managedDevices.of', 'recoveryKeys.of', 'recoveryKeys.find', 'roles.recent'];

/** The calls to Graph: those that began before one of them had its answer, and those that came after, if any did. */
async function rounds(test: TestDesk, question: KeyQuestion): Promise<readonly (readonly string[])[]> {
  const holds = graphCalls.map((name) => test.script.hold(name));
  const asking = ask(test, question);
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => void setImmediate(resolve));
  const first = test.script.calls.length;
  for (const hold of holds) hold.release();
  await asking;
  const among = (calls: readonly string[]): readonly string[] => calls.filter((call) => graphCalls.includes(call)).sort();
  return [among(test.script.calls.slice(0, first)), among(test.script.calls.slice(first))].filter((calls) => calls.length > 0);
}

describe('domain/look-ahead: with an index', () => {
  it('asks for everything of a named device in one round', async () => {
    assert.deepEqual(await rounds(warm(), { by: 'device', name: 'laptop-42' }), [['directory.devicesNamed', 'directory.owners', 'managedDevices.named', 'recoveryKeys.of', 'roles.recent']]);
  });

  it('asks in two rounds without one', async () => {
    assert.deepEqual(await rounds(testDesk(), { by: 'device', name: 'LAPTOP-42' }), [['directory.devicesNamed', 'managedDevices.named', 'roles.recent'], ['directory.owners', 'recoveryKeys.of']]);
  });

  it('asks for both twins in one round, and never picks', async () => {
    const test = warm();
    assert.deepEqual(await rounds(test, { by: 'device', name: 'TWIN-01' }), [['directory.devicesNamed', 'directory.owners', 'directory.owners', 'managedDevices.named', 'recoveryKeys.of', 'recoveryKeys.of', 'roles.recent']]);
    assert.equal((await ask(test, { by: 'device', name: 'TWIN-01' })).kind, 'choose');
  });

  it('asks again for a device that Entra names and the index does not: a stale index never picks among twins', async () => {
    const test = warm();
    test.world.devices.push(deviceOf(4242, 'LAPTOP-42'));
    const answer = await ask(test, { by: 'device', name: 'LAPTOP-42' });
    assert.equal(answer.kind === 'choose' && answer.request.choices.length, 2);
  });

  it('takes the device that Entra has now, whatever the index says', async () => {
    const test = warm();
    const index = test.world.devices.findIndex(({ name }) => name === 'LAPTOP-42');
    const anew = deviceOf(4242, 'LAPTOP-42');
    test.world.devices.splice(index, 1, anew);
    test.world.keys.push(keyOf(anew, '99999999', '2026-11-20T09:00:00Z'));
    const { device, keys } = offered(await ask(test, { by: 'device', name: 'LAPTOP-42' }));
    assert.deepEqual([device.deviceId, keys.map(({ keyId }) => keyId.slice(0, 8))], [anew.deviceId, ['99999999']]);
  });

  it('answers as without an index while the index is not to be had', async () => {
    const test = warm();
    test.script.fail('fleet.named', { code: 'store-unavailable' });
    assert.equal(offered(await ask(test, { by: 'device', name: 'LAPTOP-42' })).device.name, 'LAPTOP-42');
  });

  it('offers the closest names of the index, and asks Entra only when that has none', async () => {
    const test = warm();
    assert.ok(refused(await ask(test, { by: 'device', name: 'LAPTOP-24' })).facts.closest?.includes('LAPTOP-42'));
    assert.ok(!test.script.calls.includes('directory.namesLike'));
    const cold = testDesk();
    assert.ok(refused(await ask(cold, { by: 'device', name: 'LAPTOP-24' })).facts.closest?.includes('LAPTOP-42'));
  });
});

describe('domain/look-ahead: a key by the beginning of its ID', () => {
  it('is found over the whole fleet, checked with Graph in one round, and chosen on the card', async () => {
    assert.deepEqual(await rounds(warm(), prefix('1a2b3c4d')), [['directory.device', 'directory.owners', 'managedDevices.of', 'recoveryKeys.of', 'roles.recent']]);
    const answer = await ask(warm(), { by: 'key-id-prefix', fragment: { hex: '1a2b3c4d', forgiven: false }, ticket: 'INC0012345' });
    assert.ok(answer.kind === 'confirm');
    assert.deepEqual([answer.request.offer?.device.name, answer.request.preset.keyId?.slice(0, 8), answer.request.preset.ticket, answer.note], ['LAPTOP-42', '1a2b3c4d', 'INC0012345', undefined]);
  });

  it('says that letters were read as digits', async () => {
    const answer = await ask(warm(), prefix('0a0a0a0a', true));
    assert.deepEqual(answer.kind === 'confirm' && answer.note, { kind: 'letters-read-as-digits', typed: '0A0A0A0A' });
  });

  it('asks for more characters when devices share the beginning, and finds one of them by more', async () => {
    const world = newWorld();
    world.keys.push({ ...keyOf(sure(world.devices[1]), '00000000', '2026-01-01T00:00:00Z'), keyId: keyIdOf('1a2b3c4d-1111-4000-8000-000000000000') });
    const answer = refused(await ask(warm(world), prefix('1a2b3c4d')));
    assert.deepEqual([answer.code, answer.facts], ['key-id-ambiguous', { asked: '1A2B3C4D', closest: [] }]);
    assert.equal(offered(await ask(warm(world), prefix('1a2b3c4d1111'))).device.name, 'DESKTOP-7');
  });

  it('says how old the index is when there is none', async () => {
    const answer = refused(await ask(warm(), prefix('eeeeeeee')));
    assert.deepEqual([answer.code, answer.facts], ['key-not-found', { asked: 'EEEEEEEE', indexAt: sweptAt, closest: [] }]);
  });

  it('is refused while no list of keys was ever read to its end', async () => {
    const world = newWorld();
    assert.equal(refused(await ask(testDesk({ world, index: { ...indexOf(world), state: { missing: [], running: { entries: 7 } } } }), prefix('1a2b3c4d'))).code, 'key-id-too-short');
  });

  it('is taken where it is now: backed up from another device since, or gone', async () => {
    const world = newWorld();
    const index = indexOf(world);
    const at = world.keys.findIndex(({ keyId }) => keyId.startsWith('1a2b3c4d'));
    const [key] = world.keys.splice(at, 1, { ...sure(world.keys[at]), deviceId: sure(world.devices[1]).deviceId });
    assert.equal(offered(await ask(testDesk({ world, index }), prefix('1a2b3c4d'))).device.name, 'DESKTOP-7');
    world.keys.splice(at, 1);
    assert.equal(refused(await ask(testDesk({ world, index }), prefix(sure(key).keyId.slice(0, 8)))).code, 'key-not-found');
  });

  it('is named to nobody without a role', async () => {
    const test = warm();
    test.world.roles.clear();
    assert.deepEqual([refused(await ask(test, prefix('1a2b3c4d'))).code, refused(await ask(test, prefix('1a2b3c4d'))).facts], ['no-role', { asked: '1A2B3C4D' }]);
  });
});
