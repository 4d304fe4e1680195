// Summaries and alerts in channels, from what is typed to what stands there, with Teams throttling, closing the channel
// and breaking off, and Keydesk killed in the middle.

import assert from 'node:assert/strict';
import { parseChannelId } from '../../src/domain/channel.ts';
import { plusSeconds } from '../../src/domain/instant.ts';
import { parseSchedule } from '../../src/domain/schedule.ts';
import type { DeskSettings } from '../../src/domain/settings.ts';
import type { ChatMessage, ConnectorCall, Disturbance } from '../../src/terminal/connector.ts';
import { cardIn } from '../../src/terminal/conversation.ts';
import { headingOf, standing, textOf } from '../support/keydesk/cards.ts';
import { adele, alex, grady, lee, megan } from '../support/keydesk/people.ts';
import { assertKilled, startVictim } from '../support/keydesk/victim.ts';
import { inKeydesk, type KeydeskOptions, type TestKeydesk } from '../support/keydesk.ts';
import { known } from '../support/known.ts';

const channel = '19:channel@thread.tacv2';
const group = '19:group@thread.v2';
const audit = '19:audit@thread.tacv2';

/** Two minutes from now, as it is typed: tokens of the simulated tenant are good for an hour of the real time. */
const soon = (keydesk: TestKeydesk): string => plusSeconds(keydesk.clock.now(), 120).slice(11, 16);
const subscribe = (keydesk: TestKeydesk, place: 'channel' | 'groupChat' = 'channel') => keydesk.say(`summary daily ${soon(keydesk)} UTC`, { as: megan, in: place });
/** Until the period that ends soon has ended and settled; the chores of the start are over by then, and nobody is at it yet. */
async function settle(keydesk: TestKeydesk): Promise<void> {
  await keydesk.runChores();
  keydesk.clock.forward(220);
}
const posted = ({ connector }: TestKeydesk, id = channel): readonly ChatMessage[] => connector.messages.filter((message) => message.conversationId.startsWith(`${id};`) && !('replyToId' in message.activity));
const headings = (messages: readonly ChatMessage[]): readonly string[] => messages.map((message) => headingOf(cardIn(message)));
const acts = async (keydesk: TestKeydesk): Promise<readonly string[]> => (await keydesk.ledger()).map(({ act, alert, code }) => [act, alert ?? code].filter((part) => part !== undefined).join(' '));
const intoChannel = (call: ConnectorCall): boolean => call.kind === 'create-conversation' && JSON.stringify(call.body).includes('"channel"');
/** What Teams does with the next posts into a channel, one after the other. */
function onPosts(keydesk: TestKeydesk, ...answers: readonly Disturbance[]): { readonly left: () => number } {
  const left = [...answers];
  keydesk.disturb((call) => (intoChannel(call) ? left.shift() : undefined));
  return { left: () => left.length };
}
const auditChannel = (keydesk?: { readonly connector: { readonly serviceUrl: string } }): Pick<DeskSettings, 'auditChannel'> => ({
  auditChannel: { id: known(parseChannelId(audit)), schedule: known(parseSchedule('weekly mon 00:00 Pacific/Kiritimati')), ...(keydesk && { serviceUrl: keydesk.connector.serviceUrl }) },
});
const readyz = async ({ url }: { readonly url: string }): Promise<string> => (await fetch(`${url}/readyz`)).text();

