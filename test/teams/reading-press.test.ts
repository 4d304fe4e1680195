import assert from 'node:assert/strict';
import { activitySchema, type Incoming, parseIncoming, parsePress } from '../../src/teams/activity.ts';
import { isConsent, parseConsent, parseReadingPress } from '../../src/teams/reading-press.ts';
import { alex, tenantId } from '../support/desk/world.ts';
import { known } from '../support/known.ts';

const readingId = '4ead1460-0000-4000-8000-000000000042';
const exportId = 'e8904700-0000-4000-8000-000000000042';

const incoming = (name: string, value: unknown): Incoming =>
  known(
    parseIncoming(
      activitySchema.parse({
        type: 'invoke',
        id: 'i-1',
        name,
        channelId: 'msteams',
        serviceUrl: 'http://127.0.0.1/',
        from: { id: '29:alex', name: alex.name, aadObjectId: alex.id },
        recipient: { id: '28:bot' },
        conversation: { id: 'a:1', conversationType: 'personal', tenantId },
        replyToId: 'm-1',
        value,
      }),
    ),
  );
const execute = (verb: string, data: unknown, trigger?: unknown): Incoming => incoming('adaptiveCard/action', { action: { type: 'Action.Execute', verb, data }, ...(trigger !== undefined && { trigger }) });

describe('a press on a card of the ledger', () => {
  it('is read: who, where, which question, which page, which form', () => {
    const parsed = parseReadingPress(execute('audit-send', { reading: readingId, page: 3, action: 'audit-send', format: 'ocsf' }, 'manual'));
    assert.equal(parsed?.verb, 'audit-send');
    const { person, conversationId, trigger, cardActivityId, readingId: id, page, format } = known(parsed).press;
    assert.deepEqual([person, conversationId, trigger, cardActivityId, id, page, format], [alex, 'a:1', 'manual', 'm-1', readingId, 3, 'ocsf']);
  });

  it('keeps nothing of data that is none', () => {
    for (const data of [undefined, null, [], 'x', { reading: 7, page: '3', format: 'xlsx' }, { reading: '../../x', page: 1.5 }, { page: 2 ** 60, format: ['csv'] }, JSON.parse('{"__proto__": {"page": 1}}') as unknown]) {
      const press = known(parseReadingPress(execute('audit-page', data))?.press);
      assert.deepEqual([press.readingId, press.page, press.format], [undefined, undefined, undefined], JSON.stringify(data));
    }
  });

  it('is by hand, unless a client says otherwise', () => {
    for (const [trigger, read] of [[undefined, 'manual'], ['manual', 'manual'], ['automatic', 'automatic'], [7, 'automatic']] as const) assert.equal(parseReadingPress(execute('audit-page', {}, trigger))?.press.trigger, read);
  });

  it('is no press of a request, and the other way round', () => {
    assert.equal(parseReadingPress(execute('reveal', { request: readingId })), undefined);
    assert.equal(parsePress(execute('audit-page', { reading: readingId })), undefined);
    for (const name of ['fileConsent/invoke', 'task/fetch']) assert.equal(parseReadingPress(incoming(name, { action: { verb: 'audit-page' } })), undefined);
  });
});

describe('the answer to an offer of a file', () => {
  const uploadInfo = { contentUrl: 'https://contoso.sharepoint.com/f.csv', name: 'f.csv', uploadUrl: 'https://contoso.sharepoint.com/up', uniqueId: 'u', fileType: 'csv', etag: 'x' };

  it('is read: accepted or declined, which offer, where to', () => {
    const accepted = known(parseConsent(incoming('fileConsent/invoke', { type: 'fileUpload', action: 'accept', context: { export: exportId, more: 1 }, uploadInfo })));
    const { etag: _etag, ...kept } = uploadInfo;
    assert.deepEqual([accepted.action, accepted.consent.exportId, accepted.consent.person, accepted.consent.conversationId, accepted.uploadInfo], ['accept', exportId, alex, 'a:1', kept]);
    const declined = known(parseConsent(incoming('fileConsent/invoke', { type: 'fileUpload', action: 'decline', context: { export: exportId } })));
    assert.deepEqual([declined.action, declined.consent.exportId, declined.uploadInfo], ['decline', exportId, undefined]);
  });

  it('is none when it says neither, or is misshapen', () => {
    for (const value of [undefined, 'accept', {}, { action: 'maybe' }, { action: 'accept', uploadInfo: { uploadUrl: 7 } }, { action: 'accept', context: 'x' }]) assert.equal(parseConsent(incoming('fileConsent/invoke', value)), undefined, JSON.stringify(value));
    assert.equal(parseConsent(incoming('adaptiveCard/action', { action: 'accept' })), undefined);
    assert.ok(!isConsent({ kind: 'message', name: 'fileConsent/invoke' }));
  });

  it('names no offer when its context is none of ours', () => {
    for (const context of [null, {}, { export: 'x' }, { export: { id: exportId } }]) assert.equal(parseConsent(incoming('fileConsent/invoke', { action: 'decline', context }))?.consent.exportId, undefined);
  });
});
