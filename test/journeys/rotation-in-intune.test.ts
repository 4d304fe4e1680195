// What Intune, Entra and the device do to a rotation, as the person at the card and the reader of the ledger see it.

import assert from 'node:assert/strict';
import { milliseconds } from '../../src/domain/instant.ts';
import { idsOf } from '../../src/sim/tenant/named-machines.ts';
import { volume } from '../../src/sim/tenant/machine.ts';
import { headingOf, standing, textOf } from '../support/keydesk/cards.ts';
import type { StandingClock } from '../support/keydesk/time.ts';
import { megan } from '../support/keydesk/people.ts';
import { askToRotate, hideByClock, pass, postsIn, pressRotate, rotationEntriesIn, short, storyIn } from '../support/keydesk/rotating.ts';
import { inKeydesk, type TestKeydesk } from '../support/keydesk.ts';

const hours = (count: number): number => count * 3600;
const rotate = /rotateBitLockerKeys/;

/** Megan has pressed Rotate, and Intune was asked. @returns what her card says now */
async function rotating(keydesk: TestKeydesk, name = 'LAPTOP-42'): Promise<{ heading(): string; text(): string }> {
  const confirm = await askToRotate(keydesk, `rotate ${name}`);
  await pressRotate(keydesk, confirm);
  await pass(keydesk, 0);
  return { heading: () => headingOf(standing(keydesk.now(confirm)).card), text: () => textOf(standing(keydesk.now(confirm)).card) };
}

describe('a rotation that cannot be', () => {
  it('of a device that Intune does not manage is refused with the reason, and nothing is planned', inKeydesk(async (keydesk) => {
    keydesk.simulator.hand.removeFromIntune('LAPTOP-42');
    const refused = await askToRotate(keydesk);
    assert.match(textOf(refused.card), /Intune does not manage/);
    assert.deepEqual([await keydesk.acts(), postsIn(keydesk)], [['refused refused not-managed'], []]);
  }));

  it('of a device that Intune does not manage is not promised after a reveal, and fails with the reason when it is due', inKeydesk(async (keydesk) => {
    keydesk.simulator.hand.removeFromIntune('LAPTOP-42');
    const shown = await keydesk.ask('key for LAPTOP-42');
    assert.match(textOf((await keydesk.reveal(shown)).card), /Intune does not manage this device, so I cannot rotate the key/);
    await hideByClock(keydesk);
    await pass(keydesk, hours(1));
    assert.match(textOf(standing(keydesk.now(shown)).card), /The key was not rotated and is still valid.[^]*Intune does not manage this device/);
    assert.deepEqual([await storyIn(keydesk), postsIn(keydesk)], [['scheduled done', 'failed failed not-managed'], []]);
  }));

  for (const [title, gone, failure, words] of [
    ['was taken out of Intune between the press and the POST', 'removeFromIntune', 'not-managed', /does not manage this device/],
    ['was deleted in Entra meanwhile', 'removeFromEntra', 'device-gone', /no longer knows this device/],
    ['was enrolled twice', 'enrolAgain', 'several-managed', /several devices with this device ID/],
  ] as const) {
    it(`of a device that ${title} is not sent`, inKeydesk(async (keydesk) => {
      const confirm = await askToRotate(keydesk);
      await pressRotate(keydesk, confirm);
      keydesk.simulator.hand[gone]('LAPTOP-42');
      await pass(keydesk, 0);
      assert.match(textOf(standing(keydesk.now(confirm)).card), words);
      assert.deepEqual([await storyIn(keydesk), postsIn(keydesk)], [['scheduled done', `failed failed ${failure}`], []]);
    }));
  }

  it('of a device whose policy does not allow it says so, with what to do and the number', inKeydesk(async (keydesk) => {
    const card = await rotating(keydesk, 'LAPTOP-FAIL');
    keydesk.simulator.hand.checkIn('LAPTOP-FAIL');
    await pass(keydesk, 600);
    assert.match(card.heading(), /LAPTOP-FAIL was not rotated/);
    assert.match(card.text(), /policy for the system drive[^]*What helps[^]*0x803100DA/);
    assert.deepEqual(await storyIn(keydesk), ['scheduled done', 'intended done', 'queued done', 'failed failed policy-os']);
    assert.equal((await rotationEntriesIn(keydesk)).at(-1)?.result, '0x803100DA');
    assert.equal(postsIn(keydesk).length, 1, 'what does not pass by itself is not tried again');
  }));

  for (const [state, failure] of [
    [{ state: 'notSupported' }, 'policy-unset'],
    [{ state: 'failed', errorCode: -2_144_272_384 }, 'drive-locked'],
    [{ state: 'failed', errorCode: -2_144_272_376 }, 'not-encrypted'],
    [{ state: 'failed', errorCode: -1 }, 'unlisted'],
  ] as const) {
    it(`ends as ${failure} when the device reports ${JSON.stringify(state)}`, inKeydesk(async (keydesk) => {
      keydesk.simulator.hand.atCheckin('LAPTOP-42', state);
      const card = await rotating(keydesk);
      keydesk.simulator.hand.checkIn('LAPTOP-42');
      await pass(keydesk, 600);
      assert.match(card.heading(), /was not rotated/);
      assert.equal((await storyIn(keydesk)).at(-1), `failed failed ${failure}`);
    }));
  }
});

