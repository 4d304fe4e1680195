import assert from 'node:assert/strict';
import { type Bench, faultOf, graphAt, never } from '../support/graph-at.ts';
import { known } from '../support/known.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';

const saying = (value: unknown) => ({ body: { defaultUserRolePermissions: { allowedToCreateApps: true, allowedToReadBitlockerKeysForOwnedDevice: value } } });

describe('graph/tenant-policy', () => {
  let upstream: ScriptedUpstream;
  let bench: Bench;
  before(async () => (upstream = await startScriptedUpstream()));
  after(() => upstream.stop());
  beforeEach(() => {
    upstream.reset();
    bench = graphAt(upstream.origin);
  });
  afterEach(() => bench.graph.stop());

  it('asks for the one property, and says what it says', async () => {
    upstream.script(saying(true), saying(false));
    assert.equal(await bench.graph.tenantPolicy.ownersMayReadKeys(never()), true);
    assert.equal(await bench.graph.tenantPolicy.ownersMayReadKeys(never()), false);
    assert.equal(known(upstream.arrived[0]).url, '/v1.0/policies/authorizationPolicy?$select=defaultUserRolePermissions');
  });

  it('takes a tenant that says nothing for one that does not allow it', async () => {
    upstream.script(saying(null), { body: { defaultUserRolePermissions: {} } });
    assert.equal(await bench.graph.tenantPolicy.ownersMayReadKeys(never()), false, 'null');
    assert.equal(await bench.graph.tenantPolicy.ownersMayReadKeys(never()), false, 'absent');
  });

  for (const body of [{}, { defaultUserRolePermissions: null }, saying('true').body, []]) {
    it(`does not guess from ${JSON.stringify(body)}`, async () => {
      upstream.script({ body });
      assert.equal((await faultOf(bench.graph.tenantPolicy.ownersMayReadKeys(never()))).code, 'graph-nonsense');
    });
  }

  it('reports a missing permission as what it is', async () => {
    upstream.script({ status: 403, body: { error: { code: 'Authorization_RequestDenied', message: 'no' } } });
    assert.equal((await faultOf(bench.graph.tenantPolicy.ownersMayReadKeys(never()))).code, 'graph-forbidden');
  });
});
