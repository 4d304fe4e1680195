import assert from 'node:assert/strict';
import { after, before } from 'mocha';
import { headingOf, type Standing, standing, textOf } from '../support/keydesk/cards.ts';
import { inDoubt, sizesIn } from '../support/keydesk/doubt.ts';
import { alex, grady, megan } from '../support/keydesk/people.ts';
import { answerOffer, attachmentOf, offerIn, startUploadServer, type UploadServer } from '../support/keydesk/reading.ts';
import { asOwner } from '../support/keydesk/surroundings.ts';
import { inKeydesk, type TestKeydesk } from '../support/keydesk.ts';
import { rollBackTo } from '../support/kept-ledgers.ts';
import { known } from '../support/known.ts';

let uploads: UploadServer;

/** The card of a page, and the form of a file chosen on it: the offer stands in the private chat. */
async function offered(keydesk: TestKeydesk, format = 'csv', question = 'audit LAPTOP-42', as = grady): Promise<{ readonly page: Standing; readonly answer: string }> {
  const page = await keydesk.ask(question, { as });
  const choose = await keydesk.press(page, 'audit-export', {}, { as });
  assert.ok(choose.card !== undefined);
  const answer = await keydesk.press({ ...page, card: choose.card }, 'audit-send', { format }, { as });
  return { page, answer: textOf(answer.card) };
}

async function aKeyWasShown(keydesk: TestKeydesk): Promise<void> {
  await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'), { reasonText: '=cmd()', ticket: 'INC0012345' });
}

const exportsIn = async (keydesk: TestKeydesk) => (await keydesk.ledger()).filter(({ act }) => act === 'exported');

