// `check` of more names than a card shows: the whole list as a file, by file consent.
import assert from 'node:assert/strict';
import { after, before } from 'mocha';
import { headingOf, standing, textOf } from '../support/keydesk/cards.ts';
import { alex, grady, lee, megan } from '../support/keydesk/people.ts';
import { answerOffer, attachmentOf, offerIn, startUploadServer, type UploadServer } from '../support/keydesk/reading.ts';
import { asOwner } from '../support/keydesk/surroundings.ts';
import { inKeydesk, type TestKeydesk } from '../support/keydesk.ts';
import { known } from '../support/known.ts';

const many = ['LAPTOP-42', 'LAPTOP-FAIL', 'NOPE-1', '=cmd()', 'レノボ-1', "O'BRIEN-PC", 'TWIN-01', 'DESKTOP-7', 'a"b'];

describe('a check of many names, as a file', () => {
  let uploads: UploadServer;
  before(async () => (uploads = await startUploadServer()));
  after(() => uploads.stop());
  const swept = (work: (keydesk: TestKeydesk) => Promise<void>): (() => Promise<void>) => inKeydesk({ sweep: {}, tenant: { devices: 40 } }, async (keydesk) => {
    await uploads.stop();
    uploads = await startUploadServer();
    await keydesk.runChores();
    await work(keydesk);
  });
  const exportsIn = async (keydesk: TestKeydesk) => (await keydesk.ledger()).filter(({ act }) => act === 'exported');
  const rolesOfAlex = (keydesk: TestKeydesk, roles: readonly string[]) => fetch(`${keydesk.simulator.url}/_sim/people/${alex.id}/roles`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ roles }) });
  const say = (keydesk: TestKeydesk) => keydesk.say(`check ${many.join(', ')}`);

  it('is offered below the card, and holds every name with what is known of it, safe to open', swept(async (keydesk) => {
    await say(keydesk);
    const offer = offerIn(keydesk, alex);
    assert.match(JSON.stringify(attachmentOf(keydesk.privateChat(alex).at(-1), 'consent')), /All 9 names/);
    assert.deepEqual([uploads.puts.length, (await exportsIn(keydesk)).length], [0, 0], 'nothing left yet');
    assert.equal(await answerOffer(keydesk, offer, { as: alex, uploadUrl: uploads.url }), 200);
    const lines = known(uploads.puts[0]).text.split('\r\n');
    assert.equal(lines[0], '\ufeffname,readiness,device,device_id,status,reason,warnings,blocked_by,keys,as_of,deleted_at');
    assert.match(lines.find((line) => line.startsWith('LAPTOP-42,')) ?? '', /^LAPTOP-42,ready,LAPTOP-42,de71ce00-0000-4000-8000-000000000042,escrowed,/);
    assert.match(lines.find((line) => line.startsWith('LAPTOP-FAIL,')) ?? '', /^LAPTOP-FAIL,not-ready,LAPTOP-FAIL,[\w-]+,failed,/);
    assert.equal(lines.filter((line) => line.startsWith('TWIN-01,')).length, 2, 'a line for each twin');
    for (const line of ['NOPE-1,no-such-name,,,,,,,,,', "'=cmd(),no-such-name,,,,,,,,,", 'レノボ-1,no-such-name,,,,,,,,,', '"a""b",no-such-name,,,,,,,,,']) assert.ok(lines.includes(line), line);
    const [entry, ...others] = await exportsIn(keydesk);
    assert.deepEqual(others, []);
    assert.deepEqual([entry?.outcome, entry?.person?.name, entry?.count, entry?.format, entry?.asked], ['done', 'Alex Wilber', 9, 'csv', 'check (9 names)']);
    assert.match(JSON.stringify(keydesk.now({ card: {}, activityId: offer.activityId })), /9 names/);
  }));

  it('is not offered where the card shows all', swept(async (keydesk) => {
    const before = keydesk.privateChat(alex).length;
    const { card } = await keydesk.ask('check LAPTOP-42, DESKTOP-7, NOPE');
    assert.match(headingOf(card), /2 of 3/);
    assert.equal(keydesk.privateChat(alex).length, before + 1);
  }));

  it('is sent once, to the one who asked, and to nobody who lost the role', swept(async (keydesk) => {
    await say(keydesk);
    const offer = offerIn(keydesk, alex);
    await answerOffer(keydesk, offer, { as: megan, uploadUrl: uploads.url });
    await answerOffer(keydesk, offer, { as: lee, uploadUrl: uploads.url });
    await rolesOfAlex(keydesk, []);
    await answerOffer(keydesk, offer, { as: alex, uploadUrl: uploads.url });
    assert.deepEqual([uploads.puts.length, (await exportsIn(keydesk)).length], [0, 0]);
    assert.match(headingOf(standing(keydesk.privateChat(alex).at(-1)).card), /no role/i);
    await rolesOfAlex(keydesk, ['agent']);
    await answerOffer(keydesk, offer, { as: alex, uploadUrl: uploads.url });
    await answerOffer(keydesk, offer, { as: alex, uploadUrl: uploads.url });
    assert.deepEqual([uploads.puts.length, (await exportsIn(keydesk)).length], [1, 1]);
  }));

  it('declined is not sent, and not afterwards either', swept(async (keydesk) => {
    await say(keydesk);
    const offer = offerIn(keydesk, alex);
    await answerOffer(keydesk, offer, { as: alex, action: 'decline' });
    await answerOffer(keydesk, offer, { as: alex, uploadUrl: uploads.url });
    assert.deepEqual([uploads.puts.length, (await exportsIn(keydesk)).length], [0, 0]);
  }));

  it('is spoken of as a file, never as entries of the ledger, whatever becomes of it', swept(async (keydesk) => {
    const newest = () => textOf(standing(keydesk.privateChat(alex).at(-1)).card);
    const wrong = /\bentries\b|\*\*audit\*\*|No key was shown|I do not know this card/;
    await say(keydesk);
    const offer = offerIn(keydesk, alex);
    await answerOffer(keydesk, offer, { as: alex, uploadUrl: uploads.url, context: { export: 'e8904700-0000-4000-8000-00000000dead' } });
    assert.match(newest(), /I do not know this offer/);
    assert.doesNotMatch(newest(), wrong);
    uploads.answer((response) => void response.writeHead(503).end());
    await answerOffer(keydesk, offer, { as: alex, uploadUrl: uploads.url });
    assert.match(newest(), /OneDrive did not confirm the file[^]*Whether the file arrived is not known\.[^]*Look in your OneDrive/);
    assert.doesNotMatch(newest(), wrong);
    await answerOffer(keydesk, offer, { as: alex, uploadUrl: uploads.url });
    assert.match(newest(), /That file was sent already[^]*Ask again as you did before/);
    assert.doesNotMatch(newest(), wrong);
    const told = textOf((await keydesk.ask('audit exports', { as: grady })).card);
    assert.match(told, /✓ Exported[^]*check \(9 names\)/);
    assert.doesNotMatch(told, /Ledger exported/);
  }));

  it('and its card say that no status was shown when the database is away', swept(async (keydesk) => {
    await asOwner(keydesk.database, ['alter table keydesk.device rename to hidden_device']);
    const told = [await keydesk.ask('check LAPTOP-42, DESKTOP-7'), await keydesk.ask('failed')].map(({ card }) => textOf(card));
    await asOwner(keydesk.database, ['alter table keydesk.hidden_device rename to device']);
    for (const card of told) assert.match(card, /No status was shown/);
  }));
});
