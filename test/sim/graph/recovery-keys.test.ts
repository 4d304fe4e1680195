import assert from 'node:assert/strict';
import type { Simulator } from '../../../src/sim/simulator.ts';
import { startSimulator } from '../../../src/sim/simulator.ts';
import { apps } from '../../../src/sim/tenant/apps.ts';
import { idsOf } from '../../../src/sim/tenant/named-machines.ts';
import type { GraphCaller } from '../support/caller.ts';
import { bareGet, call, clientHeaders, entries, errorCode, field, graphCaller, graphToken, pages } from '../support/caller.ts';

const keys = '/v1.0/informationProtection/bitlocker/recoveryKeys';
const active = '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d';
const superseded = '9f8e7d6c-5b4a-4938-a271-605f4e3d2c1b';

describe('sim/graph/recovery-keys', () => {
  let sim: Simulator;
  let graph: GraphCaller;
  let metadataOnly: GraphCaller;
  before(async () => {
    sim = await startSimulator({ devices: 300 });
    graph = await graphCaller(sim.url);
    metadataOnly = await graphCaller(sim.url, apps.keydeskMetadata);
  });
  after(() => sim.stop());

  it('lists the keys of a device without the key, in both versions', async () => {
    for (const path of [keys, keys.replace('v1.0', 'beta')]) {
      const { body } = await metadataOnly.get(`${path}?$filter=deviceId eq '${idsOf(42).deviceId}'`);
      assert.deepEqual(entries(body).map((entry) => field(entry, 'id')), [active, superseded]);
      for (const entry of entries(body)) {
        assert.equal(typeof entry === 'object' && entry !== null && 'key' in entry, false);
        assert.match(String(field(entry, 'createdDateTime')), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/);
      }
    }
  });

  it('shows no key in a list when it is selected there', async () => {
    const { status, body } = await graph.get(`${keys}?$filter=deviceId eq '${idsOf(42).deviceId}'&$select=id,key`);
    assert.equal(status, 200);
    assert.deepEqual(entries(body), [{ id: active }, { id: superseded }]);
  });

  it('knows nothing by the object id', async () => {
    assert.deepEqual(entries((await graph.get(`${keys}?$filter=deviceId eq '${idsOf(42).objectId}'`)).body), []);
  });

  for (const query of ['$top=1', '$skip=1', '$count=true', '$orderby=createdDateTime', '$expand=device', '$search="x"']) {
    it(`refuses ${query}`, async () => {
      const answered = await graph.get(`${keys}?${query}`);
      assert.deepEqual([answered.status, errorCode(answered)], [400, 'BadRequest']);
    });
  }

  for (const filter of ["id eq 'x'", "startswith(deviceId,'de')", 'volumeType eq 1', 'createdDateTime ge 2026-01-01T00:00:00Z', "deviceId ne 'x'", "deviceId eq 'x' or deviceId eq 'y'", 'deviceId eq de71ce00-0000-4000-8000-000000000042', 'deviceId']) {
    it(`refuses the filter ${filter}`, async () => {
      assert.equal((await graph.get(`${keys}?$filter=${filter}`)).status, 400);
    });
  }

  for (const header of ['User-Agent', 'ocp-client-name', 'ocp-client-version']) {
    it(`refuses a call without ${header}, and takes the same call with it`, async () => {
      const all = { authorization: `Bearer ${await graphToken(sim.url)}`, ...clientHeaders };
      const without = Object.fromEntries(Object.entries(all).filter(([name]) => name !== header.toLowerCase()));
      for (const path of [keys, `${keys}/${active}`]) assert.deepEqual([await bareGet(sim.url + path, without), await bareGet(sim.url + path, all)], [400, 200]);
    });
  }

  it('gives all keys of the tenant in pages of 50', async () => {
    const found = await pages(sim.url, graph, keys);
    assert.ok(found.length > 2);
    assert.ok(found.slice(0, -1).every((page) => page.length === 50));
    assert.deepEqual(new Set(found.flat().map((entry) => field(entry, 'id'))), new Set(sim.tenant.fleet.keys.map(({ id }) => id)));
  });

  it('writes the volume type as a number, as a number in quotes and as a name', async () => {
    const types = (await pages(sim.url, graph, keys)).flat().map((entry) => field(entry, 'volumeType'));
    for (const form of [1, '1', 'operatingSystemVolume', 2, '2', 'fixedDataVolume']) assert.ok(types.includes(form), String(form));
  });

  it('gives an empty page before each when it is told to', async () => {
    const other = await startSimulator({ devices: 100, emptyKeyPages: true });
    try {
      const found = await pages(other.url, await graphCaller(other.url), keys);
      assert.deepEqual(found.map((page) => page.length).filter((_, index) => index % 2 === 0), found.flatMap((_, index) => (index % 2 === 0 ? [0] : [])));
      assert.equal(found.flat().length, other.tenant.fleet.keys.length);
    } finally {
      await other.stop();
    }
  });

  it('gives one key flat and wrapped by turns, and writes no audit row for its metadata', async () => {
    const rows = sim.tenant.audit.rows().length;
    const bodies = [(await graph.get(`${keys}/${active}`)).body, (await graph.get(`${keys}/${active}`)).body];
    assert.deepEqual(new Set(bodies.map((body) => (field(body, 'id') === active ? 'flat' : field(body, 'value', 'id') === active ? 'wrapped' : 'neither'))), new Set(['flat', 'wrapped']));
    assert.equal(sim.tenant.audit.rows().length, rows);
  });

  it('gives the key to whoever may read keys, and writes who did', async () => {
    const { status, body } = await graph.get(`${keys}/${active}?$select=key`);
    assert.equal(status, 200);
    assert.equal(field(body, 'key') ?? field(body, 'value', 'key'), sim.tenant.recoveryPassword(active));
    const [row] = sim.tenant.audit.rows();
    assert.deepEqual([row?.activity, row?.keyId, row?.by.kind === 'app' && row.by.appId], ['Read BitLocker key', active, apps.keydesk.clientId]);
  });

  it('refuses the key to whoever may read metadata only, and writes nothing', async () => {
    const rows = sim.tenant.audit.rows().length;
    const answered = await metadataOnly.get(`${keys}/${active}?$select=key`);
    assert.deepEqual([answered.status, errorCode(answered)], [403, 'authorization_error']);
    assert.equal(sim.tenant.audit.rows().length, rows);
    assert.equal((await metadataOnly.get(`${keys}/${active}`)).status, 200);
  });

  it('leaves the key out when more is selected, and writes the row all the same', async () => {
    const rows = sim.tenant.audit.rows().length;
    const { body } = await graph.get(`${keys}/${active}?$select=id,key`);
    assert.equal(field(body, 'key') ?? field(body, 'value', 'key'), undefined);
    assert.equal(sim.tenant.audit.rows().length, rows + 1);
  });

  it('knows no key that is not there, and takes no other text for an id', async () => {
    const gone = await graph.get(`${keys}/1a2b3c4d-0000-4000-8000-000000000000?$select=key`);
    assert.deepEqual([gone.status, errorCode(gone)], [404, 'ResourceNotFound']);
    assert.equal((await graph.get(`${keys}/1A2B3C4D`)).status, 400);
  });

  it('takes the id in capitals', async () => {
    assert.equal((await graph.get(`${keys}/${active.toUpperCase()}`)).status, 200);
  });

  it('refuses an app without a permission for keys', async () => {
    const answered = await (await graphCaller(sim.url, apps.helpdeskScript)).get(keys);
    assert.deepEqual([answered.status, errorCode(answered)], [403, 'authorization_error']);
  });

  it('deletes nothing', async () => {
    const headers = { authorization: `Bearer ${await graphToken(sim.url)}`, ...clientHeaders };
    assert.equal((await call(`${sim.url}${keys}/${active}`, { method: 'DELETE', headers })).status, 405);
  });
});
