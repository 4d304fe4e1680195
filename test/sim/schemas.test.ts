// The simulator's bodies against Microsoft's own descriptions of them, where those are present.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import type { Simulator } from '../../src/sim/simulator.ts';
import { startSimulator } from '../../src/sim/simulator.ts';
import { apps } from '../../src/sim/tenant/apps.ts';
import { idsOf } from '../../src/sim/tenant/named-machines.ts';
import type { GraphCaller } from './support/caller.ts';
import { entries, field, graphCaller } from './support/caller.ts';

const material = new URL('../../../shared/material/graph/', import.meta.url);
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, material), 'utf8'));

type Check = (value: unknown) => string;

/** A type of an OpenAPI 3.0 document. What the document does not name is refused, so that nothing is invented here. */
function typeOf(document: unknown, name: string): Check {
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema({ $id: 'graph', components: nullable(field(document, 'components')) });
  const validate = ajv.compile({ $ref: `graph#/components/schemas/microsoft.graph.${name}` });
  const properties = field(document, 'components', 'schemas', `microsoft.graph.${name}`, 'properties');
  const known = new Set(Object.keys(Object(properties)));
  return (value) => {
    const unknown = Object.keys(Object(value)).filter((property) => !property.includes('@odata.') && !known.has(property));
    return validate(value) ? unknown.map((property) => `${property} is not in the metadata`).join() : ajv.errorsText(validate.errors);
  };
}

/** OpenAPI 3.0 says `nullable` where JSON Schema has a type. */
function nullable(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(nullable);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([name, value]: [string, unknown]) => [name, nullable(value)]));
  if (inner['nullable'] !== true) return inner;
  const { nullable: _, ...rest } = inner;
  return { anyOf: [rest, { type: 'null' }] };
}

function jsonSchema(name: string): Check {
  const ajv = new Ajv({ strict: false, allErrors: true });
  const validate = ajv.compile(Object(read(name)));
  return (value) => (validate(value) ? '' : ajv.errorsText(validate.errors));
}

describe('sim bodies', () => {
  let sim: Simulator;
  let graph: GraphCaller;
  before(async function () {
    if (!existsSync(material)) {
      console.log('      skipped: ../shared/material/graph is not there');
      this.skip();
    }
    sim = await startSimulator({ devices: 200 });
    graph = await graphCaller(sim.url);
    const rotator = await graphCaller(sim.url, apps.keydeskRotation);
    await rotator.post(`/beta/deviceManagement/managedDevices/${idsOf(42).managedId}/rotateBitLockerKeys`);
  });
  after(() => sim?.stop());

  const v1 = 'graph-v1.0-slice.openapi.json';
  const beta = 'graph-beta-2021-06-slice.openapi.json';
  const lists: readonly (readonly [path: string, document: string, type: string])[] = [
    ['/v1.0/devices?$top=999', v1, 'device'],
    ['/v1.0/users?$top=50', v1, 'user'],
    ['/v1.0/users/adele@contoso.com/ownedDevices', v1, 'device'],
    [`/v1.0/devices/${idsOf(42).objectId}/registeredOwners`, v1, 'user'],
    ['/v1.0/users/isaiah@contoso.com/transitiveMemberOf', v1, 'group'],
    ['/v1.0/deviceManagement/managedDevices', v1, 'managedDevice'],
    ['/v1.0/auditLogs/directoryAudits', v1, 'directoryAudit'],
  ];
  for (const [path, document, type] of lists) {
    it(`${path} is a list of microsoft.graph.${type}`, async () => {
      if (type === 'directoryAudit') await graph.get('/v1.0/informationProtection/bitlocker/recoveryKeys/1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d?$select=key');
      const check = typeOf(read(document), type);
      const { body } = await graph.get(path);
      assert.ok(entries(body).length > 0);
      for (const entry of entries(body)) assert.equal(check(entry), '');
    });
  }

  it('refuses a body that is none: the check itself works', () => {
    const check = typeOf(read(v1), 'device');
    assert.equal(check({ displayName: 'x' }), '');
    assert.notEqual(check({ displayName: 1 }), '');
    assert.notEqual(check({ serialNumber: 'x' }), '');
  });

  it('recovery keys are microsoft.graph.bitlockerRecoveryKey, but for the volume type that the documents write as a number', async () => {
    const checks = [typeOf(read(v1), 'bitlockerRecoveryKey'), jsonSchema('beta-BitlockerRecoveryKey.schema.json')];
    const { body } = await graph.get('/v1.0/informationProtection/bitlocker/recoveryKeys');
    const named = entries(body).filter((entry) => /[a-z]/i.test(String(field(entry, 'volumeType'))));
    assert.ok(named.length > 0 && named.length < entries(body).length);
    for (const check of checks) for (const entry of entries(body)) assert.equal(check({ ...Object(entry), volumeType: 'operatingSystemVolume' }), '');
    for (const check of checks) for (const entry of named) assert.equal(check(entry), '');
  });

  it('encryption states are microsoft.graph.managedDeviceEncryptionState, but for lists of states', async () => {
    const { body } = await graph.get('/beta/deviceManagement/managedDeviceEncryptionStates');
    const check = jsonSchema('beta-ManagedDeviceEncryptionState.schema.json');
    for (const entry of entries(body)) {
      for (const state of String(field(entry, 'advancedBitLockerStates')).split(',')) assert.equal(check({ ...Object(entry), advancedBitLockerStates: state }), '');
    }
  });

  it('audit rows are directoryAudit in beta too', async () => {
    const { body } = await graph.get('/beta/auditLogs/directoryAudits');
    assert.ok(entries(body).length > 0);
    const check = jsonSchema('beta-DirectoryAudit.schema.json');
    for (const entry of entries(body)) assert.equal(check(entry), '');
  });

  it('the result of a rotation is rotateBitLockerKeysDeviceActionResult', async () => {
    const { body } = await graph.get(`/beta/deviceManagement/managedDevices/${idsOf(42).managedId}?$select=deviceActionResults`);
    const result = field(body, 'deviceActionResults', 0);
    assert.equal(field(result, 'actionState'), 'pending');
    for (const document of [v1, beta]) assert.equal(typeOf(read(document), 'rotateBitLockerKeysDeviceActionResult')(result), '');
  });

  it('errors are of the shape that Graph documents', async () => {
    const ajv = new Ajv({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'graph', components: nullable(field(read(v1), 'components')) });
    const validate = ajv.compile({ $ref: 'graph#/components/schemas/error' });
    for (const path of ['/v1.0/nothing', '/v1.0/devices?$top=0', '/v1.0/deviceManagement/managedDevices/none']) assert.ok(validate((await graph.get(path)).body), path);
  });
});
