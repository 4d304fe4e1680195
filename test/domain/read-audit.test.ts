import assert from 'node:assert/strict';
import type { Asker } from '../../src/domain/desk.ts';
import { parseReadingId } from '../../src/domain/ids.ts';
import type { LedgerEntry } from '../../src/domain/ledger-entry.ts';
import type { Person } from '../../src/domain/person.ts';
import { type AuditAnswer, type AuditPage, readAudit, type ReadingPress, turnPage } from '../../src/domain/read-audit.ts';
import type { AuditQuestion } from '../../src/domain/reading.ts';
import { askerOf, cardPlace, privateChat, type TestDesk, testDesk, viewer } from '../support/desk.ts';
import { adele, alex, deviceOf, grady, isaiah, keyIdOf, lee, megan, sure, time } from '../support/desk/world.ts';

const laptop = deviceOf(42, 'LAPTOP-42');
const desktop = deviceOf(7, 'DESKTOP-7');
const shown = (person: Person, device: typeof laptop, more: Partial<LedgerEntry> = {}): LedgerEntry => ({
  time: time('2026-11-22T08:00:00Z'),
  act: 'revealed',
  outcome: 'done',
  source: 'teams',
  person: { id: person.id, name: person.name },
  device: { deviceId: device.deviceId, name: device.name },
  keyId: keyIdOf('1a2b3c4d-0000-4000-8000-1a2b3c4d0000'),
  reason: 'other',
  reasonText: 'water',
  ticket: 'INC0012345',
  ...more,
});

/** Four entries: Alex and Isaiah on LAPTOP-42, Alex on DESKTOP-7, one of Keydesk itself. */
function ledgerOfFour(overrides: Parameters<typeof testDesk>[0] = {}): TestDesk {
  const test = testDesk(overrides);
  test.memory.entries.push(shown(alex, laptop), shown(isaiah, laptop), shown(alex, desktop, { time: time('2026-11-20T08:00:00Z') }), { time: time('2026-11-22T08:30:00Z'), act: 'started', outcome: 'done', source: 'system' });
  return test;
}

const ask = (test: TestDesk, person: Person, question: AuditQuestion = {}): Promise<AuditAnswer> => readAudit(test.desk, askerOf(person), question, Promise.resolve(cardPlace));
const pageOf = (answer: AuditAnswer): AuditPage => {
  assert.ok(answer.kind === 'page', JSON.stringify(answer));
  return answer;
};
const numbers = (answer: AuditAnswer): readonly number[] => pageOf(answer).entries.map(({ seq }) => seq);
const code = (answer: AuditAnswer): string | undefined => (answer.kind === 'refused' ? answer.refusal.code : undefined);
const device = (name: string): AuditQuestion => ({ subject: { by: 'device', name } });
const person = (who: string): AuditQuestion => ({ subject: { by: 'person', who } });