describe('a summary', () => {
  it('comes to the channel that wants it, once from two instances, as a thread of its own, and says what happened', inKeydesk(async (keydesk) => {
    const second = await keydesk.another();
    const said = await subscribe(keydesk);
    assert.deepEqual(headings(said.messages), ['✓ Summaries come here']);
    await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'));
    await keydesk.say('key for LAPTOP-42', { as: lee });
    await Promise.all([keydesk.runChores(), second.runChores()]);
    assert.deepEqual(posted(keydesk), [], 'its period has not ended');
    await settle(keydesk);
    await Promise.all([keydesk.runChores(), second.runChores()]);
    await Promise.all([keydesk.runChores(), second.runChores()]);
    const [summary, ...more] = posted(keydesk);
    assert.deepEqual(more, []);
    const text = textOf(standing(summary).card);
    assert.match(text, /Recovery keys: 1 shown[\s\S]*1, to 1 person[\s\S]*Refused\n1\n[\s\S]*Reasons: Firmware update 1/);
    assert.doesNotMatch(JSON.stringify(summary), /Alex|Wilber|LAPTOP/, 'it names nobody');
    const call = known(keydesk.connector.calls.find(intoChannel));
    const { isGroup, channelData, tenantId } = JSON.parse(call.raw);
    assert.deepEqual([isGroup, channelData.channel.id, channelData.tenant.id, tenantId], [true, channel, 'c0417050-0000-4000-8000-000000000000', 'c0417050-0000-4000-8000-000000000000']);
    assert.deepEqual((await acts(keydesk)).filter((act) => /subscribed|posted/.test(act)), ['subscribed', 'posted']);
  }));

  it('comes to a group chat, which has no threads', inKeydesk(async (keydesk) => {
    await subscribe(keydesk, 'groupChat');
    await settle(keydesk);
    await keydesk.runChores();
    const [, summary, ...more] = keydesk.connector.messages.filter(({ conversationId }) => conversationId === group);
    assert.match(headingOf(standing(summary).card), /^Recovery keys/);
    assert.deepEqual(more, []);
    assert.ok(!keydesk.connector.calls.some(intoChannel));
  }));

  it('names people where the installation wants it', inKeydesk({ settings: { summaryNames: true } }, async (keydesk) => {
    await subscribe(keydesk);
    await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'));
    await settle(keydesk);
    await keydesk.runChores();
    assert.match(textOf(standing(posted(keydesk)[0]).card), /Shown to: Alex Wilber 1/);
  }));

  it('names who is admin and auditor at once, and says when Entra could not be asked', inKeydesk(async (keydesk) => {
    keydesk.simulator.tenant.directory.setRoles(adele.id, ['admin', 'auditor']);
    const both = await keydesk.say('summary', { as: megan });
    assert.match(textOf(cardIn(known(both.messages[0]))), /Both admin and auditor: Adele Vance/);
    keydesk.simulator.faults.add({ path: /transitiveMembers/, status: 403 });
    const unknown = await keydesk.say('summary', { as: megan });
    assert.match(textOf(cardIn(known(unknown.messages[0]))), /could not be checked/);
  }));

  it('is shown at once where it is asked for: the last day, then what came after', inKeydesk(async (keydesk) => {
    for (const as of [megan, grady]) {
      const said = await keydesk.say('summary', { as, in: 'channel' });
      assert.deepEqual(headings(said.messages), ['Recovery keys: 0 shown']);
      assert.match(JSON.stringify(said.messages[0]?.activity), /replyToId/, 'as an answer in the thread');
      keydesk.clock.forward(600);
    }
    const [first, second] = (await keydesk.ledger()).filter(({ act }) => act === 'posted');
    assert.equal(first?.from, plusSeconds(known(first?.to), -86_400));
    assert.deepEqual([second?.from, second?.channel, second?.person?.id], [first?.to, channel, grady.id]);
  }));

  it('is refused to others, and those who read there do not learn that', inKeydesk(async (keydesk) => {
    for (const text of ['summary', 'summary daily 08:00', 'summary off']) {
      const said = await keydesk.say(text, { as: alex, in: 'channel' });
      for (const message of said.messages.filter(({ conversationId }) => !conversationId.startsWith('a:'))) assert.doesNotMatch(textOf(cardIn(message)), /role|[Ss]ummar/);
      assert.match(textOf(standing(keydesk.privateChat().at(-1)).card), /no role for this[\s\S]*admin or auditor/);
    }
    assert.deepEqual((await acts(keydesk)).filter((act) => act !== 'role-denied no-role'), []);
  }));

  it('is not scheduled by what is no schedule, and not in a private chat', inKeydesk(async (keydesk) => {
    const unclear = await keydesk.say('summary hourly', { as: megan, in: 'channel' });
    assert.match(textOf(cardIn(known(unclear.messages[0]))), /summary daily 08:00 Europe\/Berlin[\s\S]*Nothing was changed/);
    const zone = await keydesk.say('summary daily 08:00 Mars/Phobos', { as: megan, in: 'channel' });
    assert.match(headingOf(cardIn(known(zone.messages[0]))), /do not know this time zone/);
    const alone = await keydesk.say('summary daily 08:00', { as: megan });
    assert.match(headingOf(cardIn(known(alone.messages[0]))), /come to a channel/);
    assert.deepEqual(await acts(keydesk), []);
  }));

  it('comes no more after summary off', inKeydesk(async (keydesk) => {
    await subscribe(keydesk);
    const off = await keydesk.say('summary off', { as: grady, in: 'channel' });
    assert.deepEqual(headings(off.messages), ['✓ No more summaries come here']);
    await settle(keydesk);
    await keydesk.runChores();
    assert.deepEqual(posted(keydesk), []);
    assert.deepEqual(await acts(keydesk), ['subscribed', 'unsubscribed']);
  }));
});

