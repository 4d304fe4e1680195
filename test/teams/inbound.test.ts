import assert from 'node:assert/strict';
import { admitActivity, type Door, type InboundRefusal } from '../../src/teams/inbound.ts';
import { alex, tenantId } from '../support/desk/world.ts';

const door: Door = { mode: 'authenticated', serviceUrls: 'teams', tenantId };
const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
const bearer = (payload: object): string => `Bearer ${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(payload)}.c2lnbmF0dXJl`;
const channel = bearer({ iss: 'https://api.botframework.com' });

const activity = {
  type: 'message',
  id: 'activity-1',
  channelId: 'msteams',
  serviceUrl: 'https://smba.trafficmanager.net/emea/',
  from: { id: '29:alex', name: 'Alex Wilber', aadObjectId: alex.id },
  recipient: { id: '28:keydesk', name: 'Keydesk' },
  conversation: { id: 'a:1', conversationType: 'personal', tenantId },
  channelData: { tenant: { id: tenantId } },
  text: 'help',
};

const outcome = (authorization: string | undefined, body: unknown, at: Door = door): string => {
  const admission = admitActivity(authorization, body, at);
  return admission.kind === 'admitted' ? `admitted${admission.incoming === undefined ? ', ignored' : ''}` : `${admission.status} ${admission.code}`;
};

describe('the door', () => {
  it('lets in what Teams sends', () => assert.equal(outcome(channel, activity), 'admitted'));

  for (const [what, authorization, refusal] of [
    ['no token', undefined, 'no-token'],
    ['an empty header', '', 'no-token'],
    ['another scheme', 'Basic eDp5', 'no-token'],
    ['a token of two parts', 'Bearer a.b', 'no-token'],
    ['a token with blanks', `${channel} x`, 'no-token'],
    ['a token whose payload is no JSON', 'Bearer eA.eA.eA', 'wrong-issuer'],
    ['a token whose payload is null', `Bearer eA.${Buffer.from('null').toString('base64url')}.eA`, 'wrong-issuer'],
    ['a token without issuer', bearer({ aud: 'x' }), 'wrong-issuer'],
    ['a token of the Bot Framework Emulator', bearer({ iss: 'https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/' }), 'wrong-issuer'],
    ['a token for Graph', bearer({ iss: `https://sts.windows.net/${tenantId}/`, aud: 'https://graph.microsoft.com' }), 'wrong-issuer'],
    ['an issuer that only begins right', bearer({ iss: 'https://api.botframework.com.evil.example' }), 'wrong-issuer'],
    ['an issuer in a list', bearer({ iss: ['https://api.botframework.com'] }), 'wrong-issuer'],
  ] as const satisfies readonly (readonly [string, string | undefined, InboundRefusal])[]) {
    it(`refuses ${what} with 401`, () => assert.equal(outcome(authorization, activity), `401 ${refusal}`));
  }

  it('asks for no token in the demo, and takes the same activities there', () => {
    const demo: Door = { mode: 'unauthenticated-loopback', serviceUrls: 'loopback', tenantId };
    assert.equal(outcome(undefined, { ...activity, serviceUrl: 'http://127.0.0.1:3979/' }, demo), 'admitted');
    assert.equal(outcome(undefined, activity, demo), '403 wrong-service-url');
  });

  for (const [what, body, expected] of [
    ['an array', [activity], '400 not-an-activity'],
    ['null', null, '400 not-an-activity'],
    ['a text', 'message', '400 not-an-activity'],
    ['a type that is a number', { type: 5 }, '400 not-an-activity'],
    ['no conversation', { ...activity, conversation: undefined }, '400 not-an-activity'],
    ['a text that is an object', { ...activity, text: { a: 1 } }, '400 not-an-activity'],
    ['another channel', { ...activity, channelId: 'webchat' }, '403 wrong-channel'],
    ['the emulator as channel', { ...activity, channelId: 'emulator' }, '403 wrong-channel'],
    ['expected replies', { ...activity, deliveryMode: 'expectReplies' }, '400 wrong-delivery'],
    ['another tenant', { ...activity, channelData: { tenant: { id: 'c0417050-0000-4000-8000-000000000009' } }, conversation: { ...activity.conversation, tenantId: 'c0417050-0000-4000-8000-000000000009' } }, '403 wrong-tenant'],
    ['two tenants', { ...activity, channelData: { tenant: { id: 'c0417050-0000-4000-8000-000000000009' } } }, '403 wrong-tenant'],
    ['no tenant', { ...activity, channelData: {}, conversation: { id: 'a:1', conversationType: 'personal' } }, '403 wrong-tenant'],
    ["an attacker's serviceUrl", { ...activity, serviceUrl: 'https://attacker.example/' }, '403 wrong-service-url'],
    ["this machine's serviceUrl", { ...activity, serviceUrl: 'http://127.0.0.1:3979/' }, '403 wrong-service-url'],
    ['nobody', { ...activity, from: { id: '29:alex' } }, '400 no-person'],
  ] as const) {
    it(`refuses ${what} with ${expected}`, () => assert.equal(outcome(channel, body), expected));
  }

  it('lets in what is neither message nor invoke, to be ignored', () => {
    assert.equal(outcome(channel, { ...activity, type: 'conversationUpdate', from: { id: '29:alex' } }), 'admitted, ignored');
    assert.equal(outcome(channel, { ...activity, type: 'typing' }), 'admitted, ignored');
  });

  it('takes null for absent, where something may be absent', () => {
    const nulls = { name: null, deliveryMode: null, text: null, locale: null, localTimezone: null, entities: null, value: null };
    assert.equal(outcome(channel, { ...activity, ...nulls, channelData: { tenant: null } }), 'admitted');
    assert.equal(outcome(channel, { ...activity, channelData: null, from: { ...activity.from, name: null } }), 'admitted');
    assert.equal(outcome(channel, { ...activity, from: null }), '400 no-person');
    assert.equal(outcome(channel, { ...activity, conversation: null }), '400 not-an-activity');
    const nested: unknown = JSON.parse(`${'{"from":'.repeat(30_000)}{}${'}'.repeat(30_000)}`);
    assert.equal(outcome(channel, { ...activity, from: nested }), '400 not-an-activity', 'and goes no deeper than an activity does');
    assert.equal(outcome(channel, { ...activity, channelData: { tenant: null }, conversation: { ...activity.conversation, tenantId: null } }), '403 wrong-tenant');
  });

  it('takes the ordinary delivery mode', () => assert.equal(outcome(channel, { ...activity, deliveryMode: 'normal' }), 'admitted'));
});
