import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { type Command, parseCommand } from '../../src/domain/command.ts';
import type { AuditQuestion } from '../../src/domain/reading.ts';
import { defaultSettings } from '../../src/domain/settings.ts';
import { passwordDigits } from '../support/desk/world.ts';

const hear = (text: string, privateChat = false): Command => parseCommand(text, { privateChat, ticketPattern: defaultSettings.ticketPattern });
const asked = (text: string): AuditQuestion | undefined => {
  const command = hear(text);
  return command.kind === 'audit' ? command.question : undefined;
};
const laptop = { by: 'device', name: 'LAPTOP-42' } as const;
const week = { kind: 'last', count: 7, unit: 'day' } as const;
const keyId = { hex: '1a2b3c4d', forgiven: false };

describe('domain/audit-command: what is asked of the ledger', () => {
  const forms: readonly (readonly [string, AuditQuestion])[] = [
    ['audit', {}],
    ['Audit.', {}],
    ['AUDIT LOG?', {}],
    ['the audit trail, please', {}],
    ['ledger', {}],
    ['show me the ledger', {}],
    ['ledger entries', {}],
    ['audit me', { subject: { by: 'me' } }],
    ['audit my own entries', { subject: { by: 'me' } }],
    ['audit all', { subject: { by: 'all' } }],
    ['ledger everything', { subject: { by: 'all' } }],
    ['audit LAPTOP-42', { subject: laptop }],
    ['audit\u00a0 laptop LAPTOP-42', { subject: laptop }],
    ['please show the audit log for LAPTOP-42, thanks', { subject: laptop }],
    ['audit of the device “LAPTOP-42”', { subject: laptop }],
    ['ledger for LAPTOP-42', { subject: laptop }],
    ['audit alex@contoso.com', { subject: { by: 'person', who: 'alex@contoso.com' } }],
    ['audit Alex Wilber', { subject: { by: 'device', name: 'Alex Wilber' } }],
    ['audit {A1E00000-0000-4000-8000-000000000001}', { subject: { by: 'guid', id: 'a1e00000-0000-4000-8000-000000000001' } }],
    ['audit last 7 days', { period: week }],
    ['audit for the last 7 days', { period: week }],
    ['audit past week', { period: { kind: 'last', count: 1, unit: 'week' } }],
    ['audit last 24h', { period: { kind: 'last', count: 24, unit: 'hour' } }],
    ['audit last 90 minutes', { period: { kind: 'last', count: 90, unit: 'minute' } }],
    ['audit last 2 months', { period: { kind: 'last', count: 2, unit: 'month' } }],
    ['audit today', { period: { kind: 'days', from: 'today', to: 'today' } }],
    ['audit Yesterday', { period: { kind: 'days', from: 'yesterday', to: 'yesterday' } }],
    ['audit since 2026-11-01', { period: { kind: 'days', from: '2026-11-01' } }],
    ['audit since yesterday', { period: { kind: 'days', from: 'yesterday' } }],
    ['audit on 2026-11-01', { period: { kind: 'days', from: '2026-11-01', to: '2026-11-01' } }],
    ['audit from 2026-11-01 to 2026-11-07', { period: { kind: 'days', from: '2026-11-01', to: '2026-11-07' } }],
    ['audit between 2026-11-01 and yesterday', { period: { kind: 'days', from: '2026-11-01', to: 'yesterday' } }],
    ['audit id 1A2B3C4D', { keyId }],
    ['audit key id: 1a2b 3c4d', { keyId }],
    ['audit LAPTOP-42 last 7 days', { subject: laptop, period: week }],
    ['audit last 7 days for LAPTOP-42', { subject: laptop, period: week }],
    ['audit last 7 days LAPTOP-42', { subject: laptop, period: week }],
    ['audit LAPTOP-42 id 1A2B3C4D since 2026-11-01', { subject: laptop, keyId, period: { kind: 'days', from: '2026-11-01' } }],
    ['audit refused last 24 hours', { kind: 'refused', period: { kind: 'last', count: 24, unit: 'hour' } }],
    ['audit refused by alex@contoso.com', { kind: 'refused', subject: { by: 'person', who: 'alex@contoso.com' } }],
    ['audit LAPTOP-42 reveals', { kind: 'revealed', subject: laptop }],
    ['audit rotations today', { kind: 'rotations', period: { kind: 'days', from: 'today', to: 'today' } }],
    ['audit me refused yesterday', { kind: 'refused', subject: { by: 'me' }, period: { kind: 'days', from: 'yesterday', to: 'yesterday' } }],
  ];
  for (const [text, question] of forms) it(`is heard in ${JSON.stringify(text)}`, () => assert.deepEqual(asked(text), question));

  it('is heard in the private chat as elsewhere, and before a bare name', () => {
    assert.deepEqual(hear('audit LAPTOP-42', true), { kind: 'audit', question: { subject: laptop } });
    assert.equal(hear('AUDIT-7', true).kind, 'key');
    assert.equal(hear('key for audit', true).kind, 'key');
  });

  it('keeps any name in quotes, also one that looks like a word of the question', () => {
    for (const name of ['today', 'refused', 'me', 'all', 'id 7', 'last 7 days', 'The Old PC', '[click](https://evil.example) <at>x</at>']) {
      assert.deepEqual(asked(`audit "${name}"`), { subject: { by: 'device', name } }, name);
      assert.deepEqual(asked(`audit "${name}" last 7 days`), { subject: { by: 'device', name }, period: week }, name);
    }
  });
});