describe('a summary that Teams does not take', () => {
  for (const status of [429, 412]) {
    it(`with ${status} is posted at the next try`, inKeydesk(async (keydesk) => {
      await subscribe(keydesk);
      await settle(keydesk);
      const { left } = onPosts(keydesk, { status, headers: { 'retry-after': '0.01' } });
      await keydesk.runChores();
      assert.equal(left(), 0);
      assert.equal(posted(keydesk).length, 1);
    }));
  }

  it('for a long time waits as long as Teams says, and is posted then', inKeydesk(async (keydesk) => {
    await subscribe(keydesk);
    await settle(keydesk);
    onPosts(keydesk, { status: 429, headers: { 'retry-after': '300' } });
    await keydesk.runChores();
    keydesk.clock.forward(299);
    await keydesk.runChores();
    assert.deepEqual(posted(keydesk), []);
    keydesk.clock.forward(1);
    await keydesk.runChores();
    assert.equal(posted(keydesk).length, 1);
    assert.ok(!(await acts(keydesk)).some((act) => act.startsWith('alert')));
  }));

  for (const [how, disturbance, stands] of [['502', { status: 502 }, 0], ['a cut before it', { drop: 'before' }, 0], ['a cut after it', { drop: 'after' }, 1]] as const) {
    it(`with ${how} may stand there: it is not posted again, and the next one says so`, inKeydesk(async (keydesk) => {
      await subscribe(keydesk);
      await settle(keydesk);
      onPosts(keydesk, disturbance);
      await keydesk.runChores();
      keydesk.clock.forward(1200);
      await keydesk.runChores();
      assert.equal(posted(keydesk).length, stands);
      assert.deepEqual((await acts(keydesk)).filter((act) => /alert|posted/.test(act)), ['alert summary-unknown']);
    }));
  }

  for (const status of [403, 404]) {
    it(`with ${status} closes the channel, which is told in the audit channel; a message from there opens it again, and nothing is lost`, async () => {
      await inKeydesk(async (keydesk) => {
        const watching = await keydesk.another({ settings: auditChannel(keydesk) });
        await subscribe(keydesk);
        await settle(keydesk);
        onPosts(keydesk, { status, body: { error: { code: 'BotNotInConversationRoster' } } });
        await watching.runChores();
        await watching.runChores();
        await watching.runChores();
        assert.deepEqual(headings(posted(keydesk, audit)), ['⚠ A channel takes no summaries any more']);
        assert.deepEqual(posted(keydesk), []);
        const before = keydesk.connector.calls.filter(intoChannel).length;
        keydesk.clock.forward(600);
        await watching.runChores();
        assert.equal(keydesk.connector.calls.filter(intoChannel).length, before, 'nothing is tried there');
        await watching.say('help', { as: lee, in: 'channel' });
        await watching.runChores();
        assert.equal(posted(keydesk).length, 1);
      })();
    });
  }
});

