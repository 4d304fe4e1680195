import assert from 'node:assert/strict';
import { hideDueCards } from '../../src/domain/close-card.ts';
import { workOnRotation } from '../../src/domain/follow-rotation.ts';
import { shortKeyId } from '../../src/domain/ids.ts';
import type { Rotation } from '../../src/domain/rotation.ts';
import { checkIn, report } from '../support/desk/intune.ts';
import { alex, megan, passwordDigits, sure } from '../support/desk/world.ts';
import { type Edge, type EdgeOverrides, onlyCard, startEdge, textOf, verbsOf } from '../support/edge.ts';

const form = { reason: 'firmware-update', ticket: 'INC0012345' };

/** The edge with a rotation, and what a test does to it. */
interface Scene {
  readonly edge: Edge;
  readonly rotation: () => Rotation;
  /** Moves the clock to the time of the rotation and works on it as the jobs do, telling the cards. */
  readonly work: () => Promise<Rotation | undefined>;
  /** What stands in the message number `index` now. */
  readonly standing: (index?: number) => string;
  readonly edits: () => number;
}

async function scene(overrides: EdgeOverrides = {}): Promise<Scene> {
  const edge = await startEdge(overrides);
  const rotation = (): Rotation => sure([...edge.test.memory.rotations.values()].at(-1));
  return {
    edge,
    rotation,
    work: () => {
      const { dueAt, state, id } = rotation();
      if (state === 'scheduled' && dueAt > edge.test.clock.now()) edge.test.clock.set(dueAt);
      return workOnRotation(edge.test.desk, id, edge.bot.tellRotation);
    },
    standing: (index = 0) => textOf(edge.connector.messages[index]?.activity),
    edits: () => edge.connector.calls.filter((call) => call.kind === 'edit').length,
  };
}

/** Megan has pressed Rotate. */
async function wanted(overrides: EdgeOverrides = {}): Promise<Scene> {
  const made = await scene(overrides);
  const { talk } = made.edge;
  await talk.press(onlyCard(await talk.say('rotate LAPTOP-42', { as: megan })), 'rotate', { reason: 'handover' }, { as: megan });
  return made;
}

/** Alex has been shown a key. */
async function revealed(overrides: EdgeOverrides = {}): Promise<Scene & { readonly hide: () => Promise<unknown>; readonly again: () => Promise<unknown> }> {
  const made = await scene(overrides);
  const { talk } = made.edge;
  const asked = onlyCard(await talk.say('key for LAPTOP-42', { as: alex }));
  const shown = await talk.press(asked, 'reveal', form, { as: alex });
  let card = sure(shown.card);
  const press = async (verb: string): Promise<void> => void (card = sure((await talk.press({ ...asked, card }, verb, {}, { as: alex })).card));
  return { ...made, hide: () => press('hide'), again: () => press('again') };
}

const device = (edge: Edge) => sure(edge.test.world.devices.find(({ name }) => name === 'LAPTOP-42'));
const intuneId = (edge: Edge) => sure(edge.test.world.managed.find(({ deviceId }) => deviceId === device(edge).deviceId)).intuneId;

describe('the card of somebody who rotates', () => {
  let made: Scene;
  beforeEach(async () => (made = await wanted()));
  afterEach(() => made.edge.stop());

  it('is one message that follows the rotation to the new key', async () => {
    const { edge, work, standing } = made;
    assert.match(standing(), /The rotation of LAPTOP-42 begins/);
    assert.equal((await work())?.state, 'queued');
    assert.match(standing(), /Intune has queued the rotation of LAPTOP-42[^]*✓ Intune asked, 10:00 CET/);
    edge.test.clock.forward(60);
    assert.equal((await work())?.state, 'waiting');
    assert.match(standing(), /Waiting for LAPTOP-42[^]*switched on and online/);
    const [fresh] = checkIn(edge.test.world, edge.test.clock, device(edge).deviceId);
    edge.test.clock.forward(60);
    assert.equal((await work())?.state, 'done');
    const card = standing();
    assert.match(card, /✓ LAPTOP-42 has a new key[^]*✓ The new key is in Entra ID, 10:02 CET/);
    assert.ok(card.includes(shortKeyId(sure(fresh).keyId)) && card.includes('1A2B3C4D'), 'the new key, and the one it replaces');
    assert.equal(edge.connector.messages.length, 1);
  });

  it('says that Intune has not confirmed, when the answer is lost', async () => {
    made.edge.test.script.fail('rotator.rotate', { code: 'graph-cut', retry: 'unknown-outcome' });
    await made.work();
    assert.match(made.standing(), /Intune has not confirmed[^]*not asked again before that/);
  });

  it('says why it failed and what helps, with the number', async () => {
    await made.work();
    report(made.edge.test.world, intuneId(made.edge), 'failed', -2_144_272_166);
    made.edge.test.clock.forward(60);
    assert.equal((await made.work())?.state, 'failed');
    assert.match(made.standing(), /✕ LAPTOP-42 was not rotated[^]*still valid[^]*before enabling BitLocker[^]*rotate LAPTOP-42[^]*0x803100DA/);
  });

  it('says that the device is overdue after 72 hours, and then that it has come', async () => {
    await made.work();
    made.edge.test.clock.forward(72 * 3600);
    assert.equal((await made.work())?.state, 'overdue');
    assert.match(made.standing(), /▲ LAPTOP-42 is overdue[^]*within 3 days/);
    checkIn(made.edge.test.world, made.edge.test.clock, device(made.edge).deviceId);
    made.edge.test.clock.forward(60);
    await made.work();
    assert.match(made.standing(), /has a new key/);
  });

  it('shows the next try when Intune is busy', async () => {
    made.edge.test.script.fail('rotator.rotate', { code: 'graph-throttled', retry: 'later' });
    await made.work();
    assert.match(made.standing(), /next try at 10:0\d CET[^]*The first try did not get through/);
  });
});

