import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readPng } from '../../src/package/png.ts';
import { drawIcons } from '../support/icons.ts';
import { missingBrowser } from './support/chromium.ts';

describe('the icons of the app', function () {
  this.timeout(60_000);

  it('are what their sources draw, but for what another browser rounds otherwise', async function () {
    const missing = missingBrowser();
    if (missing !== undefined) {
      console.log(`    SKIPPED, not passed: ${missing}`);
      return this.skip();
    }
    for (const [name, drawn] of await drawIcons()) {
      const kept = readPng(readFileSync(new URL(`../../appPackage/${name}.png`, import.meta.url)));
      const now = readPng(drawn);
      assert.ok(kept !== undefined && now !== undefined && kept.rgba.length === now.rgba.length, name);
      const off = kept.rgba.reduce((sum, value, index) => sum + Math.abs(value - (now.rgba[index] ?? 0)), 0) / kept.rgba.length;
      assert.ok(off < 1, `${name}: ${off} of 255 in the mean`);
    }
  });
});
