// The decision of delegated mode over a desk in memory: what is asked for, in which order, and what stands afterwards.

import assert from 'node:assert/strict';
import { askForKey, askToRotate } from '../../src/domain/ask-for-key.ts';
import { Token } from '../../src/domain/authority.ts';
import { exchangeOf } from '../../src/domain/delegation.ts';
import { Fault } from '../../src/domain/fault.ts';
import type { Press } from '../../src/domain/press.ts';
import { revealKey, showAgain } from '../../src/domain/reveal-key.ts';
import { startRotation } from '../../src/domain/rotate-key.ts';
import type { Believed, Delegation, Exchanged } from '../../src/domain/sign-in.ts';
import { askerOf, cardPlace, pressOf, testDesk, type TestDesk } from '../support/desk.ts';
import { Crash, reveal, rotatePress, runJobs, wish } from '../support/desk/rotating.ts';
import { megan, sure } from '../support/desk/world.ts';

const token = new Token('aa.bb.cc');

interface Entra {
  believed: Believed;
  exchanged: Exchanged;
  readonly journal: string[];
}

async function signedIn(change: Partial<Pick<Entra, 'believed' | 'exchanged'>> = {}) {
  const entra: Entra = { believed: 'good', exchanged: { kind: 'granted', token: new Token('for-graph') }, journal: [], ...change };
  const delegation: Delegation = {
    believe: async () => (entra.journal.push('believe'), entra.believed),
    exchange: async () => (entra.journal.push('exchange'), entra.exchanged),
    ask: async ({ claims }) => void entra.journal.push(`ask ${claims}`),
  };
  const test = testDesk({ desk: { delegation } });
  const asked = await askForKey(test.desk, askerOf(), { by: 'device', name: 'LAPTOP-42' }, Promise.resolve(cardPlace));
  assert.ok(asked.kind === 'confirm', asked.kind);
  const { id } = asked.request;
  const bring = (more: Partial<Press> = {}): Press => pressOf(id, { signIn: { exchange: exchangeOf(test.request(id)), token }, ...more });
  return { entra, test, id, bring, before: test.entries.length };
}

const since = ({ entries }: TestDesk, count: number): readonly string[] => entries.slice(count).map(({ act, outcome, code }) => [act, outcome, ...(code === undefined ? [] : [code])].join(' '));

describe('delegated mode', () => {
  it('asks for a sign-in and leaves everything as it was', async () => {
    const { test, id, entra, before } = await signedIn();
    const answer = await revealKey(test.desk, pressOf(id));
    assert.deepEqual([answer.kind, answer.kind === 'sign-in' && [answer.exchange, answer.renew]], ['sign-in', [`${id}.0`, false]]);
    assert.deepEqual([test.request(id).state, since(test, before), entra.journal], ['open', [], []]);
  });

  it('believes, asks for the role, exchanges, and only then claims', async () => {
    const { test, id, entra, bring } = await signedIn();
    const answer = await revealKey(test.desk, bring());
    assert.equal(answer.kind, 'revealed');
    assert.deepEqual(entra.journal, ['believe', 'exchange']);
    assert.deepEqual(test.entries.filter(({ act }) => act === 'intended' || act === 'revealed').map(({ authority }) => authority), ['delegated', 'delegated']);
    assert.equal(exchangeOf(test.request(id)), `${id}.1`, 'the exchange of before is used up');
  });

  it('takes the exchange of before for a Show again as one that was replayed', async () => {
    const { test, id, bring, before, entra } = await signedIn();
    const first = bring();
    await revealKey(test.desk, first);
    const again = await showAgain(test.desk, pressOf(id, { ...(first.signIn && { signIn: first.signIn }) }));
    assert.ok(again.kind === 'refused' && again.refusal.code === 'token-replayed');
    assert.equal((await showAgain(test.desk, bring())).kind, 'revealed');
    assert.deepEqual([since(test, before).filter((act) => act.startsWith('refused')), entra.journal.length], [['refused refused token-replayed'], 4]);
  });

  const refused: readonly (readonly [Partial<Pick<Entra, 'believed' | 'exchanged'>>, string])[] = [
    [{ believed: 'refused' }, 'token-refused'],
    [{ believed: 'of-another' }, 'token-of-another'],
    [{ exchanged: { kind: 'refused' } }, 'token-refused'],
    [{ exchanged: { kind: 'consent-missing' } }, 'consent-missing'],
    [{ exchanged: { kind: 'sign-in-needed', claims: 'e30=' } }, 'sign-in-needed'],
  ];
  for (const [change, code] of refused) {
    it(`gives the card back with what was typed, ${code} after ${JSON.stringify(change)}`, async () => {
      const { test, id, bring, entra, before } = await signedIn(change);
      const answer = await revealKey(test.desk, bring());
      assert.ok(answer.kind === 'card-back' && answer.hindrance?.code === code);
      assert.equal(answer.values.ticket, 'INC0012345');
      assert.deepEqual([test.request(id).state, test.request(id).attempt, since(test, before)], ['open', 0, [`refused refused ${code}`]]);
      assert.equal(entra.journal.includes('ask e30='), code === 'sign-in-needed');
      Object.assign(entra, { believed: 'good', exchanged: { kind: 'granted', token } });
      assert.equal((await revealKey(test.desk, bring())).kind, 'revealed');
    });
  }

  for (const [change, what] of [[{ believed: 'ended' }, 'is over'], [{ exchanged: { kind: 'ended' } }, 'Entra calls over']] as const) {
    it(`asks for another sign-in when the one that came ${what}, and writes nothing`, async () => {
      const { test, bring, before } = await signedIn(change);
      const answer = await revealKey(test.desk, bring());
      assert.ok(answer.kind === 'sign-in' && answer.renew);
      assert.deepEqual(since(test, before), []);
    });
  }

  for (const [code, hindrance] of [['graph-forbidden', 'entra-role-missing'], ['graph-claims', 'sign-in-needed']] as const) {
    it(`opens the card again when Graph refuses the person with ${code}, after the entry that says so`, async () => {
      const { test, id, bring, before } = await signedIn();
      test.script.fail('recoveryKeys.read', { error: new Fault(code, 'never', code === 'graph-claims' ? { claims: 'e30=' } : {}) });
      const answer = await revealKey(test.desk, bring());
      assert.ok(answer.kind === 'card-back' && answer.hindrance?.code === hindrance);
      assert.deepEqual([test.request(id).state, since(test, before)], ['open', ['intended done', `revealed failed ${code}`]]);
      assert.equal(test.entries.at(-1)?.reference, answer.hindrance?.reference);
      assert.equal((await revealKey(test.desk, bring())).kind, 'revealed');
    });
  }

  for (const code of ['graph-not-found', 'graph-unauthorized', 'graph-timeout', 'graph-nonsense'] as const) {
    it(`closes the card when the read ends in ${code}: that is not about the person`, async () => {
      const { test, id, bring } = await signedIn();
      test.script.fail('recoveryKeys.read', { code, retry: 'never' });
      await assert.rejects(revealKey(test.desk, bring()), Fault);
      assert.equal(test.request(id).state, 'failed');
    });
  }
});

