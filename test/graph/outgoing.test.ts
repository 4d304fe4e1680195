// What leaves, held against Microsoft's own descriptions: the OpenAPI of v1.0, what its metadata says each type
// supports, and which permissions are enough.

import assert from 'node:assert/strict';
import { z } from 'zod';
import { parseEntraDeviceId, parseEntraObjectId, parseIntuneDeviceId, parseKeyId, parsePersonId } from '../../src/domain/ids.ts';
import { instantAt } from '../../src/domain/instant.ts';
import { graphAt, groups, never } from '../support/graph-at.ts';
import { known } from '../support/known.ts';
import { readText } from '../support/house/sources.ts';
import { material } from '../support/material.ts';
import { callOf, permissionRows, superfluous } from '../support/permission-table.ts';
import { type Arrived, startScriptedUpstream } from '../support/scripted-upstream.ts';

/** What docs tell an administrator to grant for the acts of application mode. */
const permissions = ['Device.Read.All', 'User.Read.All', 'BitlockerKey.Read.All', 'DeviceManagementManagedDevices.Read.All', 'AuditLog.Read.All'];
/** For the encryption report, which is of another family. */
const toReport = 'DeviceManagementConfiguration.Read.All';
/** And for the identity that rotates. */
const toRotate = 'DeviceManagementManagedDevices.ReadWrite.All';

const guid = 'de000000-0000-4000-8000-000000000001';
const parameter = z.object({ name: z.string().optional(), $ref: z.string().optional() });
const openApi = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.object({ schemas: z.record(z.string(), z.unknown()), parameters: z.record(z.string(), parameter) }),
});
const operation = z.object({ parameters: z.array(parameter).default([]) });
const schema = z.object({ allOf: z.array(z.object({ properties: z.record(z.string(), z.unknown()).optional() })) });

