import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { choiceTitle, cleanText, fieldValue, longestOutside, plain, say, together } from '../../../src/teams/cards/escape.ts';
import { hostileName, hostileNames, longName } from './people-and-devices.ts';

// What a desktop client makes of a text: CommonMark; and, stricter than Teams, addresses become links.
const markdown = new MarkdownIt({ linkify: true });
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
const drawn = (text: string): string => markdown.render(text).trimEnd();

const asHtml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const isolated = (text: string): string => text.replaceAll(/[\u2068\u2069]/g, '');

/** The older parser of the mobile clients: a link wherever brackets and parentheses meet, backslash or not. */
const mobileLink = /\[[^[\]]*\]\(/;

const fragments = ['[', ']', '(', ')', '](', '*', '**', '_', '__', '`', '~~', '<', '>', '</at>', '<at>', '&lt;', '&#91;', 'https://evil.example', 'mailto:a@b.example', 'www.', '\\', '#', '# ', '- ', '-', '+ ', '1. ', '1)', '12', 'a', 'LAPTOP', ' ', '\n', '\t', '!', '|', '=', '{{', '}}', '"', "'", '\u202e', '\u200b', '\u200d', '\ufe0f', '\u05d0', 'é', '日', '\ud83d\ude00', '\ud800', '\0', ':', '//', '.', '$'];
const hostile = fc.oneof(
  fc.array(fc.constantFrom(...fragments), { maxLength: 16 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ maxLength: 60 }),
  fc.constantFrom(...hostileNames),
);

describe('cards: names from outside', () => {
  it('are shown as they are, whatever they hold, alone and within a sentence', () => {
    fc.assert(
      fc.property(hostile, (name) => {
        const shown = asHtml(cleanText(name));
        fc.pre(shown !== '');
        assert.equal(drawn(isolated(say`${name}`)), `<p>${shown}</p>`);
        assert.equal(drawn(isolated(say`Device ${name} is gone.`)), `<p>Device ${shown} is gone.</p>`);
        assert.equal(drawn(isolated(say`${name}, ${name}`)), `<p>${shown}, ${shown}</p>`);
      }),
      { numRuns: 3000 },
    );
  });

  it('make no link in the parser of the mobile clients, which reads brackets although they are escaped', () => {
    fc.assert(
      fc.property(hostile, (name) => {
        assert.doesNotMatch(say`Device ${name} is gone.`, mobileLink);
      }),
      { numRuns: 2000 },
    );
    assert.match(String.raw`\[click\](https://evil.example)`, mobileLink);
  });

  it('stay inside our own bold', () => {
    for (const name of hostileNames) {
      const shown = asHtml(cleanText(name));
      assert.equal(drawn(isolated(say`Did you mean **${name}**?`)), `<p>Did you mean <strong>${shown}</strong>?</p>`);
    }
  });

  it('bring no backslash when they are ordinary, so that no client shows one', () => {
    for (const name of ['LAPTOP-42', "O'BRIEN-PC", 'Adele Vance (External)', 'adele_vance@contoso.com', String.raw`CONTOSO\adele`, 'A & B', '1.2.3', 'Zoë Çelik', '#7', 'C++']) {
      assert.equal(say`${name}`, name);
    }
  });

  it('hold nothing invisible, no line break and nothing that turns the direction of text', () => {
    fc.assert(
      fc.property(hostile, (name) => {
        const shown = cleanText(name);
        assert.doesNotMatch(shown, /[\p{Cc}\p{Zl}\p{Zp}\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/u);
        assert.ok(shown.isWellFormed());
      }),
    );
    assert.equal(cleanText('LAPTOP\u202e24-POTPAL'), 'LAPTOP24-POTPAL');
    assert.equal(cleanText('L\u200bA\u2060P\ufeffTOP'), 'LAPTOP');
    assert.equal(cleanText('a\nb\r\n\tc'), 'a b c');
  });

  it('keep emoji, joiners of other scripts and accents', () => {
    for (const name of ['\ud83d\udc69\u200d\ud83d\udcbb PC', 'می\u200cخواهم', 'क्\u200dष', 'Ångström', '\u2764\ufe0f']) assert.equal(cleanText(name), name.normalize('NFC'));
    assert.equal(cleanText('LAP\u200dTOP'), 'LAPTOP');
    assert.equal(cleanText(`e${'\u0301'.repeat(60)}`).length, 5);
  });

  it('are cut at a sane length, counted as people count, and marked as cut', () => {
    assert.equal(cleanText(longName), `${'W'.repeat(longestOutside - 1)}…`);
    assert.equal(cleanText('W'.repeat(longestOutside)), 'W'.repeat(longestOutside));
    const family = '\ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67';
    assert.equal(cleanText(family.repeat(10), 4), `${family.repeat(3)}…`);
    assert.equal(cleanText('x'.repeat(1_000_000)).length, longestOutside);
  });

  it('in a right-to-left script are set apart from the sentence, others are left as they are', () => {
    assert.equal(say`Device ${'\u05de\u05d7\u05e9\u05d1'}.`, 'Device \u2068\u05de\u05d7\u05e9\u05d1\u2069.');
    assert.equal(say`Device ${'LAPTOP-42'}.`, 'Device LAPTOP-42.');
  });

  it('that hold a recovery password do not show it', () => {
    const digits = '111111-222222-333333-444444-555555-666666-123123-321321';
    assert.doesNotMatch(say`Device ${digits}.`, /\d{6}/);
    assert.doesNotMatch(plain`Device ${digits}.`, /\d{6}/);
    assert.equal(say`Device ${'111111-222222'}.`, 'Device 111111-222222.');
  });

  it('that are nothing to see are said to be', () => {
    assert.equal(cleanText('\u200b \u202e'), '(empty)');
    assert.equal(cleanText(''), '');
  });
});

describe('cards: escaped texts', () => {
  it('are put together without being escaped twice', () => {
    assert.equal(together(say`▲`, say`${'**x**'}`), String.raw`▲ \*\*x\*\*`);
  });
});

describe('cards: plain texts', () => {
  it('hold no angle brackets, so that nothing reads as markup', () => {
    assert.equal(plain`Key of ${hostileName}.`, 'Key of [click](https://evil.example) ‹at›x‹/at›.');
    assert.equal(plain`Key of ${'LAPTOP-42'}.`, 'Key of LAPTOP-42.');
  });

  it('as titles of choices show no markup where Markdown is read, and no backslash where it is not', () => {
    const reader = new MarkdownIt();
    fc.assert(
      fc.property(hostile, (name) => {
        const title = isolated(choiceTitle(plain`${name}: 2 keys`));
        assert.equal(reader.render(title).trimEnd(), `<p>${asHtml(title).trim()}</p>`);
        assert.doesNotMatch(title, mobileLink);
      }),
      { numRuns: 2000 },
    );
    assert.equal(choiceTitle(plain`${'LAPTOP_42'}: 2 keys`), 'LAPTOP_42: 2 keys');
  });
});

describe('cards: values of fields', () => {
  it('come back as typed', () => {
    assert.equal(fieldValue('**TPM** swapped', 500), '**TPM** swapped');
  });

  it('never hold a recovery password, and never more than the field', () => {
    assert.equal(fieldValue('it is 111111 222222 333333 444444 555555 666666 123123 321321', 500), '');
    assert.equal(fieldValue('x'.repeat(10_000), 500).length, 500);
  });
});
