import assert from 'node:assert/strict';
import { clientOf, codeOf, fieldOf, keysPath, laptop, withApi } from '../support/api.ts';
import { alex, megan } from '../support/keydesk/people.ts';

const path = `${keysPath}/${laptop}/rotate`;
const body = { reason: 'after-repair', ticket: 'INC0012345' };
const posts = (requests: { list(): readonly { readonly method: string; readonly url: string }[] }): number => requests.list().filter(({ url }) => url.includes('rotateBitLockerKeys')).length;

describe('api: a rotation', () => {
  it('is planned for a person with scope and role, told at its own address, and done when a new key is there', withApi({}, async (api, keydesk) => {
    const answer = await api.call(path, { as: megan.id, body });
    assert.equal(answer.status, 202, answer.text);
    const location = answer.headers.get('location') ?? '';
    assert.equal(location, `${keysPath}/${laptop}/rotations/${String(fieldOf(answer, 'rotationId'))}`);
    assert.equal(fieldOf(await api.call(location), 'state'), 'scheduled');
    await keydesk.wakeDue();
    keydesk.simulator.hand.checkIn('LAPTOP-42');
    for (let look = 0; look < 6; look += 1) {
      keydesk.clock.forward(300);
      await keydesk.wakeDue();
    }
    const done = await api.call(location);
    assert.deepEqual([fieldOf(done, 'state'), (fieldOf(done, 'newKeys') as unknown[]).length], ['done', 1]);
    assert.equal(posts(keydesk.simulator.requests), 1);
    assert.ok((await keydesk.ledger()).some(({ act, source, person, reason }) => act === 'rotation-scheduled' && source === 'api' && person?.id === megan.id && reason === 'after-repair'));
  }));

  it('is planned for an application by itself', withApi({}, async (api) => assert.equal((await api.call(path, { as: 'app', body })).status, 202)));

  it('is not for agents, nor for a device that Intune does not manage', withApi({}, async (api, keydesk) => {
    assert.deepEqual([codeOf(await api.call(path, { as: alex.id, body })), codeOf(await api.call(path, { as: megan.id, body: { reason: 'firmware-update' } }))], ['no-role', 'body-invalid']);
    const unmanaged = keydesk.simulator.tenant.fleet.entraDevices.find(({ deviceId, operatingSystem }) => operatingSystem === 'Windows' && !keydesk.simulator.tenant.fleet.managedDevices.some(({ azureADDeviceId }) => azureADDeviceId === deviceId));
    if (unmanaged !== undefined) assert.equal(codeOf(await api.call(`${keysPath}/${unmanaged.deviceId}/rotate`, { as: megan.id, body })), 'not-managed');
    assert.equal(posts(keydesk.simulator.requests), 0);
  }));

  it('of one key is one rotation, and the key stands for nothing else', withApi({}, async (api) => {
    const send = (more: object = {}, key = 'INC0012345-1') => api.call(path, { as: megan.id, body: { ...body, ...more }, headers: { 'idempotency-key': key } });
    const [first, second] = [await send(), await send()];
    assert.deepEqual([first.status, second.status, second.text, second.headers.get('location')], [202, 202, first.text, first.headers.get('location')]);
    const other = await send({ reason: 'policy' });
    assert.deepEqual([other.status, codeOf(other)], [409, 'key-reused']);
  }));

  it('of one key is one request over two instances at once', withApi({}, async (api, keydesk) => {
    const other = clientOf({ ...keydesk, url: (await keydesk.another()).url });
    const send = (client: typeof api) => client.call(path, { as: megan.id, body, headers: { 'idempotency-key': 'k' } });
    const answers = await Promise.all([send(api), send(other), send(api), send(other)]);
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [202]);
    assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
    assert.deepEqual((await keydesk.acts()).filter((act) => act !== 'ledger-key done'), ['asked done', 'rotation-scheduled done']);
  }));

  it('is new with the same key of another caller, and of the same person through another application', withApi({}, async (api, keydesk) => {
    const send = (as: string, reason: string, change?: object) => api.call(path, { as, body: { ...body, reason }, headers: { 'idempotency-key': 'k' }, ...(change && { change: { ...change } }) });
    const answers = [await send(megan.id, 'after-repair'), await send('app', 'policy'), await send(megan.id, 'policy', { azp: 'ac1d0000-0000-4000-8000-00000000000f' })];
    assert.deepEqual(answers.map(({ status }) => status), [202, 202, 202]);
    assert.equal((await keydesk.acts()).filter((act) => act === 'asked done').length, 3);
  }));

  it('of another device is not found at this one', withApi({}, async (api) => {
    const id = String(fieldOf(await api.call(path, { as: megan.id, body }), 'rotationId'));
    const answer = await api.call(`${keysPath}/de71ce00-0000-4000-8000-000000000011/rotations/${id}`);
    assert.deepEqual([answer.status, codeOf(answer)], [404, 'rotation-not-found']);
  }));

  it('stands with its device, in the answer about it', withApi({}, async (api) => {
    const id = fieldOf(await api.call(path, { as: megan.id, body }), 'rotationId');
    const answer = await api.call(`${keysPath}/${laptop}`);
    assert.equal(Object(fieldOf(answer, 'rotation')).rotationId, id);
    assert.deepEqual([fieldOf(answer, 'deviceName'), fieldOf(answer, 'status'), fieldOf(answer, 'unanswered')], ['LAPTOP-42', 'escrowed', []]);
  }));
});