describe('a file of the ledger, by file consent', () => {
  before(async () => (uploads = await startUploadServer()));
  after(() => uploads.stop());
  const fresh = (work: (keydesk: TestKeydesk, server: UploadServer) => Promise<void>): (() => Promise<void>) => inKeydesk(async (keydesk) => {
    await uploads.stop();
    uploads = await startUploadServer();
    await aKeyWasShown(keydesk);
    await work(keydesk, uploads);
  });

  it('is offered, accepted and saved; its card names it, and the ledger says who took what', fresh(async (keydesk, server) => {
    const { answer } = await offered(keydesk);
    assert.match(answer, /The file is offered below/);
    const offer = offerIn(keydesk, grady);
    assert.equal(server.puts.length, 0);
    assert.deepEqual(await exportsIn(keydesk), [], 'nothing left yet');

    assert.equal(await answerOffer(keydesk, offer, { as: grady, uploadUrl: server.url }), 200);
    assert.equal(server.puts.length, 1);
    const put = known(server.puts[0]);
    assert.ok(put.text.startsWith('\ufeffentry,time,act,'));
    assert.match(put.text, /,revealed,done,,teams,[^\r\n]*,Alex Wilber,[^\r\n]*LAPTOP-42,1a2b3c4d-[^\r\n]*,'=cmd\(\),/);
    assert.equal(put.headers['content-range'], `bytes 0-${Buffer.byteLength(put.text) - 1}/${Buffer.byteLength(put.text)}`);
    assert.deepEqual([put.headers.authorization, put.headers.cookie], [undefined, undefined]);

    assert.match(headingOf(standing(keydesk.now({ card: {}, activityId: offer.activityId })).card), /The file is in your OneDrive/);
    const info = attachmentOf(keydesk.privateChat(grady).at(-1), 'info');
    assert.match(String(info?.['contentUrl']), /^https:\/\/contoso-my\.sharepoint\.com\//);
    const [entry, ...others] = await exportsIn(keydesk);
    assert.deepEqual(others, []);
    assert.deepEqual([entry?.outcome, entry?.source, entry?.person?.name, entry?.format, entry?.count, entry?.asked, entry?.conversation], ['done', 'teams', 'Grady Archie', 'csv', 4, 'LAPTOP-42', 'personal']);
  }));

  for (const format of ['jsonl', 'ocsf'] as const) {
    it(`comes as ${format} too, one object a line`, fresh(async (keydesk, server) => {
      await offered(keydesk, format);
      await answerOffer(keydesk, offerIn(keydesk, grady), { as: grady, uploadUrl: server.url });
      const lines = server.puts[0]?.text.trimEnd().split('\n') ?? [];
      assert.equal(lines.length, 4);
      for (const line of lines) assert.equal(typeof JSON.parse(line), 'object');
    }));
  }

  it('has its entry before the first byte leaves', fresh(async (keydesk, server) => {
    const seen: (readonly string[])[] = [];
    server.onPut(async () => void seen.push(await keydesk.acts()));
    await offered(keydesk);
    await answerOffer(keydesk, offerIn(keydesk, grady), { as: grady, uploadUrl: server.url });
    assert.deepEqual(seen.map((acts) => acts.at(-1)), ['exported done']);
  }));

  it('is sent once, however often it is accepted', fresh(async (keydesk, server) => {
    await offered(keydesk);
    const offer = offerIn(keydesk, grady);
    const statuses = await Promise.all([1, 2, 3].map(() => answerOffer(keydesk, offer, { as: grady, uploadUrl: server.url })));
    assert.deepEqual(statuses, [200, 200, 200]);
    assert.equal(server.puts.length, 1);
    assert.equal((await exportsIn(keydesk)).length, 1);
    await answerOffer(keydesk, offer, { as: grady, uploadUrl: server.url });
    assert.match(headingOf(standing(keydesk.privateChat(grady).at(-1)).card), /That file was sent already/);
    assert.equal(server.puts.length, 1);
  }));

  it('declined is not sent, and not afterwards either', fresh(async (keydesk, server) => {
    await offered(keydesk);
    const offer = offerIn(keydesk, grady);
    await answerOffer(keydesk, offer, { as: grady, action: 'decline' });
    assert.match(headingOf(standing(keydesk.now({ card: {}, activityId: offer.activityId })).card), /No file was sent/);
    await answerOffer(keydesk, offer, { as: grady, uploadUrl: server.url });
    assert.deepEqual([server.puts.length, await exportsIn(keydesk)], [0, []]);
  }));

  it('belongs to the one who asked', fresh(async (keydesk, server) => {
    await offered(keydesk);
    const offer = offerIn(keydesk, grady);
    await answerOffer(keydesk, offer, { as: megan, uploadUrl: server.url });
    assert.match(headingOf(standing(keydesk.privateChat(megan).at(-1)).card), /offered to somebody else/);
    await answerOffer(keydesk, offer, { as: grady, uploadUrl: server.url, in: 'channel' });
    await answerOffer(keydesk, offer, { as: grady, uploadUrl: server.url, context: { export: 'e8904700-0000-4000-8000-00000000dead' } });
    assert.deepEqual([server.puts.length, await exportsIn(keydesk)], [0, []]);
    await answerOffer(keydesk, offer, { as: grady, uploadUrl: server.url });
    assert.equal(server.puts.length, 1);
  }));

  it('goes to no address that is not one of Microsoft, and is then neither taken nor written down as sent', fresh(async (keydesk, server) => {
    await offered(keydesk);
    const offer = offerIn(keydesk, grady);
    // This Keydesk stands on loopback, so that for it SharePoint itself is a stranger.
    for (const uploadUrl of ['https://evil.example/up', 'http://10.0.0.1/up', 'https://contoso.sharepoint.com/up', 'file:///tmp/x', '']) {
      const status = await answerOffer(keydesk, offer, { as: grady, uploadUrl });
      assert.equal(status, 200, uploadUrl);
    }
    assert.deepEqual(await exportsIn(keydesk), []);
    assert.match(textOf(standing(keydesk.privateChat(grady).at(-1)).card), /No file was sent/);
    await answerOffer(keydesk, offer, { as: grady, uploadUrl: server.url });
    assert.equal(server.puts.length, 1, 'the offer still stands');
  }));

  it('is not sent, and no page is turned, while the ledger is not what was signed', inDoubt(async (keydesk) => {
    await uploads.stop();
    uploads = await startUploadServer();
    await aKeyWasShown(keydesk);
    const { page } = await offered(keydesk);
    await keydesk.runChores();
    const { entries } = await sizesIn(keydesk);
    await rollBackTo(keydesk.database.ownerUrl, entries - 2);
    await keydesk.runChores();
    const turned = await keydesk.press(page, 'audit-page', {}, { as: grady });
    assert.doesNotMatch(textOf(turned.card), /LAPTOP-42/);
    await answerOffer(keydesk, offerIn(keydesk, grady), { as: grady, uploadUrl: uploads.url });
    assert.equal(uploads.puts.length, 0);
    assert.match(textOf(standing(keydesk.privateChat(grady).at(-1)).card), /No file was sent/);
  }));

  it('is closed to somebody who lost the role between the offer and the press', fresh(async (keydesk, server) => {
    await offered(keydesk);
    await fetch(`${keydesk.simulator.url}/_sim/people/${grady.id}/roles`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ roles: [] }) });
    await answerOffer(keydesk, offerIn(keydesk, grady), { as: grady, uploadUrl: server.url });
    assert.match(headingOf(standing(keydesk.privateChat(grady).at(-1)).card), /not your entries/);
    assert.deepEqual([server.puts.length, await exportsIn(keydesk)], [0, []]);
  }));

  for (const [what, status, outcome, told] of [['refused by OneDrive', 403, 'failed', /OneDrive did not confirm the file[^]*No file was sent/], ['lost on the way', 503, 'unknown', /Whether the file arrived is not known/]] as const) {
    it(`that was ${what} has a second entry, and the person is told`, fresh(async (keydesk, server) => {
      server.answer((response) => void response.writeHead(status).end());
      await offered(keydesk);
      await answerOffer(keydesk, offerIn(keydesk, grady), { as: grady, uploadUrl: server.url });
      assert.deepEqual((await exportsIn(keydesk)).map(({ outcome, code }) => [outcome, code]), [['done', undefined], [outcome, 'teams-unreachable']]);
      assert.match(textOf(standing(keydesk.privateChat(grady).at(-1)).card), told);
    }));
  }

  it('with a recovery password in it does not leave (law 1)', fresh(async (keydesk, server) => {
    const password = keydesk.simulator.tenant.recoveryPassword('1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d');
    await offered(keydesk);
    // Past every door of ours: by the owner's hand.
    await asOwner(keydesk.database, ["set session_replication_role = 'replica'", `update keydesk.ledger_text set texts = jsonb_set(texts, '{reasonText,text}', '"${password}"') where texts ? 'reasonText'`]);
    await answerOffer(keydesk, offerIn(keydesk, grady), { as: grady, uploadUrl: server.url });
    assert.equal(server.puts.length, 0);
    assert.deepEqual((await exportsIn(keydesk)).map(({ outcome, code }) => [outcome, code]), [['done', undefined], ['failed', 'internal']]);
    await asOwner(keydesk.database, ["set session_replication_role = 'replica'", "update keydesk.ledger_text set texts = jsonb_set(texts, '{reasonText,text}', '\"=cmd()\"') where texts ? 'reasonText'"]);
  }));

  it('of an agent holds the own entries', fresh(async (keydesk, server) => {
    await keydesk.ask('key for LAPTOP-42', { as: megan });
    await offered(keydesk, 'jsonl', 'audit LAPTOP-42', alex);
    await answerOffer(keydesk, offerIn(keydesk, alex), { as: alex, uploadUrl: server.url });
    assert.doesNotMatch(server.puts[0]?.text ?? 'Megan', /Megan/);
  }));

  it('is named with the command where Teams does not take the offer', fresh(async (keydesk) => {
    const page = await keydesk.ask('audit', { as: grady });
    keydesk.disturb((call) => (call.kind === 'send' ? { status: 403, body: {} } : undefined));
    const choose = await keydesk.press(page, 'audit-export', {}, { as: grady });
    const answer = await keydesk.press({ ...page, card: choose.card ?? {} }, 'audit-send', { format: 'csv' }, { as: grady });
    assert.match(JSON.stringify(answer.body), /npm run audit -- export/);
  }));

  it('is not offered in a form that there is not', fresh(async (keydesk) => {
    const page = await keydesk.ask('audit', { as: grady });
    const choose = await keydesk.press(page, 'audit-export', {}, { as: grady });
    for (const format of ['xlsx', '', 7]) assert.match(headingOf((await keydesk.press({ ...page, card: choose.card ?? {} }, 'audit-send', { format }, { as: grady })).card), /This card was changed/, String(format));
  }));
});
