// npm run icons: draws appPackage/*.png from their SVG sources, in Chromium. What comes out is committed.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { missingBrowser, startBrowser } from '../browser/support/chromium.ts';

const folder = new URL('../../appPackage/', import.meta.url);

/** Name and width in pixels, as Teams wants them; both are square. */
export const icons = { color: 192, outline: 32 } as const;

/** The PNG of each, drawn now; what the drawing leaves out is transparent. */
export async function drawIcons(): Promise<ReadonlyMap<keyof typeof icons, Buffer>> {
  const browser = await startBrowser();
  const { page } = browser;
  try {
    const drawn = new Map<keyof typeof icons, Buffer>();
    for (const name of ['color', 'outline'] as const) {
      const size = icons[name];
      await page.setViewportSize({ width: size, height: size });
      await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${readFileSync(new URL(`icons/${name}.svg`, folder), 'utf8')}`);
      drawn.set(name, await page.screenshot({ omitBackground: true }));
    }
    return drawn;
  } finally {
    await browser.stop();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const missing = missingBrowser();
  if (missing !== undefined) throw new Error(missing);
  for (const [name, png] of await drawIcons()) writeFileSync(new URL(`${name}.png`, folder), png);
}