describe('the card of a shown key', () => {
  it('says at the reveal and when it is hidden at what time the key is rotated', async () => {
    const made = await revealed();
    await made.hide();
    assert.match(made.standing(), /The key is rotated at 11:00 CET/);
    await made.edge.stop();
  });

  it('says so when it is hidden by the clock, and that rotations are off only where they are', async () => {
    for (const [settings, words, others] of [
      [{}, /The key is rotated at 11:00 CET/, /switched off/],
      [{ rotateAfterSeconds: undefined }, /Rotation after a reveal is switched off/, /The key is rotated/],
    ] as const) {
      const made = await revealed({ settings });
      made.edge.test.clock.forward(301);
      assert.equal(await hideDueCards(made.edge.test.desk, made.edge.bot.hideCard), 1);
      assert.match(made.standing(), words);
      assert.doesNotMatch(made.standing(), others);
      await made.edge.stop();
    }
  });

  it('is hidden by the clock also when nothing can be read of its rotation or of roles', async () => {
    const made = await revealed();
    made.edge.test.script.fail('rotations.find');
    made.edge.test.script.fail('roles.recent');
    made.edge.test.clock.forward(301);
    assert.equal(await hideDueCards(made.edge.test.desk, made.edge.bot.hideCard), 1);
    assert.match(made.standing(), /Recovery key hidden/);
    assert.doesNotMatch(made.standing(), /rotated/);
    await made.edge.stop();
  });

  it('follows the rotation once it is hidden', async () => {
    const made = await revealed();
    await made.hide();
    await made.work();
    assert.match(made.standing(), /being rotated: Intune has queued it/);
    const [fresh] = checkIn(made.edge.test.world, made.edge.test.clock, device(made.edge).deviceId);
    made.edge.test.clock.forward(60);
    await made.work();
    assert.match(made.standing(), /✓ The key was rotated at 11:01 CET\. The one that was shown is superseded\./);
    assert.ok(made.standing().includes(shortKeyId(sure(fresh).keyId)));
    await made.edge.stop();
  });

  it('is left alone while it shows the key, and says how the rotation stands when it is hidden', async () => {
    const made = await revealed({ settings: { rotateAfterSeconds: 0 } });
    await made.work();
    assert.equal(made.rotation().state, 'queued');
    assert.equal(made.edits(), 0);
    await made.hide();
    assert.match(made.standing(), /being rotated: Intune has queued it/);
    await made.again();
    const edits = made.edits();
    made.edge.test.clock.forward(60);
    await made.work();
    assert.deepEqual([made.rotation().state, made.edits()], ['waiting', edits], 'shown again, it is left alone again');
    await made.edge.stop();
  });

  it('has the button for those who may rotate, while it can change something', async () => {
    const made = await revealed({ settings: { agentsMayRotate: true } });
    const buttons = () => verbsOf({ actions: JSON.parse(JSON.stringify(made.edge.connector.messages[0]?.activity ?? {})).attachments[0].content.actions });
    await made.hide();
    assert.deepEqual(buttons(), ['again', 'rotate-ask']);
    await made.work();
    assert.deepEqual(buttons(), [], 'Intune has it, and an hour later Show again is over');
    await made.edge.stop();
  });

  it('is not made to tell of a rotation that was followed by another', async () => {
    const made = await revealed();
    await made.hide();
    const first = made.rotation();
    const request = sure([...made.edge.test.memory.requests.values()][0]);
    made.edge.test.memory.requests.set(request.id, { ...request, rotationId: sure(made.edge.test.desk.ids.rotation()) });
    const edits = made.edits();
    await made.edge.bot.tellRotation({ ...first, state: 'done' });
    assert.equal(made.edits(), edits);
    await made.edge.stop();
  });
});