describe('Keydesk killed while it posts a summary', () => {
  for (const step of ['after postings.take', 'before postings.sending'] as const) {
    it(`${step}: it is posted by the next one, once`, inKeydesk(async (keydesk) => {
      await subscribe(keydesk);
      await settle(keydesk);
      await assertKilled(await startVictim(keydesk, step), keydesk);
      assert.deepEqual(posted(keydesk), []);
      keydesk.clock.forward(60);
      await keydesk.runChores();
      await keydesk.runChores();
      assert.equal(posted(keydesk).length, 1);
      assert.deepEqual((await acts(keydesk)).filter((act) => /alert|posted/.test(act)), ['posted']);
    }));
  }

  for (const [step, stands] of [['after postings.sending', 0], ['before postings.posted', 1]] as const) {
    it(`${step}: nobody knows whether it stands there; it is not posted again`, inKeydesk(async (keydesk) => {
      await subscribe(keydesk);
      await settle(keydesk);
      await assertKilled(await startVictim(keydesk, step), keydesk);
      keydesk.clock.forward(60);
      const second = await keydesk.another();
      await Promise.all([keydesk.runChores(), second.runChores()]);
      assert.equal(posted(keydesk).length, stands);
      assert.deepEqual((await acts(keydesk)).filter((act) => /alert|posted/.test(act)), ['alert summary-unknown']);
    }));
  }

  it('after postings.posted: all is done', inKeydesk(async (keydesk) => {
    await subscribe(keydesk);
    await settle(keydesk);
    await assertKilled(await startVictim(keydesk, 'after postings.posted'), keydesk);
    keydesk.clock.forward(60);
    await keydesk.runChores();
    assert.equal(posted(keydesk).length, 1);
    assert.deepEqual((await acts(keydesk)).filter((act) => /alert|posted/.test(act)), ['posted']);
  }));
});

