// The Agents Playground as somebody sees it who sits before it: chats on the left, messages, a box to type into.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';

export type Chat = 'Personal Chat' | 'Helpdesk on call' | 'IT helpdesk - General';

export interface PlaygroundPage {
  open(chat: Chat): Promise<void>;
  /** Types and sends, as written. */
  say(text: string): Promise<void>;
  /** Types `@`, chooses Keydesk from the list that opens, types the rest and sends. */
  mention(text: string): Promise<void>;
  /** The cards in the open chat, oldest first. */
  cards(): Locator;
  card(text: string | RegExp): Locator;
  /** Into `.keydesk/browser/`, for people to look at. */
  screenshot(name: string): Promise<void>;
}

const pictures = fileURLToPath(new URL('../../../.keydesk/browser/', import.meta.url));

export async function openPlayground(page: Page, url: string): Promise<PlaygroundPage> {
  page.setDefaultTimeout(15_000);
  await page.goto(url);
  // Not the fields of a card; in a channel the first one starts a post, the others answer in threads.
  const box = page.locator('[role=textbox][contenteditable=true]').first();
  // A chat sends, a channel posts.
  const send = page.getByRole('button', { name: /^(?:Send Message|Post)$/ });
  await page.getByTitle('Hide log panel').click();
  return {
    open: (chat) => page.getByRole('treeitem', { name: chat }).click(),
    async say(text) {
      await box.click();
      await box.pressSequentially(text);
      await send.click();
    },
    async mention(text) {
      await box.click();
      await box.pressSequentially('@Key');
      await page.getByRole('menuitem', { name: 'Keydesk' }).click();
      await box.pressSequentially(` ${text}`);
      await send.click();
    },
    cards: () => page.locator('.ac-adaptiveCard'),
    card: (text) => page.locator('.ac-adaptiveCard').filter({ hasText: text }).last(),
    async screenshot(name) {
      mkdirSync(pictures, { recursive: true });
      await page.screenshot({ path: `${pictures}${name}.png` });
    },
  };
}

/** The form of the confirm card, filled in as an agent on the phone would. */
export async function fillIn(card: Locator, reason: string, ticket: string): Promise<void> {
  await card.getByPlaceholder('Choose a reason').click();
  // The list opens beside the card.
  await card.page().getByRole('option', { name: reason }).click();
  await card.getByPlaceholder('For example INC0012345').fill(ticket);
}

/** The eight blocks of a revealed card, in the order of their numbers. */
export async function blocksOn(card: Locator): Promise<readonly string[]> {
  const found = [...(await card.innerText()).matchAll(/^([1-8])\s+(\d{6})$/gm)];
  assert.deepEqual(found.map(([, number]) => number), ['1', '2', '3', '4', '5', '6', '7', '8'], 'blocks are numbered 1 to 8');
  return found.map(([, , block]) => block ?? '');
}
