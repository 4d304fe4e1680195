import assert from 'node:assert/strict';
import { answerToState, judge, type Press, type PressVerb } from '../../src/domain/press.ts';
import type { RefusalCode } from '../../src/domain/refusal.ts';
import { mayBecome, nextStates, requestStates, type RevealRequest } from '../../src/domain/request.ts';
import { pressOf } from '../support/desk.ts';
import { requestOf } from '../support/desk/samples.ts';
import { lee, sure, time } from '../support/desk/world.ts';

const now = time('2026-11-22T09:05:00Z');
const late = time('2026-11-22T09:10:00Z');
const shown: Partial<RevealRequest> = { state: 'revealed', revealedAt: now, showAgainUntil: time('2026-11-22T09:25:00Z') };
const verdict = (press: Partial<Press>, request: Partial<RevealRequest> = {}, verb: PressVerb = 'reveal', at = now): RefusalCode | undefined =>
  judge(pressOf(requestOf().id, press), requestOf(request), verb, at);

describe('domain/press', () => {
  it('lets the one who asked go on, by hand, in the same private chat, in time', () => {
    assert.equal(verdict({}), undefined);
    assert.equal(verdict({}, { state: 'choosing' }, 'choose'), undefined);
    assert.equal(verdict({}, {}, 'cancel'), undefined);
    assert.equal(verdict({}, shown, 'again'), undefined);
    assert.equal(verdict({}, shown, 'hide'), undefined);
    assert.equal(verdict({}, { purpose: 'rotate' }, 'rotate'), undefined);
    assert.equal(verdict({}, shown, 'rotate-ask'), undefined);
  });

  it('refuses by default: without a request there is nothing to press', () => {
    assert.equal(judge(pressOf(undefined), undefined, 'reveal', now), 'request-unknown');
  });

  const alone: readonly [string, Partial<Press>, Partial<RevealRequest>, PressVerb, RefusalCode][] = [
    ['another person', { person: lee }, {}, 'reveal', 'not-your-card'],
    ['the same object id in another tenant', { person: { ...pressOf(undefined).person, tenantId: lee.id as never } }, {}, 'reveal', 'not-your-card'],
    ['a client that refreshes by itself', { trigger: 'automatic' }, {}, 'reveal', 'automatic-refresh'],
    ['a group chat', { conversation: 'groupChat' }, {}, 'reveal', 'wrong-conversation'],
    ['a channel', { conversation: 'channel' }, shown, 'again', 'wrong-conversation'],
    ['another private chat', { conversationId: 'a:other' }, {}, 'reveal', 'wrong-conversation'],
    ['a request being worked on', {}, { state: 'claimed' }, 'reveal', 'request-busy'],
    ['a request used before', {}, shown, 'reveal', 'request-used'],
    ['a cancelled request', {}, { state: 'cancelled' }, 'reveal', 'request-closed'],
    ['an open request, to be shown again', {}, {}, 'again', 'request-closed'],
    ['an open request, to be hidden', {}, {}, 'hide', 'request-closed'],
    ['a used request, to be cancelled', {}, shown, 'cancel', 'request-used'],
    ['a request that failed, to be shown again', {}, { state: 'failed' }, 'again', 'request-closed'],
    ['a card to rotate, to see a key', {}, { purpose: 'rotate' }, 'reveal', 'card-changed'],
    ['a card to rotate, to see a key again', {}, { ...shown, purpose: 'rotate' }, 'again', 'card-changed'],
    ['a card to see a key, to rotate', {}, {}, 'rotate', 'card-changed'],
    ['a rotation started before', {}, { purpose: 'rotate', state: 'started' }, 'rotate', 'request-closed'],
    ['a rotation started before, to be cancelled', {}, { purpose: 'rotate', state: 'started' }, 'cancel', 'request-closed'],
    ['a card that has shown nothing, to ask for a rotation', {}, {}, 'rotate-ask', 'request-closed'],
  ];
  for (const [title, press, request, verb, code] of alone) it(`refuses ${title} with ${code}`, () => assert.equal(verdict(press, request, verb), code));

  it('refuses in the order of the law: person, trigger, conversation, state, age', () => {
    const all: Partial<Press> = { person: lee, trigger: 'automatic', conversation: 'channel' };
    assert.equal(verdict(all, { state: 'claimed' }, 'reveal', late), 'not-your-card');
    assert.equal(verdict({ ...all, person: pressOf(undefined).person }, { state: 'claimed' }, 'reveal', late), 'automatic-refresh');
    assert.equal(verdict({ conversation: 'channel' }, { state: 'claimed' }, 'reveal', late), 'wrong-conversation');
    assert.equal(verdict({}, { state: 'claimed' }, 'reveal', late), 'request-busy');
    assert.equal(verdict({}, {}, 'reveal', late), 'request-expired');
  });

  it('is over after ten minutes to the millisecond, for a choice, a reveal and a rotation, and may still be cancelled', () => {
    const justBefore = time('2026-11-22T09:09:59.999Z');
    for (const verb of ['reveal', 'choose'] as const) {
      assert.equal(verdict({}, {}, verb, justBefore), undefined);
      assert.equal(verdict({}, {}, verb, late), 'request-expired');
    }
    assert.equal(verdict({}, { purpose: 'rotate' }, 'rotate', justBefore), undefined);
    assert.equal(verdict({}, { purpose: 'rotate' }, 'rotate', late), 'request-expired');
    assert.equal(verdict({}, shown, 'rotate-ask', late), undefined, 'a hidden card is never too old to rotate');
    assert.equal(verdict({}, {}, 'cancel', late), undefined);
  });

  it('shows again until the time for it is over, and never where no such time stands', () => {
    const until = sure(shown.showAgainUntil);
    assert.equal(verdict({}, shown, 'again', time('2026-11-22T09:24:59.999Z')), undefined);
    assert.equal(verdict({}, shown, 'again', until), 'show-again-over');
    assert.equal(verdict({}, { state: 'revealed', revealedAt: now }, 'again'), 'show-again-over');
    assert.equal(verdict({}, shown, 'hide', until), undefined, 'hiding is never too late');
  });

  it('has an answer for every state and every verb', () => {
    for (const state of requestStates) {
      for (const verb of ['choose', 'reveal', 'again', 'hide', 'cancel', 'rotate', 'rotate-ask'] as const) {
        const code = verdict({}, { ...shown, state, purpose: verb === 'rotate' ? 'rotate' : 'reveal' }, verb);
        assert.ok(code === undefined || code === answerToState[state], `${verb} in ${state}: ${code}`);
      }
    }
  });
});

describe('domain/request', () => {
  it('never shows a password without having been claimed, and never leaves an end', () => {
    for (const from of requestStates) assert.equal(mayBecome(from, 'revealed'), from === 'claimed', from);
    for (const end of ['refused', 'expired', 'cancelled', 'failed', 'started'] as const) assert.deepEqual(nextStates[end], []);
    assert.ok(mayBecome('revealed', 'claimed'));
    assert.ok(!mayBecome('revealed', 'open'));
    assert.deepEqual(requestStates.filter((from) => mayBecome(from, 'started')), ['open']);
  });
});
