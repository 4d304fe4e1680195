// Law 1 and law 10 while keys are rotated: who rotates reads no key, and neither the key that was shown nor the one that
// the device made is anywhere but in the answer that showed it.

import assert from 'node:assert/strict';
import { apps } from '../../../src/sim/tenant/apps.ts';
import { blocksIn, standing } from '../../support/keydesk/cards.ts';
import { everythingOf, watchConsole } from '../../support/keydesk/everything.ts';
import { megan } from '../../support/keydesk/people.ts';
import { hideByClock, newest, pass, postsIn, pressRotate } from '../../support/keydesk/rotating.ts';
import { tracesOf } from '../../support/keydesk/traces.ts';
import { inKeydesk, type TestKeydesk } from '../../support/keydesk.ts';
import { known } from '../../support/known.ts';

const canary = '135795-246818-357929-468930-579942-680933-103114-294316';

/** A reveal and its rotation, one that Megan brings forward, with a fault on the way. @returns all answers but the one that shows the key */
async function wholeLife(keydesk: TestKeydesk): Promise<readonly string[]> {
  const others: string[] = [];
  const shown = await keydesk.ask('key for LAPTOP-42', { as: megan });
  const revealed = await keydesk.reveal(shown, {}, { as: megan });
  assert.equal(blocksIn(revealed.card).join('-'), canary);
  const asked = await keydesk.press({ card: known(revealed.card), activityId: shown.activityId }, 'rotate-ask', {}, { as: megan });
  const confirm = standing(asked.messages.at(-1));
  await hideByClock(keydesk);
  others.push(asked.raw, (await pressRotate(keydesk, confirm, { reasonText: canary })).raw, (await pressRotate(keydesk, confirm, { ticket: canary.replaceAll('-', '') })).raw);
  // Intune repeats the password in an answer that makes no sense.
  keydesk.simulator.faults.add({ method: 'POST', path: /rotateBitLockerKeys/, status: 429, headers: { 'retry-after': '60' }, body: { error: { code: canary, message: canary } }, times: 1 });
  others.push((await pressRotate(keydesk, confirm)).raw);
  await pass(keydesk, 600);
  keydesk.simulator.hand.checkIn('LAPTOP-42');
  await pass(keydesk, 3600);
  others.push((await pressRotate(keydesk, confirm)).raw);
  assert.deepEqual(postsIn(keydesk).map(({ status }) => status), [429, 204]);
  return others;
}

describe('law 1: the canary, rotated', () => {
  it('is in the one answer that shows it, and nowhere else; nor is the new key', inKeydesk({ tenant: { canary: { keyId: newest, recoveryPassword: canary } } }, async (keydesk) => {
    const watch = watchConsole();
    try {
      const others = await wholeLife(keydesk);
      const places = await everythingOf(keydesk, [keydesk]);
      places.set('all other answers', others.join('\n')).set('standard output', watch.written());
      const made = known(keydesk.simulator.tenant.fleet.keys.at(-1));
      assert.match(places.get('every table of the database') ?? '', new RegExp(made.id), 'the dump holds what became of it');
      for (const [place, text] of places) {
        for (const password of [canary, keydesk.simulator.tenant.recoveryPassword(made.id)]) assert.deepEqual(tracesOf(password, text), [], `found in ${place}`);
      }
    } finally {
      watch.stop();
    }
  }));

  it('is read once, by the reveal: all that a rotation asks of keys is metadata', inKeydesk({ tenant: { canary: { keyId: newest, recoveryPassword: canary } } }, async (keydesk) => {
    await wholeLife(keydesk);
    const [reveal, ...more] = keydesk.reads();
    assert.deepEqual([reveal?.claims?.['appid'], more], [apps.keydesk.clientId, []]);
    const aboutKeys = keydesk.simulator.requests.list().filter(({ url }) => url.includes('recoveryKeys'));
    assert.ok(aboutKeys.length > 4, 'the rotation looked');
    // The name of the property in any place where OData takes one, not only where we write it.
    assert.deepEqual(aboutKeys.filter((request) => /[=,(]key(?:[,&)]|$)/i.test(decodeURIComponent(request.url))), [reveal]);
    assert.equal(keydesk.simulator.tenant.audit.rows().filter(({ activity }) => activity === 'Read BitLocker key').length, 1, 'Entra says the same');
  }));

  it('could not be read by the identity that rotates', inKeydesk(async (keydesk) => {
    await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'));
    await pass(keydesk, 3600);
    const asRotator = keydesk.simulator.requests.list().filter(({ claims }) => claims?.['appid'] === apps.keydeskRotation.clientId);
    assert.deepEqual(postsIn(keydesk).filter((post) => !asRotator.includes(post)), []);
    assert.deepEqual(asRotator.filter(({ url }) => url.includes('recoveryKeys')), []);
    assert.deepEqual(new Set(asRotator.map((request) => JSON.stringify(request.claims?.['roles']))), new Set([JSON.stringify(apps.keydeskRotation.permissions)]));
    assert.ok(!JSON.stringify(apps.keydeskRotation.permissions).includes('BitlockerKey.Read.All'));
  }));
});
