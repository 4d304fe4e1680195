import assert from 'node:assert/strict';
import type { FaultCode } from '../../src/domain/fault.ts';
import type { Fault } from '../../src/sim/http/faults.ts';
import { blocksIn, choicesOf, headingOf, referenceIn, textOf, verbsOf } from '../support/keydesk/cards.ts';
import { until } from '../support/keydesk/time.ts';
import { inKeydesk } from '../support/keydesk.ts';

const devices = /^\/v1\.0\/devices\?/;
const keyList = /recoveryKeys\?/;
const roles = /checkMemberGroups/;
const token = /oauth2\/v2\.0\/token/;

const cases: readonly (readonly [what: string, fault: Fault, code: FaultCode])[] = [
  ['no token can be had', { path: token, status: 500 }, 'graph-token'],
  ['the secret of the application has expired', { path: token, status: 401, body: { error: 'invalid_client', error_description: 'AADSTS7000222: The provided client secret keys are expired.' } }, 'graph-token'],
  ['the devices cannot be listed (500)', { path: devices, status: 500 }, 'graph-unavailable'],
  ['the devices cannot be listed (403)', { path: devices, status: 403 }, 'graph-forbidden'],
  ['the devices cannot be listed (401)', { path: devices, status: 401 }, 'graph-unauthorized'],
  ['the list of devices is throttled for long', { path: devices, status: 429, headers: { 'retry-after': '60' } }, 'graph-throttled'],
  ['the list of devices is cut in the middle', { path: devices, drop: 'middle' }, 'graph-cut'],
  ['the list of devices is half JSON', { path: devices, status: 200, body: '{"value":[{"id":"0b1e' }, 'graph-nonsense'],
  ['the list of devices is a page of HTML', { path: devices, status: 200, headers: { 'content-type': 'text/html' }, body: '<html></html>' }, 'graph-nonsense'],
  ['the list of devices is no list', { path: devices, status: 200, body: { value: null } }, 'graph-nonsense'],
  ['the keys cannot be listed (500)', { path: keyList, status: 500 }, 'graph-unavailable'],
  ['the keys cannot be listed (403)', { path: keyList, status: 403 }, 'graph-forbidden'],
  ['the list of keys is cut before anything is done', { path: keyList, drop: 'before' }, 'graph-cut'],
  ['the list of keys holds a key without an ID', { path: keyList, status: 200, body: { value: [{ createdDateTime: '2026-01-01T00:00:00Z', deviceId: 'de71ce00-0000-4000-8000-000000000042', volumeType: '1' }] } }, 'graph-nonsense'],
  ['the role cannot be found out', { path: roles, status: 503 }, 'graph-unavailable'],
];

describe('Graph fails at the question:', () => {
  for (const [what, fault, code] of cases) {
    it(`${what}: a card with a reference and no partial answer; the ledger says that it was asked`, inKeydesk(async (keydesk) => {
      keydesk.simulator.faults.add(fault);
      const answer = await keydesk.ask('key for LAPTOP-42');
      assert.deepEqual(verbsOf(answer.card), []);
      assert.match(textOf(answer.card), /No key was shown/);
      assert.doesNotMatch(textOf(answer.card), /No key in escrow|No device of this name/, 'a fault is never told as an answer');
      const reference = referenceIn(answer.card);
      assert.ok(keydesk.logLines.some((line) => line.includes(reference) && line.includes(code)));
      assert.deepEqual(await keydesk.acts(), [`asked failed ${code}`]);
      assert.equal((await keydesk.ledger())[0]?.asked, 'LAPTOP-42');

      keydesk.simulator.faults.clear();
      assert.equal(blocksIn((await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'))).card).length, 8);
    }));
  }

  it('no answer within the deadline', inKeydesk(async (keydesk) => {
    keydesk.simulator.faults.add({ path: keyList, delayMs: 600_000 });
    const asking = keydesk.ask('key for LAPTOP-42');
    await until(() => keydesk.simulator.requests.list().some(({ url }) => keyList.test(url)));
    keydesk.deadlines.expire();
    assert.match(headingOf((await asking).card), /did not answer in time/);
    assert.deepEqual(await keydesk.acts(), ['asked failed graph-timeout']);
  }));

  it('the second page of keys: no list that looks complete', inKeydesk({ tenant: { keyPageSize: 1 } }, async (keydesk) => {
    keydesk.simulator.faults.add({ path: /recoveryKeys\?.*skiptoken/i, status: 500 });
    assert.match(headingOf((await keydesk.ask('key for LAPTOP-42')).card), /not available/);
    keydesk.simulator.faults.clear();
    assert.equal(choicesOf((await keydesk.ask('key for LAPTOP-42')).card, 'keyId').length, 2, 'with it, both are there');
  }));

  it('one of the twins’ key counts: the choice says that it is not known', inKeydesk(async (keydesk) => {
    keydesk.simulator.faults.add({ path: /recoveryKeys\?.*de71ce00-0000-4000-8000-000000000101/, status: 500 });
    const titles = choicesOf((await keydesk.ask('key for TWIN-01')).card, 'deviceId').map(({ title }) => title);
    assert.match(titles.join('\n'), /Lee Gu.*1 key\n.*number of keys not known/);
  }));

  it('short throttling: waits and answers', inKeydesk(async (keydesk) => {
    keydesk.simulator.faults.add({ path: devices, status: 429, headers: { 'retry-after': '1' }, times: 1 });
    assert.match(headingOf((await keydesk.ask('key for LAPTOP-42')).card), /LAPTOP-42\?/);
    assert.ok(keydesk.clock.waits.includes(1000));
  }));
});

describe('a part that the question can do without is away:', () => {
  it('Intune: the confirm card comes, says so, and the key can be had', inKeydesk(async (keydesk) => {
    keydesk.simulator.faults.add({ path: /deviceManagement/, status: 500 });
    const confirm = await keydesk.ask('key for LAPTOP-42');
    assert.match(textOf(confirm.card), /Last sync\n.*not (?:be found out|known)/);
    assert.equal(blocksIn((await keydesk.reveal(confirm)).card).length, 8);
  }));

  it('the owner: the confirm card comes, says so, and warns', inKeydesk(async (keydesk) => {
    keydesk.simulator.faults.add({ path: /registeredOwners/, drop: 'before' });
    const confirm = await keydesk.ask('key for LAPTOP-42');
    assert.match(textOf(confirm.card), /Owner\n.*not (?:be found out|known)/);
    assert.match(textOf(confirm.card), /Make sure whose device it is/);
    assert.equal(blocksIn((await keydesk.reveal(confirm)).card).length, 8);
  }));

  it('Intune, for a device without keys: the reason is not guessed', inKeydesk(async (keydesk) => {
    keydesk.simulator.faults.add({ path: /deviceManagement/, status: 503 });
    const answer = await keydesk.ask('key for LAPTOP-NONE');
    assert.match(textOf(answer.card), /Intune did not say whether the device is encrypted/);
  }));

  it('the closest names: not found is not found', inKeydesk(async (keydesk) => {
    keydesk.simulator.faults.add({ path: /devices\?.*startswith/i, status: 500 });
    const answer = await keydesk.ask('key for LAPTOP-43');
    assert.match(headingOf(answer.card), /No device of this name/);
    assert.doesNotMatch(textOf(answer.card), /closest|Did you mean/);
  }));
});
