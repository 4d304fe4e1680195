// infra/ and the files of the Agents Toolkit, as far as they can be held without a compiler and without Azure.

import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { filesBelow, readSources, readText } from '../support/house/sources.ts';
import { namesReadAtStart } from '../support/house/settings.ts';
import { material } from '../support/material.ts';
import { bare, modulesOf, outputsOf, parametersOf, unbalanced, unknownIn, unused } from '../support/package/bicep.ts';
import { permissionIds, permissionRows } from '../support/permission-table.ts';

const bicep = new Map(filesBelow('infra').filter((path) => path.endsWith('.bicep')).map((path) => [path, readText(path)] as const));
const textOf = (path: string): string => bicep.get(path) ?? '';
const main = textOf('infra/azure.bicep');
const read = new Set(readSources().flatMap(({ code }) => [...code.matchAll(/['"`]((?:KEYDESK_|MicrosoftApp)\w+|DATABASE_URL|PORT)['"`]/g)].map(([, name]) => name ?? '')));
const alsoRead = new Set(namesReadAtStart());
/** Read by App Service, not by Keydesk. */
const ofThePlatform = new Set(['WEBSITES_ENABLE_APP_SERVICE_STORAGE', 'WEBSITE_RUN_FROM_PACKAGE', 'WEBSITES_CONTAINER_STOP_TIME_LIMIT']);
const isRead = (name: string): boolean => read.has(name) || alsoRead.has(name);

describe('infra: what can be held without a compiler', () => {
  it('has brackets that fit, and knows every name that it uses', () => {
    assert.ok(bicep.size >= 6);
    for (const [path, text] of bicep) {
      assert.equal(unbalanced(text), undefined, path);
      assert.deepEqual(unknownIn(text), [], path);
      assert.deepEqual(unused(text), [], path);
    }
    assert.deepEqual([unbalanced("a: { b: '}' // {\n"), unbalanced('[{ ]')], ['{', ']']);
    assert.deepEqual([unknownIn('output x string = nobody.id'), unused('param a string\nvar b = 1\noutput c string = b')], [['nobody'], ['a']]);
  });

  it('finds every module, and gives each the parameters that it wants and no others', () => {
    const modules = [...bicep].flatMap(([path, text]) => modulesOf(text).map((module) => ({ ...module, target: posix.join(posix.dirname(path), module.path) })));
    assert.deepEqual(modules.map(({ target }) => target).toSorted(), [...bicep.keys()].filter((path) => path !== 'infra/azure.bicep').toSorted());
    for (const { target, given } of modules) {
      const parameters = parametersOf(textOf(target));
      assert.deepEqual(given.filter((name) => !parameters.some((one) => one.name === name)), [], target);
      assert.deepEqual(parameters.filter(({ name, optional }) => !optional && !given.includes(name)), [], target);
    }
  });

  it('takes from modules only what they put out', () => {
    for (const { name, path } of modulesOf(main)) {
      const outputs = outputsOf(textOf(posix.join('infra', path))).map((one) => one.name);
      for (const [, used = ''] of bare(main).matchAll(new RegExp(`\\b${name}\\.outputs\\.(\\w+)`, 'g'))) assert.ok(outputs.includes(used), `${name}.outputs.${used}`);
    }
  });

  it('is given every parameter that it wants, none that it does not know, and no secret in clear', () => {
    const { parameters } = z.object({ parameters: z.record(z.string(), z.object({ value: z.unknown() })) }).parse(JSON.parse(readText('infra/azure.parameters.json')));
    const wanted = parametersOf(main);
    assert.deepEqual(Object.keys(parameters).filter((name) => !wanted.some((one) => one.name === name)), []);
    assert.deepEqual(wanted.filter(({ name, optional }) => !optional && !(name in parameters)), []);
    for (const { name } of wanted.filter(({ secure }) => secure)) assert.match(String(parameters[name]?.value), /^\$\{\{SECRET_\w+\}\}$/);
  });

  it('puts out nothing that is secret', () => {
    for (const [path, text] of bicep) {
      const secure = parametersOf(text).filter((one) => one.secure).map(({ name }) => name);
      for (const { name, value } of outputsOf(text)) assert.ok(!/password|secret|key(?!desk|_vault)|list\w+\(/i.test(`${name} ${value}`.replace(/KEYDESK/g, '')) && !secure.some((one) => value.includes(one)), `${path}: ${name}`);
      for (const { name } of parametersOf(text).filter((one) => /password|secret/i.test(one.name))) assert.ok(secure.includes(name), `${path}: ${name}`);
    }
  });

  it('sets only variables that Keydesk or App Service reads, and secrets of the vault alone', () => {
    const settings = /resource settings 'config' = \{[\s\S]*?properties: union\(moreSettings, \{\n(?<inner>[\s\S]*?)\n {4}\}/.exec(textOf('infra/modules/web.bicep'))?.groups?.['inner'] ?? '';
    const set = [...settings.matchAll(/^ {6}(\w+): (.+)$/gm)].map(([, name = '', value = '']) => ({ name, value }));
    assert.ok(set.length > 12);
    const { scripts } = z.object({ scripts: z.object({ start: z.string() }) }).parse(JSON.parse(readText('package.json')));
    assert.ok(textOf('infra/modules/web.bicep').includes(`appCommandLine: '${scripts.start}'`), 'it starts as npm start does');
    for (const { name } of set) assert.ok(isRead(name) || ofThePlatform.has(name), name);
    for (const name of ['DATABASE_URL', 'KEYDESK_LEDGER_KEY']) assert.match(set.find((one) => one.name === name)?.value ?? '', /^'@Microsoft\.KeyVault\(/);
    assert.ok(set.every(({ name }) => !/Password|SECRET|OWNER/.test(name)), 'neither a secret in clear nor the owner of the database');
  });

  it('has what a bank asks for first', () => {
    const all = [...bicep.values()].join('\n');
    for (const line of ['httpsOnly: true', "minTlsVersion: '1.2'", "scmMinTlsVersion: '1.2'", "ftpsState: 'Disabled'", "healthCheckPath: '/healthz'", 'enableRbacAuthorization: true', 'enablePurgeProtection: true', "defaultAction: 'Deny'", "publicNetworkAccess: 'Disabled'", "name: 'require_secure_transport'", "value: 'PG_TRGM'", 'backupRetentionDays: 35', "msaAppType: 'SingleTenant'", 'disableLocalAuth: true', "linuxFxVersion: 'NODE|24-lts'"]) assert.ok(all.includes(line), line);
    assert.deepEqual([...all.matchAll(/roleDefinitions', '([^']+)'/g)].map(([, id]) => id), ['4633458b-17de-408a-b875-0445c86b69e6'], 'one role, that of Key Vault Secrets User');
    assert.equal([...all.matchAll(/Microsoft\.Insights\/diagnosticSettings/g)].length, 3);
  });
});

const step = z.strictObject({ uses: z.string(), name: z.string().optional(), with: z.record(z.string(), z.unknown()), writeToEnvironmentFile: z.record(z.string(), z.string()).optional() });
const toolkitFile = z.strictObject({ version: z.literal('v1.11'), environmentFolderPath: z.literal('./env'), provision: z.array(step).default([]), deploy: z.array(step).default([]), publish: z.array(step).default([]) });
const toolkit = (name: string) => toolkitFile.parse(parse(readText(name)));
/** The actions of the Toolkit that these files may use, with what each must be given. */
const actions: Readonly<Record<string, readonly string[]>> = {
  'teamsApp/create': ['name'],
  'aadApp/create': ['name', 'generateClientSecret', 'signInAudience'],
  'aadApp/update': ['manifestPath', 'outputFilePath'],
  'arm/deploy': ['subscriptionId', 'resourceGroupName', 'templates', 'bicepCliVersion'],
  'botFramework/create': ['botId', 'name', 'messagingEndpoint', 'channels'],
  'teamsApp/validateManifest': ['manifestPath'],
  'teamsApp/zipAppPackage': ['manifestPath', 'outputZipPath', 'outputFolder'],
  'teamsApp/validateAppPackage': ['appPackagePath'],
  'teamsApp/update': ['appPackagePath'],
  'teamsApp/publishAppPackage': ['appPackagePath'],
  'cli/runNpmCommand': ['args'],
  'azureAppService/zipDeploy': ['artifactFolder', 'resourceId'],
  'file/createOrUpdateEnvironmentFile': ['target', 'envs'],
};

describe('the files of the Agents Toolkit', () => {
  for (const name of ['m365agents.yml', 'm365agents.local.yml', 'm365agents.playground.yml']) {
    it(`has steps that the Toolkit knows, each with what it wants: ${name}`, () => {
      const { provision, deploy, publish } = toolkit(name);
      assert.ok(deploy.length > 0);
      for (const one of [...provision, ...deploy, ...publish]) assert.deepEqual(actions[one.uses]?.filter((key) => !(key in one.with)), [], `${one.uses} of ${name}`);
      for (const path of [readText(name)].flatMap((text) => [...text.matchAll(/: \.\/((?!appPackage\/build|env$|\.localConfigs)[\w./-]+)$/gm)].map(([, path]) => path ?? ''))) assert.ok(readText(path).length > 0, path);
    });

    it(`uses no value before something wrote it or people set it: ${name}`, () => {
      const people = new Set([...readText('env/.env.dev').matchAll(/^(\w+)=/gm), ...readText('docs/operations.md').matchAll(/`([A-Z][A-Z_]+)`/g)].map(([, key]) => key ?? ''));
      const given = new Set(['TEAMSFX_ENV', ...[...people].filter((key) => !/^(?:BOT_ID|TEAMS_APP_ID|BOT_DOMAIN)$/.test(key) || name.includes('local'))]);
      const { provision, deploy } = toolkit(name);
      for (const one of [...provision, ...deploy]) {
        const named = one.uses === 'arm/deploy' ? readText('infra/azure.parameters.json') : one.uses === 'aadApp/update' ? readText('aad.manifest.json') : JSON.stringify(one.with);
        if (one.uses === 'aadApp/update') given.add('AAD_APP_ACCESS_AS_USER_PERMISSION_ID'); // made by this step itself, and written
        for (const [, key = ''] of named.matchAll(/\$\{\{(\w+)\}\}/g)) assert.ok(given.has(key), `${one.uses} of ${name}: ${key}`);
        for (const key of Object.values(one.writeToEnvironmentFile ?? {})) given.add(key);
        if (one.uses === 'arm/deploy') for (const output of outputsOf(main)) given.add(output.name);
      }
    });
  }

  it('registers for one tenant, everywhere, and the deployed one without a secret', () => {
    for (const [name, secret] of [['m365agents.yml', false], ['m365agents.local.yml', true]] as const) {
      const created = toolkit(name).provision.filter(({ uses }) => uses === 'aadApp/create');
      assert.deepEqual(created.map((one) => [one.with['signInAudience'], one.with['generateClientSecret']]), [['AzureADMyOrg', secret]], name);
    }
  });

  it('writes for the process on this machine only variables that it reads', () => {
    for (const name of ['m365agents.local.yml', 'm365agents.playground.yml']) {
      const written = toolkit(name).deploy.flatMap((one) => Object.keys(z.record(z.string(), z.unknown()).default({}).parse(one.with['envs'])));
      assert.ok(written.length > 2);
      for (const key of written) assert.ok(isRead(key), `${name}: ${key}`);
    }
  });
});

describe('the registration in Entra', () => {
  const raw = readText('aad.manifest.json');
  const access = z.object({ id: z.string(), type: z.enum(['Role', 'Scope']) });
  const registration = z.object({
    identifierUris: z.array(z.string()),
    signInAudience: z.literal('AzureADMyOrg'),
    api: z.object({ requestedAccessTokenVersion: z.literal(2), oauth2PermissionScopes: z.array(z.object({ id: z.string(), value: z.string() })).length(1), preAuthorizedApplications: z.array(z.object({ appId: z.string(), delegatedPermissionIds: z.array(z.string()) })) }),
    web: z.object({ redirectUris: z.array(z.string()) }),
    requiredResourceAccess: z.array(z.object({ resourceAppId: z.literal('00000003-0000-0000-c000-000000000000'), resourceAccess: z.array(access) })).length(1),
  });
  const app = registration.parse(JSON.parse(raw));
  const asked = (type: 'Role' | 'Scope'): readonly string[] => app.requiredResourceAccess.flatMap(({ resourceAccess }) => resourceAccess.filter((one) => one.type === type).map(({ id }) => id)).toSorted();
  const rows = permissionRows(readText('docs/permissions.md'));

  it('asks for the permissions that docs/permissions.md gives it, and for no other', () => {
    assert.deepEqual(rows.map(({ name }) => name), Object.keys(permissionIds));
    assert.deepEqual(asked('Role'), rows.filter(({ application }) => application === 'yes').map(({ name }) => permissionIds[name]?.[0] ?? '').toSorted());
    assert.deepEqual(asked('Scope'), rows.filter(({ delegated }) => delegated === 'yes').map(({ name }) => permissionIds[name]?.[1] ?? '').toSorted());
  });

  it('may not read a key by itself, nor rotate', () => {
    for (const name of ['BitlockerKey.Read.All', 'DeviceManagementManagedDevices.ReadWrite.All']) assert.ok(!asked('Role').includes(permissionIds[name]?.[0] ?? ''), name);
  });

  it('lets Teams’ two clients sign people in for what the app package names, and nobody else', () => {
    const manifest = z.object({ webApplicationInfo: z.object({ resource: z.string() }) }).parse(JSON.parse(readText('appPackage/manifest.json')));
    assert.deepEqual(app.identifierUris, [manifest.webApplicationInfo.resource]);
    const [scope] = app.api.oauth2PermissionScopes;
    assert.equal(scope?.value, 'access_as_user');
    assert.deepEqual(app.api.preAuthorizedApplications.map(({ appId, delegatedPermissionIds }) => [appId, delegatedPermissionIds.join()]), [['1fec8e78-bce4-4aaf-ab1b-5451cc387264', scope?.id], ['5e3ce6c0-2b1f-4285-8d4b-75ee78787346', scope?.id]]);
    assert.deepEqual(app.web.redirectUris, ['https://${{BOT_DOMAIN}}/signin/done']);
  });

  it('has every permission in the operator’s guide with its reason', () => {
    const reasons = new Map([...readText('docs/operations.md').matchAll(/^ *\| `([\w.]+\.All)` \| (.+) \|$/gm)].map(([, name = '', why = '']) => [name, why] as const));
    for (const { name } of rows) assert.ok((reasons.get(name) ?? '').length > 20, name);
    for (const name of reasons.keys()) assert.ok(rows.some((row) => row.name === name), name);
  });

  it('names permissions as Microsoft does', function () {
    const text = material('graph/graph-permissions-slice.json');
    if (text === undefined) return this.skip();
    const details = z.object({ permissionDetails: z.record(z.string(), z.unknown()) }).parse(text).permissionDetails;
    assert.ok(rows.filter(({ name }) => name in details).length >= 7);
  });
});
