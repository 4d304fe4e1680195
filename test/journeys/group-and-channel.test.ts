import assert from 'node:assert/strict';
import type { Place } from '../../src/terminal/conversation.ts';
import { blocksIn, headingOf, standing, textOf } from '../support/keydesk/cards.ts';
import { alex, lee, megan, privateChatOf } from '../support/keydesk/people.ts';
import { inKeydesk, type TestKeydesk } from '../support/keydesk.ts';

const elsewhere = ({ connector }: TestKeydesk) => connector.messages.filter(({ conversationId }) => !conversationId.startsWith('a:'));
const secret = '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d';

for (const place of ['groupChat', 'channel'] as const satisfies readonly Place[]) {
  describe(`a recovery key asked for in a ${place === 'channel' ? 'channel' : 'group chat'}`, () => {
    it('goes on in the private chat; where others read stands a notice that names nothing', inKeydesk(async (keydesk) => {
      const confirm = await keydesk.ask('key for LAPTOP-42 INC0012345', { in: place });
      const [notice, ...more] = elsewhere(keydesk);
      assert.deepEqual(more, []);
      const { card } = standing(notice);
      assert.match(headingOf(card), /Answered in our private chat/);
      for (const name of ['LAPTOP', 'Adele', '1A2B3C4D', 'INC0012345']) assert.doesNotMatch(JSON.stringify(notice?.activity), new RegExp(name, 'i'));

      const revealed = await keydesk.reveal(confirm);
      assert.deepEqual(blocksIn(revealed.card), keydesk.simulator.tenant.recoveryPassword(secret).split('-'));
      assert.equal(elsewhere(keydesk).length, 1);
      const entries = await keydesk.ledger();
      assert.deepEqual(entries.map(({ act, conversation }) => `${act} ${conversation}`), [`asked ${place}`, 'intended personal', 'revealed personal', 'rotation-scheduled personal']);
    }));

    it('is hidden in the private chat', inKeydesk(async (keydesk) => {
      const confirm = await keydesk.ask('key for LAPTOP-42', { in: place });
      await keydesk.reveal(confirm);
      keydesk.clock.forward(300);
      await keydesk.runChores();
      assert.match(headingOf(standing(keydesk.now(confirm)).card), /hidden/);
      assert.equal(elsewhere(keydesk).length, 1);
    }));

    it('is refused without a role, and the others there do not learn that', inKeydesk(async (keydesk) => {
      const refused = await keydesk.ask('key for LAPTOP-42', { in: place, as: lee });
      assert.match(headingOf(refused.card), /no role/);
      assert.doesNotMatch(textOf(standing(elsewhere(keydesk)[0]).card), /role|LAPTOP/);
    }));

    for (const status of [403, 404]) {
      it(`is not looked up to its end when the private chat cannot be opened (${status}): the notice says how to open it`, inKeydesk(async (keydesk) => {
        keydesk.disturb((call) => (call.kind === 'create-conversation' ? { status, body: { error: { code: 'BotNotInConversationRoster' } } } : undefined));
        await keydesk.say('key for LAPTOP-42', { in: place });
        const [notice, ...more] = keydesk.connector.messages;
        assert.deepEqual(more, []);
        assert.match(textOf(standing(notice).card), /could not open our private chat[\s\S]*press Add/);
        assert.deepEqual(await keydesk.acts(), ['refused refused private-chat-closed']);

        keydesk.disturb(() => undefined);
        const confirm = await keydesk.ask('key for LAPTOP-42', { in: place });
        assert.equal(blocksIn((await keydesk.reveal(confirm)).card).length, 8, 'once it is open, the next question works');
      }));
    }

    it('says how to open the private chat when it was opened once and is closed now', inKeydesk(async (keydesk) => {
      await keydesk.ask('key for LAPTOP-42', { in: place });
      keydesk.disturb((call) => (call.kind === 'send' || call.kind === 'create-conversation' ? { status: 403, body: {} } : undefined));
      const before = elsewhere(keydesk).length;
      await keydesk.say('key for DESKTOP-7', { in: place });
      assert.equal(keydesk.privateChat().length, 1);
      assert.match(textOf(standing(elsewhere(keydesk)[before]).card), /could not open our private chat/);
      assert.deepEqual(keydesk.reads(), []);
    }));
  });
}

describe('people who ask in one channel', () => {
  it('each get a card in a private chat of their own', inKeydesk(async (keydesk) => {
    const [ofAlex, ofMegan] = await Promise.all([
      keydesk.ask('key for LAPTOP-42', { in: 'channel' }),
      keydesk.ask('key for DESKTOP-7', { in: 'channel', as: megan }),
    ]);
    assert.match(headingOf(ofAlex.card), /LAPTOP-42/);
    assert.match(headingOf(ofMegan.card), /DESKTOP-7/);
    assert.deepEqual(keydesk.connector.messages.map(({ conversationId }) => conversationId).filter((id) => id.startsWith('a:')).sort(), [privateChatOf(alex), privateChatOf(megan)].sort());
  }));

  it('cannot press a card of the private chat from the channel', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42', { in: 'channel' });
    const pressed = await keydesk.reveal(confirm, {}, { in: 'channel' });
    assert.match(headingOf(pressed.card), /Not in this chat/);
    assert.deepEqual(keydesk.reads(), []);
    assert.equal((await keydesk.acts()).at(-1), 'refused refused wrong-conversation');
    assert.equal(blocksIn((await keydesk.reveal(confirm)).card).length, 8);
  }));
});
