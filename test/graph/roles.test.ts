import assert from 'node:assert/strict';
import { parsePersonId } from '../../src/domain/ids.ts';
import { type Bench, faultOf, graphAt, groups, never } from '../support/graph-at.ts';
import { known } from '../support/known.ts';
import { type Scripted, type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';

const alex = known(parsePersonId('a1e00000-0000-4000-8000-000000000001'));
const lee = known(parsePersonId('a1e00000-0000-4000-8000-000000000005'));
const member = (...value: readonly string[]): Scripted => ({ body: { value } });
const failing: Scripted = { status: 403, body: { error: { code: 'Authorization_RequestDenied' } } };

describe('graph/roles', () => {
  let upstream: ScriptedUpstream;
  let bench: Bench;
  before(async () => (upstream = await startScriptedUpstream()));
  after(() => upstream.stop());
  beforeEach(() => {
    upstream.reset();
    bench = graphAt(upstream.origin);
  });
  afterEach(() => bench.graph.stop());
  const fresh = async (person = alex) => [...(await bench.graph.roles.fresh(person, never()))];
  const recent = async (person = alex, deadline = never()) => [...(await bench.graph.roles.recent(person, deadline))];

  it('asks for all groups in one transitive call', async () => {
    upstream.script(member(groups.agent.toUpperCase()));
    assert.deepEqual(await fresh(), ['agent']);
    const { method, url, body, headers } = known(upstream.arrived[0]);
    assert.deepEqual([method, url, headers['content-type']], ['POST', `/v1.0/users/${alex}/checkMemberGroups`, 'application/json']);
    assert.deepEqual(JSON.parse(body), { groupIds: [groups.agent, groups.admin] });
  });

  it('gives no role for a group that was not asked for, and both roles of a group that serves two', async () => {
    upstream.script(member('5c000000-0000-4000-8000-00000000000f'), member(groups.agent));
    assert.deepEqual(await fresh(), []);
    bench = graphAt(upstream.origin, { roleGroups: { agent: groups.agent, approver: groups.agent } });
    assert.deepEqual(await fresh(), ['agent', 'approver']);
    assert.deepEqual(JSON.parse(known(upstream.arrived[1]).body), { groupIds: [groups.agent] });
  });

  it('knows the roles of groups that a token names, by their whole ids, and asks nobody', () => {
    const of = (...named: readonly string[]) => [...bench.graph.roles.ofGroups(named)];
    assert.deepEqual([of(), of(groups.agent), of(groups.admin.toUpperCase(), groups.agent), of(`${groups.agent}0`, 'agent', '5c000000-0000-4000-8000-00000000000f')], [[], ['agent'], ['agent', 'admin'], []]);
    assert.equal(upstream.arrived.length, 0);
  });

  it('gives no role and asks nobody when no group is configured', async () => {
    bench = graphAt(upstream.origin, { roleGroups: {} });
    assert.deepEqual(await fresh(), []);
    assert.equal(upstream.arrived.length, 0);
  });

  it('starts with no group that is none', () => {
    assert.throws(() => graphAt(upstream.origin, { roleGroups: { agent: 'helpdesk' } }), /role agent is expected to be an object id/);
  });

  it('gives a person whom Entra does not know no role', async () => {
    upstream.script({ status: 404, body: { error: { code: 'Request_ResourceNotFound' } } });
    assert.deepEqual(await fresh(), []);
  });

  it('says that it could not find out, and remembers nothing of it', async () => {
    upstream.script(failing, member(groups.agent));
    assert.equal((await faultOf(recent())).code, 'graph-forbidden');
    assert.deepEqual(await recent(), ['agent']);
    upstream.script({ body: { value: 'all' } });
    assert.equal((await faultOf(fresh())).code, 'graph-nonsense');
  });

  it('remembers for 60 s for look-ups, and for nothing else', async () => {
    upstream.script(member(groups.agent), member());
    assert.deepEqual(await recent(), ['agent']);
    bench.clock.advance(59_999);
    assert.deepEqual(await recent(), ['agent']);
    assert.equal(upstream.arrived.length, 1);
    bench.clock.advance(1);
    assert.deepEqual(await recent(), []);

    upstream.script(member(groups.admin));
    assert.deepEqual(await fresh(), ['admin']);
    assert.deepEqual(await recent(), ['admin']);
    assert.equal(upstream.arrived.length, 3);
  });

  it('keeps people apart', async () => {
    upstream.always(({ url }) => (url.includes(alex) ? member(groups.agent) : member()));
    assert.deepEqual([await recent(alex), await recent(lee)], [['agent'], []]);
    assert.deepEqual([await recent(alex), await recent(lee)], [['agent'], []]);
    assert.equal(upstream.arrived.length, 2);
  });

  it('asks once for all who ask at the same time', async () => {
    upstream.script(member(groups.agent));
    assert.deepEqual(await Promise.all([recent(), recent(), recent()]), [['agent'], ['agent'], ['agent']]);
    assert.equal(upstream.arrived.length, 1);
  });

  it('asks again for the second when the time of the first is over', async () => {
    const controller = new AbortController();
    let held = false;
    upstream.always(() => {
      if (held) return member(groups.agent);
      held = true;
      return () => controller.abort();
    });
    const [first, second] = [faultOf(recent(alex, controller.signal)), recent()];
    assert.equal((await first).code, 'graph-timeout');
    assert.deepEqual(await second, ['agent']);
  });

  it('does not let a slow answer push out a newer one', async () => {
    let release = (): void => assert.fail('nobody asked');
    upstream.script((_request, response) => {
      release = () => void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ value: [groups.agent] }));
      bench.clock.advance(1000);
      void fresh().then(release);
    }, member());
    assert.deepEqual(await recent(), ['agent']);
    assert.deepEqual(await recent(), []);
  });
});