describe('a rotation in Intune', () => {
  it('reaches the one device when Intune ignores the filter and answers with all of them', inKeydesk(async (keydesk) => {
    keydesk.simulator.tenant.intune.ignoresFilters = true;
    const card = await rotating(keydesk, 'DESKTOP-7');
    assert.deepEqual(postsIn(keydesk).map(({ url }) => url), [`/beta/deviceManagement/managedDevices/${idsOf(7).managedId}/rotateBitLockerKeys`]);
    keydesk.simulator.hand.checkIn('DESKTOP-7');
    await pass(keydesk, 600);
    assert.match(card.heading(), /has a new key/);
    assert.deepEqual((await rotationEntriesIn(keydesk)).filter(({ act }) => act === 'rotation-done').map(({ volumeType }) => volumeType), ['operatingSystem', 'fixedData']);
  }));

  it('reaches none when Intune ignores the filter and does not know the device', inKeydesk(async (keydesk) => {
    const confirm = await askToRotate(keydesk);
    await pressRotate(keydesk, confirm);
    keydesk.simulator.hand.removeFromIntune('LAPTOP-42');
    keydesk.simulator.tenant.intune.ignoresFilters = true;
    await pass(keydesk, 60);
    assert.deepEqual([postsIn(keydesk), (await storyIn(keydesk)).at(-1)], [[], 'failed failed not-managed']);
  }));

  it('is not sent when Windows has rotated by itself meanwhile: done, with that key', inKeydesk(async (keydesk) => {
    const shown = await keydesk.ask('key for LAPTOP-42');
    await keydesk.reveal(shown);
    await hideByClock(keydesk);
    const [made] = keydesk.simulator.hand.rotateByItself('LAPTOP-42');
    await pass(keydesk, hours(1));
    assert.match(textOf(standing(keydesk.now(shown)).card), new RegExp(`Windows has rotated the key by itself[^]*${short(made?.id)}`));
    assert.deepEqual([await storyIn(keydesk), postsIn(keydesk)], [['scheduled done', 'done done'], []]);
    assert.equal((await rotationEntriesIn(keydesk)).at(-1)?.newKeyId, made?.id);
  }));

  it('is sent when only another kind of volume got a key meanwhile', inKeydesk(async (keydesk) => {
    await keydesk.reveal(await keydesk.ask('key for DESKTOP-7'));
    keydesk.simulator.hand.rotateByItself('DESKTOP-7', [volume.fixedData]);
    await pass(keydesk, hours(1));
    assert.equal(postsIn(keydesk).length, 1);
  }));

  it('is not done because Intune says so: without a new key it becomes overdue, with an alert, and a key that comes late ends it', inKeydesk(async (keydesk) => {
    keydesk.simulator.hand.atCheckin('LAPTOP-42', { state: 'done', volumes: [] });
    const card = await rotating(keydesk);
    keydesk.simulator.hand.checkIn('LAPTOP-42');
    await pass(keydesk, hours(71));
    assert.match(card.heading(), /Waiting for LAPTOP-42/);
    await pass(keydesk, hours(2));
    assert.match(card.heading(), /▲ LAPTOP-42 is overdue/);
    assert.deepEqual((await storyIn(keydesk)).slice(-2), ['overdue failed', 'alert failed']);
    const [made] = keydesk.simulator.hand.rotateByItself('LAPTOP-42');
    await pass(keydesk, hours(2));
    assert.match(card.heading(), /has a new key/);
    assert.match(card.text(), new RegExp(short(made?.id)));
    assert.deepEqual([(await storyIn(keydesk)).at(-1), postsIn(keydesk).length], ['done done', 1]);
  }));

  it('is overdue after 72 hours of silence, alerted once, and still done when the device comes back', inKeydesk(async (keydesk) => {
    const card = await rotating(keydesk);
    await pass(keydesk, hours(120));
    assert.match(card.text(), /overdue[^]*no new key within/);
    assert.deepEqual(await storyIn(keydesk), ['scheduled done', 'intended done', 'queued done', 'overdue failed', 'alert failed']);
    keydesk.simulator.hand.checkIn('LAPTOP-42');
    await pass(keydesk, hours(2));
    assert.match(card.heading(), /has a new key/);
    assert.equal(postsIn(keydesk).length, 1);
  }));

  it('fails for good when the device was deleted while it was waited for', inKeydesk(async (keydesk) => {
    const card = await rotating(keydesk);
    keydesk.simulator.hand.removeFromEntra('LAPTOP-42');
    await pass(keydesk, hours(1));
    assert.match(card.text(), /Entra ID no longer knows this device/);
    assert.equal((await storyIn(keydesk)).at(-1), 'failed failed device-gone');
  }));

  it('waits as long as Intune asks for, and is then taken', inKeydesk(async (keydesk) => {
    keydesk.simulator.faults.add({ method: 'POST', path: rotate, status: 429, headers: { 'retry-after': '900' }, times: 1 });
    const card = await rotating(keydesk);
    assert.match(card.heading(), /next try at/);
    await pass(keydesk, 899);
    assert.equal(postsIn(keydesk).length, 1);
    await pass(keydesk, 300);
    assert.deepEqual(postsIn(keydesk).map(({ status }) => status), [429, 204]);
    keydesk.simulator.hand.checkIn('LAPTOP-42');
    await pass(keydesk, 600);
    assert.match(card.heading(), /has a new key/);
    assert.deepEqual(await storyIn(keydesk), ['scheduled done', 'intended done', 'queued failed graph-throttled', 'intended done', 'queued done', 'done done']);
  }));

  it('is tried again by itself when the drive was busy', inKeydesk(async (keydesk) => {
    keydesk.simulator.hand.atCheckin('LAPTOP-42', { state: 'failed', errorCode: -2_144_272_295 });
    const card = await rotating(keydesk);
    keydesk.simulator.hand.checkIn('LAPTOP-42');
    await pass(keydesk, 600);
    assert.match(card.heading(), /next try at/);
    await pass(keydesk, hours(2));
    keydesk.simulator.hand.checkIn('LAPTOP-42');
    await pass(keydesk, hours(2));
    assert.match(card.heading(), /has a new key/);
    assert.equal(postsIn(keydesk).length, 2);
  }));

  for (const minutes of [-10, 10]) {
    it(`goes by Microsoft's clock where ours is ${minutes} minutes away from it`, async () => {
      // The tenant goes by the test's clock, and away from it.
      const ours: { clock?: StandingClock } = {};
      const tenant = { now: () => (ours.clock === undefined ? Date.now() : milliseconds(ours.clock.now())), clockSkewSeconds: minutes * 60 };
      await inKeydesk({ tenant }, async (keydesk) => {
        ours.clock = keydesk.clock;
        const shown = await keydesk.ask('key for LAPTOP-42');
        await keydesk.reveal(shown);
        await hideByClock(keydesk);
        const itself = await keydesk.ask("key for O'BRIEN-PC");
        await keydesk.reveal(itself);
        await hideByClock(keydesk);
        keydesk.clock.forward(1);
        keydesk.simulator.hand.rotateByItself("O'BRIEN-PC");
        const confirm = await askToRotate(keydesk, 'rotate DESKTOP-7');
        await pressRotate(keydesk, confirm);
        await pass(keydesk, hours(1));
        assert.deepEqual(postsIn(keydesk).map(({ url }) => [42, 7].find((number) => url.includes(idsOf(number).managedId))), [7, 42], 'the third had a key younger than the reveal');
        for (const name of ['LAPTOP-42', 'DESKTOP-7']) keydesk.simulator.hand.checkIn(name);
        await pass(keydesk, hours(2));
        for (const message of [shown, itself]) assert.match(textOf(standing(keydesk.now(message)).card), /superseded/);
        assert.match(headingOf(standing(keydesk.now(confirm)).card), /has a new key/);
        assert.equal(keydesk.privateChat(megan).length, 1);
        assert.equal(postsIn(keydesk).length, 2);
      })();
    });
  }
});
