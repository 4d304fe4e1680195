import assert from 'node:assert/strict';
import { type Bench, faultOf, graphAt, groups, never } from '../support/graph-at.ts';
import { known } from '../support/known.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';

const id = (number: number): string => `a1e00000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const user = (number: number, displayName: string | null = `Person ${number}`) => ({ '@odata.type': '#microsoft.graph.user', id: id(number), displayName });

describe('graph/members', () => {
  let upstream: ScriptedUpstream;
  let bench: Bench;
  before(async () => (upstream = await startScriptedUpstream()));
  after(() => upstream.stop());
  beforeEach(() => {
    upstream.reset();
    bench = graphAt(upstream.origin);
  });
  afterEach(() => bench.graph.stop());
  const members = () => bench.graph.roles.members('admin', never());

  it('asks for everybody in the group, through nested groups too, and for id and name alone', async () => {
    upstream.script({ body: { value: [user(2)] } });
    assert.deepEqual(await members(), [{ id: id(2), name: 'Person 2' }]);
    assert.equal(known(upstream.arrived[0]).url, `/v1.0/groups/${groups.admin}/transitiveMembers?$select=id,displayName&$top=999`);
  });

  it('leaves out groups and devices, and keeps people without a name', async () => {
    upstream.script({ body: { value: [{ '@odata.type': '#microsoft.graph.group', id: id(90), displayName: 'Night shift' }, user(2, null), { '@odata.type': '#microsoft.graph.device', id: id(91) }, user(4)] } });
    assert.deepEqual(await members(), [{ id: id(2) }, { id: id(4), name: 'Person 4' }]);
  });

  it('takes all pages', async () => {
    upstream.script({ body: { value: [user(2)], '@odata.nextLink': `https://graph.microsoft.com/v1.0/groups/${groups.admin}/transitiveMembers?$skiptoken=2` } }, { body: { value: [user(3)] } });
    assert.deepEqual((await members()).map((member) => member.id), [id(2), id(3)]);
  });

  it('is a fault when an entry is not what Graph promises, and when Graph says no', async () => {
    for (const entry of [{ id: id(2), displayName: 'x' }, { '@odata.type': '#microsoft.graph.user', id: 'nobody' }]) {
      upstream.script({ body: { value: [entry] } });
      assert.equal((await faultOf(members())).code, 'graph-nonsense');
    }
    upstream.script({ status: 403, body: { error: { code: 'Authorization_RequestDenied' } } });
    assert.equal((await faultOf(members())).code, 'graph-forbidden');
  });

  it('is nobody, without a call, for a role without a group', async () => {
    assert.deepEqual(await bench.graph.roles.members('auditor', never()), []);
    assert.equal(upstream.arrived.length, 0);
  });
});
