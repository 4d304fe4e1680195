import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Rotation } from '../../../src/domain/rotation.ts';
import { alex, isaiah, lee, megan, passwordDigits, sure } from '../../support/desk/world.ts';
import { askedCard, type Edge, onlyCard, startEdge, summaries, textOf, verbsOf } from '../../support/edge.ts';

const form = { reason: 'key-exposed', ticket: 'INC0012345' };
const revealForm = { reason: 'firmware-update', ticket: 'INC0012345' };
type Asked = ReturnType<typeof onlyCard>;

const askToRotate = async (edge: Edge, text = 'rotate LAPTOP-42', as = megan): Promise<Asked> => onlyCard(await edge.talk.say(text, { as }));
const rotate = (edge: Edge, asked: Asked, inputs: Readonly<Record<string, unknown>> = form) => edge.talk.press(asked, 'rotate', inputs, { as: megan });
const rotations = (edge: Edge): readonly Rotation[] => [...edge.test.memory.rotations.values()];
const messages = (edge: Edge) => edge.connector.messages;

describe('an ask to rotate', () => {
  let edge: Edge;
  beforeEach(async () => (edge = await startEdge()));
  afterEach(() => edge.stop());

  it('in the private chat gets a confirm card of its own, and the place of the card is kept', async () => {
    const { card, activityId } = await askToRotate(edge, 'rotate LAPTOP-42 inc0012345');
    assert.deepEqual(verbsOf(card), ['rotate', 'cancel']);
    assert.match(textOf(card), /Rotate the key of LAPTOP-42\?[^]*1A2B3C4D[^]*switched on and online[^]*INC0012345/);
    const request = sure([...edge.test.memory.requests.values()][0]);
    assert.deepEqual([request.purpose, request.state, request.card?.activityId], ['rotate', 'open', activityId]);
    assert.deepEqual(rotations(edge), [], 'nothing is planned by asking');
  });

  it('in a channel is carried on in the private chat, with a notice that names nothing', async () => {
    const said = await edge.talk.say('rotate LAPTOP-42', { as: megan, in: 'channel' });
    assert.deepEqual(summaries(said.messages), ['Confirm to rotate the recovery key of LAPTOP-42.', 'I have answered in our private chat.']);
    assert.equal(said.messages[0]?.conversationId, `a:29:${megan.id}`);
  });

  it('is refused to an agent before anything is told of the device, and granted where agents may rotate', async () => {
    const refused = await askToRotate(edge, 'rotate LAPTOP-42', alex);
    assert.match(textOf(refused.card), /You may not rotate keys[^]*the role admin[^]*KD-/);
    assert.doesNotMatch(textOf(refused.card), /LAPTOP|Adele/);
    assert.deepEqual(edge.test.journal, ['ledger role-denied refused']);
    await edge.stop();
    edge = await startEdge({ settings: { agentsMayRotate: true } });
    assert.deepEqual(verbsOf((await askToRotate(edge, 'rotate LAPTOP-42', alex)).card), ['rotate', 'cancel']);
    assert.match(textOf((await askToRotate(edge, 'rotate LAPTOP-42', lee)).card), /You may not rotate keys/);
  });

  it('for a name nobody carries gets the closest names and the way on', async () => {
    assert.match(textOf((await askToRotate(edge, 'rotate LAPTOP-43')).card), /No device of this name[^]*LAPTOP-42[^]*rotate adele@contoso\.com/);
    assert.match(textOf((await askToRotate(edge, 'rotate key id 1A2B3C4D')).card), /needs the device name[^]*rotate LAPTOP-42/);
  });

  it('for several devices gets a choice, and the one chosen its confirm card to rotate', async () => {
    const asked = await askToRotate(edge, 'rotate TWIN-01');
    assert.deepEqual(verbsOf(asked.card), ['choose', 'cancel']);
    const deviceId = sure(edge.test.world.devices.find((device) => device.name === 'TWIN-01')).deviceId;
    const chosen = await edge.talk.press(asked, 'choose', { deviceId }, { as: megan });
    assert.deepEqual(verbsOf(sure(chosen.card)), ['rotate', 'cancel']);
    assert.equal(textOf(messages(edge)[0]?.activity), textOf(chosen.card));
  });

  it('says what stands in the way when it is chosen from several: the right, or Intune', async () => {
    const asked = await askToRotate(edge, 'rotate TWIN-01');
    const { deviceId } = sure(edge.test.world.devices.find((device) => device.name === 'TWIN-01'));
    const choose = async () => textOf((await edge.talk.press(asked, 'choose', { deviceId }, { as: megan })).card);
    edge.test.world.roles.set(megan.id, new Set(['agent']));
    assert.match(await choose(), /You may not rotate keys/);
    edge.test.world.roles.set(megan.id, new Set(['admin']));
    edge.test.world.managed.splice(0);
    assert.match(await choose(), /Intune does not manage this device/);
  });

  it('for a device that Intune does not manage is refused, with the links to the portals', async () => {
    edge.test.world.managed.splice(0);
    const { card } = await askToRotate(edge);
    assert.match(textOf(card), /Intune does not manage this device[^]*LAPTOP-42[^]*Entra portal[^]*Intune portal/);
    assert.deepEqual(edge.test.entries.map((entry) => entry.code), ['not-managed']);
  });

  it('for a device without a key gets the card all the same: it then makes one', async () => {
    assert.match(textOf((await askToRotate(edge, 'rotate LAPTOP-NONE')).card), /none is in escrow/);
  });

  it('says that a rotation is under way, or when one is planned', async () => {
    assert.doesNotMatch(textOf((await askToRotate(edge)).card), /A rotation of this device/);
    const asked = await askedCard(edge);
    await edge.talk.press(asked, 'reveal', revealForm, { as: alex });
    assert.match(textOf((await askToRotate(edge)).card), /planned for 11:00 CET\. With Rotate it comes now instead/);
    await rotate(edge, await askToRotate(edge));
    assert.match(textOf((await askToRotate(edge)).card), /about to begin/);
  });

  it('that fails gets a fault card that speaks of rotating', async () => {
    edge.test.script.fail('recoveryKeys.of', { code: 'graph-timeout' });
    const { card } = await askToRotate(edge);
    assert.match(textOf(card), /did not answer in time[^]*No rotation was begun[^]*BitLocker key rotation/);
    assert.doesNotMatch(textOf(card), /No key was shown/);
  });

  it('is in the help of those who may, and of nobody else', async () => {
    assert.match(textOf((await askToRotate(edge, 'help')).card), /rotate LAPTOP-42/);
    assert.doesNotMatch(textOf((await askedCard(edge, 'help')).card), /rotate/);
    assert.match(textOf((await askToRotate(edge, 'whoami')).card), /ask for recovery keys and rotate them/);
  });
});

