// Debian's Chromium, without a window and without a word to anybody but this machine.

import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';

const executablePath = '/usr/bin/chromium';

/** Why there is no browser here; undefined when there is one. */
export function missingBrowser(): string | undefined {
  try {
    accessSync(executablePath, constants.X_OK);
    return undefined;
  } catch {
    return `${executablePath} is not there (on Debian: apt-get install chromium)`;
  }
}

export interface Browser {
  readonly page: Page;
  /** Addresses that a page asked for beyond this machine, and did not get. */
  readonly refused: readonly string[];
  stop(): Promise<void>;
}

export async function startBrowser(): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), 'keydesk-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    viewport: { width: 1280, height: 1000 },
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  const refused: string[] = [];
  // The Playground's page asks for fonts elsewhere; a test must not depend on whether it gets them.
  await context.route(
    (url) => url.hostname !== '127.0.0.1',
    (route) => {
      refused.push(route.request().url());
      return route.abort();
    },
  );
  const page = context.pages()[0] ?? (await context.newPage());
  return {
    page,
    refused,
    stop: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