describe('domain/read-audit: who may read how much', () => {
  for (const reader of [megan, grady]) {
    it(`shows everything to ${reader.name}, the newest first`, async () => assert.deepEqual(numbers(await ask(ledgerOfFour(), reader)), [4, 3, 2, 1]));
  }

  it('shows what is asked about: a device, a person, a key, a GUID, a kind', async () => {
    const test = ledgerOfFour();
    assert.deepEqual(numbers(await ask(test, grady, device('laptop-42'))), [2, 1]);
    assert.deepEqual(numbers(await ask(test, grady, person('alex@contoso.com'))), [3, 1]);
    assert.deepEqual(numbers(await ask(test, grady, device('Alex Wilber'))), [3, 1]);
    assert.deepEqual(numbers(await ask(test, grady, { subject: { by: 'guid', id: desktop.deviceId } })), [3]);
    assert.deepEqual(numbers(await ask(test, grady, { subject: { by: 'guid', id: isaiah.id } })), [2]);
    assert.deepEqual(numbers(await ask(test, grady, { keyId: { hex: '1a2b3c4d', forgiven: false } })), [3, 2, 1]);
    assert.deepEqual(numbers(await ask(test, grady, { keyId: { hex: 'deadbeef', forgiven: false } })), []);
    assert.deepEqual(numbers(await ask(test, grady, { kind: 'refused' })), []);
    assert.deepEqual(numbers(await ask(test, grady, { subject: { by: 'me' } })), []);
    assert.deepEqual(numbers(await ask(test, grady, { ...device('LAPTOP-42'), period: { kind: 'last', count: 30, unit: 'minute' } })), []);
    assert.deepEqual(numbers(await ask(test, grady, { period: { kind: 'last', count: 1, unit: 'day' } })), [4, 2, 1]);
    assert.deepEqual(numbers(await ask(test, grady, { period: { kind: 'days', from: '2026-11-20', to: '2026-11-20' } })), [3]);
  });

  it('finds a device that Entra no longer knows by its name in the ledger', async () => {
    const test = ledgerOfFour();
    test.memory.entries.push(shown(alex, deviceOf(999, 'OLD-PC')));
    assert.deepEqual(numbers(await ask(test, grady, device('old-pc'))), [5]);
  });

  it('says so where nobody knows the device or the person, and offers the closest names', async () => {
    const test = ledgerOfFour();
    const answer = await ask(test, grady, device('LAPTOP-24'));
    assert.equal(code(answer), 'device-not-found');
    assert.ok(answer.kind === 'refused' && answer.refusal.facts.closest?.includes('LAPTOP-42'));
    assert.equal(code(await ask(test, grady, person('nobody@contoso.com'))), 'person-not-found');
    assert.deepEqual(test.entries.slice(4).map(({ act, asked }) => `${act} ${asked}`), ['refused LAPTOP-24', 'refused nobody@contoso.com']);
  });

  it('shows an agent the own entries, also about a device', async () => {
    const test = ledgerOfFour();
    assert.deepEqual(numbers(await ask(test, alex)), [3, 1]);
    assert.deepEqual(numbers(await ask(test, alex, { subject: { by: 'me' } })), [3, 1]);
    assert.deepEqual(numbers(await ask(test, alex, device('LAPTOP-42'))), [1]);
    assert.deepEqual(numbers(await ask(test, alex, person('alex@contoso.com'))), [3, 1]);
    assert.deepEqual(numbers(await ask(test, alex, device('Alex Wilber'))), [3, 1]);
    assert.deepEqual(numbers(await ask(test, alex, { subject: { by: 'guid', id: alex.id } })), [3, 1]);
    assert.deepEqual(numbers(await ask(test, alex, { subject: { by: 'guid', id: isaiah.id } })), [], 'a GUID of somebody else is taken for a device');
    assert.equal(pageOf(await ask(test, alex)).reading.about, 'own entries');
  });

  it('refuses an agent the entries of others, and all of them, and writes that down', async () => {
    const test = ledgerOfFour();
    for (const question of [person('isaiah@contoso.com'), person('nobody@contoso.com'), device('Isaiah Langer'), { subject: { by: 'all' } } as const]) assert.equal(code(await ask(test, alex, question)), 'not-your-entries', JSON.stringify(question));
    assert.deepEqual(test.memory.refusals.map(({ code, asked }) => `${code}: ${asked}`), ['not-your-entries: isaiah@contoso.com', 'not-your-entries: nobody@contoso.com', 'not-your-entries: Isaiah Langer', 'not-your-entries: all entries']);
  });

  it('shows somebody without a role the entries about the own devices, and nothing of others', async () => {
    const test = ledgerOfFour();
    assert.deepEqual(numbers(await ask(test, adele)), [2, 1]);
    assert.deepEqual(numbers(await ask(test, adele, device('laptop-42'))), [2, 1]);
    assert.deepEqual(numbers(await ask(test, adele, { subject: { by: 'guid', id: laptop.deviceId } })), [2, 1]);
    for (const question of [device('DESKTOP-7'), device('NO-SUCH'), person('alex@contoso.com'), { subject: { by: 'all' } } as const]) assert.equal(code(await ask(test, adele, question)), 'not-your-entries', JSON.stringify(question));
    const [first] = pageOf(await ask(test, adele)).entries;
    assert.deepEqual([first?.entry?.person?.name, first?.entry?.reason, first?.entry?.reasonText], ['Isaiah Langer', 'other', undefined]);
    assert.equal(code(await ask(test, lee)), 'no-devices');
  });

  it('hides key IDs from an agent where callers prove theirs, and from nobody who reads all', async () => {
    const test = ledgerOfFour({ settings: { callerProof: true } });
    const keyOf = (answer: AuditAnswer): unknown => pageOf(answer).entries[0]?.entry?.keyId;
    assert.equal(keyOf(await ask(test, isaiah)), undefined);
    assert.equal(keyOf(await ask(test, grady, device('LAPTOP-42'))), '1a2b3c4d-0000-4000-8000-1a2b3c4d0000');
  });

  it('reads nothing when the private chat cannot be opened', async () => {
    const test = ledgerOfFour();
    assert.equal(code(await readAudit(test.desk, askerOf(grady, 'channel'), {}, Promise.resolve(undefined))), 'private-chat-closed');
    assert.ok(!test.script.calls.some((call) => call.startsWith('reader.')));
  });

  it('is a fault, and no empty page, when Entra or the ledger cannot answer', async () => {
    for (const call of ['roles.recent', 'directory.devicesNamed', 'reader.count', 'reader.page', 'readings.open']) {
      const test = ledgerOfFour();
      test.script.fail(call);
      await assert.rejects(ask(test, grady, device('LAPTOP-42')), { name: 'Fault' }, call);
    }
  });
});

