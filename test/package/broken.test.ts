// Packages that Teams would not take, each broken in one way: what is wrong is named, at its place, with what to do.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { examine } from '../../src/package/examine.ts';
import { filesOf, packed, repacked, root, withManifest } from '../support/package/packed.ts';

/** A PNG of one colour, alpha included; with so many lines of nothing at its end. */
function png(size: number, colour: readonly [number, number, number, number], empty = 0): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(data.length);
    head.write(type, 4, 'latin1');
    return Buffer.concat([head, data, Buffer.alloc(4)]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 6, 0, 0, 0], 8);
  const line = (of: readonly number[]): Buffer => Buffer.from([0, ...Array.from({ length: size }, () => of).flat()]);
  const lines = Array.from({ length: size }, (_, index) => line(index < size - empty ? colour : [0, 0, 0, 0]));
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk('IHDR', head), chunk('IDAT', deflateSync(Buffer.concat(lines)))]);
}

const icon = (name: string): Buffer => readFileSync(`${root}appPackage/${name}.png`);
const other = 'ac1d0000-0000-4000-8000-00000000000f';

const broken: readonly (readonly [title: string, zip: () => Uint8Array, where: RegExp, what: RegExp])[] = [
  ['no zip', () => Buffer.from('PK, but no zip'), /^the package$/, /no zip/],
  ['a zip cut off', () => packed().subarray(0, 200), /^the package$/, /no zip/],
  ['a zip that unpacks to more than is good', () => repacked({ 'manifest.json': new Uint8Array(3_000_000) }), /^the package$/, /more than 2 MB/],
  ['its files in a folder', () => zipSync(Object.fromEntries(Object.entries(filesOf(packed())).map(([name, bytes]) => [`appPackage/${name}`, bytes]))), /appPackage\//, /lies in a folder/],
  ['no manifest', () => repacked({ 'manifest.json': undefined }), /^the package$/, /has no manifest\.json/],
  ['a manifest that is no JSON', () => withManifest((text) => text.slice(0, -3)), /^manifest\.json$/, /no JSON/],
  ['a byte order mark before the manifest', () => withManifest((text) => `\uFEFF${text}`), /^manifest\.json$/, /byte order mark/],
  ['a placeholder left', () => withManifest((text) => text.replace('keydesk.contoso.com', '${{BOT_DOMAIN}}')), /^manifest\.json$/, /placeholder \$\{\{BOT_DOMAIN\}\}$/],
  ['a placeholder left in another language', () => repacked({ 'de.json': '{ "name.short": "${{APP_NAME}}" }' }), /^de\.json$/, /placeholder/],
  ['an app id that is no GUID', () => packed({ TEAMS_APP_ID: 'keydesk' }), /^manifest\.json: id$/, /no GUID/],
  ['an app id of zeros', () => packed({ TEAMS_APP_ID: '00000000-0000-0000-0000-000000000000' }), /^manifest\.json: id$/, /empty GUID/],
  ['the app id of the bot', () => packed({ TEAMS_APP_ID: 'ac1d0000-0000-4000-8000-000000000001' }), /^manifest\.json: id$/, /id of the bot/],
  ['a sign-in for another application', () => withManifest((text) => text.replace('api://botid-ac1d0000-0000-4000-8000-000000000001', `api://botid-${other}`)), /webApplicationInfo\.resource$/, /not api:\/\/botid-/],
  ['a sign-in by another registration', () => withManifest((text) => text.replace(/("webApplicationInfo": \{\s*"id": )"[^"]*"/, `$1"${other}"`)), /webApplicationInfo\.id$/, /another id/],
  ['a name that is too long', () => packed({ APP_NAME_SUFFIX: ' of the department of everything' }), /name\.short$/, /longer than 30/],
  ['a publisher whose name is too long', () => packed({ APP_PUBLISHER_NAME: 'x'.repeat(33) }), /developer\.name$/, /longer than 32/],
  ['a description that is too long', () => withManifest((text) => text.replace('"The BitLocker recovery key, once', `"${'x'.repeat(80)}`)), /description\.short$/, /longer than 80/],
  ['a privacy page without TLS', () => packed({ APP_PRIVACY_URL: 'http://it.contoso.com/privacy' }), /developer\.privacyUrl$/, /no https/],
  ['a page whose address has a password in it', () => packed({ APP_TERMS_URL: 'https://it:hunter2@it.contoso.com/terms' }), /developer\.termsOfUseUrl$/, /a name or a password/],
  ['a version that is none', () => withManifest((text) => text.replace('"version": "1.0.0"', '"version": "1.0"')), /: version$/, /form 1\.2\.3/],
  ['a version with a leading zero', () => withManifest((text) => text.replace('"version": "1.0.0"', '"version": "1.01.0"')), /: version$/, /form 1\.2\.3/],
  ['this machine among its domains', () => packed({ BOT_DOMAIN: 'localhost' }), /validDomains\.0$/, /this machine/],
  ['this machine by its number', () => packed({ BOT_DOMAIN: '127.0.0.1' }), /validDomains\.0$/, /this machine/],
  ['an address instead of a domain', () => packed({ BOT_DOMAIN: 'https://keydesk.contoso.com' }), /validDomains\.0$/, /no host name/],
  ['a domain with a port', () => packed({ BOT_DOMAIN: 'keydesk.contoso.com:3978' }), /validDomains\.0$/, /no host name/],
  ['everybody’s hosts among its domains', () => packed({ BOT_DOMAIN: '*.azurewebsites.net' }), /validDomains\.0$/, /anybody/],
  ['thirteen commands in a list', () => withManifest((text) => text.replace('"commands": [', `"commands": [${Array.from({ length: 13 }, (_, index) => `{ "title": "c${index}", "description": "d" },`).join('')}`)), /commandLists\.0\.commands$/, /more than 12/],
  ['a command twice in a list', () => withManifest((text) => text.replace('"title": "whoami"', '"title": "Help"')), /commandLists\.0$/, /"help" twice/],
  ['two lists for one scope', () => withManifest((text) => text.replace('"scopes": ["groupChat"]', '"scopes": ["team"]')), /commandLists$/, /two lists for team/],
  ['no files for the bot', () => withManifest((text) => text.replace('"supportsFiles": true', '"supportsFiles": false')), /supportsFiles$/, /offers a file/],
  ['a part that nobody has judged', () => withManifest((text) => text.replace('"accentColor"', '"devicePermissions": ["media"], "accentColor"')), /^manifest\.json: $/, /devicePermissions/],
  ['a colour that is none', () => withManifest((text) => text.replace('#1d5c91', 'blue')), /accentColor$/, /no colour/],
  ['an icon less', () => repacked({ 'outline.png': undefined }), /^the package$/, /has no outline\.png/],
  ['a colour icon that is too small', () => repacked({ 'color.png': png(96, [0, 0, 0, 255]) }), /^color\.png$/, /96 × 96 pixels, not 192 × 192/],
  ['an icon that is no PNG', () => repacked({ 'color.png': '<svg/>' }), /^color\.png$/, /no PNG/],
  ['an icon that is cut off', () => repacked({ 'color.png': icon('color').subarray(0, 400) }), /^color\.png$/, /not a whole one/],
  ['an outline that is too small', () => repacked({ 'outline.png': png(31, [255, 255, 255, 0]) }), /^outline\.png$/, /31 × 31/],
  ['an outline that is not white', () => repacked({ 'outline.png': png(32, [0, 0, 0, 255], 10) }), /^outline\.png$/, /not white/],
  ['an outline without transparency', () => repacked({ 'outline.png': png(32, [255, 255, 255, 255]) }), /^outline\.png$/, /no transparent background/],
  ['an outline that shows nothing', () => repacked({ 'outline.png': png(32, [255, 255, 255, 0]) }), /^outline\.png$/, /shows nothing/],
  ['a language without its file', () => repacked({ 'de.json': undefined }), /^the package$/, /has no de\.json/],
  ['a language whose texts are too long', () => repacked({ 'de.json': Buffer.from(filesOf(packed())['de.json'] ?? []).toString('utf8').replace('Der BitLocker-', 'x'.repeat(30)) }), /^de\.json: description\.short$/, /longer than 80/],
  ['a file that nobody named', () => repacked({ '.env.dev.user': 'SECRET_BOT_PASSWORD=hunter2' }), /\.env\.dev\.user$/, /named nowhere/],
];

describe('a package that Teams would not take', () => {
  for (const [title, zip, where, what] of broken) {
    it(`is noticed: ${title}`, () => {
      const findings = examine(zip());
      assert.equal(findings.length, 1, JSON.stringify(findings));
      for (const found of findings) {
        assert.match(found.where, where);
        assert.match(found.what, what);
        assert.ok(found.remedy.length > 10);
        assert.doesNotMatch(JSON.stringify(found), /hunter2/);
      }
    });
  }

  it('and is taken as it is', () => assert.deepEqual(examine(packed()), []));

  it('has all that is wrong with it named at once', () => {
    const findings = examine(repacked({ 'manifest.json': Buffer.from(filesOf(packed({ BOT_DOMAIN: 'localhost' }))['manifest.json'] ?? []).toString('utf8').replace('"Help"', '"x"'), 'color.png': 'no icon', 'more.txt': 'x' }));
    assert.deepEqual(findings.map(({ where }) => where), ['manifest.json: validDomains.0', 'color.png', 'the package: more.txt']);
  });
});
