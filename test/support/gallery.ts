// `npm run cards`: every card at the width of a phone and of a desktop, in Teams' three looks, as a page and as
// pictures in .keydesk/cards. Drawn by the renderer of adaptivecards in Chromium; made to be looked at.
// `npm run cards -- --docs` makes the two pictures of the README instead; `-- --only <part of a name>` draws a few.

import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright-core';
import { allSamples, type Sample } from '../teams/cards/samples.ts';
import { hostConfig, styleSheet, type ThemeName, themes } from './host-configs.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = path.join(root, '.keydesk', 'cards');
const pictures = path.join(root, 'docs', 'pictures');
const browserPath = '/usr/bin/chromium';
const widths = [320, 600] as const;

const { values: flags } = parseArgs({ options: { docs: { type: 'boolean', default: false }, only: { type: 'string', default: '' } } });

if (!existsSync(browserPath)) {
  console.error(`The gallery draws with Debian's Chromium, and there is no ${browserPath}. Install it: apt-get install -y chromium`);
  process.exit(2);
}

const scripts = await Promise.all(['adaptivecards/dist/adaptivecards.min.js', 'markdown-it/dist/browser/markdown-it.umd.min.js'].map((file) => readFile(path.join(root, 'node_modules', file), 'utf8')));
const ownCss = await readFile(createRequire(import.meta.url).resolve('adaptivecards/dist/adaptivecards.css'), 'utf8');

async function drawAll(samples: readonly Sample[]): Promise<readonly string[]> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const problems: string[] = [];
  for (const theme of themes) {
    for (const width of widths) {
      const page = await pageWith(samples, theme, width);
      problems.push(...(await complaints(page, `${theme}, ${width} px`)));
      for (const sample of samples) await page.locator(`[data-name="${sample.name}"]`).screenshot({ path: path.join(folder, `${sample.name}-${width}-${theme}.png`) });
      await page.close();
    }
  }
  await writeFile(path.join(folder, 'index.html'), indexPage(samples));
  console.log(`${samples.length} cards, ${samples.length * widths.length * themes.length} pictures: ${path.join(folder, 'index.html')}`);
  return problems;
}

async function drawForReadme(): Promise<readonly string[]> {
  await mkdir(pictures, { recursive: true });
  const wanted = { confirm: 'confirm.png', revealed: 'revealed.png' } as const;
  const samples = allSamples.filter((sample) => sample.name in wanted);
  const page = await pageWith(samples, 'light', 400, 1);
  for (const [name, file] of Object.entries(wanted)) await page.locator(`[data-name="${name}"] > .card`).screenshot({ path: path.join(pictures, file) });
  console.log(`2 pictures: ${pictures}`);
  return complaints(page, 'README');
}

/** One page with all cards; no request leaves it. */
async function pageWith(samples: readonly Sample[], theme: ThemeName, width: number, sharpness = 1): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 }, deviceScaleFactor: sharpness });
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  await page.route('**/*', (route) => route.abort());
  await page.setContent(`<!doctype html><html lang="en"><style>${ownCss}${styleSheet(theme)}</style><div class="frames"></div></html>`);
  for (const content of scripts) await page.addScriptTag({ content });
  await page.addScriptTag({ content: drawing });
  await page.evaluate(`draw(${JSON.stringify({ samples: samples.map(({ name, message }) => ({ name, card: message.card })), width, config: hostConfig(theme) })})`);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return page;
}

/** What a person would trip over: text wider than the card, and a link or mention that came from a name. */
async function complaints(page: Page, where: string): Promise<readonly string[]> {
  const found: unknown = await page.evaluate('faultsOfDrawing()');
  return Array.isArray(found) ? found.map((text) => `${where}: ${String(text)}`) : [];
}

const indexPage = (samples: readonly Sample[]): string => {
  const rows = samples.map(({ name, message }) => {
    const images = themes.flatMap((theme) => widths.map((width) => `<img loading="lazy" src="${name}-${width}-${theme}.png" alt="${name}, ${width} px, ${theme}">`));
    return `<h2 id="${name}">${name}</h2><p>${escapeHtml(message.summary)} (${JSON.stringify(message.card).length} bytes)</p><div>${images.join('')}</div>`;
  });
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Keydesk cards</title><style>body{font:14px sans-serif}div{display:flex;gap:8px;align-items:flex-start;overflow-x:auto}</style><h1>Keydesk cards</h1>${rows.join('\n')}</html>\n`;
};

const escapeHtml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** Runs in the page: draws as a desktop client does, Markdown as CommonMark. */
const drawing = `
  const markdown = markdownit();
  AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => { result.outputHtml = markdown.render(text); result.didProcess = true; };
  function draw({ samples, width, config }) {
    for (const { name, card } of samples) {
      const frame = document.createElement('div');
      frame.className = 'frame';
      frame.dataset.name = name;
      // A form of its own, or the radio buttons of all cards would be one group.
      frame.innerHTML = '<div class="name"></div><form class="card"></form>';
      frame.firstChild.textContent = name + ', ' + width + ' px';
      frame.lastChild.style.width = width + 'px';
      const drawn = new AdaptiveCards.AdaptiveCard();
      drawn.hostConfig = new AdaptiveCards.HostConfig(config);
      drawn.parse(card);
      frame.lastChild.append(drawn.render());
      document.querySelector('.frames').append(frame);
    }
  }
  function faultsOfDrawing() {
    const found = [];
    for (const card of document.querySelectorAll('.card')) {
      const name = card.parentElement.dataset.name;
      const edge = card.getBoundingClientRect().right;
      if (card.querySelector('a, at, img, code, h1, h2, h3, blockquote, ul, ol')) found.push(name + ': a name became markup');
      for (const part of card.querySelectorAll('*')) {
        if (part.getBoundingClientRect().right > edge + 1 || (part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0 && part.matches('div, p, label'))) {
          found.push(name + ': wider than the card: ' + part.textContent.slice(0, 60));
          break;
        }
      }
    }
    return found;
  }`;

const browser = await chromium.launch({
  executablePath: browserPath,
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-lcd-text', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
try {
  const problems = flags.docs ? await drawForReadme() : await drawAll(allSamples.filter((sample) => sample.name.includes(flags.only)));
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
} finally {
  await browser.close();
}
