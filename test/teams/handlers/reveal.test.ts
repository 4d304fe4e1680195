import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { alex, isaiah, keyIdOf, lee, passwordDigits, sure } from '../../support/desk/world.ts';
import { askedCard, type Edge, onlyCard, startEdge, textOf, verbsOf } from '../../support/edge.ts';

const form = { reason: 'firmware-update', callerCheck: 'call-back', ticket: 'INC0012345' };
/** A password of its own, so that finding it anywhere else is no accident. */
const canary = passwordDigits(4711);
const canaryBlocks = canary.split('-');

describe('the reveal', () => {
  let edge: Edge;
  beforeEach(async () => {
    edge = await startEdge();
    edge.test.world.passwords.set(keyIdOf('1a2b3c4d-0000-4000-8000-1a2b3c4d0000'), canary);
  });
  afterEach(() => edge.stop());

  const reveal = async (card: Awaited<ReturnType<typeof askedCard>>) => edge.talk.press(card, 'reveal', form, { as: alex });
  const shows = (text: string): boolean => canaryBlocks.every((block) => text.includes(block));

  it('shows the eight blocks in the answer to the press and nowhere else', async () => {
    const asked = await askedCard(edge);
    const calls = edge.connector.calls.length;
    const pressed = await reveal(asked);
    assert.equal(pressed.status, 200);
    assert.ok(shows(pressed.raw));
    assert.deepEqual(verbsOf(sure(pressed.card)), ['hide']);
    assert.equal(edge.connector.calls.length, calls, 'nothing is sent or edited with a reveal');
    const elsewhere = [edge.connector.traffic(), edge.logged.join(''), JSON.stringify(edge.test.entries), JSON.stringify([...edge.test.memory.requests.values()])];
    for (const text of elsewhere) for (const block of canaryBlocks) assert.ok(!text.includes(block));
  });

  it('has a body as the Universal Action Model wants it', async function () {
    const path = new URL('../../../../shared/material/activities/adaptivecard-invoke-response-rules.json', import.meta.url);
    if (!existsSync(path)) {
      console.log('      skipped: ../shared/material is not here');
      this.skip();
    }
    const rules = z.object({ httpStatus: z.number(), body: z.object({ allowed: z.array(z.object({ statusCode: z.number(), type: z.string() })) }) }).parse(JSON.parse(readFileSync(path, 'utf8')));
    const asked = await askedCard(edge);
    const answers = [await reveal(asked), await edge.talk.press(asked, 'revoke', {}, { as: alex }), await edge.talk.press(asked, 'reveal', form, { as: lee })];
    for (const { status, body } of answers) {
      assert.equal(status, rules.httpStatus);
      const said = z.object({ statusCode: z.number(), type: z.string() }).loose().parse(body);
      assert.ok(rules.body.allowed.some((rule) => rule.statusCode === said.statusCode && rule.type === said.type), JSON.stringify(said).slice(0, 80));
      assert.ok(!JSON.stringify(body).includes('"refresh"'));
    }
  });

  it('does not happen while the ledger is not what it was: no look at anything, a reference, and the same card works afterwards', async () => {
    const asked = await askedCard(edge);
    const before = edge.test.script.calls.length;
    edge.test.script.fail('ledgerCheck.passed', { code: 'ledger-mismatch', retry: 'never' });
    const refused = await reveal(asked);
    assert.match(textOf(refused.card), /ledger is not what it was; nothing is shown[^]*Reference KD-/);
    assert.doesNotMatch(textOf(refused.card), /LAPTOP-42/, 'what the database says of it is in doubt as well');
    assert.deepEqual(edge.test.script.calls.slice(before), ['ledgerCheck.passed']);
    assert.ok(shows((await reveal(asked)).raw));
  });

  it('happens once: the second press says when, and has Show again', async () => {
    const asked = await askedCard(edge);
    await reveal(asked);
    const second = await reveal(asked);
    assert.ok(!shows(second.raw));
    assert.match(textOf(second.card), /Used at 10:00/);
    const again = await edge.talk.press({ ...asked, card: sure(second.card) }, 'again', {}, { as: alex });
    assert.ok(shows(again.raw));
    assert.deepEqual(edge.test.journal.filter((line) => line.startsWith('read')).length, 2);
  });

  it('happens once for two presses at the same time', async () => {
    const asked = await askedCard(edge);
    const both = await Promise.all([reveal(asked), reveal(asked)]);
    assert.equal(both.filter(({ raw }) => shows(raw)).length, 1);
    assert.equal(edge.test.journal.filter((line) => line.startsWith('read')).length, 1);
  });

  it('gives the same card back for a mistake, with the values kept, and burns nothing', async () => {
    const asked = await askedCard(edge);
    const back = await edge.talk.press(asked, 'reveal', { ...form, reason: '', ticket: 'nonsense' }, { as: alex });
    assert.deepEqual(verbsOf(sure(back.card)), ['reveal', 'cancel']);
    assert.match(back.raw, /nonsense/);
    assert.ok(!shows(back.raw));
    const again = await edge.talk.press({ ...asked, card: sure(back.card) }, 'reveal', { ticket: form.ticket, reason: form.reason }, { as: alex });
    assert.ok(shows(again.raw));
  });

  it('never gives back a recovery password that was typed as a reason', async () => {
    const asked = await askedCard(edge);
    const typed = passwordDigits(12);
    const back = await edge.talk.press(asked, 'reveal', { ...form, reason: 'other', reasonText: `it is ${typed}` }, { as: alex });
    assert.equal(back.status, 200);
    assert.ok(!back.raw.includes(typed.slice(0, 6)));
    assert.deepEqual(verbsOf(sure(back.card)), ['reveal', 'cancel']);
  });

  for (const [what, change] of [
    ['by somebody else', { as: isaiah }],
    ['by nobody with a role', { as: lee }],
    ['by a refresh of the client', { as: alex, trigger: 'automatic' }],
    ['in another conversation', { as: alex, in: 'groupChat' as const }],
    ['with another request', { as: alex, data: { request: '5e900000-0000-4000-8000-00000000ffff' } }],
    ['without a request', { as: alex, data: { request: null } }],
    ['with a key that was never offered', { as: alex, data: { keyId: '7d7d7d70-0000-4000-8000-7d7d7d700000' } }],
    ['claiming in its data to be somebody', { as: isaiah, data: { person: alex.id, aadObjectId: alex.id, from: { aadObjectId: alex.id } } }],
  ] as const) {
    it(`is refused ${what}: a card, an entry, no key read`, async () => {
      const asked = await askedCard(edge);
      const pressed = await edge.talk.press(asked, 'reveal', form, change);
      assert.equal(pressed.status, 200);
      assert.ok(pressed.card !== undefined && !shows(pressed.raw));
      assert.match(textOf(pressed.card), /KD-\w{8}/);
      assert.ok(edge.test.entries.some((entry) => entry.outcome === 'refused'));
      assert.ok(!edge.test.journal.some((line) => line.startsWith('read')));
      assert.ok(shows((await reveal(asked)).raw), 'the one who may still can');
    });
  }

  it('is refused on an old card, and its message says for good that it has expired', async () => {
    const asked = await askedCard(edge);
    edge.test.clock.forward(601);
    const pressed = await reveal(asked);
    assert.match(textOf(pressed.card), /has expired/);
    assert.match(textOf(edge.connector.messages[0]?.activity), /Expired at/);
    assert.ok(!edge.test.journal.some((line) => line.startsWith('read')));
  });

  it('is closed after three key IDs that the caller got wrong, and says so for good', async () => {
    await edge.stop();
    edge = await startEdge({ settings: { callerProof: true } });
    const asked = await askedCard(edge);
    const miss = () => edge.talk.press(asked, 'reveal', { ...form, keyId: 'FFFFFFFF' }, { as: alex });
    assert.match(textOf((await miss()).card), /2/);
    await miss();
    assert.match(textOf((await miss()).card), /three wrong key IDs/);
    assert.match(textOf(edge.connector.messages[0]?.activity), /three wrong key IDs/);
  });

  for (const [call, words] of [
    ['requests.find', /database is not available/],
    ['roles.fresh', /Graph is not available/],
    ['requests.claim', /database is not available/],
    ['recoveryKeys.read', /Graph is not available/],
    ['requests.revealed', /database is not available/],
  ] as const) {
    it(`ends in a fault card with a reference when ${call} fails, and shows nothing`, async () => {
      const asked = await askedCard(edge);
      edge.test.script.fail(call);
      const pressed = await reveal(asked);
      assert.equal(pressed.status, 200);
      assert.ok(!shows(pressed.raw));
      assert.match(textOf(pressed.card), words);
      const reference = /KD-\w{8}/.exec(textOf(pressed.card))?.[0] ?? 'no reference';
      assert.ok(edge.logged.some((line) => line.includes(reference) && line.includes('a turn failed')));
    });
  }

  it('ends in a neutral card when we break: nothing of the error leaves or is logged', async () => {
    const asked = await askedCard(edge);
    edge.test.script.fail('recoveryKeys.read', { error: new Error(`cannot parse ${canary}`) });
    const pressed = await reveal(asked);
    assert.match(textOf(pressed.card), /Something went wrong in Keydesk/);
    for (const text of [pressed.raw, edge.logged.join('')]) for (const block of canaryBlocks) assert.ok(!text.includes(block));
  });

  it('answers a button that does not exist, and an invoke of another kind, with an error and 200', async () => {
    const asked = await askedCard(edge);
    for (const pressed of [
      await edge.talk.press(asked, 'revoke', {}, { as: alex }),
      await edge.talk.press(asked, '__proto__', {}, { as: alex }),
      await edge.talk.press(asked, 'reveal', {}, { as: alex, change: { value: 'nonsense' } }),
      await edge.talk.press(asked, 'reveal', {}, { as: alex, change: { value: null } }),
      await edge.talk.press(asked, 'reveal', {}, { as: alex, change: { name: 'composeExtension/query' } }),
      await edge.talk.press(asked, 'reveal', {}, { as: alex, change: { name: undefined } }),
    ]) {
      assert.equal(pressed.status, 200);
      assert.deepEqual(pressed.body, { statusCode: 400, type: 'application/vnd.microsoft.error', value: { code: 'BadRequest', message: 'Keydesk does not know this action.' } });
    }
  });

  it('shows the older key when that was chosen', async () => {
    const asked = onlyCard(await edge.talk.say('key for LAPTOP-42 id 0A0A0A0A', { as: alex }));
    const pressed = await edge.talk.press(asked, 'reveal', { reason: 'forgotten-pin' }, { as: alex });
    assert.ok(!shows(pressed.raw));
    assert.match(textOf(pressed.card), /0A0A0A0A/);
  });
});