describe('graph, what leaves', () => {
  let left: readonly Arrived[] = [];
  before(async () => {
    const upstream = await startScriptedUpstream();
    const policy = { defaultUserRolePermissions: { allowedToReadBitlockerKeysForOwnedDevice: true } };
    upstream.always(({ url }) => (url.includes('authorizationPolicy') ? { body: policy } : url.includes(`managedDeviceEncryptionStates/${guid}`) ? { status: 404 } : url.includes('$select=key') ? { body: { key: '011000-022000-033000-044000-055000-066000-077000-088000' } } : url.includes('deviceActionResults') ? { body: { id: guid } } : url.endsWith('rotateBitLockerKeys') ? { status: 204 } : url.endsWith(guid) ? { status: 404 } : { body: { value: [] } }));
    const { graph } = graphAt(upstream.origin);
    const [deviceId, objectId, person, keyId, intuneId] = [known(parseEntraDeviceId(guid)), known(parseEntraObjectId(guid)), known(parsePersonId(guid)), known(parseKeyId(guid)), known(parseIntuneDeviceId(guid))];
    await graph.ping(never());
    await graph.directory.devicesNamed('LAPTOP-42', never());
    await graph.directory.device(deviceId, never());
    await graph.directory.owners(objectId, never());
    await graph.directory.namesLike('LAPTOP-42', never());
    await graph.directory.people('adele@contoso.com', never());
    await graph.directory.people('Adele Vance', never());
    await graph.directory.devicesOf(person, never());
    await graph.managedDevices.named('LAPTOP-42', never());
    await graph.managedDevices.of(deviceId, never());
    await graph.encryptionStates.of({ intuneId, name: 'LAPTOP-42' }, never());
    await graph.tenantPolicy.ownersMayReadKeys(never());
    await graph.recoveryKeys.of(deviceId, never());
    await graph.recoveryKeys.find(keyId, never());
    await graph.recoveryKeys.read(keyId, { clientRequestId: guid, deadline: never(), authority: 'application' });
    await graph.roles.fresh(person, never());
    await graph.roles.members('agent', never());
    await graph.rotator.lastAction(intuneId, never());
    await graph.rotator.rotate(intuneId, { clientRequestId: intuneId, deadline: never(), authority: 'application' });
    await graph.auditLog.keyReads({ from: instantAt(0), to: instantAt(1) }, { deadline: never, take: async () => true });
    graph.stop();
    await upstream.stop();
    left = upstream.arrived;
  });

  it('is all of what the ports can ask', () => {
    assert.equal(left.length, 23);
  });

  it('carries a bearer, a client-request-id of its own and no cookie', () => {
    assert.ok(left.every(({ headers }) => headers.authorization === 'Bearer token-1' && headers.cookie === undefined && headers.host === 'graph.microsoft.com'));
    // The test itself gives one and the same to the read of the key and to the rotation.
    assert.equal(new Set(left.map(({ headers }) => headers['client-request-id'])).size, left.length - 1);
  });

  it('asks for the secret in one request and selects it nowhere else', () => {
    assert.deepEqual(left.filter(({ url }) => /[=,]key\b/i.test(url)).map(({ url }) => url), [`/v1.0/informationProtection/bitlocker/recoveryKeys/${guid}?$select=key`]);
  });

  for (const file of ['graph/graph-v1.0-ms-openapi-slice.json', 'graph/graph-v1.0-slice.openapi.json']) {
    it(`fits ${file}`, function () {
      const text = material(file);
      if (text === undefined) return this.skip();
      const api = openApi.parse(text);
      let compared = 0;
      for (const { method, url } of left.filter(({ url }) => !url.startsWith('/beta/'))) {
        const described = operationFor(api, method, url);
        // Each slice lacks a few paths; both together lack none (below).
        if (described === undefined) continue;
        compared += 1;
        for (const name of optionsOf(url)) assert.ok(described.includes(name), `${name} on ${url}`);
      }
      assert.ok(compared >= 14, `${compared} of ${left.length} requests are described`);
    });
  }

  it('leaves v1.0 for the encryption report and the rotation alone, which is described in beta and nowhere else, without a body', function () {
    const isReport = ({ url }: Arrived): boolean => url.includes('managedDeviceEncryptionStates');
    const inBeta = left.filter((one) => one.url.startsWith('/beta/') && !isReport(one));
    assert.ok(left.filter(isReport).every(({ method, url }) => method === 'GET' && url.startsWith('/beta/')));
    assert.deepEqual(inBeta.map(({ method, url, body }) => [method, url, body]), [['POST', `/beta/deviceManagement/managedDevices/${guid}/rotateBitLockerKeys`, '']]);
    const [beta, ...v1] = ['graph/graph-beta-2021-06-slice.openapi.json', 'graph/graph-v1.0-ms-openapi-slice.json', 'graph/graph-v1.0-slice.openapi.json'].map((file) => material(file));
    if (beta === undefined) return this.skip();
    const described = rotationIn(openApi.parse(beta));
    assert.deepEqual(z.object({ requestBody: z.undefined().optional(), responses: z.record(z.string(), z.unknown()) }).parse(described).responses['204'], { description: 'Success' });
    for (const file of v1) assert.equal(rotationIn(openApi.parse(file)), undefined);
  });

  it('selects only properties that exist', function () {
    const text = material('graph/graph-v1.0-ms-openapi-slice.json');
    if (text === undefined) return this.skip();
    const { schemas } = openApi.parse(text).components;
    for (const { url } of left.filter(({ url }) => url.includes('$select=') && !/^\/beta\/|\/policies\//.test(url))) {
      const type = url.includes('recoveryKeys') ? 'bitlockerRecoveryKey' : url.includes('managedDevices') ? 'managedDevice' : /registeredOwners|transitiveMembers|\/users\?/.test(url) ? 'user' : 'device';
      const properties = schema.parse(schemas[`microsoft.graph.${type}`]).allOf.flatMap((part) => Object.keys(part.properties ?? {}));
      for (const name of /\$select=([^&]*)/.exec(url)?.[1]?.split(',') ?? []) assert.ok(name === 'id' || properties.includes(name), `${type}.${name}`);
    }
  });

  it('asks nothing of recovery keys that their metadata calls unsupported', function () {
    const text = material('graph/graph-capabilities.json');
    if (text === undefined) return this.skip();
    const capabilities = z.object({ 'v1.0': z.object({ bitlockerRecoveryKey: z.object({ TopSupported: z.boolean(), FilterRestrictions: z.object({ NonFilterableProperties: z.array(z.string()) }) }) }) });
    const { TopSupported, FilterRestrictions } = capabilities.parse(text)['v1.0'].bitlockerRecoveryKey;
    const keys = left.filter(({ url }) => url.includes('recoveryKeys'));
    assert.deepEqual([TopSupported, keys.length], [false, 3]);
    for (const { url } of keys) {
      assert.ok(!/\$(top|count|orderby|skip|search|expand)=/.test(url), url);
      for (const name of FilterRestrictions.NonFilterableProperties) assert.ok(!url.includes(`$filter=${name}`), url);
    }
  });

  it('is covered, call by call, by the permissions that docs/permissions.md lists, and each of these by a call', () => {
    const rows = permissionRows(readText('docs/permissions.md'));
    assert.deepEqual([...new Set(left.map(callOf))].toSorted(), rows.flatMap(({ calls }) => calls).toSorted());
  });

  it('may be asked with them as Microsoft lists it, and none of them makes another superfluous', function () {
    const text = material('graph/graph-permissions-slice.json');
    if (text === undefined) return this.skip();
    const granted = z.record(z.string(), z.looseObject({ least: z.boolean().optional() })).default({});
    const { paths } = z.object({ paths: z.record(z.string(), z.object({ Application: granted, DelegatedWork: granted })) }).parse(text);
    const listed = (call: string) => paths[`${call.split(' ')[0]} ${call.split(' ')[1]?.split('?')[0]?.toLowerCase()}`];
    const rows = permissionRows(readText('docs/permissions.md'));
    for (const { name, delegated, calls } of rows) {
      for (const call of calls) {
        // Microsoft's list has no policies; the page of authorizationPolicy names Policy.Read.All as the least.
        if (name === 'Policy.Read.All') continue;
        const allowed = listed(call);
        assert.ok(allowed !== undefined && name in allowed.Application, `${name} for ${call}`);
        if (delegated === 'yes') assert.ok(name in allowed.DelegatedWork, `${name} for ${call}, in somebody's name`);
      }
    }
    const more = rows.filter(({ name, calls }) => name !== 'Policy.Read.All' && !calls.some((call) => listed(call)?.Application[name]?.least === true));
    // docs/permissions.md says why for each.
    assert.deepEqual(more.map(({ name }) => name), ['BitlockerKey.Read.All', 'GroupMember.Read.All']);
    const allowed = (call: string): readonly string[] => Object.keys(listed(call)?.Application ?? {});
    // The one that covers it besides is for the encryption report, which not everybody grants.
    assert.deepEqual(superfluous(rows, allowed), ['DeviceManagementManagedDevices.Read.All']);
    const second = { name: 'Directory.Read.All', application: 'yes', delegated: '–', calls: ['GET /devices'] };
    assert.deepEqual(superfluous([...rows, second], allowed).includes('Directory.Read.All'), true, 'a second one for the same call would be noticed');
  });

  it('selects only properties of the encryption report that exist', function () {
    const text = material('graph/beta-ManagedDeviceEncryptionState.schema.json');
    if (text === undefined) return this.skip();
    const known = JSON.stringify(text);
    const selected = left.filter(({ url }) => url.includes('managedDeviceEncryptionStates')).flatMap(({ url }) => /\$select=([^&]*)/.exec(url)?.[1]?.split(',') ?? []);
    assert.ok(selected.length >= 16);
    for (const name of selected) assert.ok(known.includes(`"${name}"`), name);
  });

  it('needs no permission to read beyond the five that are asked for, and each of them, one for the encryption report, one for the policy of the tenant, one for the members of a group, and one to rotate', function () {
    const text = material('graph/graph-permissions-slice.json');
    if (text === undefined) return this.skip();
    const paths = z.object({ paths: z.record(z.string(), z.object({ Application: z.record(z.string(), z.unknown()).optional() })) }).parse(text).paths;
    const needed = new Set<string>();
    const allowedFor = (method: string, url: string) => Object.keys(paths[`${method} ${shapeOf(url).toLowerCase()}`]?.Application ?? {});
    for (const { method, url } of left) {
      const allowed = allowedFor(method, url);
      // Not in the slice; Microsoft's page of authorizationPolicy names Policy.Read.All as the least.
      if (url.includes('/policies/')) continue;
      if (url.includes('managedDeviceEncryptionStates')) {
        assert.deepEqual([allowed.includes(toReport), permissions.some((permission) => allowed.includes(permission))], [true, false], 'those who read the rest may not read the report');
        continue;
      }
      if (url.startsWith('/beta/')) {
        assert.deepEqual([allowed.includes(toRotate), permissions.some((permission) => allowed.includes(permission))], [true, false], 'those who only read may not rotate');
        continue;
      }
      // Whoever rotates sees what became of it with the same permission.
      if (url.includes('deviceActionResults')) assert.ok(allowed.includes(toRotate));
      // Microsoft's list has no such path; the page of the call itself names GroupMember.Read.All as the least that is enough.
      if (shapeOf(url) === '/groups/'.concat(groups.agent, '/transitiveMembers')) continue;
      const enough = permissions.filter((permission) => allowed.includes(permission));
      assert.ok(enough.length > 0, `${method} ${url}`);
      if (enough.length === 1) needed.add(known(enough[0]));
    }
    assert.deepEqual([...needed].toSorted(), permissions.toSorted());
  });
});

/** `/users/{id}/ownedDevices`, without version, query and type cast. */
const shapeOf = (url: string): string => known(url.split('?')[0]).replace(/^\/(?:v1\.0|beta)/, '').replace(/\/microsoft\.graph\.\w+$/, '').replaceAll(guid, '{id}');

const rotationIn = (api: z.infer<typeof openApi>): unknown => Object.entries(api.paths).find(([path]) => path.endsWith('/rotateBitLockerKeys'))?.[1]['post'];

const optionsOf = (url: string): readonly string[] => [...new URLSearchParams(url.split('?')[1] ?? '').keys()];

function operationFor(api: z.infer<typeof openApi>, method: string, url: string): readonly string[] | undefined {
  const path = Object.entries(api.paths).find(([path]) => path.replaceAll(/\{[^}]*\}/g, '{id}') === shapeOf(url))?.[1];
  const found = path?.[method.toLowerCase()];
  if (found === undefined) return undefined;
  return operation.parse(found).parameters.flatMap(({ name, $ref }) => name ?? api.components.parameters[$ref?.split('/').at(-1) ?? '']?.name ?? []);
}
