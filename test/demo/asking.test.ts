// --ask: the conversation in the terminal, and the exit code that scripts read.

import assert from 'node:assert/strict';
import { castMember } from '../../src/demo/cast.ts';
import { readCommand } from '../../src/demo/flags.ts';
import { type House, startHouse } from '../../src/demo/house.ts';
import { play } from '../../src/demo/play.ts';
import { recoveryPassword } from '../../src/sim/tenant/passwords.ts';
import { startDemo } from '../support/demo-process.ts';
import { known } from '../support/known.ts';

const seed = 42;
const newest = '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d';
const superseded = '9f8e7d6c-5b4a-4938-a271-605f4e3d2c1b';
const revealed = (keyId: string): RegExp => new RegExp(recoveryPassword(seed, keyId).split('-').map((block, index) => `${index + 1} ${block}`).join(String.raw`[\s|]+`));

describe('the demo in the terminal', function () {
  this.timeout(30_000);

  describe('played in a house that is there', () => {
    let house: House | undefined;

    before(async () => {
      const command = readCommand(['--ephemeral', '--no-playground', '--devices', '20'], { PORT: '0', KEYDESK_SIM_PORT: '0' });
      house = await startHouse(command.kind === 'run' ? command.plan : assert.fail(), { ready: () => undefined, lost: () => undefined }, new AbortController().signal);
    });

    after(() => house?.stop());

    async function played(ask: string, first = 'Alex'): Promise<{ shown: boolean; text: string }> {
      const { keydeskUrl, database } = known(house);
      const lines: string[] = [];
      const shown = await play({ ask, speaker: known(castMember(first)), keydeskUrl, database, print: (text) => void lines.push(text) });
      return { shown, text: lines.join('\n') };
    }

    it('shows question, confirm card, form, key and ledger', async () => {
      const { shown, text } = await played('key for LAPTOP-42');
      assert.ok(shown);
      const order = [/Alex Wilber, agent\n {2}key for LAPTOP-42/, /Recovery key for LAPTOP-42\?/, /Reason: Too many wrong PINs\n.*INC0012345\n {2}\[Reveal\]/, revealed(newest), /asked .*\n.*intended .*1A2B3C4D.*\n.*revealed .*1A2B3C4D.*\n.*rotation-scheduled .*1A2B3C4D.*\n.*hidden/, /The key was shown\.$/];
      let rest = text;
      for (const part of order) {
        const found = part.exec(rest);
        assert.ok(found !== null, `${String(part)} does not come next in:\n${rest}`);
        rest = rest.slice(found.index + found[0].length);
      }
      assert.doesNotMatch(rest, /\d{6}/);
    });

    it('leaves what the question filled in: key ID and ticket', async () => {
      const { shown, text } = await played('key for LAPTOP-42 id 9F8E7D6C INC0099999');
      assert.ok(shown);
      assert.match(text, revealed(superseded));
      assert.match(text, /revealed .*9F8E7D6C.*INC0099999/);
      assert.doesNotMatch(text, /INC0012345/);
    });

    it('shows a refusal and its entry, and no key, to somebody without a role', async () => {
      const { shown, text } = await played('key for LAPTOP-42', 'Lee');
      assert.ok(!shown);
      assert.match(text, /You have no role for this/);
      assert.match(text, /role-denied .*no-role.*Lee Gu/);
      assert.match(text, /No key was shown\.$/);
    });

    for (const [device, said] of [
      ['VIP-01', /needs a second person/],
      ['LAPTOP-43210', /No device of this name/],
      ['LAPTOP-NONE', /refused: no-keys/],
    ] as const) {
      it(`shows no key of ${device}`, async () => {
        const { shown, text } = await played(`key for ${device}`);
        assert.ok(!shown);
        assert.match(text, said);
        assert.doesNotMatch(text, /intended/);
      });
    }

    it('chooses no device among twins, and says so', async () => {
      const { shown, text } = await played('key for TWIN-01');
      assert.ok(!shown);
      assert.match(text, /2 devices are named TWIN-01/);
      assert.match(text, /here is nobody to choose/);
    });

    it('answers what is no question for a key, and shows none', async () => {
      const { shown, text } = await played('help');
      assert.ok(!shown);
      assert.match(text, /whoami/);
      assert.match(text, /nothing new about Alex Wilber/);
    });
  });

  describe('as a process', () => {
    it('exits 0 when the key was shown, and prints nothing but the conversation', async () => {
      const demo = startDemo(['--ephemeral', '--no-playground', '--devices', '20', '--ask', 'key for LAPTOP-42']);
      assert.equal(await demo.ended, 0, demo.said());
      assert.match(demo.said(), /^Keydesk, in the terminal.*\n\nAlex Wilber, agent\n/);
      assert.match(demo.said(), revealed(newest));
      assert.match(demo.said(), /The key was shown\.\n$/);
    });

    it('exits 1 when it was not', async () => {
      const demo = startDemo(['--ephemeral', '--devices', '20', '--as', 'Lee', '--ask', 'key for LAPTOP-42']);
      assert.equal(await demo.ended, 1);
      assert.match(demo.said(), /You have no role for this/);
    });

    it('exits 2 when it was not understood, and 0 when help was asked for', async () => {
      const [wrong, help] = [startDemo(['--as', 'Somebody']), startDemo(['--help'])];
      assert.deepEqual(await Promise.all([wrong.ended, help.ended]), [2, 0]);
      assert.match(wrong.said(), /--as wants the first name/);
      assert.match(help.said(), /^npm run demo/);
    });
  });
});