describe('the press on Rotate', () => {
  let edge: Edge;
  beforeEach(async () => (edge = await startEdge()));
  afterEach(() => edge.stop());

  it('turns the card into the one that follows the rotation, in the answer and in the message', async () => {
    const asked = await askToRotate(edge);
    const pressed = await rotate(edge, asked);
    assert.match(textOf(pressed.card), /The rotation of LAPTOP-42 begins[^]*The key was shown or shared[^]*INC0012345/);
    assert.deepEqual(pressed.messages, [], 'no message is added');
    assert.ok(messages(edge)[0]?.edited);
    assert.equal(textOf(messages(edge)[0]?.activity), textOf(pressed.card));
    const [rotation, ...more] = rotations(edge);
    assert.deepEqual(more, []);
    assert.deepEqual([rotation?.state, rotation?.dueAt], ['scheduled', edge.test.clock.now()]);
    assert.ok(edge.test.journal.includes('ledger rotation-scheduled done'));
  });

  it('begins one rotation for two presses, one after the other or at once', async () => {
    const asked = await askToRotate(edge);
    const both = await Promise.all([rotate(edge, asked), rotate(edge, asked)]);
    both.push(await rotate(edge, asked));
    for (const pressed of both) assert.match(textOf(pressed.card), /The rotation of LAPTOP-42 begins/);
    assert.equal(rotations(edge).length, 1);
    assert.equal(edge.test.journal.filter((line) => line === 'ledger rotation-scheduled done').length, 1);
  });

  it('joins the rotation that is there, and brings forward the one that was planned for later', async () => {
    const revealed = await askedCard(edge);
    const shown = await edge.talk.press(revealed, 'reveal', revealForm, { as: alex });
    await edge.talk.press({ ...revealed, card: sure(shown.card) }, 'hide', {}, { as: alex });
    assert.match(textOf(messages(edge)[0]?.activity), /The key is rotated at 11:00 CET/);
    const pressed = await rotate(edge, await askToRotate(edge));
    assert.equal(rotations(edge).length, 1);
    assert.match(textOf(pressed.card), /There are other reasons for this rotation too/);
    assert.match(textOf(messages(edge)[0]?.activity), /The key is rotated now/, 'whoever was shown the key is told as well');
  });

  it('gives the same card back for a mistake, with the values kept, and begins nothing', async () => {
    const asked = await askToRotate(edge);
    const back = await rotate(edge, asked, { reason: 'other', reasonText: '', ticket: 'nonsense' });
    assert.deepEqual(verbsOf(sure(back.card)), ['rotate', 'cancel']);
    assert.match(textOf(back.card), /Not rotated yet[^]*the details, the ticket number[^]*nonsense/);
    assert.deepEqual(rotations(edge), []);
    const typed = passwordDigits(12);
    const withPassword = await rotate(edge, asked, { reason: 'other', reasonText: typed });
    assert.ok(!withPassword.raw.includes(typed.slice(0, 6)) && /held a recovery password/.test(textOf(withPassword.card)));
    await rotate(edge, { ...asked, card: sure(back.card) }, { reason: 'other', reasonText: 'Lent to a guest', ticket: '' });
    assert.deepEqual(rotations(edge).map(({ causes }) => causes.map((cause) => cause.by === 'person' && cause.reasonText)), [['Lent to a guest']]);
  });

  for (const [what, change] of [
    ['by somebody else', { as: isaiah }],
    ['by another admin', { as: alex }],
    ['by nobody with a role', { as: lee }],
    ['by a refresh of the client', { as: megan, trigger: 'automatic' }],
    ['in another conversation', { as: megan, in: 'groupChat' as const }],
    ['with another request', { as: megan, data: { request: '5e900000-0000-4000-8000-00000000ffff' } }],
    ['without a request', { as: megan, data: { request: null } }],
    ['without one of the reasons', { as: megan, data: { reason: 'firmware-update' } }],
  ] as const) {
    it(`begins nothing ${what}, and the one who may still can`, async () => {
      edge.test.world.roles.set(alex.id, new Set(['admin']));
      const asked = await askToRotate(edge);
      const pressed = await edge.talk.press(asked, 'rotate', form, change);
      assert.equal(pressed.status, 200);
      assert.ok(pressed.card !== undefined);
      assert.deepEqual(rotations(edge), []);
      await rotate(edge, asked);
      assert.equal(rotations(edge).length, 1);
    });
  }

  it('is refused to an admin who is one no longer', async () => {
    const asked = await askToRotate(edge);
    edge.test.world.roles.set(megan.id, new Set(['agent']));
    assert.match(textOf((await rotate(edge, asked)).card), /You may not rotate keys/);
    assert.deepEqual(rotations(edge), []);
  });

  it('is no way to a key, and a card for a key no way to a rotation', async () => {
    const toRotate = await askToRotate(edge);
    const toReveal = onlyCard(await edge.talk.say('key for LAPTOP-42', { as: megan }));
    const request = (asked: Asked): string => /"request":"([0-9a-f-]{36})"/.exec(JSON.stringify(asked.card))?.[1] ?? '';
    const revealed = await edge.talk.press(toReveal, 'reveal', revealForm, { as: megan, data: { request: request(toRotate) } });
    const rotated = await edge.talk.press(toRotate, 'rotate', form, { as: megan, data: { request: request(toReveal) } });
    for (const pressed of [revealed, rotated]) assert.match(textOf(pressed.card), /This card was changed/);
    assert.ok(!edge.test.journal.some((line) => line.startsWith('read')));
    assert.deepEqual(rotations(edge), []);
  });

  it('is refused on an old card, and its message says for good that it has expired', async () => {
    const asked = await askToRotate(edge);
    edge.test.clock.forward(601);
    assert.match(textOf((await rotate(edge, asked)).card), /This card has expired[^]*Nothing was rotated/);
    assert.match(textOf(messages(edge)[0]?.activity), /Expired at[^]*nothing was rotated[^]*rotate LAPTOP-42/);
    assert.deepEqual(rotations(edge), []);
  });

  it('is refused after Cancel, which says that nothing was rotated', async () => {
    const asked = await askToRotate(edge);
    const cancelled = await edge.talk.press(asked, 'cancel', {}, { as: megan });
    assert.match(textOf(cancelled.card), /The key of LAPTOP-42 was not rotated[^]*rotate LAPTOP-42/);
    assert.match(textOf((await rotate(edge, asked)).card), /request is closed/);
    assert.deepEqual(rotations(edge), []);
  });

  it('ends in a fault card when the store fails, and works when it is back', async () => {
    const asked = await askToRotate(edge);
    edge.test.script.fail('rotations.start');
    const pressed = await rotate(edge, asked);
    assert.match(textOf(pressed.card), /No rotation was begun[^]*KD-\w{8}/);
    assert.deepEqual(rotations(edge), []);
    await rotate(edge, asked);
    assert.equal(rotations(edge).length, 1);
  });

  it('answers also when its message cannot be edited, and the log says so', async () => {
    const asked = await askToRotate(edge);
    edge.connector.disturb({ kind: 'edit', status: 500 });
    assert.match(textOf((await rotate(edge, asked)).card), /The rotation of LAPTOP-42 begins/);
    assert.match(edge.logged.join(''), /a card was not told of its rotation/);
  });
});

