import assert from 'node:assert/strict';
import { keyReadingRoles } from '../../src/graph/key-readers.ts';
import { apps } from '../../src/sim/tenant/apps.ts';
import { assignment, roleTemplates } from '../../src/sim/tenant/directory-roles.ts';
import { cast, office, tenantId } from '../../src/sim/tenant/people.ts';
import { type Simulator, startSimulator } from '../../src/sim/simulator.ts';
import { createCredential } from '../../src/graph/credential.ts';
import { authorityTurnedTo } from '../../src/graph/turned.ts';
import { instantAt } from '../../src/domain/instant.ts';
import { systemClock } from '../../src/config/system.ts';
import { type Bench, faultOf, graphAt, never } from '../support/graph-at.ts';
import { startScriptedUpstream } from '../support/scripted-upstream.ts';

describe('graph/examination', () => {
  let sim: Simulator;
  const benches: Bench[] = [];

  beforeEach(async () => (sim = await startSimulator({ devices: 0 })));
  afterEach(async () => {
    for (const { graph } of benches.splice(0)) graph.stop();
    await sim.stop();
  });

  function examination() {
    const credential = createCredential({ tenantId, identity: { type: 'secret', clientId: apps.keydesk.clientId, secret: { reveal: () => apps.keydesk.secret } } }, { authorityHttp: authorityTurnedTo(sim.url) });
    const bench = graphAt(sim.url, { credential, clock: systemClock });
    benches.push(bench);
    return bench.graph.examination;
  }

  it('counts members of a group one by one, a person with a role in several units once, and applications apart', async () => {
    const { intuneAdministrator } = roleTemplates;
    sim.tenant.roleAssignments.splice(0);
    sim.tenant.roleAssignments.push(
      assignment(1, intuneAdministrator, office.id),
      assignment(2, intuneAdministrator, cast.alex.id, '/administrativeUnits/a'),
      assignment(3, intuneAdministrator, cast.alex.id, '/administrativeUnits/b'),
      assignment(4, intuneAdministrator, apps.helpdeskScript.servicePrincipalId),
    );
    const readers = await examination().keyReaders(never());
    assert.deepEqual([...new Set(readers.map(({ role }) => role))], ['Intune Administrator']);
    assert.deepEqual(readers.filter(({ kind }) => kind === 'person').map(({ id }) => id).toSorted(), Object.values(cast).map(({ id }) => id).toSorted());
    assert.deepEqual(readers.flatMap(({ kind, id }) => (kind === 'application' ? [id] : [])), [apps.helpdeskScript.servicePrincipalId]);
  });

  it('asks for each role that Microsoft names, and for no other', async () => {
    await examination().keyReaders(never());
    const asked = sim.requests.list().flatMap(({ url }) => /roleDefinitionId%20eq%20'([^']+)'/.exec(url.replaceAll('%27', "'"))?.[1] ?? []);
    assert.deepEqual(asked.toSorted(), Object.values(keyReadingRoles).toSorted());
  });

  it('says when the secret ends that begins as ours, the earliest that has not ended', async () => {
    const at = (day: string): string => `2027-${day}T00:00:00Z`;
    const upstream = await startScriptedUpstream();
    upstream.always(() => ({ body: { passwordCredentials: [{ hint: 'abc', endDateTime: at('03-01') }, { hint: 'abc', endDateTime: at('02-01') }, { hint: 'abc', endDateTime: '2020-01-01T00:00:00Z' }, { hint: 'xyz', endDateTime: at('01-01') }, { hint: null }] } }));
    const { graph } = graphAt(upstream.origin);
    const end = (hint: string) => graph.examination.secretEnd('ac1d0000-0000-4000-8000-000000000001', hint, instantAt(Date.parse('2026-11-25T00:00:00Z')), never());
    assert.equal(await end('abc'), '2027-02-01T00:00:00.000Z');
    assert.equal(await end('xyz'), '2027-01-01T00:00:00.000Z');
    assert.equal(await end('zzz'), undefined);
    graph.stop();
    await upstream.stop();
  });

  it('reads no permissions from a token that is closed, and says so', async () => {
    const { graph } = graphAt(sim.url);
    assert.equal(await graph.examination.granted(never()), undefined);
    assert.equal(await graph.examination.has('BitlockerKey.Read.All', never()), 'unknown');
    graph.stop();
  });

  it('throws what is no answer about a permission: silence is not "missing"', async () => {
    const asked = examination();
    assert.equal(await asked.has('Device.Read.All', never()), true);
    sim.faults.add({ path: /devices/, status: 504 });
    assert.equal((await faultOf(asked.has('Device.Read.All', never()))).code, 'graph-unavailable');
    sim.faults.clear();
    sim.faults.add({ path: /devices/, status: 403 });
    assert.equal(await asked.has('Device.Read.All', never()), false);
  });
});
