import assert from 'node:assert/strict';
import { type Activity, activitySchema, parseIncoming, parsePress, tenantOf } from '../../src/teams/activity.ts';
import { alex, sure, tenantId } from '../support/desk/world.ts';

const given = (more: Readonly<Record<string, unknown>> = {}): Activity =>
  activitySchema.parse({
    type: 'message',
    id: 'activity-1',
    channelId: 'msteams',
    serviceUrl: 'https://smba.trafficmanager.net/emea/',
    from: { id: '29:alex', name: 'Alex Wilber', aadObjectId: alex.id.toUpperCase() },
    recipient: { id: '28:keydesk', name: 'Keydesk' },
    conversation: { id: 'a:1', conversationType: 'personal', tenantId },
    channelData: { tenant: { id: tenantId } },
    text: 'help',
    locale: 'de-DE',
    localTimezone: 'Europe/Berlin',
    ...more,
  });

const invoke = (value: unknown): Activity => given({ type: 'invoke', name: 'adaptiveCard/action', value });
const pressed = (value: unknown) => parsePress(sure(parseIncoming(invoke(value))));
const requestId = '5e900000-0000-4000-8000-0000000000aa';

describe('an activity that came in', () => {
  it('says who asks by object id and tenant, and where', () => {
    const incoming = sure(parseIncoming(given()));
    assert.deepEqual(incoming.asker, { person: { id: alex.id, tenantId, name: 'Alex Wilber' }, viewer: { locale: 'de-DE', timeZone: 'Europe/Berlin' }, conversation: 'personal' });
    assert.equal(incoming.conversationId, 'a:1');
    assert.equal(incoming.activityId, 'activity-1');
  });

  for (const [what, more] of [
    ['no sender', { from: undefined }],
    ['a sender without object id', { from: { id: '29:alex' } }],
    ['an object id that is no GUID', { from: { id: '29:alex', aadObjectId: 'alex' } }],
    ['the all-zero object id', { from: { id: '29:alex', aadObjectId: '00000000-0000-0000-0000-000000000000' } }],
    ['no activity id', { id: undefined }],
    ['no bot', { recipient: undefined }],
    ['a conversation of an unknown kind', { conversation: { id: 'a:1', conversationType: 'broadcast', tenantId } }],
    ['no tenant', { conversation: { id: 'a:1', conversationType: 'personal' }, channelData: undefined }],
    ['a type that asks nothing', { type: 'typing' }],
  ] as const) {
    it(`is nobody's with ${what}`, () => assert.equal(parseIncoming(given(more)), undefined));
  }

  it('has a tenant only when both places that name one agree', () => {
    const other = 'c0417050-0000-4000-8000-000000000009';
    assert.equal(tenantOf(given()), tenantId);
    assert.equal(tenantOf(given({ channelData: {} })), tenantId);
    assert.equal(tenantOf(given({ conversation: { id: 'a:1', conversationType: 'personal' } })), tenantId);
    assert.equal(tenantOf(given({ channelData: { tenant: { id: other } } })), undefined);
  });

  it('takes language and time zone from the client where they make sense, and never fails over them', () => {
    const viewer = (more: Readonly<Record<string, unknown>>) => parseIncoming(given({ locale: undefined, localTimezone: undefined, ...more }))?.asker.viewer;
    assert.deepEqual(viewer({ entities: [{ type: 'clientInfo', locale: 'fr-FR', timezone: 'Asia/Tokyo' }] }), { locale: 'fr-FR', timeZone: 'Asia/Tokyo' });
    assert.deepEqual(viewer({}), { locale: 'en-GB', timeZone: 'UTC' });
    assert.deepEqual(viewer({ locale: 'not a locale!', localTimezone: 'Mars/Olympus', entities: 'x' }), { locale: 'en-GB', timeZone: 'UTC' });
  });
});

describe('a press that came in', () => {
  const data = { request: requestId, action: 'reveal', keyId: 'k', reason: 'firmware-update' };
  const action = { type: 'Action.Execute', verb: 'reveal', data };

  it('has a verb, a request and the inputs of the form', () => {
    const press = sure(pressed({ action, trigger: 'manual' }));
    assert.equal(press.verb, 'reveal');
    assert.equal(press.press.requestId, requestId);
    assert.deepEqual(press.press.inputs, { keyId: 'k', reason: 'firmware-update' });
  });

  it('counts as pressed by hand when the trigger says so or is absent, and never otherwise', () => {
    const trigger = (value: unknown) => pressed({ action, trigger: value })?.press.trigger;
    assert.deepEqual([trigger('manual'), trigger(undefined), trigger(null)], ['manual', 'manual', 'manual']);
    assert.deepEqual([trigger('automatic'), trigger('Manual'), trigger(''), trigger({})], ['automatic', 'automatic', 'automatic', 'automatic']);
  });

  it('keeps only texts, only of known inputs, and cuts them', () => {
    const odd = { request: requestId, reason: { toString: 'x' }, ticket: 5, keyId: 'a'.repeat(30_000), person: 'somebody else', ['__proto__']: { reasonText: 'x' } };
    const press = sure(pressed({ action: { verb: 'reveal', data: odd } })).press;
    assert.deepEqual(Object.keys(press.inputs), ['keyId']);
    assert.equal(press.inputs.keyId?.length, 20_000);
    assert.equal(press.person.id, alex.id);
  });

  it('has no request when the data holds none that parses', () => {
    for (const request of [undefined, 'x', 5, { id: requestId }, `${requestId}0`]) {
      assert.equal(sure(pressed({ action: { verb: 'reveal', data: { request } } })).press.requestId, undefined);
    }
    assert.equal(sure(pressed({ action: { verb: 'reveal', data: 'x' } })).press.requestId, undefined);
  });

  it('is none with an unknown verb, another name or a form of its own', () => {
    for (const verb of ['revoke', 'REVEAL', '', 'toString', '__proto__']) assert.equal(pressed({ action: { verb, data } }), undefined, verb);
    for (const value of [undefined, null, 5, [], {}, { action: 5 }, { action: { data } }]) assert.equal(pressed(value), undefined);
    assert.equal(parsePress(sure(parseIncoming(given({ type: 'invoke', name: 'composeExtension/query', value: { action } })))), undefined);
    assert.equal(parsePress(sure(parseIncoming(given({ value: { action } })))), undefined);
  });
});
