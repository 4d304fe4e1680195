import assert from 'node:assert/strict';
import { names } from '../../src/sim/tenant/named-machines.ts';
import type { Telemetry } from '../../src/telemetry/telemetry.ts';
import { listed, metrics } from '../../src/telemetry/vocabulary.ts';
import { createWatch } from '../../src/telemetry/watched.ts';
import { dataOf, headingOf, textOf, verbsOf } from '../support/keydesk/cards.ts';
import { inDoubt, sizesIn } from '../support/keydesk/doubt.ts';
import { inKeydesk, type TestKeydesk } from '../support/keydesk.ts';
import { rollBackTo } from '../support/kept-ledgers.ts';
import { alex, lee, megan } from '../support/keydesk/people.ts';

/** A fleet of this size, swept. */
const swept = (devices: number, work: (keydesk: TestKeydesk) => Promise<void>): (() => Promise<void>) =>
  inKeydesk({ sweep: {}, tenant: { devices } }, async (keydesk) => {
    await keydesk.runChores();
    await work(keydesk);
  });

describe('the fleet, asked about in Teams', () => {
  it('is counted on a card, with the age of what is said', swept(300, async (keydesk) => {
    const { card } = await keydesk.ask('status');
    const windows = keydesk.simulator.tenant.fleet.entraDevices.filter(({ operatingSystem }) => operatingSystem === 'Windows').length;
    assert.equal(headingOf(card), `Escrow of ${windows} Windows devices`);
    assert.match(textOf(card), /✓ Escrowed[\s\S]*◔ Pending[\s\S]*✕ Failed[\s\S]*○ Not available[\s\S]*\? Unknown[\s\S]*As of .*just now/);
    assert.deepEqual(verbsOf(card), ['fleet-page', 'fleet-page', 'fleet-page']);
    assert.match(JSON.stringify(card), /"Chart.Donut"/);
    assert.deepEqual((await keydesk.ledger()).map(({ act, asked }) => [act, asked]), [['asked', 'status']]);
  }));

  it('is listed page by page, though its names are numbers of six digits', swept(1500, async (keydesk) => {
    const first = await keydesk.ask('missing');
    assert.match(headingOf(first.card), /^\d+ devices: without a key in escrow$/);
    const seen = new Set<string>();
    let { card } = first;
    const pages = Number(/Page 1 of (\d+)/.exec(textOf(card))?.[1]);
    assert.ok(pages > 15);
    for (let page = 1; page <= pages; page += 1) {
      for (const [name] of textOf(card).matchAll(/^(?:PC-\d{6}|LAPTOP-\w+|TWIN-01)$/gm)) seen.add(name);
      if (page === pages) break;
      const pressed = await keydesk.press({ card, activityId: first.activityId }, 'fleet-page', { list: 'missing', page });
      card = pressed.card ?? assert.fail(`page ${page + 1} has no card`);
      assert.match(textOf(card), new RegExp(`Page ${page + 1} of ${pages}`));
    }
    assert.ok(seen.size > 150 && seen.has(names.failed) && seen.has(names.notEncrypted), `${seen.size}`);
    assert.doesNotMatch(keydesk.logLines.join('\n'), /egress refused/);
  }));

  it('is answered in the private chat when asked about in a channel', swept(40, async (keydesk) => {
    await keydesk.say('failed', { in: 'channel' });
    assert.match(JSON.stringify(keydesk.privateChat().at(-1)?.activity), /LAPTOP-FAIL/);
    assert.doesNotMatch(JSON.stringify(keydesk.connector.messages.filter(({ conversationId }) => conversationId !== keydesk.privateChat().at(-1)?.conversationId)), /LAPTOP-FAIL/);
  }));

  it('is nothing for people without a role, nor with a button of another', swept(40, async (keydesk) => {
    assert.match(headingOf((await keydesk.ask('failed', { as: lee })).card), /no role/);
    const card = await keydesk.ask('failed', { as: megan });
    const pressed = await keydesk.press(card, 'fleet-page', { list: 'failed', page: 0 }, { as: lee });
    assert.match(headingOf(pressed.card), /no role/);
    assert.doesNotMatch(JSON.stringify(pressed.card), /LAPTOP-FAIL/);
  }));

  it('turns no page while the ledger is not what was signed, as it answers no question then', inDoubt({ sweep: {}, tenant: { devices: 40 } }, async (keydesk) => {
    await keydesk.runChores();
    const card = await keydesk.ask('failed');
    await keydesk.ask('status');
    await keydesk.runChores();
    const { entries } = await sizesIn(keydesk);
    await rollBackTo(keydesk.database.ownerUrl, entries - 2);
    await keydesk.runChores();
    const pressed = await keydesk.press(card, 'fleet-page', { list: 'failed', page: 0 });
    assert.match(headingOf(pressed.card), /The ledger is not what it was; nothing is shown/);
    assert.doesNotMatch(textOf(pressed.card), /LAPTOP-FAIL/);
  }));

  it('is told to telemetry by the button that was pressed', async () => {
    const told: unknown[] = [];
    const nothing = (): void => undefined;
    const measure: Telemetry['measure'] = (metric, _seconds, about) => void told.push(listed(about, metrics[metric].has)['keydesk.turn.verb']);
    const telemetry = createWatch({ during: (_span, _about, work) => work(), past: nothing, within: () => nothing, count: nothing, measure, read: nothing }, Date.now);
    await inKeydesk({ sweep: {}, tenant: { devices: 40 }, telemetry }, async (keydesk) => {
      await keydesk.runChores();
      await keydesk.press(await keydesk.ask('failed'), 'fleet-page', { list: 'failed', page: 0 });
    })();
    assert.deepEqual(told.filter((verb) => verb !== undefined), ['fleet-page']);
  });

  it('refuses changed buttons', swept(40, async (keydesk) => {
    const card = await keydesk.ask('status');
    for (const data of [{ list: 'escrowed', page: 0 }, { list: 'failed', page: -1 }, { list: 'failed', page: '0' }, { list: { toString: 'failed' }, page: 0 }]) {
      assert.match(headingOf((await keydesk.press(card, 'fleet-page', data)).card), /card was changed/, JSON.stringify(data));
    }
    assert.match(headingOf((await keydesk.press(card, 'fleet-page', dataOf(card.card, 'fleet-page'))).card), /device/);
  }));
});

