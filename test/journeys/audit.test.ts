import assert from 'node:assert/strict';
import type { Place } from '../../src/terminal/conversation.ts';
import { headingOf, markdownIn, standing, textOf, verbsOf } from '../support/keydesk/cards.ts';
import { adele, alex, grady, isaiah, lee, megan, privateChatOf } from '../support/keydesk/people.ts';
import { asOwner } from '../support/keydesk/surroundings.ts';
import { inKeydesk, type TestKeydesk } from '../support/keydesk.ts';

/** Alex has seen a key of LAPTOP-42 and one of DESKTOP-7, Isaiah one of LAPTOP-42; Lee was refused. */
async function aMorning(keydesk: TestKeydesk): Promise<void> {
  await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'), { reasonText: '=HYPERLINK("https://evil.example")', ticket: 'INC0012345' });
  await keydesk.reveal(await keydesk.ask('key for DESKTOP-7'));
  await keydesk.reveal(await keydesk.ask('key for LAPTOP-42', { as: isaiah }), {}, { as: isaiah });
  await keydesk.ask('key for LAPTOP-42', { as: lee });
}

describe('the ledger, read in Teams', () => {
  it('tells an auditor who saw which key of a device, when, why and from where', inKeydesk(async (keydesk) => {
    await aMorning(keydesk);
    const { card } = await keydesk.ask('audit LAPTOP-42', { as: grady });
    const text = textOf(card);
    assert.equal(headingOf(card), 'Ledger: LAPTOP-42');
    for (const part of ['8 entries', '✓ Key shown', 'key 1A2B3C4D', 'Firmware update', '“=HYPERLINK("https://evil.example")”', 'INC0012345', 'Alex Wilber · Teams', 'Isaiah Langer · Teams', 'Rotation planned']) assert.ok(text.includes(part), `${part} in ${text}`);
    assert.doesNotMatch(text, /DESKTOP-7/);
  }));

  it('answers by person, key ID, kind and period', inKeydesk(async (keydesk) => {
    await aMorning(keydesk);
    const counted = async (question: string): Promise<string> => /(No|\d+) entr(?:y|ies)/.exec(textOf((await keydesk.ask(question, { as: megan })).card))?.[1] ?? '';
    assert.equal(await counted('audit isaiah@contoso.com'), '4');
    assert.equal(await counted('audit refused last 24 hours'), '1');
    assert.equal(await counted('audit id 1A2B3C4D reveals'), '2');
    assert.equal(await counted('audit since yesterday'), String((await keydesk.ledger()).length + 2), 'the start of Keydesk and its signing key are entries too');
    keydesk.clock.forward(3600);
    assert.equal(await counted('audit last 30 minutes'), 'No');
  }));

  it('turns pages on the same card and in its message, which stay as they are while new entries come', inKeydesk(async (keydesk) => {
    await aMorning(keydesk);
    const first = await keydesk.ask('audit', { as: grady });
    assert.deepEqual(verbsOf(first.card), ['audit-page', 'audit-export']);
    assert.match(textOf(first.card), /Page 1 of 2/);
    await keydesk.ask('key for LAPTOP-NONE');

    const older = await keydesk.press(first, 'audit-page', {}, { as: grady });
    assert.match(textOf(older.card), /Page 2 of 2/);
    assert.equal(textOf(standing(keydesk.now(first)).card), textOf(older.card), 'the message shows the same page');
    const back = await keydesk.press({ ...first, card: standing(keydesk.now(first)).card }, 'audit-page', {}, { as: grady });
    assert.equal(textOf(back.card), textOf(first.card));
  }));

  it('shows an agent the own entries, and says so', inKeydesk(async (keydesk) => {
    await aMorning(keydesk);
    const own = await keydesk.ask('audit', { as: isaiah });
    assert.match(textOf(own.card), /Ledger: own entries[^]*You see your own entries/);
    assert.doesNotMatch(textOf(own.card), /Alex Wilber/);
    const device = await keydesk.ask('audit LAPTOP-42', { as: isaiah });
    assert.doesNotMatch(textOf(device.card), /Alex Wilber|INC0012345/);
  }));

  for (const question of ['audit alex@contoso.com', 'audit all', 'audit nobody@contoso.com']) {
    it(`refuses an agent: ${question}; and the refusal is in the ledger`, inKeydesk(async (keydesk) => {
      await aMorning(keydesk);
      const { card } = await keydesk.ask(question, { as: isaiah });
      assert.match(headingOf(card), /These are not your entries/);
      assert.doesNotMatch(textOf(card), /Alex|nobody/);
      const last = (await keydesk.ledger()).at(-1);
      assert.deepEqual([last?.act, last?.code, last?.person?.name, last?.asked], ['refused', 'not-your-entries', 'Isaiah Langer', question === 'audit all' ? 'all entries' : question.slice(6)]);
    }));
  }

  it('shows an owner who looked at the own laptop, and nothing that was written beside it', inKeydesk(async (keydesk) => {
    await aMorning(keydesk);
    const { card } = await keydesk.ask('audit', { as: adele });
    assert.match(textOf(card), /own devices[^]*Alex Wilber[^]*devices that you own|devices that you own[^]*Alex Wilber/);
    assert.doesNotMatch(textOf(card), /HYPERLINK|DESKTOP-7/);
    for (const other of ['audit DESKTOP-7', 'audit NO-SUCH-DEVICE']) assert.match(headingOf((await keydesk.ask(other, { as: adele })).card), /not your entries/, other);
    assert.doesNotMatch(textOf((await keydesk.ask('audit', { as: lee })).card), /LAPTOP-42|Isaiah/, 'somebody else sees the own one');
  }));

  for (const place of ['channel', 'groupChat'] as const satisfies readonly Place[]) {
    it(`goes to the private chat when it was asked in a ${place}`, inKeydesk(async (keydesk) => {
      await aMorning(keydesk);
      const before = keydesk.connector.messages.length;
      const { card } = await keydesk.ask('ledger for LAPTOP-42', { as: grady, in: place });
      assert.equal(headingOf(card), 'Ledger: LAPTOP-42');
      const elsewhere = keydesk.connector.messages.slice(before).filter(({ conversationId }) => conversationId !== privateChatOf(grady));
      assert.equal(elsewhere.length, 1);
      assert.doesNotMatch(JSON.stringify(elsewhere[0]?.activity), /LAPTOP|Alex|1A2B3C4D/i);
    }));
  }

  it('takes no page, no card and no question that it never offered', inKeydesk(async (keydesk) => {
    await aMorning(keydesk);
    const mine = await keydesk.ask('audit', { as: grady });
    const heading = async (data: Readonly<Record<string, unknown>>, as = grady): Promise<string> => headingOf((await keydesk.press(mine, 'audit-page', {}, { as, data })).card);
    for (const page of [0, -1, 99, 1.5, '2', null]) assert.match(await heading({ page }), /This card was changed/, String(page));
    for (const reading of ['4ead1460-0000-4000-8000-00000000dead', 'x', null]) assert.match(await heading({ reading }), /I do not know this card/, String(reading));
    assert.match(await heading({}, alex), /belongs to somebody else/);
    assert.match(headingOf((await keydesk.press(mine, 'audit-page', {}, { as: grady, trigger: 'automatic' })).card), /Nothing was read/);
    assert.match(await heading({}), /Ledger/);
    assert.ok((await keydesk.acts()).includes('refused refused not-your-card'));
  }));

  it('forgets a question after a day', inKeydesk(async (keydesk) => {
    const mine = await keydesk.ask('audit', { as: grady });
    keydesk.clock.forward(86_400 + 3600);
    await keydesk.runChores();
    assert.match(headingOf((await keydesk.press({ ...mine, card: { ...mine.card, actions: [{ type: 'Action.Execute', verb: 'audit-page', data: {} }] } }, 'audit-page', {}, { as: grady })).card), /I do not know this card/);
  }));

  it('takes hostile names for what they are', inKeydesk(async (keydesk) => {
    const name = '[click](https://evil.example) <at>x</at>';
    await keydesk.ask(`key for "${name}"`);
    const { card } = await keydesk.ask(`audit "${name}"`, { as: grady });
    assert.ok(textOf(card).includes('[click](https://evil.example)'));
    for (const markdown of markdownIn(card)) assert.doesNotMatch(markdown, /\]\(|(?<!\\)[[<]/);
  }));

  it('says that a text was erased', inKeydesk(async (keydesk) => {
    await aMorning(keydesk);
    await asOwner(keydesk.database, ["set session_replication_role = 'replica'", "update keydesk.ledger_text set texts = texts - 'personName' - 'reasonText'"]);
    assert.match(textOf((await keydesk.ask('audit reveals', { as: grady })).card), /reason \(erased\)[^]*· \(erased\) · Teams/);
  }));

  it('looks plainer where ticket numbers, one below the other, look like a recovery key', inKeydesk({ settings: { ticketPattern: /^\d{6}$/ } }, async (keydesk) => {
    const seven = Array.from({ length: 7 }, (_, at) => String(100_001 + at)).join(', ');
    await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'), { reason: 'other', reasonText: seven, ticket: '100008' });
    const { card } = await keydesk.ask('audit reveals', { as: grady });
    assert.match(textOf(card), /looks like a recovery key, so names, reasons and tickets are left out/);
    assert.doesNotMatch(textOf(card), /10000\d|LAPTOP-42|Alex/);
    assert.match(textOf(card), /key 1A2B3C4D/);
    const choose = await keydesk.press({ card }, 'audit-export', {}, { as: grady });
    assert.deepEqual(verbsOf(choose.card), ['audit-send', 'audit-page']);
  }));

  it('is a card with a reference when the ledger cannot be read, and speaks of entries', inKeydesk(async (keydesk) => {
    await asOwner(keydesk.database, ['alter table keydesk.ledger_entry rename to hidden_entry']);
    const said = await keydesk.say('audit', { as: grady });
    await asOwner(keydesk.database, ['alter table keydesk.hidden_entry rename to ledger_entry']);
    const { card } = standing(said.messages.at(-1));
    assert.match(textOf(card), /No entries were shown or sent[^]*npm run audit[^]*KD-/);
  }));
});
