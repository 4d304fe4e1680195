import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { alertKinds } from '../../../src/domain/ledger-entry.ts';
import MarkdownIt from 'markdown-it';
import { fromPaste, parseCheckpoint, signCheckpoint } from '../../../src/ledger/checkpoint.ts';
import { signerFrom } from '../../../src/ledger/signed-note.ts';
import { type Role, roles } from '../../../src/domain/person.ts';
import { helpCard } from '../../../src/teams/cards/help.ts';
import { alertTitles } from '../../../src/teams/cards/alert-words.ts';
import { verbatim } from '../../../src/teams/cards/escape.ts';
import { summaryCard } from '../../../src/teams/cards/summary.ts';
import { elementsOf, shown } from './find.ts';
import * as the from './people-and-devices.ts';
import { alertOf, busy, quiet, summarySamples } from './summary-samples.ts';

const { viewer } = the;
const draw = (summary = busy) => summaryCard({ summary, viewer });
const textOf = (name: string): string => {
  const sample = summarySamples[name];
  assert.ok(sample !== undefined, name);
  return shown(sample);
};

describe('the card of a summary', () => {
  it('begins with the period in the zone of the channel, and with numbers', () => {
    const lines = shown(draw());
    assert.match(lines, /^Recovery keys: 12 shown\n=+\n21 Nov, 08:00 CET to 22 Nov 2026, 08:00 CET\n\nShown\s+12, to 3 people, at most 5 to one\nFrom\s+Teams 11, API 1\nRefused\s+4\nRotated\s+10 done, 1 failed, 1 overdue\nElsewhere\s+2 read outside Keydesk\nExported\s+1 time\n/);
    assert.match(shown(summaryCard({ summary: busy, viewer: { locale: 'en-US', timeZone: 'America/New_York' } })), /Nov 21, 2:00 AM EST to Nov 22, 2026, 2:00 AM EST/);
  });

  it('names nobody when no name is given, and everybody who is', () => {
    assert.doesNotMatch(JSON.stringify(draw()), /a1e00000|Alex/);
    assert.match(textOf('summary-named'), /Shown to: Alex Wilber 5, .*, 1 more/);
  });

  it('says in one box what wants a closer look, and has none when nothing does', () => {
    assert.match(shown(draw()), /Worth a closer look\n.*1 read that nobody asked for here.*\n.*2 keys read in the portals.*\n.*1 rotation overdue.*\n.*3 devices became Failed.*\n.*Alert: Somebody reached the limit of reveals \(2 times\)/);
    assert.doesNotMatch(shown(draw(quiet)), /closer look/);
    assert.match(textOf('summary-everything'), /Whether the summary for 20 Nov, 08:00 CET to 21 Nov 2026, 08:00 CET was posted is not known/);
  });

  it('says how many devices became Failed, with names where they are given, and once', () => {
    assert.match(shown(draw()), /3 devices became Failed: encrypted, and no recovery key in Entra ID\. The list, with what to do: failed/);
    const everything = textOf('summary-everything');
    assert.match(everything, /12 devices became Failed.*\(no name\), PC-123453, PC-123464, 7 more · The list/);
    assert.doesNotMatch(everything, /Alert: Encrypted/);
    assert.match(shown(draw({ ...quiet, counts: { ...quiet.counts, alerts: [{ kind: 'escrow-failed', count: 1 }] } })), /Alert: Encrypted, and no recovery key/, 'it was alerted, and is well again');
    assert.doesNotMatch(shown(draw(quiet)), /Failed/);
  });

  it('is short when nothing happened', () => {
    assert.match(shown(draw(quiet)), /Recovery keys: 0 shown[\s\S]*Shown\s+none\nRefused\s+none\n/);
    assert.doesNotMatch(shown(draw(quiet)), /Rotated|Elsewhere|Reasons|Erased|Both/);
  });

  it('always names who is both admin and auditor, or says that it could not be checked', () => {
    assert.match(textOf('summary-everything'), /Both admin and auditor: Megan Bowen, .*a1e00000-0000-4000-8000-000000000005/);
    assert.match(textOf('summary-both-unknown'), /could not be checked/);
  });

  it('carries the checkpoint to the letter: what is copied out of it is the signed note', () => {
    const origin = 'keydesk/c0417050-0000-4000-8000-000000000000/1';
    const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
    const signed = signCheckpoint({ origin, size: 1_234_567, root: new Uint8Array(32).fill(251) }, signerFrom(String(pem), origin));
    const lines = elementsOf(draw({ ...quiet, checkpoint: signed }).card).flatMap((element) => (element.type === 'TextBlock' && element.fontType === 'monospace' ? [element.text] : []));
    assert.equal(lines.length, 4, 'each line is one element');
    assert.equal(fromPaste(lines.join('\n')), signed);
    assert.equal(fromPaste(lines.map((line) => ` ${line}\u00a0`).join('\r\n\r\n')), signed);
    assert.equal(parseCheckpoint(fromPaste(lines.join('\n')))?.size, 1_234_567);
    assert.match(shown(draw()), /npm run audit -- verify --checkpoint FILE/);
    assert.match(textOf('summary-unsigned'), /There is none today/);
  });

  it('shows the lines of any checkpoint as they are, where Markdown is read', () => {
    const markdown = new MarkdownIt({ linkify: true });
    const origin = 'keydesk/c0417050-0000-4000-8000-000000000000/1';
    const signer = signerFrom(String(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' })), origin);
    for (let size = 0; size < 300; size += 1) {
      for (const row of signCheckpoint({ origin, size, root: randomBytes(32) }, signer).split('\n').filter((text) => text !== '')) assert.equal(markdown.render(verbatim(row)), `<p>${row}</p>\n`);
    }
  });

  it('puts nothing into a line to be copied that no note holds', () => {
    assert.equal(verbatim('\u2014 keydesk/x/1 AbC+/='), '\u2014 keydesk/x/1 AbC+/=');
    for (const text of ['', 'a\nb', 'ü', '*x*', '[a](b)', '- x', '+ x', '1. x', '_x_', 'x'.repeat(301), the.password.blocks.join('-')]) assert.throws(() => verbatim(text), text);
  });

  it('has no buttons: nobody acts from a channel', () => {
    for (const [name, { card }] of Object.entries(summarySamples)) assert.equal(card.actions, undefined, name);
  });
});

describe('the card of an alert', () => {
  it('says what, when, what to do and where it stands in the ledger, for every kind', () => {
    for (const kind of alertKinds) {
      const text = shown(alertOf(kind));
      assert.ok(text.startsWith(`⚠ ${alertTitles[kind]}`), kind);
      assert.match(text, /\nWhen\s+\S/, kind);
      assert.match(text, /Entry 1742 of the ledger · Reference KD-/, kind);
    }
  });

  it('names a person and a device by their ids, and by name only where that is wanted', () => {
    assert.match(shown(alertOf('many-devices')), /Who\s+a1e00000-0000-4000-8000-000000000001\n/);
    assert.match(textOf('alert-many-devices-named'), /Who\s+Alex Wilber\n/);
    assert.doesNotMatch(textOf('alert-rotation-overdue'), /LAPTOP-42/);
    assert.match(textOf('alert-rotation-overdue-named'), /Device\s+LAPTOP-42\n/);
  });

  it('counts where counting says something', () => {
    assert.match(textOf('alert-many-devices'), /Keys of 11 different devices/);
    assert.match(textOf('alert-refused-in-a-row'), /refused 6 times/);
  });
});

describe('the help', () => {
  it('names summaries to those who may have them, in the private chat', () => {
    const named = (role: Role | undefined): boolean => shown(helpCard({ roles: new Set(role === undefined ? [] : [role]), conversation: 'personal', settings: the.settings })).includes('summary daily 08:00');
    assert.deepEqual([...roles, undefined].filter(named), ['admin', 'auditor']);
  });
});

describe('what is said about schedules', () => {
  it('says when the first one comes, in the zone of the schedule', () => {
    assert.match(textOf('summary-subscribed'), /every day at 08:00 \(Europe\/Berlin\)\. The first one comes 23 Nov, 08:00 CET/);
    assert.match(textOf('summary-subscribed-weekly-names'), /every Monday at 08:00 \(America\/New_York\)[\s\S]*to whom/);
    assert.match(textOf('summary-subscribed-audit'), /cannot be switched off/);
  });

  it('says what was expected, with an example, and that nothing was changed', () => {
    for (const name of ['summary-unclear', 'summary-unclear-zone']) assert.match(textOf(name), /summary daily 08:00 Europe\/Berlin[\s\S]*Nothing was changed/);
    assert.match(textOf('summary-unclear-zone'), /CET is no time zone that I know/);
  });
});
