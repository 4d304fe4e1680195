import assert from 'node:assert/strict';
import { encryptionFlags } from '../../src/domain/encryption-state.ts';
import { parseIntuneDeviceId } from '../../src/domain/ids.ts';
import { type Bench, faultOf, graphAt, never } from '../support/graph-at.ts';
import { known } from '../support/known.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';

const intuneId = known(parseIntuneDeviceId('1d000000-0000-4000-8000-000000000001'));
const device = { intuneId, name: 'LAPTOP-42' };
const other = '1d000000-0000-4000-8000-000000000002';
const report = (more: object = {}) => ({
  id: intuneId,
  deviceName: 'LAPTOP-42',
  tpmSpecificationVersion: '2.0',
  encryptionReadinessState: 'ready',
  encryptionState: 'encrypted',
  encryptionPolicySettingState: 'compliant',
  advancedBitLockerStates: 'success',
  policyDetails: [{ policyId: 'b17a0000-0000-4000-8000-000000000001', policyName: 'Windows - BitLocker required' }],
  ...more,
});
const gone = { status: 404, body: { error: { code: 'ResourceNotFound', message: 'no' } } };
const list = (value: readonly unknown[], more: object = {}) => ({ body: { value, ...more } });

describe('graph/encryption-states', () => {
  let upstream: ScriptedUpstream;
  let bench: Bench;
  before(async () => (upstream = await startScriptedUpstream()));
  after(() => upstream.stop());
  beforeEach(() => {
    upstream.reset();
    bench = graphAt(upstream.origin);
  });
  afterEach(() => bench.graph.stop());
  const of = () => bench.graph.encryptionStates.of(device, never());

  it('reads the report of one device by the id of the managed device, in beta', async () => {
    upstream.script({ body: report() });
    assert.deepEqual(await of(), { intuneId, name: 'LAPTOP-42', ready: true, encrypted: true, policy: 'compliant', policies: ['Windows - BitLocker required'], flags: [], tpmVersion: '2.0' });
    assert.match(known(upstream.arrived[0]).url, new RegExp(`^/beta/deviceManagement/managedDeviceEncryptionStates/${intuneId}\\?\\$select=id,deviceName,`));
  });

  for (const [title, sent, flags] of [
    ['one name', 'tpmNotReady', ['tpmNotReady']],
    ['a list with commas', 'recoveryKeyBackupFailed,networkError', ['recoveryKeyBackupFailed', 'networkError']],
    ['a list with blanks, in another case and order', 'NetworkError, RECOVERYKEYBACKUPFAILED', ['recoveryKeyBackupFailed', 'networkError']],
    ['a sum of bits', 256 + 32_768, ['recoveryKeyBackupFailed', 'networkError']],
    ['a sum of bits as text', '24576', ['tpmNotAvailable', 'tpmNotReady']],
    ['zero, which is success', 0, []],
    ['all bits and more that nobody knows', 0xff_ffff, [...encryptionFlags]],
    ['a name that nobody knows', 'success,unknownFutureValue', []],
    ['nothing', null, []],
  ] as const) {
    it(`reads the flags written as ${title}`, async () => {
      upstream.script({ body: report({ advancedBitLockerStates: sent }) });
      assert.deepEqual((await of())?.flags, flags);
    });
  }

  it('takes what is not said for not known', async () => {
    upstream.script({ body: { id: intuneId, deviceName: '', policyDetails: null, encryptionState: 'unknownFutureValue' } });
    assert.deepEqual(await of(), { intuneId, name: '', policy: 'unknown', policies: [], flags: [] });
  });

  it('reads numbers where names are promised', async () => {
    upstream.script({ body: report({ encryptionReadinessState: 0, encryptionState: '0', encryptionPolicySettingState: 7, policyDetails: [{}] }) });
    const state = await of();
    assert.deepEqual([state?.ready, state?.encrypted, state?.policy, state?.policies], [false, false, 'notAssigned', ['(no name)']]);
  });

  it('goes by the name where the id is another one, and takes it when exactly one bears it', async () => {
    upstream.script(gone, list([report({ id: other, deviceName: 'laptop-42', advancedBitLockerStates: 'tpmNotReady' }), report({ id: other.replace(/2$/, '3'), deviceName: 'LAPTOP-421' })]));
    assert.deepEqual((await of())?.flags, ['tpmNotReady']);
    assert.match(decodeURIComponent(known(upstream.arrived[1]).url), /\?\$filter=deviceName eq 'LAPTOP-42'&/);
  });

  it('has none where two bear the name, or nobody does', async () => {
    for (const value of [[report({ id: other }), report({ id: other.replace(/2$/, '3') })], [report({ deviceName: 'LAPTOP-43' })], []]) {
      upstream.script(gone, list(value));
      assert.equal(await of(), undefined);
    }
  });

  it('is a fault, and not none, where the whole tenant was answered page by page', async () => {
    upstream.script(gone, list([report({ deviceName: 'LAPTOP-43' })], { '@odata.nextLink': 'https://graph.microsoft.com/beta/deviceManagement/managedDeviceEncryptionStates?$skiptoken=2' }));
    assert.equal((await faultOf(of())).code, 'graph-nonsense');
    assert.equal(upstream.arrived.length, 2);
  });

  it('does not ask by a name that is none', async () => {
    upstream.script(gone);
    assert.equal(await bench.graph.encryptionStates.of({ intuneId, name: ' ' }, never()), undefined);
    assert.equal(upstream.arrived.length, 1);
  });

  for (const [title, body] of [['another device', report({ id: other })], ['no id', report({ id: undefined })], ['an all-zero id', report({ id: '00000000-0000-0000-0000-000000000000' })], ['a text for a list', report({ policyDetails: 'none' })]] as const) {
    it(`does not believe a report with ${title}`, async () => {
      upstream.script({ body });
      assert.equal((await faultOf(of())).code, 'graph-nonsense');
    });
  }

  it('reports a missing permission as what it is', async () => {
    upstream.script({ status: 403, body: { error: { code: 'Forbidden', message: 'no' } } });
    assert.equal((await faultOf(of())).code, 'graph-forbidden');
  });
});
