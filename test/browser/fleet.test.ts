// A fleet of 20,000 devices as people see it in Microsoft's own client, and an owner who helps herself.

import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { addressesOf, type DemoAddresses, type DemoProcess, startDemo } from '../support/demo-process.ts';
import { type Browser, missingBrowser, startBrowser } from './support/chromium.ts';
import { escrowedBlocks } from './support/escrowed.ts';
import { blocksOn, openPlayground, type PlaygroundPage } from './support/playground.ts';

/** Once a second, until the first sweep has come to its end. */
async function swept(keydesk: string): Promise<void> {
  for (;;) {
    const body: unknown = await (await fetch(`${keydesk}/readyz`)).json();
    if (Object(Object(body).parts).sweep === 'ok') return;
    await wait(1000);
  }
}

describe('the fleet in the Agents Playground', function () {
  this.timeout(180_000);
  let demo: DemoProcess | undefined;
  let browser: Browser | undefined;
  let playground: PlaygroundPage;

  const begin = async (flags: readonly string[]): Promise<DemoAddresses> => {
    demo = startDemo(['--ephemeral', ...flags]);
    browser = await startBrowser();
    const addresses = await addressesOf(demo);
    await swept(addresses.keydesk);
    playground = await openPlayground(browser.page, addresses.playground ?? '');
    await playground.open('Personal Chat');
    return addresses;
  };
  const asked = async (text: string, answer: string | RegExp, name: string) => {
    await playground.say(text);
    const card = playground.card(answer);
    await card.waitFor();
    await card.scrollIntoViewIfNeeded();
    await playground.screenshot(name);
    return card;
  };

  before(function () {
    const missing = missingBrowser();
    if (missing === undefined) return;
    console.log(`    SKIPPED, not passed: ${missing}`);
    this.skip();
  });

  afterEach(async () => {
    await browser?.stop();
    demo?.kill('SIGTERM');
    await demo?.ended;
  });

  it('is counted, listed, checked and searched at 20,000 devices', async () => {
    await begin(['--devices', '20000']);
    const status = await asked('status', /Escrow of \d\d,\d{3} Windows devices/, 'fleet-status');
    assert.match(await status.innerText(), /Escrowed[\s\S]*Pending[\s\S]*Failed[\s\S]*Not available[\s\S]*Unknown/);
    const missing = await asked('missing', /devices: without a key in escrow/, 'fleet-missing');
    await missing.getByRole('button', { name: 'Next' }).click();
    await playground.card(/Page 2 of/).waitFor();
    const checked = await asked('check LAPTOP-42, DESKTOP-7, NOPE', '2 of 3 could be recovered today', 'fleet-check');
    assert.match(await checked.innerText(), /No device of this name[\s\S]*NOPE/);
    const found = await asked('key id 1a2b3c4d', 'Recovery key for LAPTOP-42?', 'fleet-key-id');
    await found.getByRole('button', { name: 'Reveal' }).waitFor();
  });

  it('gives an owner her own key and not another’s', async () => {
    const { simulator } = await begin(['--as', 'Adele', '--devices', '50']);
    const escrowed = await escrowedBlocks(simulator);
    await asked('key for DESKTOP-7', 'You have no role for this', 'not-own-key');
    assert.equal(await playground.cards().getByRole('button').count(), 0);
    const own = await asked('my key', 'Which of your 2 computers?', 'own-devices');
    assert.doesNotMatch(await own.innerText(), /DESKTOP-7/);
    await own.getByRole('radio', { name: /^LAPTOP-42/ }).check();
    await own.getByRole('button', { name: 'Continue' }).click();
    const confirm = playground.card('Recovery key for your LAPTOP-42?');
    await confirm.getByPlaceholder('Choose a reason').click();
    await confirm.page().getByRole('option', { name: /PIN/ }).first().click();
    await confirm.getByRole('button', { name: 'Show the key' }).click();
    const revealed = playground.card('Compare it with the blue screen');
    await revealed.getByRole('button', { name: 'Hide' }).waitFor();
    await playground.screenshot('own-key');
    assert.deepEqual(await blocksOn(revealed), escrowed);
  });
});
