// After a reveal the key is rotated: from the card that says when, over one POST and the device's check-in, to the card
// that names the new key.

import assert from 'node:assert/strict';
import { apps } from '../../src/sim/tenant/apps.ts';
import { idsOf } from '../../src/sim/tenant/named-machines.ts';
import { volume } from '../../src/sim/tenant/machine.ts';
import { blocksIn, choicesOf, dataOf, standing, textOf, verbsOf } from '../support/keydesk/cards.ts';
import { alex, megan } from '../support/keydesk/people.ts';
import { askToRotate, former, hideByClock, newest, pass, postsIn, pressRotate, rotationEntriesIn, short, storyIn } from '../support/keydesk/rotating.ts';
import { inKeydesk } from '../support/keydesk.ts';
import { known } from '../support/known.ts';

/** Before midnight in Berlin it says the day too. */
const inAnHour = /The key is rotated at (?:\d\d? \p{L}+, )?\d\d:\d\d/u;

describe('the rotation after a reveal', () => {
  it('is planned, sent once, waited for and proven, and the next ask offers the new key first', inKeydesk(async (keydesk) => {
    const { simulator } = keydesk;
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const revealed = await keydesk.reveal(confirm);
    assert.match(textOf(revealed.card), inAnHour);
    await hideByClock(keydesk);
    assert.match(textOf(standing(keydesk.now(confirm)).card), inAnHour, 'the hidden card says when');

    await pass(keydesk, 3299);
    assert.deepEqual(postsIn(keydesk), [], 'not a second early');
    await pass(keydesk, 1);
    const [post, ...more] = postsIn(keydesk);
    assert.deepEqual([post?.url, post?.status, post?.claims?.['appid'], more], [`/beta/deviceManagement/managedDevices/${idsOf(42).managedId}/rotateBitLockerKeys`, 204, apps.keydeskRotation.clientId, []]);
    assert.match(textOf(standing(keydesk.now(confirm)).card), /Intune has queued it for the device/);
    await pass(keydesk, 60);
    assert.match(textOf(standing(keydesk.now(confirm)).card), /the device has to check in/);

    const [made] = simulator.hand.checkIn('LAPTOP-42');
    await pass(keydesk, 300);
    assert.match(textOf(standing(keydesk.now(confirm)).card), new RegExp(`The key was rotated at[^]*superseded[^]*New key ID: ${short(made?.id)}`));
    assert.equal(postsIn(keydesk).length, 1);

    const next = await keydesk.ask('key for LAPTOP-42');
    const choices = choicesOf(next.card, 'keyId');
    assert.deepEqual(choices.map(({ value }) => value), [made?.id, newest, former]);
    assert.deepEqual(choices.map(({ title }) => /active|superseded/.exec(title)?.[0]), ['active', 'superseded', 'superseded']);
    assert.deepEqual(blocksIn((await keydesk.reveal(next)).card), simulator.tenant.recoveryPassword(made?.id ?? '').split('-'));
  }));

  it('is told by the ledger: what was done, after which reveal, and which key came of it', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    await keydesk.reveal(confirm);
    await pass(keydesk, 3600);
    const [made] = keydesk.simulator.hand.checkIn('LAPTOP-42');
    await pass(keydesk, 600);
    assert.deepEqual(await storyIn(keydesk), ['scheduled done', 'intended done', 'queued done', 'done done']);
    const entries = await rotationEntriesIn(keydesk);
    for (const { cause, requestId, person, device, rotationId } of entries) {
      assert.deepEqual([cause, requestId, person?.id, device?.name, rotationId], ['reveal', dataOf(confirm.card, 'reveal')['request'], alex.id, 'LAPTOP-42', entries[0]?.rotationId]);
    }
    const [scheduled, intended, queued, done] = entries;
    assert.deepEqual([scheduled?.source, scheduled?.keyId], ['teams', newest]);
    assert.deepEqual([intended?.source, intended?.clientRequestId], ['system', queued?.clientRequestId]);
    assert.match(queued?.graphRequestId ?? '', /^[0-9a-f-]{36}$/);
    assert.deepEqual([done?.newKeyId, done?.volumeType], [made?.id, 'operatingSystem']);
  }));

  it('comes at once where the delay is 0, and never where it is switched off', async () => {
    await inKeydesk({ settings: { rotateAfterSeconds: 0 } }, async (keydesk) => {
      const revealed = await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'));
      assert.match(textOf(revealed.card), /The key is rotated now/);
      await pass(keydesk, 0);
      assert.equal(postsIn(keydesk).length, 1);
    })();
    await inKeydesk({ settings: { rotateAfterSeconds: undefined } }, async (keydesk) => {
      const revealed = await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'));
      assert.match(textOf(revealed.card), /switched off/);
      await pass(keydesk, 100_000);
      assert.deepEqual([postsIn(keydesk), await storyIn(keydesk)], [[], []]);
    })();
  });

  it('is one for several reveals, at the time of the first, and each of their cards says how it ends', inKeydesk(async (keydesk) => {
    const first = await keydesk.ask('key for LAPTOP-42');
    await keydesk.reveal(first);
    await hideByClock(keydesk);
    const second = await keydesk.ask('key for LAPTOP-42', { as: megan });
    await keydesk.reveal(second, { keyId: former }, { as: megan });
    await hideByClock(keydesk);
    await pass(keydesk, 3000);
    assert.equal(postsIn(keydesk).length, 1, 'an hour after the first');
    keydesk.simulator.hand.checkIn('LAPTOP-42');
    await pass(keydesk, 7200);
    for (const confirm of [first, second]) assert.match(textOf(standing(keydesk.now(confirm)).card), /The key was rotated at/);
    assert.equal(postsIn(keydesk).length, 1);
    assert.deepEqual(await storyIn(keydesk), ['scheduled done', 'scheduled done', 'intended done', 'queued done', 'done done']);
    assert.equal(new Set((await rotationEntriesIn(keydesk)).map(({ rotationId }) => rotationId)).size, 1);
  }));

  it('is not put off, nor doubled, by Show again', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const at = inAnHour.exec(textOf((await keydesk.reveal(confirm)).card))?.[0];
    await hideByClock(keydesk);
    const again = await keydesk.press(standing(keydesk.now(confirm)), 'again');
    assert.equal(blocksIn(again.card).length, 8);
    assert.equal(inAnHour.exec(textOf(again.card))?.[0], at);
    await pass(keydesk, 3300);
    assert.deepEqual([postsIn(keydesk).length, await storyIn(keydesk)], [1, ['scheduled done', 'intended done', 'queued done']]);
  }));

  it('is joined by a reveal while it runs, and followed by one of its own where the new key was shown', inKeydesk(async (keydesk) => {
    await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'));
    await pass(keydesk, 3600);
    await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'));
    await pass(keydesk, 4000);
    assert.equal(postsIn(keydesk).length, 1, 'the running one replaces that key too');
    keydesk.simulator.hand.checkIn('LAPTOP-42');
    // Nobody has looked yet, and its new key is shown.
    await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'));
    await pass(keydesk, 3500);
    assert.equal(postsIn(keydesk).length, 1);
    await pass(keydesk, 3600);
    assert.equal(postsIn(keydesk).length, 2, 'for the key that was shown last');
  }));

  it('shows no button to an agent, and one to an administrator as long as it changes anything', inKeydesk(async (keydesk) => {
    assert.deepEqual(verbsOf((await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'))).card), ['hide']);
    const confirm = await keydesk.ask('key for LAPTOP-42', { as: megan });
    assert.deepEqual(verbsOf((await keydesk.reveal(confirm, {}, { as: megan })).card), ['hide', 'rotate-ask']);
    await hideByClock(keydesk);
    assert.deepEqual(verbsOf(standing(keydesk.now(confirm)).card), ['again', 'rotate-ask']);
    await pass(keydesk, 3300);
    assert.ok(!verbsOf(standing(keydesk.now(confirm)).card).includes('rotate-ask'), 'Intune has it');
  }));

  it('gives every kind of volume that was revealed a key of its own before it is done', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for DESKTOP-7');
    await keydesk.reveal(confirm);
    await hideByClock(keydesk);
    const data = await keydesk.ask('key for DESKTOP-7');
    await keydesk.reveal(data, { keyId: known(choicesOf(data.card, 'keyId')[1]).value });
    await hideByClock(keydesk);
    keydesk.simulator.hand.atCheckin('DESKTOP-7', { state: 'done', volumes: [volume.operatingSystem] });
    await pass(keydesk, 3600);
    keydesk.simulator.hand.checkIn('DESKTOP-7');
    await pass(keydesk, 3600);
    assert.match(textOf(standing(keydesk.now(confirm)).card), /has to check in/, 'the data volume has none yet');
    const [late] = keydesk.simulator.hand.rotateByItself('DESKTOP-7', [volume.fixedData]);
    await pass(keydesk, 7200);
    assert.match(textOf(standing(keydesk.now(data)).card), new RegExp(short(late?.id)));
    assert.equal(postsIn(keydesk).length, 1);
  }));

  it('gives no key ID away where callers have to prove theirs', inKeydesk({ settings: { callerProof: true } }, async (keydesk) => {
    const shown = await keydesk.ask('key for LAPTOP-42', { as: megan });
    await keydesk.reveal(shown, { keyId: short(newest) }, { as: megan });
    await hideByClock(keydesk);
    const confirm = await askToRotate(keydesk);
    await pressRotate(keydesk, confirm);
    await pass(keydesk, 60);
    const [made] = keydesk.simulator.hand.checkIn('LAPTOP-42');
    await pass(keydesk, 600);
    assert.match(textOf(standing(keydesk.now(shown)).card), /The key was rotated at/);
    assert.match(textOf(standing(keydesk.now(confirm)).card), /has a new key/);
    for (const { raw } of keydesk.connector.calls) assert.doesNotMatch(raw, new RegExp(short(made?.id), 'i'));
  }));
});
