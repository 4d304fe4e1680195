import assert from 'node:assert/strict';
import { type LedgerEntry, ledgerActs } from '../../../src/domain/ledger-entry.ts';
import { mostCounted } from '../../../src/domain/reading.ts';
import { chooseFormatCard, fileOfferedCard } from '../../../src/teams/cards/audit-export.ts';
import { auditPageCard } from '../../../src/teams/cards/audit-page.ts';
import { helpCard } from '../../../src/teams/cards/help.ts';
import { outcomeWords } from '../../../src/teams/cards/ledger-words.ts';
import { refusedCard } from '../../../src/teams/cards/refused.ts';
import { pageWith, reading, readOf, shownEntry } from './audit-samples.ts';
import { buttons, choiceSet, shown } from './find.ts';
import * as the from './people-and-devices.ts';

const { now, viewer, settings } = the;
const draw = (entry: LedgerEntry | undefined, erased: Parameters<typeof readOf>[2] = []): string => shown(auditPageCard({ page: pageWith([readOf(entry, 17, erased)], { count: 1 }), now }));

describe('a page of the ledger', () => {
  it('says of each entry what, to what, why, when, by whom, from where and under which number', () => {
    const text = draw(shownEntry());
    for (const part of ['✓ Key shown', 'LAPTOP-42', 'key 1A2B3C4D', 'Firmware update', 'INC0012345', 'called back', '14:02 CET', 'Alex Wilber', 'Teams', 'no.\u00a017']) assert.ok(text.includes(part), part);
  });

  it('names the access source in words', () => {
    const words = { teams: 'Teams', api: 'API', 'self-service': 'self-service', entra: 'Entra only', system: 'Keydesk itself' } as const;
    for (const source of ['teams', 'api', 'self-service', 'entra', 'system'] as const) assert.match(draw(shownEntry({ source })), new RegExp(`· ${words[source]} ·`));
  });

  it('says by a sign and in words how it went', () => {
    const entry = shownEntry();
    assert.equal(outcomeWords(entry), '✓ Key shown');
    assert.equal(outcomeWords({ ...entry, outcome: 'failed', code: 'graph-timeout' }), '✕ Key not shown: Graph timeout');
    assert.equal(outcomeWords({ ...entry, outcome: 'unknown' }), '▲ Key not shown, outcome unknown');
    assert.equal(outcomeWords({ ...entry, act: 'role-denied', outcome: 'refused', code: 'no-role', count: 3 }), '✕ Refused: no role (3 times)');
    assert.equal(outcomeWords({ ...entry, act: 'alert', alert: 'many-devices' }), '▲ Alert: many devices');
    assert.equal(outcomeWords({ ...entry, act: 'exported', count: 412 }), '✓ Exported');
    for (const act of ledgerActs) assert.match(outcomeWords({ ...entry, act }), /^[✓✕▲] \p{Lu}/u, act);
  });

  it('says of a file how much it holds, where that is known: of entries and of a check alike', () => {
    const { device: _device, keyId: _keyId, ...entry } = shownEntry({ act: 'exported', asked: 'check (9 names)', format: 'csv' });
    assert.match(draw({ ...entry, count: 9 }), /for “check \(9 names\)” · as csv \(9\)/);
    assert.match(draw(entry), /· as csv(?! \()/);
    assert.doesNotMatch(draw(entry), /0 entries/);
  });

  it('writes the time where the reader is', () => {
    const page = pageWith([readOf(shownEntry({ time: the.at('2026-11-20T23:30:00Z') }), 1)], { viewer: { locale: 'en-US', timeZone: 'America/New_York' } });
    assert.match(shown(auditPageCard({ page, now })), /Nov 20, 6:30 PM EST/);
  });

  it('says of an erased text that it was erased, and of which', () => {
    const { reasonText: _reason, ticket: _ticket, ...left } = shownEntry({ person: { id: the.alex.id }, device: { deviceId: the.device().deviceId } });
    const text = draw(left, ['personName', 'deviceName', 'reasonText', 'ticket']);
    assert.match(text, /\(erased\) · key 1A2B3C4D/);
    assert.match(text, /reason \(erased\) · ticket \(erased\)/);
    assert.match(text, /CET · \(erased\) · Teams/);
  });

  it('names an entry that was changed, and what to do', () => assert.match(draw(undefined), /▲ This entry was changed[^]*audit -- verify[^]*17/));

  it('says whose entries they are to those who do not see all', () => {
    const scoped = (scope: 'all' | 'own' | 'own-devices') => shown(auditPageCard({ page: pageWith([], { scope }), now }));
    assert.match(scoped('own'), /You see your own entries/);
    assert.match(scoped('own-devices'), /devices that you own/);
    assert.doesNotMatch(scoped('all'), /You see/);
  });

  it('offers the pages that there are, and the file where there is something in it', () => {
    const at = (page: number, count = 20) => auditPageCard({ page: pageWith([], { count }, page), now });
    assert.deepEqual(buttons(at(1)), ['audit-page', 'audit-export']);
    assert.deepEqual(buttons(at(2)), ['audit-page', 'audit-page', 'audit-export']);
    assert.deepEqual((at(2).card.actions ?? []).map(({ title }) => title), ['Newer', 'Older', 'Export']);
    assert.deepEqual((at(3).card.actions ?? []).map(({ title }) => title), ['Newer', 'Export']);
    assert.deepEqual(buttons(at(1, 0)), []);
    assert.match(shown(at(1, 0)), /No entries/);
    assert.match(shown(at(1, mostCounted + 1)), /More than 10,000 entries/);
    const data = (at(2).card.actions ?? []).map((action) => (action.type === 'Action.Execute' ? action.data : undefined));
    assert.deepEqual(data, [{ reading: reading().id, page: 1, action: 'audit-page' }, { reading: reading().id, page: 3, action: 'audit-page' }, { reading: reading().id, page: 2, action: 'audit-export' }]);
  });

  it('has, where it must be plain, no text from outside, and ids in its place', () => {
    const message = auditPageCard({ page: pageWith([readOf(shownEntry({ reasonText: 'secret reason', asked: 'asked', client: 'Edge' }), 17)], { about: 'ABOUT' }), now, bare: true });
    for (const text of ['LAPTOP-42', 'Alex', 'INC0012345', 'secret reason', 'asked', 'Edge', 'ABOUT']) assert.ok(!JSON.stringify(message).includes(text), text);
    assert.ok(JSON.stringify(message).includes(the.alex.id));
  });
});

describe('the way to a file', () => {
  it('lets one choose the form, with the one for a spreadsheet chosen', () => {
    const formats = choiceSet(chooseFormatCard({ reading: reading(), page: 2 }), 'format');
    assert.deepEqual([formats.value, formats.choices.map(({ value }) => value)], ['csv', ['csv', 'jsonl', 'ocsf']]);
    assert.deepEqual(buttons(chooseFormatCard({ reading: reading(), page: 2 })), ['audit-send', 'audit-page']);
  });

  it('ends at the command where the file would be too large, or the client takes none', () => {
    const large = chooseFormatCard({ reading: reading({ count: mostCounted + 1 }), page: 1 });
    assert.match(shown(large), /npm run audit -- export/);
    assert.deepEqual(buttons(large), ['audit-page']);
    assert.match(shown(fileOfferedCard({ reading: reading(), page: 1, fileName: 'f.csv' })), /No offer below\?[^]*npm run audit -- export/);
  });
});

describe('reading the ledger, elsewhere', () => {
  it('is in the help of those who may, in their words', () => {
    const help = (...roles: readonly ('agent' | 'admin' | 'auditor')[]) => shown(helpCard({ roles: new Set(roles), conversation: 'personal', settings }));
    assert.match(help('auditor'), /audit LAPTOP-42[^]*who saw which key/);
    assert.match(help('admin'), /audit alex@contoso\.com/);
    assert.match(help('agent'), /your own entries/);
    assert.match(help(), /keys of your own devices/);
    assert.doesNotMatch(shown(helpCard({ conversation: 'channel', settings })), /audit/);
  });

  it('refuses in words that fit: a page, not a key', () => {
    const refused = (code: 'device-not-found' | 'not-your-card' | 'card-changed' | 'no-devices') => shown(refusedCard({ refusal: { code, reference: the.reference, facts: { asked: 'X' } }, viewer, now, purpose: 'audit' }));
    for (const code of ['device-not-found', 'not-your-card', 'card-changed', 'no-devices'] as const) assert.doesNotMatch(refused(code), /key for|Ask for the key|the caller/i, code);
  });
});