describe('Rotate on the card of a shown key', () => {
  let edge: Edge;
  beforeEach(async () => (edge = await startEdge()));
  afterEach(() => edge.stop());

  const shownTo = async (who = megan): Promise<Asked> => {
    const asked = onlyCard(await edge.talk.say('key for LAPTOP-42', { as: who }));
    const pressed = await edge.talk.press(asked, 'reveal', revealForm, { as: who });
    return { ...asked, card: sure(pressed.card) };
  };
  const lineIn = (body: unknown): string => z.object({ statusCode: z.literal(200), type: z.literal('application/vnd.microsoft.activity.message'), value: z.string().min(1) }).parse(body).value;
  const data = (card: Asked): { request: string } => ({ request: /"request":"([0-9a-f-]{36})"/.exec(JSON.stringify(card.card))?.[1] ?? '' });

  it('is there for those who may rotate, and for nobody else', async () => {
    assert.deepEqual(verbsOf((await shownTo(megan)).card), ['hide', 'rotate-ask']);
    assert.deepEqual(verbsOf((await shownTo(alex)).card), ['hide']);
    await edge.stop();
    edge = await startEdge({ settings: { agentsMayRotate: true } });
    assert.deepEqual(verbsOf((await shownTo(alex)).card), ['hide', 'rotate-ask']);
  });

  it('is left out, and the key shown all the same, when the role cannot be read', async () => {
    const asked = onlyCard(await edge.talk.say('key for LAPTOP-42', { as: megan }));
    edge.test.script.fail('roles.recent');
    const { card } = await edge.talk.press(asked, 'reveal', revealForm, { as: megan });
    assert.match(textOf(card), /Recovery key for LAPTOP-42[^]*The key is rotated at 11:00 CET/);
    assert.deepEqual(verbsOf(sure(card)), ['hide']);
  });

  it('answers with one line, so that the key stays on the screen, and sends a confirm card of its own', async () => {
    const shown = await shownTo();
    const pressed = await edge.talk.press(shown, 'rotate-ask', {}, { as: megan });
    assert.equal(lineIn(pressed.body), 'The card to rotate the key is below.');
    assert.equal(pressed.card, undefined);
    const confirm = onlyCard(pressed);
    assert.equal(confirm.message.conversationId, `a:29:${megan.id}`);
    assert.notEqual(confirm.activityId, shown.activityId);
    assert.ok(!messages(edge)[0]?.edited, 'the message below the key is left alone');
    assert.match(textOf(confirm.card), /planned for 11:00 CET[^]*key-exposed[^]*INC0012345/, 'reason and ticket are filled in');
    const begun = await edge.talk.press(confirm, 'rotate', {}, { as: megan });
    assert.match(textOf(begun.card), /The rotation of LAPTOP-42 begins/);
    assert.equal(textOf(messages(edge)[1]?.activity), textOf(begun.card));
  });

  it('has a body as the Universal Action Model wants it', async function () {
    const path = new URL('../../../../shared/material/activities/adaptivecard-invoke-response-rules.json', import.meta.url);
    if (!existsSync(path)) {
      console.log('      skipped: ../shared/material is not here');
      this.skip();
    }
    const rules = z.object({ body: z.object({ allowed: z.array(z.object({ statusCode: z.number(), type: z.string(), value: z.unknown() })) }) }).parse(JSON.parse(readFileSync(path, 'utf8')));
    const { body } = await edge.talk.press(await shownTo(), 'rotate-ask', {}, { as: megan });
    const said = z.object({ statusCode: z.number(), type: z.string() }).loose().parse(body);
    assert.deepEqual(rules.body.allowed.find((rule) => rule.type === said.type), { statusCode: said.statusCode, type: said.type, value: 'string' });
  });

  it('works from the hidden card as well', async () => {
    const shown = await shownTo();
    const hidden = await edge.talk.press(shown, 'hide', {}, { as: megan });
    assert.deepEqual(verbsOf(sure(hidden.card)), ['again', 'rotate-ask']);
    const confirm = onlyCard(await edge.talk.press({ ...shown, card: sure(hidden.card) }, 'rotate-ask', {}, { as: megan }));
    assert.deepEqual(verbsOf(confirm.card), ['rotate', 'cancel']);
  });

  it('is refused in one line to whom the card does not offer it, and the key stays', async () => {
    const shown = await shownTo(alex);
    const sent = messages(edge).length;
    const pressed = await edge.talk.press(shown, 'rotate-ask', {}, { as: alex, data: data(shown) });
    assert.match(lineIn(pressed.body), /^You may not rotate keys\. Reference KD-\w{8}$/);
    const other = await edge.talk.press(await shownTo(), 'rotate-ask', {}, { as: isaiah });
    assert.match(lineIn(other.body), /^This card belongs to somebody else\. Reference KD-\w{8}$/);
    assert.equal(messages(edge).length, sent + 1, 'the card of Megan');
    assert.ok(edge.test.entries.some(({ act }) => act === 'role-denied'));
  });

  it('is refused on a card that has shown nothing', async () => {
    const asked = onlyCard(await edge.talk.say('key for LAPTOP-42', { as: megan }));
    const pressed = await edge.talk.press(asked, 'rotate-ask', {}, { as: megan, data: data(asked) });
    assert.match(lineIn(pressed.body), /^This request is closed\./);
    assert.deepEqual(pressed.messages, []);
  });

  it('says in one line that something broke, with the reference of the log', async () => {
    const shown = await shownTo();
    edge.test.script.fail('requests.open');
    const line = lineIn((await edge.talk.press(shown, 'rotate-ask', {}, { as: megan })).body);
    assert.match(line, /^My database is not available\. No rotation was begun\. Reference KD-\w{8}$/);
    assert.ok(edge.logged.some((text) => text.includes(line.slice(-11)) && text.includes('a turn failed')));
  });

  for (const status of [403, 404]) {
    it(`says how else to ask when Teams does not take the card (${status})`, async () => {
      const shown = await shownTo();
      edge.connector.disturb({ kind: 'send', status });
      assert.match(lineIn((await edge.talk.press(shown, 'rotate-ask', {}, { as: megan })).body), /Type: rotate and the name of the device/);
    });
  }
});
