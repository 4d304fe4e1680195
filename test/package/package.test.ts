import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../src/package/command.ts';
import { examine } from '../../src/package/examine.ts';
import { readText } from '../support/house/sources.ts';
import { filesOf, packed, root, textOf, values } from '../support/package/packed.ts';

describe('npm run package', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'keydesk-package-'));
    cpSync(`${root}appPackage`, join(folder, 'appPackage'), { recursive: true, filter: (path) => !path.endsWith('build') });
    cpSync(`${root}env`, join(folder, 'env'), { recursive: true, filter: (path) => !path.endsWith('.user') });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const writeEnv = (name: string, of: ReadonlyMap<string, string> = values): void => writeFileSync(join(folder, 'env', name), [...of].map(([key, value]) => `${key}='${value}'\n`).join(''));
  const zipPath = (environment = 'dev'): string => join(folder, 'appPackage/build', `appPackage.${environment}.zip`);

  function ran(...args: readonly string[]) {
    const [said, complained]: [string[], string[]] = [[], []];
    const code = run(args, { root: folder, out: (line) => said.push(line), complain: (line) => complained.push(line) });
    return { code, said: said.join('\n'), complained: complained.join('\n') };
  }

  it('makes a zip that Teams would take, from the values of the environment, and checks it again', () => {
    writeEnv('.env.dev');
    assert.deepEqual([ran().code, existsSync(zipPath())], [0, true]);
    assert.deepEqual(Object.keys(filesOf(readFileSync(zipPath()))).toSorted(), ['color.png', 'de.json', 'manifest.json', 'outline.png']);
    const checked = ran('--check');
    assert.deepEqual([checked.code, checked.complained], [0, '']);
    assert.match(checked.said, /Teams would take it/);
    assert.equal(ran('--check', zipPath()).code, 0);
  });

  it('takes what one person has for oneself before what all have', () => {
    writeEnv('.env.prod', new Map([...values, ['BOT_DOMAIN', 'other.contoso.com']]));
    writeEnv('.env.prod.user', new Map([['BOT_DOMAIN', 'keydesk.contoso.com'], ['SECRET_BOT_PASSWORD', 'never in a package']]));
    assert.equal(ran('--env', 'prod').code, 0);
    const manifest = textOf(readFileSync(zipPath('prod')), 'manifest.json');
    assert.deepEqual([manifest.includes('keydesk.contoso.com'), manifest.includes('other.contoso.com'), manifest.includes('never in a package')], [true, false, false]);
  });

  it('refuses what has no value, names all of it, and says where it belongs', () => {
    const { code, complained } = ran('--env', 'local');
    assert.equal(code, 1);
    for (const name of ['TEAMS_APP_ID', 'BOT_ID', 'BOT_DOMAIN', 'APP_PUBLISHER_NAME']) assert.ok(complained.includes(name), name);
    assert.match(complained, /Set them in env\/\.env\.local; "provision"/);
    assert.equal(existsSync(zipPath('local')), false);
  });

  it('writes nothing that Teams would not take', () => {
    writeEnv('.env.dev', new Map([...values, ['BOT_DOMAIN', 'localhost:3978']]));
    const { code, complained } = ran();
    assert.equal(code, 1);
    assert.match(complained, /one thing is wrong:\n {2}manifest\.json: validDomains\.0 is this machine\./);
    assert.equal(existsSync(zipPath()), false);
  });

  it('packs no secret, also where a template asks for one', () => {
    writeEnv('.env.dev', new Map([...values, ['SECRET_BOT_PASSWORD', 'hunter2']]));
    const manifest = join(folder, 'appPackage/manifest.json');
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('${{APP_PUBLISHER_NAME}}', '${{SECRET_BOT_PASSWORD}}'));
    const { code, complained } = ran();
    assert.equal(code, 1);
    assert.match(complained, /may hold no secret: SECRET_BOT_PASSWORD/);
    assert.doesNotMatch(complained, /hunter2/);
  });

  it('asks Microsoft’s schema too where somebody has it', () => {
    writeEnv('.env.dev');
    const schema = join(folder, 'schema.json');
    writeFileSync(schema, JSON.stringify({ $schema: 'http://json-schema.org/draft-04/schema#', type: 'object', properties: { manifestVersion: { const: '1.30' }, accentColor: { enum: ['#000000'] } } }));
    const { code, complained } = ran('--schema', schema);
    assert.equal(code, 1);
    assert.match(complained, /manifest\.json: accentColor must be equal to one of the allowed values \(Microsoft's schema 1\.30\)/);
    assert.match(ran('--schema', zipPath()).complained, /is no schema of the manifest/);
  });

  it('says what is wrong with a command line, an environment or a path', () => {
    assert.deepEqual([ran('--what').code, ran('a.zip').code, ran('--check', 'a.zip', 'b.zip').code], [2, 2, 2]);
    assert.deepEqual([ran('--env', 'nowhere').code, ran('--env', '../dev').code, ran('--check').code], [1, 1, 1]);
    assert.match(ran('--env', 'nowhere').complained, /There is no env\/\.env\.nowhere\. Make it after/);
    assert.match(ran('--help').said, /Exit codes/);
  });
});

describe('the app package', () => {
  const zip = packed();

  it('is the same, byte for byte, when nothing has changed', () => {
    assert.deepEqual(Buffer.from(packed()), Buffer.from(zip));
  });

  it('has values filled in as JSON wants them', () => {
    const { developer } = JSON.parse(textOf(zip, 'manifest.json')) as { readonly developer: { readonly name: string } };
    assert.equal(developer.name, values.get('APP_PUBLISHER_NAME'));
  });

  it('may have no suffix to its name, but not an unsaid one', () => {
    assert.deepEqual(examine(packed({ APP_NAME_SUFFIX: '' })), []);
    assert.throws(() => packed({ APP_NAME_SUFFIX: undefined }), /no value for APP_NAME_SUFFIX/);
    assert.throws(() => packed({ BOT_ID: '' }), /no value for BOT_ID/);
  });

  it('asks for no more of Teams than Keydesk uses: no resource-specific consent, no device, no tab', () => {
    const manifest: unknown = JSON.parse(readText('appPackage/manifest.json'));
    const keys = JSON.stringify(manifest);
    for (const name of ['authorization', 'devicePermissions', 'staticTabs', 'configurableTabs', 'composeExtensions', 'supportsCalling']) assert.ok(!keys.includes(`"${name}"`), name);
  });
});