describe('domain/audit-command: what is no question', () => {
  const unclear: readonly (readonly [string, string])[] = [
    ['audit since 2026-02-30', 'audit since 2026-11-01'],
    ['audit since tuesday', 'audit since 2026-11-01'],
    ['audit on 2026-13-01', 'audit from 2026-11-01 to 2026-11-07'],
    ['audit from 2026-11-01 to never', 'audit from 2026-11-01 to 2026-11-07'],
    ['audit from 2026-11-07 to 2026-11-01', 'audit from 2026-11-01 to 2026-11-07'],
    ['audit between today and yesterday', 'audit from yesterday to today'],
    ['audit last 0 days', 'audit last 7 days'],
    ['audit id 1A2B', 'audit id 1A2B3C4D'],
    ['audit id', 'audit id 1A2B3C4D'],
    ['audit id hello', 'audit id 1A2B3C4D'],
    ['audit "LAPTOP-42" and others', 'audit "LAPTOP-42"'],
    ['audit ""', 'audit LAPTOP-42 last 7 days'],
    [`audit ${'x'.repeat(300)}`, 'audit LAPTOP-42 last 7 days'],
  ];
  for (const [text, nearest] of unclear) {
    it(`is suggested, not heard: ${JSON.stringify(text.slice(0, 50))}`, () => assert.deepEqual(hear(text), { kind: 'suggestion', nearest }));
  }

  it('suggests the question to somebody who misspells it', () => {
    assert.deepEqual(hear('audti'), { kind: 'suggestion', nearest: 'help' });
    assert.deepEqual(hear('audi'), { kind: 'suggestion', nearest: 'audit' });
    assert.deepEqual(hear('aduit'), { kind: 'suggestion', nearest: 'help' });
  });

  it('with a recovery password in it is neither heard nor kept', () => assert.deepEqual(hear(`audit ${passwordDigits(3)}`), { kind: 'pasted-password' }));

  it('answers any words with a command, in time that does not explode', () => {
    const word = fc.constantFrom('audit', 'ledger', 'log', 'for', 'last', '7', 'days', 'since', '2026-11-01', 'to', 'from', 'id', '1a2b3c4d', '"', 'LAPTOP-42', 'refused', 'today', 'and', '{', '-', 'me');
    fc.assert(fc.property(fc.array(word, { maxLength: 12 }), (words) => assert.ok(hear(`audit ${words.join(' ')}`).kind !== 'help')), { numRuns: 500 });
    const begin = performance.now();
    for (const part of ['id 1a2b ', 'from 2026-11-01 ', 'last ', 'since ', '" ', 'for ', 'id']) hear(`audit ${part.repeat(4000)}`.slice(0, 3999));
    assert.ok(performance.now() - begin < 2000);
  });
});