describe('the audit channel', () => {
  const withAudit = (work: (keydesk: TestKeydesk) => Promise<void>, more: KeydeskOptions = {}): (() => Promise<void>) => inKeydesk({ ...more, settings: { ...auditChannel(), ...more.settings } }, work);
  /** Somebody writes from there: how it is reached is known from then on. */
  const heardFrom = (keydesk: TestKeydesk) => keydesk.say('help', { as: megan, in: 'channel', change: inAudit });
  const inAudit = { conversation: { id: `${audit};messageid=1`, conversationType: 'channel', tenantId: 'c0417050-0000-4000-8000-000000000000', isGroup: true } };

  it('hears of refusals in a row, and of a person over a limit, each once', withAudit(async (keydesk) => {
    await keydesk.runChores();
    await heardFrom(keydesk);
    for (let count = 0; count < 6; count += 1) {
      await keydesk.say('key for LAPTOP-42', { as: lee });
      keydesk.clock.forward(61);
      await keydesk.runChores();
    }
    await keydesk.runChores();
    await keydesk.runChores();
    assert.deepEqual(headings(posted(keydesk, audit)), ['⚠ One refusal after the other']);
    const text = textOf(standing(posted(keydesk, audit)[0]).card);
    assert.match(text, new RegExp(lee.id));
    assert.doesNotMatch(text, /Lee Gu|LAPTOP/);
    assert.equal((await acts(keydesk)).filter((act) => act === 'alert refused-in-a-row').length, 1);
    assert.ok((await acts(keydesk)).includes('posted refused-in-a-row'));
  }));

  it('hears of keys of many devices, by name where that is wanted', withAudit(async (keydesk) => {
    await keydesk.runChores();
    await heardFrom(keydesk);
    for (const name of ['LAPTOP-42', 'DESKTOP-7', "O'BRIEN-PC"]) await keydesk.reveal(await keydesk.ask(`key for "${name}"`));
    for (let count = 0; count < 3; count += 1) await keydesk.runChores();
    assert.match(textOf(standing(posted(keydesk, audit)[0]).card), /Keys of 3 different devices[\s\S]*Alex Wilber/);
  }, { settings: { alertDevicesPerHour: 3, summaryNames: true } }));

  it('waits until somebody writes from there, where the configuration does not say how it is reached', withAudit(async (keydesk) => {
    await keydesk.runChores();
    for (let count = 0; count < 2; count += 1) await keydesk.say('key for LAPTOP-42', { as: lee });
    keydesk.clock.forward(61);
    for (let count = 0; count < 3; count += 1) await keydesk.runChores();
    assert.deepEqual(posted(keydesk, audit), []);
    await heardFrom(keydesk);
    await keydesk.runChores();
    assert.equal(posted(keydesk, audit).length, 1);
  }, { settings: { alertRefusalsInARow: 2 } }));

  it('is not silenced by summary off; its time is moved by admins alone', withAudit(async (keydesk) => {
    await keydesk.runChores();
    await keydesk.say('summary off', { as: megan, in: 'channel', change: inAudit });
    assert.match(textOf(standing(keydesk.privateChat(megan).at(-1)).card), /keeps its summaries/);
    await keydesk.say('summary daily 08:00', { as: grady, in: 'channel', change: inAudit });
    assert.match(textOf(standing(keydesk.privateChat(grady).at(-1)).card), /Only admins move this/);
    const moved = await keydesk.say('summary daily 08:00', { as: megan, in: 'channel', change: inAudit });
    assert.match(textOf(cardIn(known(moved.messages[0]))), /cannot be switched off/);
    assert.deepEqual(await acts(keydesk), ['refused audit-channel-stays', 'role-denied no-role', 'subscribed']);
  }));

  it('closed by Teams is an error in the log and degraded on /readyz, until somebody writes from there', withAudit(async (keydesk) => {
    await keydesk.runChores();
    await heardFrom(keydesk);
    assert.doesNotMatch(await readyz(keydesk), /summaries/);
    for (let count = 0; count < 2; count += 1) await keydesk.say('key for LAPTOP-42', { as: lee });
    keydesk.clock.forward(61);
    onPosts(keydesk, { status: 403 });
    for (let count = 0; count < 3; count += 1) await keydesk.runChores();
    assert.match(await readyz(keydesk), /"status":"degraded".*"summaries":"the audit channel is closed/);
    assert.ok(keydesk.logLines.some((line) => line.includes('"level":"error"') && line.includes('audit channel')));
    await heardFrom(keydesk);
    for (let count = 0; count < 2; count += 1) await keydesk.runChores();
    assert.doesNotMatch(await readyz(keydesk), /summaries/);
    assert.deepEqual(headings(posted(keydesk, audit)), ['⚠ One refusal after the other', '⚠ A channel takes no summaries any more']);
  }, { settings: { alertRefusalsInARow: 2 } }));

  it('that is not configured leaves a line in the log for each alert, once over two instances', inKeydesk({ settings: { alertRefusalsInARow: 2 } }, async (keydesk) => {
    const second = await keydesk.another();
    for (let count = 0; count < 2; count += 1) await keydesk.say('key for LAPTOP-42', { as: lee });
    keydesk.clock.forward(61);
    for (let count = 0; count < 4; count += 1) await Promise.all([keydesk.runChores(), second.runChores()]);
    const told = [...keydesk.logLines, ...second.logLines].filter((line) => line.includes('posted nowhere'));
    assert.equal(told.length, 1);
    assert.match(known(told[0]), /"level":"error".*refused-in-a-row/);
  }));
});