describe('telling the cards of a rotation', () => {
  let made: Scene;
  beforeEach(async () => {
    made = await revealed();
    const { talk } = made.edge;
    const shown = sure([...made.edge.test.memory.requests.values()][0]);
    await talk.press({ card: { actions: [{ type: 'Action.Execute', verb: 'hide', data: { request: shown.id } }] } }, 'hide', {}, { as: alex });
    await talk.press(onlyCard(await talk.say('rotate LAPTOP-42', { as: megan })), 'rotate', { reason: 'handover' }, { as: megan });
  });
  afterEach(() => made.edge.stop());

  it('reaches everybody who has one, each in their own words', async () => {
    await made.work();
    assert.match(made.standing(0), /Recovery key hidden[^]*The key is being rotated: Intune has queued it/);
    assert.match(made.standing(1), /Intune has queued the rotation of LAPTOP-42/);
  });

  for (const status of [403, 404]) {
    it(`does not mind a message that is gone (${status})`, async () => {
      made.edge.connector.disturb({ kind: 'edit', status });
      await made.work();
      assert.equal(made.rotation().state, 'queued');
      assert.doesNotMatch(made.edge.logged.join(''), /not told/);
    });
  }

  it('reaches the others when one does not answer, logs that one, and the next change tells it again', async () => {
    made.edge.connector.disturb({ kind: 'edit', conversationId: `a:29:${megan.id}`, status: 503 });
    await made.work();
    assert.match(made.standing(0), /being rotated/);
    assert.match(made.standing(1), /The rotation of LAPTOP-42 begins/);
    assert.match(made.edge.logged.join(''), /a card was not told of its rotation/);
    made.edge.connector.calm();
    made.edge.test.clock.forward(60);
    await made.work();
    assert.match(made.standing(1), /Waiting for LAPTOP-42/);
  });

  it('is tried again by its job when Teams was away at the end, since no change follows that would tell', async () => {
    await made.work();
    checkIn(made.edge.test.world, made.edge.test.clock, device(made.edge).deviceId);
    made.edge.test.clock.forward(60);
    made.edge.connector.disturb({ kind: 'edit', conversationId: `a:29:${megan.id}`, status: 503 });
    await assert.rejects(made.work(), { name: 'Fault', code: 'teams-unreachable', retryAfterSeconds: undefined });
    assert.equal(made.rotation().state, 'done');
    assert.doesNotMatch(made.standing(1), /has a new key/);
    made.edge.connector.calm();
    await made.work();
    assert.match(made.standing(1), /has a new key/);
  });

  it('never rejects before the end, also when the store is gone: the rotation itself has moved', async () => {
    made.edge.test.script.fail('requests.find', { times: 9 });
    await assert.doesNotReject(made.edge.bot.tellRotation(made.rotation()));
    made.edge.test.script.fail('rotations.find', { times: 9 });
    await assert.doesNotReject(made.edge.bot.tellRotation(made.rotation()));
  });

  it('tells how it stands, not how it stood for whoever tells', async () => {
    const before = made.rotation();
    await made.work();
    await made.edge.bot.tellRotation(before);
    assert.match(made.standing(1), /Intune has queued/);
  });

  it('looks again after an edit that was overtaken', async () => {
    const before = made.rotation();
    const held = made.edge.test.script.hold('requests.find');
    const telling = made.edge.bot.tellRotation(before);
    await new Promise((resolve) => void setImmediate(resolve));
    // Another instance moves it on meanwhile, and its own edit comes first.
    await workOnRotation(made.edge.test.second(), before.id, async () => undefined);
    held.release();
    await telling;
    assert.match(made.standing(1), /Intune has queued/);
  });

  it('gives no password away, and no key ID where the caller has to prove one', async () => {
    await made.edge.stop();
    made = await wanted({ settings: { callerProof: true } });
    await made.work();
    const [fresh] = checkIn(made.edge.test.world, made.edge.test.clock, device(made.edge).deviceId);
    made.edge.test.clock.forward(60);
    assert.equal((await made.work())?.state, 'done');
    const sent = made.edge.connector.traffic();
    for (const { keyId } of [sure(fresh), ...made.edge.test.world.keys]) assert.ok(!sent.toLowerCase().includes(keyId.slice(0, 8)), keyId);
    for (const block of passwordDigits(2).split('-')) assert.ok(!sent.includes(block));
  });
});
