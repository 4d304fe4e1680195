import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { allGraphPermissions, graphPermissions, missingInWords } from '../../src/domain/graph-permission.ts';
import { createDenials, permissionFor } from '../../src/graph/permissions.ts';
import { Token } from '../../src/domain/authority.ts';
import { Fault, type FaultCode } from '../../src/domain/fault.ts';
import { parseIntuneDeviceId } from '../../src/domain/ids.ts';
import { odata } from '../../src/graph/odata.ts';
import type { Question } from '../../src/graph/ask.ts';
import { filesBelow, root } from '../support/house/sources.ts';
import { known } from '../support/known.ts';
import { faultOf, never } from '../support/graph-at.ts';

/** What stands in backticks behind `odata`, with `{}` for every value. */
const routesIn = (text: string): readonly string[] => [...text.matchAll(/odata`([^`]+)`/g)].map(([, route]) => (route ?? '').replaceAll(/\$\{\w+\}/g, '{}'));
const all = [...new Set(filesBelow('src/graph').filter((path) => path !== 'src/graph/odata.ts').flatMap((path) => routesIn(readFileSync(`${root}${path}`, 'utf8'))))];
/** Asked by the doctor alone, under permissions that no feature needs. */
const doctorsOwn = /^(?:roleManagement|applications)\b/;

const questionOf = (template: string): Question => ({ service: 'directory', route: { path: template, template }, deadline: never() });

describe('graph/permissions', () => {
  it('knows the permission of every route that is asked for', () => {
    assert.ok(all.length > 20, all.join('\n'));
    const unknown = all.filter((template) => !doctorsOwn.test(template) && permissionFor(questionOf(template)) === undefined);
    assert.deepEqual(unknown, []);
  });

  it('has a route for every permission that is asked of an administrator', () => {
    const used = new Set(all.map((template) => permissionFor(questionOf(template))));
    assert.deepEqual(allGraphPermissions.filter((name) => !used.has(name)), []);
  });

  it('tells the power to read a key from that to list keys, and rotating from looking', () => {
    const of = (template: string) => permissionFor(questionOf(template));
    assert.equal(of('informationProtection/bitlocker/recoveryKeys/{}?$select=key'), 'BitlockerKey.Read.All');
    assert.equal(of('informationProtection/bitlocker/recoveryKeys/{}'), 'BitlockerKey.ReadBasic.All');
    assert.equal(of('deviceManagement/managedDevices/{}/rotateBitLockerKeys'), 'DeviceManagementManagedDevices.ReadWrite.All');
    assert.equal(of('deviceManagement/managedDevices?$filter=deviceName eq {}'), 'DeviceManagementManagedDevices.Read.All');
  });

  it('remembers a 403 until the next answer to a question of the same permission', async () => {
    let answer: FaultCode | 'well' = 'graph-forbidden';
    const denials = createDenials();
    const ask = denials.watch(() => (answer === 'well' ? Promise.resolve({ body: {}, graphRequestId: undefined, nonsense: () => new Fault('internal', 'never') }) : Promise.reject(new Fault(answer, 'never'))));
    const users = { service: 'directory', route: odata`users?$filter=displayName eq ${'Alex'}`, deadline: never() } as const;
    assert.deepEqual(denials.missing(), []);
    assert.equal((await faultOf(ask(users))).code, 'graph-forbidden');
    assert.deepEqual(denials.missing(), ['User.Read.All']);
    answer = 'graph-timeout';
    await faultOf(ask(users));
    assert.deepEqual(denials.missing(), ['User.Read.All'], 'silence says nothing');
    answer = 'well';
    await ask({ ...users, route: odata`devices?$select=id&$top=1` });
    assert.deepEqual(denials.missing(), ['User.Read.All'], 'another permission');
    answer = 'graph-not-found';
    await faultOf(ask(users));
    assert.deepEqual(denials.missing(), []);
  });

  it('holds the no to a person against nobody but that person, and their yes proves nothing of Keydesk', async () => {
    let refused = true;
    const denials = createDenials();
    const ask = denials.watch(() => (refused ? Promise.reject(new Fault('graph-forbidden', 'never')) : Promise.resolve({ body: {}, graphRequestId: undefined, nonsense: () => new Fault('internal', 'never') })));
    const rotate = { service: 'intune', kind: 'act', route: odata`deviceManagement/managedDevices/${known(parseIntuneDeviceId('d1e00000-0000-4000-8000-000000000001'))}/rotateBitLockerKeys`, deadline: never() } as const;
    const inTheirName = { ...rotate, authority: { onBehalfOf: new Token('aa.bb.cc') } };
    await faultOf(ask(inTheirName));
    assert.deepEqual(denials.missing(), []);
    await faultOf(ask({ ...rotate, authority: 'application' }));
    assert.deepEqual(denials.missing(), ['DeviceManagementManagedDevices.ReadWrite.All']);
    refused = false;
    await ask(inTheirName);
    assert.deepEqual(denials.missing(), ['DeviceManagementManagedDevices.ReadWrite.All']);
  });

  it('says for each what is switched off without it', () => {
    assert.equal(missingInWords([]), 'ok');
    assert.equal(missingInWords(['User.Read.All', 'AuditLog.Read.All', 'User.Read.All']), "User.Read.All is missing: people are not found by address or name; AuditLog.Read.All is missing: the ledger is not held against Entra's own log");
  });

  it('has a row in the paper for each, in its order', () => {
    const paper = readFileSync(`${root}docs/operations.md`, 'utf8');
    const rows = [...paper.matchAll(/^ *\| `([A-Za-z.]+)` \|/gm)].map(([, name]) => name).filter((name) => name !== undefined && name in graphPermissions);
    assert.deepEqual(rows, allGraphPermissions);
  });
});
