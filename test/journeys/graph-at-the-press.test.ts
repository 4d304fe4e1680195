import assert from 'node:assert/strict';
import type { FaultCode } from '../../src/domain/fault.ts';
import type { Fault } from '../../src/sim/http/faults.ts';
import type { Pressed } from '../../src/terminal/conversation.ts';
import { blocksIn, headingOf, referenceIn, textOf } from '../support/keydesk/cards.ts';
import { until } from '../support/keydesk/time.ts';
import { inKeydesk, type TestKeydesk } from '../support/keydesk.ts';

const read = /select=key/;
const challenge = `Bearer realm="", error="insufficient_claims", claims="${Buffer.from('{"access_token":{"acrs":{"essential":true,"value":"cp1"}}}').toString('base64')}"`;

/** A card that says what happened, with a reference that the log has too; no key, and an entry that says the same. */
async function assertFaulty(keydesk: TestKeydesk, pressed: Pressed, code: FaultCode, outcome: 'failed' | 'unknown'): Promise<void> {
  assert.equal(pressed.status, 200);
  assert.deepEqual(blocksIn(pressed.card), []);
  assert.match(textOf(pressed.card), /No key was shown/);
  assert.equal(/may have been read/.test(textOf(pressed.card)), outcome === 'unknown', 'the card says whether it may have been read');
  const reference = referenceIn(pressed.card);
  assert.ok(keydesk.logLines.some((line) => line.includes(reference) && line.includes(code)), 'the log has the reference and the code');
  assert.deepEqual((await keydesk.acts()).slice(-2), ['intended done', `revealed ${outcome} ${code}`]);
}

async function assertOver(keydesk: TestKeydesk): Promise<void> {
  keydesk.simulator.faults.clear();
  assert.equal(blocksIn((await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'))).card).length, 8, 'a new question works');
}

interface Case {
  readonly what: string;
  readonly fault: Omit<Fault, 'path'>;
  readonly code: FaultCode;
  readonly outcome: 'failed' | 'unknown';
  /** How many requests for the secret leave; what may have been done is not asked for twice. */
  readonly reads: number;
}

const cases: readonly Case[] = [
  { what: '401 with a claims challenge', fault: { status: 401, headers: { 'www-authenticate': challenge } }, code: 'graph-claims', outcome: 'failed', reads: 1 },
  { what: '401, with a new token too', fault: { status: 401 }, code: 'graph-unauthorized', outcome: 'failed', reads: 2 },
  { what: '403', fault: { status: 403 }, code: 'graph-forbidden', outcome: 'failed', reads: 1 },
  { what: '404', fault: { status: 404 }, code: 'graph-not-found', outcome: 'failed', reads: 1 },
  { what: '429 with a Retry-After longer than anybody waits', fault: { status: 429, headers: { 'retry-after': '30' } }, code: 'graph-throttled', outcome: 'failed', reads: 1 },
  { what: '500', fault: { status: 500 }, code: 'graph-unavailable', outcome: 'unknown', reads: 1 },
  { what: '502', fault: { status: 502 }, code: 'graph-unavailable', outcome: 'unknown', reads: 1 },
  { what: '503 to the end', fault: { status: 503 }, code: 'graph-unavailable', outcome: 'failed', reads: 4 },
  { what: 'a connection that is cut before anything is done', fault: { drop: 'before' }, code: 'graph-cut', outcome: 'unknown', reads: 1 },
  { what: 'a connection that is cut in the middle of the answer', fault: { drop: 'middle' }, code: 'graph-cut', outcome: 'unknown', reads: 1 },
  { what: 'a connection that is cut after all was done', fault: { drop: 'after' }, code: 'graph-cut', outcome: 'unknown', reads: 1 },
  { what: 'half an answer of JSON', fault: { status: 200, body: '{"id":"1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d","key":"720335-380941-5762' }, code: 'graph-nonsense', outcome: 'unknown', reads: 1 },
  { what: 'a page of HTML', fault: { status: 200, headers: { 'content-type': 'text/html' }, body: '<html><body>Sign in</body></html>' }, code: 'graph-nonsense', outcome: 'unknown', reads: 1 },
  { what: 'an answer without the key', fault: { status: 200, body: { id: '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d' } }, code: 'graph-nonsense', outcome: 'unknown', reads: 1 },
  { what: 'a key of seven blocks', fault: { status: 200, body: { id: '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d', key: '720335-380941-576224-038082-074294-160908-591965' } }, code: 'graph-nonsense', outcome: 'unknown', reads: 1 },
  { what: 'the key of another ID', fault: { status: 200, body: { id: '9f8e7d6c-5b4a-4938-a271-605f4e3d2c1b', key: '720335-380941-576224-038082-074294-160908-591965-704066' } }, code: 'graph-nonsense', outcome: 'unknown', reads: 1 },
  { what: 'a redirect', fault: { status: 302, headers: { location: 'https://evil.example/' } }, code: 'graph-nonsense', outcome: 'unknown', reads: 1 },
  { what: 'nothing at all', fault: { status: 204 }, code: 'graph-nonsense', outcome: 'unknown', reads: 1 },
];

describe('Graph answers the reveal with', () => {
  for (const { what, fault, code, outcome, reads } of cases) {
    it(`${what}: no key, a card with a reference, and the ledger says “${outcome}”`, inKeydesk(async (keydesk) => {
      const confirm = await keydesk.ask('key for LAPTOP-42');
      keydesk.simulator.faults.add({ path: read, ...fault });
      await assertFaulty(keydesk, await keydesk.reveal(confirm), code, outcome);
      assert.equal(keydesk.reads().length, reads);
      assert.match(headingOf((await keydesk.reveal(confirm)).card), /closed/, 'that request is over');
      await assertOver(keydesk);
    }));
  }

  it('no answer within the deadline: no key, and the ledger says “unknown”', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    keydesk.simulator.faults.add({ path: read, delayMs: 600_000 });
    const pressing = keydesk.reveal(confirm);
    await until(() => keydesk.reads().length === 1);
    keydesk.deadlines.expire();
    await assertFaulty(keydesk, await pressing, 'graph-timeout', 'unknown');
    await assertOver(keydesk);
  }));

  it('429 and a short Retry-After: waits as long as it was asked to, then shows the key', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    keydesk.simulator.faults.add({ path: read, status: 429, headers: { 'retry-after': '2.128' }, times: 1 });
    assert.equal(blocksIn((await keydesk.reveal(confirm)).card).length, 8);
    assert.deepEqual(keydesk.clock.waits, [2128]);
  }));

  it('429 and a long Retry-After: says how long', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    keydesk.simulator.faults.add({ path: read, status: 429, headers: { 'retry-after': '30' } });
    assert.match(textOf((await keydesk.reveal(confirm)).card), /try again in 30 seconds/);
    assert.deepEqual(keydesk.clock.waits, []);
  }));

  it('503 once: shows the key', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    keydesk.simulator.faults.add({ path: read, status: 503, times: 1 });
    assert.equal(blocksIn((await keydesk.reveal(confirm)).card).length, 8);
    assert.equal((await keydesk.acts()).filter((act) => act.startsWith('intended')).length, 1);
  }));

  it('401 once, for a token that was taken back: asks for another token and shows the key', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    keydesk.simulator.faults.add({ path: read, status: 401, times: 1 });
    assert.equal(blocksIn((await keydesk.reveal(confirm)).card).length, 8);
  }));

  it('the key wrapped in “value”, as Microsoft’s sample has it: shows the key', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const key = keydesk.simulator.tenant.recoveryPassword('1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d');
    keydesk.simulator.faults.add({ path: read, status: 200, body: { value: { id: '1A2B3C4D-5E6F-4A7B-8C9D-0E1F2A3B4C5D', key } } });
    assert.equal(blocksIn((await keydesk.reveal(confirm)).card).join('-'), key);
  }));

  it('a key whose blocks Windows would reject: shows it, with a warning', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    const key = '111111-222222-333333-444444-555555-666666-777777-888888';
    keydesk.simulator.faults.add({ path: read, status: 200, body: { id: '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d', key } });
    const revealed = await keydesk.reveal(confirm);
    assert.equal(blocksIn(revealed.card).join('-'), key);
    assert.match(textOf(revealed.card), /Blocks 7, 8 do not pass Windows' own check/);
  }));
});

