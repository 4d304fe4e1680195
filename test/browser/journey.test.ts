// The main job as an agent does it, in Microsoft's own client: the demo as `npm run demo` starts it, a real browser, at
// all three places where Keydesk can be spoken to.

import assert from 'node:assert/strict';
import { addressesOf, type DemoProcess, startDemo } from '../support/demo-process.ts';
import { type Browser, missingBrowser, startBrowser } from './support/chromium.ts';
import { escrowedBlocks } from './support/escrowed.ts';
import { blocksOn, fillIn, openPlayground, type PlaygroundPage } from './support/playground.ts';

describe('the main job in the Agents Playground', function () {
  this.timeout(60_000);
  let demo: DemoProcess | undefined;
  let browser: Browser | undefined;
  let playground: PlaygroundPage;
  let escrowed: readonly string[];

  before(async function () {
    const missing = missingBrowser();
    if (missing !== undefined) {
      console.log(`    SKIPPED, not passed: ${missing}`);
      this.skip();
    }
    demo = startDemo(['--ephemeral']);
    browser = await startBrowser();
    const { simulator, playground: url = '' } = await addressesOf(demo);
    playground = await openPlayground(browser.page, url);
    escrowed = await escrowedBlocks(simulator);
  });

  after(async () => {
    await browser?.stop();
    demo?.kill('SIGTERM');
    await demo?.ended;
  });

  it('shows the escrowed key in the private chat, and hides it', async () => {
    await playground.open('Personal Chat');
    await playground.say('key for LAPTOP-42');
    await revealAndHide(playground, 'private-chat', escrowed);
  });

  it('gives the group chat a notice, and the key in the private chat', async () => {
    await playground.open('Helpdesk on call');
    await playground.mention('key for LAPTOP-42');
    await onlyANotice(playground, 'group-chat');
    await playground.open('Personal Chat');
    await revealAndHide(playground, 'from-group-chat', escrowed);
    await playground.open('Helpdesk on call');
    await onlyANotice(playground, 'group-chat-after');
  });

  it('gives the channel a notice, and the key in the private chat', async () => {
    await playground.open('IT helpdesk - General');
    await playground.mention('key for LAPTOP-42');
    await onlyANotice(playground, 'channel');
    await playground.open('Personal Chat');
    await revealAndHide(playground, 'from-channel', escrowed);
    await playground.open('IT helpdesk - General');
    await onlyANotice(playground, 'channel-after');
  });

  it('shows a hostile name as it is written, with nothing to click on and nobody to ask', async () => {
    await playground.open('Personal Chat');
    await playground.say('key for [click](https://evil.example) <at>x</at>');
    const confirm = playground.card('[click](https://evil.example) <at>x</at>');
    await confirm.getByRole('button', { name: 'Reveal' }).waitFor();
    await playground.screenshot('hostile-name');
    assert.equal(await confirm.getByRole('link').count(), 0);
    assert.deepEqual(browser?.refused.filter((url) => url.includes('evil.example')), []);
  });
});

async function revealAndHide(playground: PlaygroundPage, name: string, escrowed: readonly string[]): Promise<void> {
  const confirm = playground.card('Recovery key for LAPTOP-42?');
  await fillIn(confirm, 'Too many wrong PINs', 'INC0012345');
  await playground.screenshot(`${name}-confirm`);
  await confirm.getByRole('button', { name: 'Reveal' }).click();

  const revealed = playground.card('Compare it with the blue screen');
  await revealed.getByRole('button', { name: 'Hide' }).waitFor();
  assert.deepEqual(await blocksOn(revealed), escrowed);
  await playground.screenshot(`${name}-revealed`);
  await revealed.getByRole('button', { name: 'Hide' }).click();

  // An earlier key of the same chat may be hidden already: this one has to go.
  await revealed.waitFor({ state: 'detached' });
  await playground.card('Recovery key hidden').waitFor();
  await playground.screenshot(`${name}-hidden`);
  const left = await playground.cards().allInnerTexts();
  for (const block of escrowed) assert.ok(!left.join('\n').includes(block), 'a block of the key is still on the screen');
}

/** One card, without a button, that names neither the device nor the key. */
async function onlyANotice(playground: PlaygroundPage, name: string): Promise<void> {
  await playground.card('Answered in our private chat').waitFor();
  await playground.screenshot(name);
  const [notice = '', ...others] = await playground.cards().allInnerTexts();
  assert.equal(others.length, 0, 'more than one card in a place where others read');
  assert.doesNotMatch(notice, /LAPTOP-42|1A2B3C4D|\d{6}/i);
  assert.equal(await playground.cards().getByRole('button').count(), 0);
}
