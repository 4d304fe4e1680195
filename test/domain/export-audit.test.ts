import assert from 'node:assert/strict';
import { type Consent, declineExport, exportFailed, offerExport, takeExport } from '../../src/domain/export-audit.ts';
import { Fault } from '../../src/domain/fault.ts';
import type { Person } from '../../src/domain/person.ts';
import { readAudit, type ReadingPress } from '../../src/domain/read-audit.ts';
import type { AuditQuestion, ExportOffer } from '../../src/domain/reading.ts';
import { askerOf, cardPlace, privateChat, type TestDesk, testDesk } from '../support/desk.ts';
import { alex, grady, megan, sure, time } from '../support/desk/world.ts';

const week: AuditQuestion = { period: { kind: 'last', count: 7, unit: 'day' } };

function ledgerOf(count: number): TestDesk {
  const test = testDesk();
  test.memory.entries.push(...Array.from({ length: count }, () => ({ time: time('2026-11-22T08:00:00Z'), act: 'asked', outcome: 'done', source: 'teams', person: { id: alex.id, name: '=cmd()' } }) as const));
  return test;
}

async function pressOn(test: TestDesk, who: Person = grady, question: AuditQuestion = week): Promise<ReadingPress> {
  const answer = await readAudit(test.desk, askerOf(who), question, Promise.resolve(cardPlace));
  assert.ok(answer.kind === 'page');
  return { ...askerOf(who), conversationId: privateChat, trigger: 'manual', readingId: answer.reading.id, page: 1, format: 'csv' };
}

async function offered(test: TestDesk, who: Person = grady): Promise<ExportOffer> {
  const answer = await offerExport(test.desk, await pressOn(test, who));
  assert.ok(answer.kind === 'offered');
  return answer.offer;
}

const consentOf = (offer: ExportOffer, who: Person = grady, more: Partial<Consent> = {}): Consent => ({ ...askerOf(who), conversationId: privateChat, exportId: offer.id, ...more });
const codeOf = (answer: { readonly kind: string } | { readonly kind: 'refused'; readonly refusal: { readonly code: string } }): string | undefined => ('refusal' in answer ? answer.refusal.code : undefined);
const exportedIn = (test: TestDesk) => test.entries.filter(({ act }) => act === 'exported');