describe('delegated mode: a process that ends while it sends a rotation', () => {
  const delegation: Delegation = { believe: async () => 'good', exchange: async () => ({ kind: 'granted', token: new Token('for-graph') }), ask: async () => undefined };

  /** Megan's press, in the name of which nothing more happens from that call on. */
  async function endedAt(call: string, before: (test: TestDesk) => Promise<unknown> = async () => undefined) {
    const test = testDesk();
    await before(test);
    const desk = { ...test.desk, delegation };
    const asked = await askToRotate(desk, askerOf(megan), { by: 'device', name: 'LAPTOP-42' }, Promise.resolve(cardPlace));
    assert.ok(asked.kind === 'confirm');
    const { id } = asked.request;
    test.script.fail(call, { error: new Crash() });
    await assert.rejects(startRotation(desk, rotatePress(id, { signIn: { exchange: exchangeOf(test.request(id)), token } })), Crash);
    return { test, rotation: () => test.rotation(sure(test.request(id).rotationId)) };
  }

  it('before anything was sent: nobody sends it in another name', async () => {
    const { test, rotation } = await endedAt('rotations.claim');
    assert.equal(rotation().state, 'scheduled');
    await runJobs(test, 59);
    assert.equal(rotation().state, 'scheduled', 'the press has a minute for itself');
    await runJobs(test, 3600);
    assert.deepEqual([rotation().state, rotation().failure, test.posts], ['failed', 'sign-in-lost', []]);
  });

  it('before anything was sent, where a reveal wants it too: Keydesk sends it itself', async () => {
    const { test, rotation } = await endedAt('rotations.claim', reveal);
    await runJobs(test, 120);
    assert.deepEqual([rotation().state === 'failed', test.posts.length], [false, 1]);
    assert.equal(test.entries.find(({ act }) => act === 'rotation-intended')?.authority, undefined);
  });

  it('before anything was sent, where it is also wanted in Keydesk’s own name, as by the API: Keydesk sends it itself', async () => {
    const { test } = await endedAt('rotations.claim', wish);
    await runJobs(test, 120);
    assert.deepEqual([test.posts.length, test.entries.find(({ act }) => act === 'rotation-intended')?.authority], [1, undefined]);
  });

  it('with the answer of Intune on its way: what was sent is followed, and not sent again', async () => {
    const test = testDesk();
    const desk = { ...test.desk, delegation };
    const asked = await askToRotate(desk, askerOf(megan), { by: 'device', name: 'LAPTOP-42' }, Promise.resolve(cardPlace));
    assert.ok(asked.kind === 'confirm');
    const { id } = asked.request;
    test.script.fail('rotator.rotate', { error: new Crash(), afterDoing: true });
    await assert.rejects(startRotation(desk, rotatePress(id, { signIn: { exchange: exchangeOf(test.request(id)), token } })), Crash);
    await runJobs(test, 1200);
    const { state } = test.rotation(sure(test.request(id).rotationId));
    assert.deepEqual([['waiting', 'queued'].includes(state), test.posts.length], [true, 1], state);
    assert.equal(test.entries.find(({ act }) => act === 'rotation-intended')?.authority, 'delegated');
  });
});

describe('application mode', () => {
  it('closes the card when Graph refuses Keydesk itself, as before', async () => {
    const test = testDesk();
    const asked = await askForKey(test.desk, askerOf(), { by: 'device', name: 'LAPTOP-42' }, Promise.resolve(cardPlace));
    assert.ok(asked.kind === 'confirm');
    test.script.fail('recoveryKeys.read', { code: 'graph-forbidden', retry: 'never' });
    await assert.rejects(revealKey(test.desk, pressOf(asked.request.id)), Fault);
    assert.equal(test.request(asked.request.id).state, 'failed');
  });
});
