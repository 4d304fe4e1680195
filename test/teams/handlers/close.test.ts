import assert from 'node:assert/strict';
import { hideDueCards } from '../../../src/domain/close-card.ts';
import { alex, isaiah, passwordDigits, sure } from '../../support/desk/world.ts';
import { askedCard, type Edge, startEdge, textOf, verbsOf } from '../../support/edge.ts';

const form = { reason: 'firmware-update' };

describe('closing a card', () => {
  let edge: Edge;
  beforeEach(async () => (edge = await startEdge()));
  afterEach(() => edge.stop());

  const message = () => sure(edge.connector.messages[0]);
  const shown = async () => {
    const asked = await askedCard(edge);
    const pressed = await edge.talk.press(asked, 'reveal', form, { as: alex });
    return { ...asked, card: sure(pressed.card) };
  };

  it('Hide answers with a card without the key, and makes the message show the same', async () => {
    const hidden = await edge.talk.press(await shown(), 'hide', {}, { as: alex });
    assert.deepEqual(verbsOf(sure(hidden.card)), ['again']);
    assert.ok(message().edited);
    assert.equal(textOf(message().activity), textOf(hidden.card));
    const again = await edge.talk.press({ card: sure(hidden.card), activityId: message().activityId }, 'again', {}, { as: alex });
    assert.match(again.raw, new RegExp(passwordDigits(2).slice(0, 6)));
  });

  it('Hide answers also when the message cannot be edited, and the log says so', async () => {
    const revealed = await shown();
    edge.connector.disturb({ kind: 'edit', status: 500 });
    const hidden = await edge.talk.press(revealed, 'hide', {}, { as: alex });
    assert.match(textOf(hidden.card), /Recovery key hidden/);
    assert.match(edge.logged.join(''), /message of a card was not edited/);
  });

  it('Hide is refused to somebody else, and the card stays', async () => {
    const hidden = await edge.talk.press(await shown(), 'hide', {}, { as: isaiah });
    assert.match(textOf(hidden.card), /belongs to somebody else/);
    assert.ok(!message().edited);
  });

  it('Cancel closes the request for good', async () => {
    const asked = await askedCard(edge);
    const cancelled = await edge.talk.press(asked, 'cancel', {}, { as: alex });
    assert.match(textOf(cancelled.card), /Cancelled/);
    assert.match(textOf(message().activity), /Cancelled/);
    const late = await edge.talk.press(asked, 'reveal', form, { as: alex });
    assert.match(textOf(late.card), /request is closed/);
    assert.ok(!edge.test.journal.some((line) => line.startsWith('read')));
  });

  it('Cancel is refused after the reveal', async () => {
    const asked = await askedCard(edge);
    await edge.talk.press(asked, 'reveal', form, { as: alex });
    assert.match(textOf((await edge.talk.press(asked, 'cancel', {}, { as: alex })).card), /Used at/);
    assert.ok(!message().edited);
  });

  it('a choice of devices becomes the confirm card of the one chosen, in the message too', async () => {
    const asked = await askedCard(edge, 'key for TWIN-01');
    const deviceId = sure(edge.test.world.devices.find((device) => device.name === 'TWIN-01')).deviceId;
    const chosen = await edge.talk.press(asked, 'choose', { deviceId }, { as: alex });
    assert.deepEqual(verbsOf(sure(chosen.card)), ['reveal', 'cancel']);
    assert.equal(textOf(message().activity), textOf(chosen.card));
    const pressed = await edge.talk.press({ card: sure(chosen.card), activityId: message().activityId }, 'reveal', form, { as: alex });
    assert.match(textOf(pressed.card), /Recovery key for TWIN-01/);
  });

  it('a press without a choice gives the choice back and edits nothing', async () => {
    const asked = await askedCard(edge, 'key for TWIN-01');
    const back = await edge.talk.press(asked, 'choose', {}, { as: alex });
    assert.match(textOf(back.card), /Choose a device first/);
    assert.deepEqual(verbsOf(sure(back.card)), ['choose', 'cancel']);
    assert.ok(!message().edited);
  });

  it('a device that was never offered is refused, and the choice stays', async () => {
    const asked = await askedCard(edge, 'key for TWIN-01');
    const deviceId = sure(edge.test.world.devices.find((device) => device.name === 'LAPTOP-42')).deviceId;
    assert.match(textOf((await edge.talk.press(asked, 'choose', { deviceId }, { as: alex })).card), /This card was changed/);
    assert.ok(!message().edited);
  });
});

describe('hiding by the clock', () => {
  let edge: Edge;
  beforeEach(async () => {
    edge = await startEdge();
    const asked = await askedCard(edge);
    await edge.talk.press(asked, 'reveal', form, { as: alex });
  });
  afterEach(() => edge.stop());

  const due = () => hideDueCards(edge.test.desk, edge.bot.hideCard);
  const hiddenEntries = () => edge.test.entries.filter((entry) => entry.act === 'hidden').map((entry) => entry.outcome);

  it('edits the message when the time has come, and not before', async () => {
    assert.equal(await due(), 0);
    edge.test.clock.forward(301);
    assert.equal(await due(), 1);
    assert.match(textOf(edge.connector.messages[0]?.activity), /Recovery key hidden/);
    assert.deepEqual(hiddenEntries(), ['done']);
  });

  it('is done with a message that is gone, and says so in the ledger', async () => {
    edge.connector.disturb({ kind: 'edit', status: 404 });
    edge.test.clock.forward(301);
    assert.equal(await due(), 1);
    assert.deepEqual(hiddenEntries(), ['failed']);
  });

  it('is done with a card whose place was never known', async () => {
    const [request] = edge.test.memory.requests.values();
    const { activityId: _unknown, ...card } = sure(sure(request).card);
    edge.test.memory.requests.set(sure(request).id, { ...sure(request), card });
    edge.test.clock.forward(301);
    assert.equal(await due(), 1);
    assert.deepEqual(hiddenEntries(), ['failed']);
    assert.ok(!edge.connector.calls.some((call) => call.kind === 'edit'));
  });

  it('tries again later when Teams does not answer', async () => {
    edge.connector.disturb({ kind: 'edit', status: 503 });
    edge.test.clock.forward(301);
    assert.equal(await due(), 0);
    edge.connector.calm();
    edge.test.clock.forward(61);
    assert.equal(await due(), 1);
    assert.deepEqual(hiddenEntries(), ['done']);
  });

  it('works in an instance that has just started', async () => {
    const other = await startEdge({ world: edge.test.world, memory: edge.test.memory, startsAt: edge.test.clock.now() });
    try {
      other.test.clock.forward(301);
      assert.equal(await hideDueCards(other.test.desk, other.bot.hideCard), 1);
      assert.match(textOf(edge.connector.messages[0]?.activity), /Recovery key hidden/);
    } finally {
      await other.stop();
    }
  });
});