describe('domain/read-audit: pages', () => {
  const many = (count: number): TestDesk => {
    const test = testDesk();
    test.memory.entries.push(...Array.from({ length: count }, () => shown(alex, laptop)));
    return test;
  };
  const press = (asker: Asker, answer: AuditAnswer, more: Partial<ReadingPress> = {}): ReadingPress => ({ ...asker, conversationId: privateChat, trigger: 'manual', readingId: pageOf(answer).reading.id, page: 1, ...more });
  const turn = (test: TestDesk, answer: AuditAnswer, more: Partial<ReadingPress> = {}): Promise<AuditAnswer> => turnPage(test.desk, press(askerOf(grady), answer, more));

  it('stay the same while new entries come', async () => {
    const test = many(20);
    const first = await ask(test, grady);
    assert.deepEqual([pageOf(first).pages, pageOf(first).reading.count, numbers(first)], [3, 20, [20, 19, 18, 17, 16, 15, 14, 13]]);
    test.memory.entries.push(shown(alex, laptop), shown(alex, laptop));
    assert.deepEqual(numbers(await turn(test, first, { page: 2 })), [12, 11, 10, 9, 8, 7, 6, 5]);
    assert.deepEqual(numbers(await turn(test, first, { page: 3 })), [4, 3, 2, 1]);
    assert.deepEqual(numbers(await turn(test, first, { page: 1 })), numbers(first));
  });

  it('that are none are refused as a changed card', async () => {
    const test = many(20);
    const first = await ask(test, grady);
    for (const page of [0, -1, 4, 1.5, Number.NaN, 2 ** 53, undefined]) {
      const { page: _page, ...rest } = press(askerOf(grady), first);
      assert.equal(code(await turnPage(test.desk, page === undefined ? rest : { ...rest, page })), 'card-changed', String(page));
    }
    assert.equal(code(await turn(test, first, { page: 3 })), undefined);
  });

  it('belong to the one who asked, in the chat where it was asked, pressed by hand', async () => {
    const test = many(20);
    const first = await ask(test, grady);
    assert.equal(code(await turnPage(test.desk, press(askerOf(megan), first))), 'not-your-card');
    assert.equal(code(await turn(test, first, { conversationId: 'a:elsewhere' })), 'wrong-conversation');
    assert.equal(code(await turn(test, first, { conversation: 'channel' })), 'wrong-conversation');
    assert.equal(code(await turn(test, first, { trigger: 'automatic' })), 'automatic-refresh');
    assert.equal(code(await turn(test, first, { readingId: sure(parseReadingId('4ead1460-0000-4000-8000-00000000dead')) })), 'reading-unknown');
    const { readingId: _id, ...without } = press(askerOf(grady), first);
    assert.equal(code(await turnPage(test.desk, without)), 'reading-unknown');
    assert.equal(code(await turn(test, first)), undefined);
    assert.deepEqual(test.memory.refusals.map(({ act }) => act), Array.from({ length: 6 }, () => 'refused'));
  });

  it('are closed to somebody who lost the role meanwhile, and open to one who gained more', async () => {
    const test = many(20);
    const first = await ask(test, grady);
    test.world.roles.set(grady.id, new Set(['agent']));
    assert.equal(code(await turn(test, first)), 'not-your-entries');
    test.world.roles.set(grady.id, new Set(['admin']));
    assert.equal(code(await turn(test, first)), undefined);

    const own = await ask(test, alex);
    test.world.roles.set(alex.id, new Set());
    assert.equal(code(await turnPage(test.desk, press(askerOf(alex), own))), 'not-your-entries');
    test.world.roles.set(alex.id, new Set(['auditor']));
    assert.equal(code(await turnPage(test.desk, press(askerOf(alex), own))), undefined);
  });

  it('are closed to an owner whose device went to somebody else', async () => {
    const test = many(20);
    const own = await ask(test, adele);
    assert.equal(code(await turnPage(test.desk, press(askerOf(adele), own, { page: 2 }))), undefined);
    test.world.devicesOf.set(adele.id, [desktop.deviceId]);
    assert.equal(code(await turnPage(test.desk, press(askerOf(adele), own, { page: 2 }))), 'not-your-entries');
  });

  it('keep the form in which the question was asked: person, viewer and head', async () => {
    const test = many(3);
    const { reading } = pageOf(await ask(test, grady));
    assert.deepEqual([reading.person, reading.viewer, reading.head, reading.count, reading.scope], [grady, viewer, 3, 3, 'all']);
    assert.deepEqual(test.memory.readings.get(reading.id), reading);
  });
});
