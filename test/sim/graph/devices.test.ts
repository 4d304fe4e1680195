import assert from 'node:assert/strict';
import type { Simulator } from '../../../src/sim/simulator.ts';
import { startSimulator } from '../../../src/sim/simulator.ts';
import { idsOf } from '../../../src/sim/tenant/named-machines.ts';
import { cast } from '../../../src/sim/tenant/people.ts';
import type { GraphCaller } from '../support/caller.ts';
import { entries, errorCode, field, graphCaller, pages } from '../support/caller.ts';

const eventual = { consistencylevel: 'eventual' };

describe('sim/graph/devices', () => {
  let sim: Simulator;
  let graph: GraphCaller;
  before(async () => {
    sim = await startSimulator({ devices: 350 });
    graph = await graphCaller(sim.url);
  });
  after(() => sim.stop());

  const namesOf = (body: unknown): readonly unknown[] => entries(body).map((entry) => field(entry, 'displayName'));
  const filtered = async (filter: string, more = '', headers = {}) => graph.get(`/v1.0/devices?$filter=${filter}&$select=displayName${more}`, headers);

  it('finds a device by its name in any case, in both versions', async () => {
    for (const version of ['v1.0', 'beta']) {
      const { body } = await graph.get(`/${version}/devices?$filter=displayName eq 'laptop-42'`);
      assert.deepEqual(entries(body).map((entry) => [field(entry, 'id'), field(entry, 'deviceId')]), [[idsOf(42).objectId, idsOf(42).deviceId]]);
    }
  });

  it('finds both devices of one name', async () => {
    assert.deepEqual(namesOf((await filtered("displayName eq 'TWIN-01'")).body), ['TWIN-01', 'TWIN-01']);
  });

  it('finds a name with a quote when the quote is doubled, and refuses it when not', async () => {
    assert.deepEqual(namesOf((await filtered("displayName eq 'O''BRIEN-PC'")).body), ["O'BRIEN-PC"]);
    const answered = await filtered("displayName eq 'O'BRIEN-PC'");
    assert.deepEqual([answered.status, errorCode(answered)], [400, 'BadRequest']);
  });

  it('finds a hostile name when it is encoded, and by deviceId', async () => {
    const name = '[click](https://evil.example) <at>x</at>';
    assert.deepEqual(namesOf((await filtered(encodeURIComponent(`displayName eq '${name}'`))).body), [name]);
    assert.deepEqual(namesOf((await filtered(`deviceId eq '${idsOf(16).deviceId}'`)).body), [name]);
  });

  it('finds nothing where there is nothing', async () => {
    assert.deepEqual((await filtered("displayName eq 'LAPTOP-4'")).body, { '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#devices(displayName)', value: [] });
    assert.deepEqual(namesOf((await filtered("displayName eq 'LAPTOP-GONE'")).body), []);
  });

  it('finds the beginning of a name', async () => {
    assert.deepEqual(namesOf((await filtered("startswith(displayName,'laptop-')")).body), ['LAPTOP-42', 'LAPTOP-FAIL', 'LAPTOP-NONE', 'LAPTOP-PEND']);
  });

  it('joins conditions with and, or', async () => {
    assert.deepEqual(namesOf((await filtered("displayName eq 'TWIN-01' and trustType eq 'ServerAd'")).body), ['TWIN-01']);
    assert.deepEqual(namesOf((await filtered("displayName eq 'LAPTOP-42' or displayName eq 'VIP-01'")).body), ['LAPTOP-42', 'VIP-01']);
  });

  for (const [filter, code] of [
    ["serialNumber eq 'x'", 'Request_UnsupportedQuery'],
    ["model eq 'x'", 'Request_UnsupportedQuery'],
    ["contains(displayName,'42')", 'Request_UnsupportedQuery'],
    ["constructor eq 'x'", 'Request_UnsupportedQuery'],
    ["displayName ne 'x'", 'Request_UnsupportedQuery'],
    ["not(displayName eq 'x')", 'Request_UnsupportedQuery'],
    ['displayName eq 42', 'BadRequest'],
    ['accountEnabled eq \'true\'', 'BadRequest'],
    ["substringof('x',displayName)", 'BadRequest'],
  ] as const) {
    it(`refuses the filter ${filter}`, async () => {
      const answered = await filtered(filter);
      assert.deepEqual([answered.status, errorCode(answered)], [400, code]);
    });
  }

  it('takes ne with the header and the count', async () => {
    const { status, body } = await filtered("displayName ne 'LAPTOP-42'", '&$count=true&$top=1', eventual);
    assert.equal(status, 200);
    assert.equal(field(body, '@odata.count'), sim.tenant.fleet.entraDevices.length - 1);
  });

  it('counts and searches with the header only', async () => {
    for (const query of ['$count=true', '$search="displayName:LAPTOP"']) {
      assert.deepEqual([(await graph.get(`/v1.0/devices?${query}`)).status, (await graph.get(`/v1.0/devices?${query}`, eventual)).status], [400, 200], query);
    }
    const { body } = await graph.get('/v1.0/devices?$search="displayName:o brien"&$count=true', eventual);
    assert.deepEqual([namesOf(body), field(body, '@odata.count')], [["O'BRIEN-PC"], 1]);
  });

  it('gives pages of 100 with a link to the next, and every device once', async () => {
    const found = await pages(sim.url, graph, '/v1.0/devices?$select=id');
    assert.deepEqual(found.map((page) => page.length), [100, 100, 100, 49]);
    assert.equal(new Set(found.flat().map((entry) => field(entry, 'id'))).size, 349);
  });

  it('keeps filter and selection in the link, and the link at Graph', async () => {
    const { body } = await filtered("startswith(displayName,'LAPTOP-')", '&$top=3');
    const link = String(field(body, '@odata.nextLink'));
    assert.ok(link.startsWith('https://graph.microsoft.com/v1.0/devices?'));
    const next = await graph.get(link.replace('https://graph.microsoft.com', ''));
    assert.deepEqual([namesOf(next.body), field(next.body, '@odata.nextLink')], [['LAPTOP-PEND'], undefined]);
  });

  it('takes $top up to 999', async () => {
    assert.equal((await graph.get('/v1.0/devices?$top=999')).status, 200);
    for (const top of ['1000', '0', '-1', 'x', '1.5']) assert.equal((await graph.get(`/v1.0/devices?$top=${top}`)).status, 400, top);
  });

  it('orders by name, together with a filter only with the header and the count', async () => {
    const order = "/v1.0/devices?$filter=startswith(displayName,'LAPTOP-')&$orderby=displayName desc&$count=true&$select=displayName";
    assert.deepEqual(namesOf((await graph.get(order, eventual)).body), ['LAPTOP-PEND', 'LAPTOP-NONE', 'LAPTOP-FAIL', 'LAPTOP-42']);
    assert.equal((await graph.get(order.replace('&$count=true', ''), eventual)).status, 400);
    assert.equal((await graph.get('/v1.0/devices?$orderby=deviceId')).status, 400);
  });

  it('expands owners and nothing else', async () => {
    const { body } = await graph.get("/v1.0/devices?$filter=displayName eq 'LAPTOP-42'&$expand=registeredOwners");
    assert.equal(field(body, 'value', 0, 'registeredOwners', 0, 'userPrincipalName'), 'adele@contoso.com');
    assert.equal((await graph.get('/v1.0/devices?$expand=memberOf')).status, 400);
  });

  for (const query of ['$skip=1', '$skiptoken=abc', '$bogus=1', "$filter=displayName eq 'a'&$filter=displayName eq 'b'", '$select=password', '$select=constructor']) {
    it(`refuses ${query}`, async () => {
      assert.equal((await graph.get(`/v1.0/devices?${query}`)).status, 400);
    });
  }

  it('gives one device by object id and by deviceId, and takes neither for the other', async () => {
    const { objectId, deviceId } = idsOf(42);
    assert.equal(field((await graph.get(`/v1.0/devices/${objectId}`)).body, 'displayName'), 'LAPTOP-42');
    assert.equal(field((await graph.get(`/v1.0/devices(deviceId='${deviceId}')`)).body, 'displayName'), 'LAPTOP-42');
    for (const path of [`/v1.0/devices/${deviceId}`, `/v1.0/devices(deviceId='${objectId}')`]) {
      const answered = await graph.get(path);
      assert.deepEqual([answered.status, errorCode(answered)], [404, 'Request_ResourceNotFound'], path);
    }
    assert.equal((await graph.get('/v1.0/devices/LAPTOP-42')).status, 400);
  });

  it('names the owner, and none of a hybrid joined device', async () => {
    const owners = async (device: string) => entries((await graph.get(`/v1.0/devices${device}/registeredOwners?$select=id,displayName`)).body);
    assert.deepEqual(await owners(`/${idsOf(42).objectId}`), [{ '@odata.type': '#microsoft.graph.user', id: cast.adele.id, displayName: 'Adele Vance' }]);
    assert.deepEqual(await owners(`(deviceId='${idsOf(102).deviceId}')`), [{ '@odata.type': '#microsoft.graph.user', id: cast.lee.id, displayName: 'Lee Gu' }]);
    assert.deepEqual(await owners(`/${idsOf(101).objectId}`), []);
  });
});
