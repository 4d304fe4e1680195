import assert from 'node:assert/strict';
import { blocksIn, headingOf, referenceIn, standing, textOf, verbsOf } from '../support/keydesk/cards.ts';
import { type CuttableLine, cuttableLine } from '../support/keydesk/cuttable.ts';
import type { Instance } from '../support/keydesk/instance.ts';
import { steps } from '../support/keydesk/steps.ts';
import { inKeydesk, type TestKeydesk } from '../support/keydesk.ts';

interface Cuttable {
  readonly keydesk: TestKeydesk;
  /** The instance behind the line. */
  readonly far: Instance;
  readonly line: CuttableLine;
}

/** @param cutAt where in the work of a press the line breaks, such as `after requests.claim` */
const behindALine = (work: (cuttable: Cuttable) => Promise<void>, cutAt?: string): (() => Promise<void>) =>
  inKeydesk(async (keydesk) => {
    const line = await cuttableLine(keydesk.database.appUrl);
    const far = await keydesk.another({ databaseUrl: line.url, around: steps((step) => (step === cutAt ? line.cut() : undefined)) });
    try {
      await work({ keydesk, far, line });
    } finally {
      await far.stop();
      await line.stop();
    }
  });

const readyz = async ({ url }: Instance): Promise<{ status: number; text: string }> => {
  const answer = await fetch(`${url}/readyz`);
  return { status: answer.status, text: await answer.text() };
};

describe('without its database, Keydesk', () => {
  it('answers a question with a clear card and asks Graph for nothing', behindALine(async ({ keydesk, far, line }) => {
    line.cut();
    keydesk.simulator.requests.clear();
    const answer = await far.ask('key for LAPTOP-42');
    assert.match(headingOf(answer.card), /database is not available|ledger cannot be written/);
    assert.match(textOf(answer.card), /Without an entry in the ledger no key is read/);
    assert.ok(referenceIn(answer.card));
    assert.deepEqual(keydesk.simulator.requests.list().filter(({ url }) => url.includes('recoveryKeys')), []);

    line.mend();
    assert.equal(blocksIn((await far.reveal(await far.ask('key for LAPTOP-42'))).card).length, 8, 'back again, it works');
  }));

  it('reads no key at a press, and the same card works when the database is back', behindALine(async ({ keydesk, far, line }) => {
    const confirm = await far.ask('key for LAPTOP-42');
    line.cut();
    const pressed = await far.reveal(confirm);
    assert.match(headingOf(pressed.card), /database is not available/);
    assert.ok(referenceIn(pressed.card));
    assert.deepEqual(keydesk.reads(), []);
    line.mend();
    assert.equal(blocksIn((await far.reveal(confirm)).card).length, 8);
  }));

  it('says on /readyz that it is down and on /healthz that it lives', behindALine(async ({ far, line }) => {
    assert.equal((await readyz(far)).status, 200);
    line.cut();
    const { status, text } = await readyz(far);
    assert.equal(status, 503);
    assert.match(text, /"status":"down"/);
    assert.equal((await fetch(`${far.url}/healthz`)).status, 200);
    line.mend();
    assert.equal((await readyz(far)).status, 200);
  }));

  it('does its chores again when it is back: what was to be hidden is hidden', behindALine(async ({ keydesk, far, line }) => {
    const confirm = await far.ask('key for LAPTOP-42');
    await far.reveal(confirm);
    keydesk.clock.forward(300);
    line.cut();
    await far.runChores();
    assert.equal(keydesk.now(confirm).edited, false);
    line.mend();
    await far.runChores();
    assert.match(headingOf(standing(keydesk.now(confirm)).card), /hidden/);
  }));
});

describe('when the database goes in the middle of a press', () => {
  for (const { when, reads, acts } of [
    { when: 'before requests.claim', reads: 0, acts: ['asked done'] },
    { when: 'after requests.claim', reads: 1, acts: ['asked done', 'intended done'] },
    { when: 'after recoveryKeys.read', reads: 1, acts: ['asked done', 'intended done'] },
  ]) {
    it(`${when}, no key is shown, and nothing stays stuck`, behindALine(async ({ keydesk, far, line }) => {
      const confirm = await far.ask('key for LAPTOP-42');
      const pressed = await far.reveal(confirm);
      assert.deepEqual(blocksIn(pressed.card), []);
      assert.match(headingOf(pressed.card), /database is not available/);
      assert.equal(keydesk.reads().length, reads);
      assert.deepEqual(await keydesk.acts(), acts);

      line.mend();
      keydesk.clock.forward(31);
      await keydesk.runChores();
      if (reads > 0) assert.deepEqual((await keydesk.acts()).slice(-1), ['revealed unknown'], 'settled');
      assert.equal(blocksIn((await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'))).card).length, 8);
    }, when));
  }

  it('after requests.revealed, the key was shown, and Show again works when the database is back', behindALine(async ({ keydesk, far, line }) => {
    const confirm = await far.ask('key for LAPTOP-42');
    assert.equal(blocksIn((await far.reveal(confirm)).card).length, 8);
    assert.match(headingOf((await far.reveal(confirm)).card), /database is not available/);
    line.mend();
    const used = await far.reveal(confirm);
    assert.deepEqual(verbsOf(used.card), ['again']);
    assert.equal(keydesk.reads().length, 1);
  }, 'after requests.revealed'));

  it('and only the answer to the commit of the claim is lost, nothing is read, and the request is settled', behindALine(async ({ keydesk, far, line }) => {
    const confirm = await far.ask('key for LAPTOP-42');
    line.loseAnswerTo('commit');
    const pressed = await far.reveal(confirm);
    assert.match(headingOf(pressed.card), /database is not available/);
    assert.deepEqual(await keydesk.acts(), ['asked done', 'intended done'], 'the claim was durable all the same');
    assert.deepEqual(keydesk.reads(), []);
    line.mend();
    keydesk.clock.forward(31);
    await keydesk.runChores();
    assert.equal((await keydesk.acts()).at(-1), 'revealed unknown');
    assert.match(headingOf((await far.reveal(confirm)).card), /closed/);
  }));
});
