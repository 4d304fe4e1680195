import assert from 'node:assert/strict';
import type { Simulator } from '../../../src/sim/simulator.ts';
import { startSimulator } from '../../../src/sim/simulator.ts';
import { apps } from '../../../src/sim/tenant/apps.ts';
import { cast } from '../../../src/sim/tenant/people.ts';
import type { GraphCaller } from '../support/caller.ts';
import { call, entries, errorCode, field, graphCaller, pages } from '../support/caller.ts';

const audits = '/v1.0/auditLogs/directoryAudits';
const key = '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d';

describe('sim/graph/directory-audits', () => {
  let clock = Date.parse('2026-03-02T09:00:00Z');
  let sim: Simulator;
  let graph: GraphCaller;
  before(async () => {
    sim = await startSimulator({ devices: 0, now: () => clock });
    graph = await graphCaller(sim.url);
    await graph.get(`/v1.0/informationProtection/bitlocker/recoveryKeys/${key}?$select=key`);
    clock += 60_000;
    await note({ keyId: key, by: cast.megan.id });
    await note({ keyId: key, by: 'lee@contoso.com', at: '2026-03-01T12:00:00Z' });
  });
  after(() => sim.stop());

  const note = (body: unknown) => call(`${sim.url}/_sim/audit`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const people = (body: unknown): readonly unknown[] => entries(body).map((row) => field(row, 'initiatedBy', 'user', 'displayName') ?? field(row, 'initiatedBy', 'app', 'displayName'));
  const filtered = async (filter: string) => people((await graph.get(`${audits}?$filter=${filter}`)).body);

  it('lists reads by apps and people, newest first', async () => {
    const { body } = await graph.get(audits);
    assert.deepEqual(people(body), ['Megan Bowen', 'Keydesk', 'Lee Gu']);
    const row = entries(body)[1];
    assert.equal(field(row, 'activityDisplayName'), 'Read BitLocker key');
    assert.equal(field(row, 'category'), 'KeyManagement');
    assert.equal(field(row, 'targetResources', 0, 'displayName'), key);
    assert.match(String(field(row, 'additionalDetails', 0, 'value')), new RegExp(`key ID: '${key}'\\. Backed up from device: 'de71ce00-0000-4000-8000-000000000042'`));
    assert.doesNotMatch(JSON.stringify(body), /\d{6}-\d{6}/);
  });

  it('filters by time, activity, category and person', async () => {
    assert.deepEqual(await filtered("activityDateTime ge 2026-03-02T00:00:00Z and activityDateTime le 2026-03-02T09:00:30Z and category eq 'KeyManagement' and loggedByService eq 'Device Registration Service' and activityDisplayName eq 'Read BitLocker key'"), ['Keydesk']);
    assert.deepEqual(await filtered(`initiatedBy/user/id eq '${cast.lee.id}'`), ['Lee Gu']);
    assert.deepEqual(await filtered(`initiatedBy/app/appId eq '${apps.keydesk.clientId}'`), ['Keydesk']);
  });

  it('tells capitals from small letters', async () => {
    assert.deepEqual(await filtered("activityDisplayName eq 'Read Bitlocker key'"), []);
  });

  it('refuses what it cannot filter or order by', async () => {
    assert.equal((await graph.get(`${audits}?$filter=result eq 'success'`)).status, 400);
    assert.equal((await graph.get(`${audits}?$filter=activityDateTime ge '2026-03-02'`)).status, 400);
    assert.equal((await graph.get(`${audits}?$orderby=category`)).status, 400);
  });

  it('gives pages in either order', async () => {
    const found = await pages(sim.url, graph, `${audits}?$top=2&$orderby=activityDateTime asc`);
    assert.deepEqual(found.map((page) => page.map((row) => field(row, 'initiatedBy', 'user', 'displayName') ?? 'Keydesk')), [['Lee Gu', 'Keydesk'], ['Megan Bowen']]);
  });

  it('gives one row by its id', async () => {
    const id = String(field((await graph.get(audits)).body, 'value', 0, 'id'));
    assert.equal(field((await graph.get(`${audits}/${encodeURIComponent(id)}`)).body, 'id'), id);
    assert.equal((await graph.get(`${audits}/none`)).status, 404);
  });

  it('refuses an app that may not read the log', async () => {
    const answered = await (await graphCaller(sim.url, apps.keydeskRotation)).get(audits);
    assert.deepEqual([answered.status, errorCode(answered)], [403, 'Authentication_MSGraphPermissionMissing']);
  });

  it('writes several rows for one read, refused reads and programs when it is told so, and loses all rows', async () => {
    await call(`${sim.url}/_sim/audit`, { method: 'DELETE' });
    await note({ keyId: key, by: cast.lee.id, times: 3, result: 'failure', userAgent: 'curl/8' });
    const rows = entries((await graph.get(audits)).body);
    assert.deepEqual([rows.length, new Set(rows.map((row) => field(row, 'id'))).size], [3, 3]);
    assert.deepEqual([field(rows[0], 'result'), field(rows[0], 'additionalDetails', 1)], ['failure', { key: 'User-Agent', value: 'curl/8' }]);
    for (const wrong of [{ times: 0 }, { times: '3' }, { result: 'perhaps' }, { userAgent: 7 }]) assert.equal((await note({ keyId: key, by: cast.lee.id, ...wrong })).status, 400);
    assert.equal((await call(`${sim.url}/_sim/audit`, { method: 'DELETE' })).status, 204);
    assert.deepEqual(entries((await graph.get(audits)).body), []);
  });

  it('refuses the operations that a property does not allow', async () => {
    for (const filter of ["category ne 'KeyManagement'", "contains(category,'Key')", "not (category eq 'KeyManagement')", 'activityDateTime ne 2026-03-02T00:00:00Z', "category in ('KeyManagement')"]) {
      assert.equal((await graph.get(`${audits}?$filter=${filter}`)).status, 400, filter);
    }
    for (const option of ['$select=nothing', '$top=1001', '$top=0', '$skip=1', '$count=true', '$expand=targetResources']) assert.equal((await graph.get(`${audits}?${option}`)).status, 400, option);
  });

  it('notes only reads that could have been', async () => {
    assert.equal((await note({ keyId: key, by: 'nobody@contoso.com' })).status, 404);
    assert.equal((await note({ keyId: cast.lee.id, by: cast.lee.id })).status, 404);
    assert.equal((await note({ keyId: key, by: cast.lee.id, at: 'yesterday' })).status, 400);
    assert.equal((await note({ by: cast.lee.id })).status, 400);
  });
});