describe('readiness before a firmware update', () => {
  it('is answered for a pasted list', swept(40, async (keydesk) => {
    const { card } = await keydesk.ask(`check\nlaptop-42\n${names.failed}\n${names.notEncrypted}\n${names.quoted}\n${names.hostile}\nNOBODY-1`);
    assert.equal(headingOf(card), '3 of 6 could be recovered today');
    assert.match(textOf(card), /✕ Failed: one device\nLAPTOP-FAIL[\s\S]*What to do:[\s\S]*No device of this name[\s\S]*NOBODY-1/);
  }));

  it('is answered for 500 names of six digits, and for 10,000 in words', swept(1500, async (keydesk) => {
    const list = (count: number): string => Array.from({ length: count }, (_, n) => `PC-${String(n + 1).padStart(6, '0')}`).join('\n');
    assert.match(headingOf((await keydesk.ask(`check ${list(500)}`)).card), /^\d+ of 500 could be recovered today$/);
    assert.match(headingOf((await keydesk.ask(`check ${list(10_000)}`)).card), /^10,000 names are more than I check at once$/);
    assert.equal(keydesk.privateChat(alex).length, 3, 'two answers, and the offer of a file below the first');
  }));

  it('waits for the first sweep', inKeydesk(async (keydesk) => {
    assert.match(textOf((await keydesk.ask('check LAPTOP-42')).card), /still being made[\s\S]*status LAPTOP-42/);
  }));
});

describe('a device that becomes Failed', () => {
  it('is counted in the next summary, and named where names are wanted', inKeydesk({ sweep: {}, settings: { summaryNames: true } }, async (keydesk) => {
    await keydesk.runChores();
    const summary = async (): Promise<string> => JSON.stringify((await keydesk.say('summary', { as: megan, in: 'channel' })).messages);
    assert.doesNotMatch(await summary(), /became Failed/);
    // Entra has lost the keys of all devices.
    keydesk.simulator.faults.add({ path: /^\/v1.0\/informationProtection\/bitlocker\/recoveryKeys$/, status: 200, body: { value: [] } });
    keydesk.clock.forward(90_000);
    await keydesk.runChores();
    keydesk.clock.forward(1);
    assert.match(await summary(), /\d+ devices became Failed\*\*: encrypted, and no recovery key in Entra ID\. .*DESKTOP-7, .* more · The list/);
    keydesk.clock.forward(90_000);
    assert.doesNotMatch(await summary(), /became Failed/, 'another period');
  }));
});