describe('Graph fails at the press before the claim', () => {
  for (const [what, fault, heading] of [
    ['the role cannot be checked (500)', { path: /checkMemberGroups/, status: 500 }, /not available/],
    ['the role check is cut', { path: /checkMemberGroups/, drop: 'middle' }, /connection to Microsoft Graph broke/],
    ['the role check answers nonsense', { path: /checkMemberGroups/, status: 200, body: { value: 'yes' } }, /something strange/],
  ] as const) {
    it(`${what}: nothing is intended or read, and the card works later`, inKeydesk(async (keydesk) => {
      const confirm = await keydesk.ask('key for LAPTOP-42');
      keydesk.simulator.faults.add(fault);
      const pressed = await keydesk.reveal(confirm);
      assert.match(headingOf(pressed.card), heading);
      assert.ok(referenceIn(pressed.card));
      assert.deepEqual(keydesk.reads(), []);
      assert.deepEqual(await keydesk.acts(), ['asked done']);
      keydesk.simulator.faults.clear();
      assert.equal(blocksIn((await keydesk.reveal(confirm)).card).length, 8);
    }));
  }
});

describe('Graph fails at Show again', () => {
  it('takes nothing away: the next press shows the key', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    await keydesk.reveal(confirm);
    const used = { card: (await keydesk.reveal(confirm)).card ?? {}, activityId: confirm.activityId };
    keydesk.simulator.faults.add({ path: read, drop: 'middle' });
    await assertFaulty(keydesk, await keydesk.press(used, 'again'), 'graph-cut', 'unknown');
    keydesk.simulator.faults.clear();
    assert.equal(blocksIn((await keydesk.press(used, 'again')).card).length, 8);
    assert.deepEqual((await keydesk.ledger()).map(({ attempt }) => attempt).filter((attempt) => attempt !== undefined), [1, 1, 2, 2, 3, 3]);
  }));

  it('hides the first showing in its time all the same', inKeydesk(async (keydesk) => {
    const confirm = await keydesk.ask('key for LAPTOP-42');
    await keydesk.reveal(confirm);
    const used = { card: (await keydesk.reveal(confirm)).card ?? {}, activityId: confirm.activityId };
    keydesk.simulator.faults.add({ path: read, status: 500 });
    await keydesk.press(used, 'again');
    keydesk.clock.forward(300);
    await keydesk.runChores();
    assert.equal((await keydesk.acts()).at(-1), 'hidden done');
  }));
});
