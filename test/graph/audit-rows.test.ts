import assert from 'node:assert/strict';
import type { KeyRead } from '../../src/domain/key-read.ts';
import { toKeyRead } from '../../src/graph/audit-rows.ts';
import { adele, auditRow, deviceId, keyId, script, words } from '../support/audit-rows.ts';

const password = '011000-022000-033000-044000-055000-066000-077000-088000';

function readOf(more: Readonly<Record<string, unknown>> = {}): KeyRead {
  const read = toKeyRead(auditRow(1, more));
  assert.ok(typeof read === 'object', 'a read');
  return read;
}
const by = (initiatedBy: unknown) => readOf({ initiatedBy }).by;
const client = (more: Readonly<Record<string, unknown>>) => readOf(more).client;

describe('graph/audit-rows', () => {
  it('reads who read which key of which device, when, and from where', () => {
    assert.deepEqual(readOf(), {
      id: 'Device Registration Service_7c1e0f0e-0000-4000-8000-000000000001_ABCDE_000001',
      at: '2026-11-22T08:59:07.112Z',
      keyId,
      deviceId,
      by: { kind: 'person', id: adele.id, name: 'Adele Vance' },
      client: '203.0.113.7',
      failed: false,
    });
  });

  it('finds the key in the text where it does not stand by itself, with or without quotes', () => {
    for (const targetResources of [undefined, null, [], [{}], [{ displayName: null }], [{ displayName: 'LAPTOP-42' }], 'none', [null]]) {
      for (const value of [words(), `KEY ID: ${keyId.toUpperCase()}; backed up from Device: ${deviceId}`]) {
        const read = readOf({ targetResources, additionalDetails: [{ key: 'Other', value: null }, 'odd', { key: 'AdditionalInfo', value }] });
        assert.deepEqual([read.keyId, read.deviceId], [keyId, deviceId]);
      }
    }
  });

  it('can do without the device, and without a reader', () => {
    assert.equal(readOf({ additionalDetails: undefined }).deviceId, undefined);
    for (const nobody of [undefined, null, {}, { app: null, user: null }, { user: {} }, 'somebody', { user: { id: 7 } }]) assert.deepEqual(by(nobody), { kind: 'unknown' });
  });

  it('tells people from applications, whichever half Entra leaves empty', () => {
    const empty = { id: null, appId: null, displayName: null, userPrincipalName: null, servicePrincipalId: null };
    assert.deepEqual(by({ user: adele, app: empty }), { kind: 'person', id: adele.id, name: 'Adele Vance' });
    assert.deepEqual(by({ user: { ...adele, displayName: null } }), { kind: 'person', id: adele.id, name: 'adele@contoso.com' });
    assert.deepEqual(by({ user: { ...adele, id: '' } }), { kind: 'person', name: 'Adele Vance' });
    assert.deepEqual(by({ user: empty, app: { ...script, appId: script.appId.toUpperCase() } }), { kind: 'app', appId: script.appId, name: 'Helpdesk script' });
    assert.deepEqual(by({ app: { ...script, appId: null } }), { kind: 'app', name: 'Helpdesk script' });
    assert.deepEqual(by({ app: { servicePrincipalId: script.servicePrincipalId } }), { kind: 'app' });
  });

  it('puts application, program and address together, as far as they are there, and not without end', () => {
    const additionalDetails = [{ key: 'AdditionalInfo', value: words() }, { key: 'user-agent', value: ' Mozilla/5.0 ' }];
    assert.equal(client({ additionalDetails }), 'Mozilla/5.0 · 203.0.113.7');
    assert.equal(client({ additionalDetails, initiatedBy: { app: script } }), 'Helpdesk script · Mozilla/5.0');
    assert.equal(client({ initiatedBy: { user: { userPrincipalName: 'adele@contoso.com' } } }), 'adele@contoso.com');
    assert.equal(client({ initiatedBy: null }), undefined);
    assert.equal(client({ additionalDetails: [{ key: 'User-Agent', value: 'x'.repeat(5000) }] })?.length, 300);
  });

  it('takes no recovery password over from a name, a program or all of them together', () => {
    const [first, second] = [password.slice(0, 27), password.slice(28)];
    const whole = readOf({ initiatedBy: { user: { ...adele, displayName: password } }, additionalDetails: [{ key: 'User-Agent', value: password }] });
    assert.deepEqual([whole.by, whole.client], [{ kind: 'person', id: adele.id, name: 'adele@contoso.com' }, '203.0.113.7']);
    assert.equal(client({ initiatedBy: { app: { ...script, displayName: first } }, additionalDetails: [{ key: 'User-Agent', value: second }] }), undefined);
    assert.equal(toKeyRead(auditRow(1, { id: password })), 'unreadable');
  });

  for (const [result, failed] of [['success', false], ['failure', true], ['Failure', true], ['timeout', false], ['unknownFutureValue', false], [null, false], [7, false]] as const) {
    it(`calls a read with the result ${String(result)} ${failed ? 'failed' : 'one that may have succeeded'}`, () => assert.equal(readOf({ result }).failed, failed));
  }

  for (const more of [{ activityDisplayName: 'Add BitLocker key' }, { activityDisplayName: 'Read Bitlocker key' }, { activityDisplayName: '' }, { category: 'UserManagement' }]) {
    it(`takes ${JSON.stringify(more)} for something else`, () => assert.equal(toKeyRead(auditRow(1, more)), 'other'));
  }

  it('takes a read without a category for one all the same', () => assert.equal(readOf({ category: null }).keyId, keyId));

  const unreadable: readonly unknown[] = [
    null,
    'text',
    [],
    {},
    auditRow(1, { id: '' }),
    auditRow(1, { id: undefined }),
    auditRow(1, { id: 'x'.repeat(301) }),
    auditRow(1, { id: 'a\0b' }),
    auditRow(1, { activityDateTime: 'yesterday' }),
    auditRow(1, { activityDateTime: '0001-01-01T00:00:00Z' }),
    auditRow(1, { activityDisplayName: null }),
    auditRow(1, { targetResources: [], additionalDetails: [] }),
    auditRow(1, { targetResources: [{ displayName: '00000000-0000-0000-0000-000000000000' }], additionalDetails: [{ key: 'AdditionalInfo', value: 'no id' }] }),
  ];
  for (const raw of unreadable) it(`says that it cannot read ${JSON.stringify(raw).slice(0, 60)}…`, () => assert.equal(toKeyRead(raw), 'unreadable'));
});