describe('domain/export-audit', () => {
  it('writes the entry before a byte is read, with what and how many', async () => {
    const test = ledgerOf(3);
    const offer = await offered(test);
    assert.equal(exportedIn(test).length, 0, 'an offer is no export');
    const answer = await takeExport(test.desk, consentOf(offer));
    assert.ok(answer.kind === 'taken');
    assert.deepEqual(exportedIn(test), [
      { time: test.clock.now(), source: 'teams', person: { id: grady.id, name: grady.name }, conversation: 'personal', asked: 'all entries, last 7 days', count: 3, format: 'csv', from: '2026-11-15T09:00:00.000Z', act: 'exported', outcome: 'done' },
    ]);
    const pieces: string[] = [];
    for await (const piece of await answer.file()) pieces.push(piece);
    assert.equal(pieces.length, 3);
    assert.match(offer.fileName, /^keydesk-ledger-2026-11-22-0900Z\.csv$/);
  });

  it('sends nothing when the entry cannot be written', async () => {
    const test = ledgerOf(3);
    const offer = await offered(test);
    test.script.fail('readings.take');
    await assert.rejects(takeExport(test.desk, consentOf(offer)), { name: 'Fault' });
    assert.equal(exportedIn(test).length, 0);
    assert.equal((await takeExport(test.desk, consentOf(offer))).kind, 'taken', 'and the offer still stands');
  });

  it('is taken once, however often and by however many instances it is accepted', async () => {
    const test = ledgerOf(3);
    const offer = await offered(test);
    const answers = await Promise.all([takeExport(test.desk, consentOf(offer)), takeExport(test.second(), consentOf(offer)), takeExport(test.desk, consentOf(offer))]);
    assert.deepEqual(answers.map(({ kind }) => kind).sort(), ['refused', 'refused', 'taken']);
    assert.equal(exportedIn(test).length, 1);
    assert.equal(codeOf(await takeExport(test.desk, consentOf(offer))), 'export-taken');
    assert.equal(codeOf(await declineExport(test.desk, consentOf(offer))), 'export-taken');
  });

  it('declined leaves nothing in the ledger, and cannot be accepted afterwards', async () => {
    const test = ledgerOf(3);
    const offer = await offered(test);
    assert.equal((await declineExport(test.desk, consentOf(offer))).kind, 'declined');
    assert.equal(exportedIn(test).length, 0);
    assert.equal(codeOf(await takeExport(test.desk, consentOf(offer))), 'export-taken');
  });

  it('belongs to the one who asked, in the chat where it was offered', async () => {
    const test = ledgerOf(3);
    const offer = await offered(test);
    assert.equal(codeOf(await takeExport(test.desk, consentOf(offer, megan))), 'not-your-card');
    assert.equal(codeOf(await declineExport(test.desk, consentOf(offer, megan))), 'not-your-card');
    assert.equal(codeOf(await takeExport(test.desk, consentOf(offer, grady, { conversationId: 'a:elsewhere' }))), 'wrong-conversation');
    assert.equal(codeOf(await takeExport(test.desk, consentOf(offer, grady, { conversation: 'groupChat' }))), 'wrong-conversation');
    const { exportId: _id, ...without } = consentOf(offer);
    assert.equal(codeOf(await takeExport(test.desk, without)), 'reading-unknown');
    assert.equal(exportedIn(test).length, 0);
    assert.equal((await takeExport(test.desk, consentOf(offer))).kind, 'taken');
  });

  it('asks for the role afresh: who lost it meanwhile gets nothing', async () => {
    const test = ledgerOf(3);
    const offer = await offered(test);
    test.world.roles.set(grady.id, new Set());
    assert.equal(codeOf(await takeExport(test.desk, consentOf(offer))), 'not-your-entries');
    assert.ok(test.script.calls.includes('roles.fresh'));
    assert.equal(exportedIn(test).length, 0);
  });

  it('is of the own entries for an agent', async () => {
    const test = ledgerOf(3);
    test.memory.entries.push({ time: time('2026-11-22T08:00:00Z'), act: 'asked', outcome: 'done', source: 'teams', person: { id: megan.id, name: megan.name } });
    const answer = await takeExport(test.desk, consentOf(await offered(test, alex), alex));
    assert.ok(answer.kind === 'taken');
    let text = '';
    for await (const piece of await answer.file()) text += piece;
    assert.equal(text.split('\n').length, 4);
    assert.ok(!text.includes(megan.id));
  });

  it('is not offered in a form that the card never had, nor of nothing, nor of more than a file bears', async () => {
    const test = ledgerOf(3);
    const { format: _format, ...press } = await pressOn(test);
    assert.equal(codeOf(await offerExport(test.desk, press)), 'card-changed');
    const none = await pressOn(test, grady, { kind: 'alerts' });
    assert.equal(codeOf(await offerExport(test.desk, none)), 'card-changed');
    const large = await pressOn(test);
    const reading = sure(test.memory.readings.get(sure(large.readingId)));
    test.memory.readings.set(reading.id, { ...reading, count: 10_001 });
    assert.equal(codeOf(await offerExport(test.desk, large)), 'card-changed');
    test.memory.readings.set(reading.id, { ...reading, count: 10_000 });
    assert.equal((await offerExport(test.desk, large)).kind, 'offered');
  });

  it('that did not arrive has a second entry that says so', async () => {
    for (const [retry, outcome] of [['never', 'failed'], ['unknown-outcome', 'unknown']] as const) {
      const test = ledgerOf(3);
      const consent = consentOf(await offered(test));
      const taken = await takeExport(test.desk, consent);
      assert.ok(taken.kind === 'taken');
      await exportFailed(test.desk, taken, new Fault('teams-unreachable', retry));
      assert.deepEqual(exportedIn(test).map(({ outcome, code }) => [outcome, code]), [['done', undefined], [outcome, 'teams-unreachable']]);
    }
  });
});
