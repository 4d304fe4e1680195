// The description against what it describes: every example is sent, every answer is held against its schema, and a client
// made from it by somebody else's generator compiles and works.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { openApi } from '../../src/api/openapi.ts';
import { type Operation, operations } from '../../src/api/operations.ts';
import { clientOf, codeOf, fieldOf, keysPath, laptop, samples, type ApiClient } from '../support/api.ts';
import { megan } from '../support/keydesk/people.ts';
import { startTestKeydesk, type TestKeydesk } from '../support/keydesk.ts';
import { readText, root } from '../support/house/sources.ts';

const run = promisify(execFile);
const document = openApi('0.1.0');
const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addFormat('date-time', { validate: (text: string) => !Number.isNaN(Date.parse(text)) });
ajv.addSchema({ $id: 'openapi', ...document });

/** Fails with what does not fit. */
function fits(pointer: string, value: unknown): void {
  const validate = ajv.getSchema(`openapi#${pointer}`);
  assert.ok(validate, pointer);
  assert.ok(validate(value), `${pointer}: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(value).slice(0, 500)}`);
}
const escaped = (path: string): string => path.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D');
const answerPointer = ({ path, method }: Operation, status: number, type = 'application/json'): string => `/paths/${escaped(path)}/${method.toLowerCase()}/responses/${status}/content/${escaped(type)}/schema`;

describe('api: the description', () => {
  let keydesk: TestKeydesk;
  let api: ApiClient;
  before(async () => {
    keydesk = await startTestKeydesk({ api: { appsMayReveal: true, requestsPerMinute: 10_000 }, sweep: {} });
    api = clientOf(keydesk);
    await keydesk.runChores();
  });
  after(async () => {
    await keydesk.stop();
    await keydesk.leave();
  });

  it('is served as OpenAPI 3.1, to everybody, and describes every route of product.md §9', async () => {
    const answer = await api.call('/api/openapi.json', { token: '' });
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.json, JSON.parse(JSON.stringify(document)));
    assert.equal(fieldOf(answer, 'openapi'), '3.1.0');
    const described = Object.entries(document.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(keysPath, '…')}`));
    assert.deepEqual(described.toSorted(), ['GET …', 'GET …/audit', 'GET …/{deviceId}', 'GET …/{deviceId}/rotations/{rotationId}', 'POST …/{deviceId}/reveal', 'POST …/{deviceId}/rotate']);
  });

  for (const operation of Object.values(operations) as readonly Operation[]) {
    it(`has an example of ${operation.id} that works, and its answer is as described`, async () => {
      const { example, method, path, answer } = operation;
      const rotationId = operation.id === 'getRotation' ? String(fieldOf(await api.call(`${keysPath}/${laptop}/rotate`, { as: 'app', body: { reason: 'policy' } }), 'rotationId')) : samples.rotationId;
      const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => (name === 'rotationId' ? rotationId : (example.path?.[name] ?? '')));
      const query = new URLSearchParams(example.query ?? {}).toString();
      const given = await api.call(`${filled}${query === '' ? '' : `?${query}`}`, { as: 'app', method, ...(example.headers && { headers: example.headers }), ...(method === 'POST' && { body: example.body ?? {} }) });
      assert.equal(given.status, answer.status, given.text);
      assert.equal(given.headers.get('cache-control'), 'no-store');
      fits(answerPointer(operation, given.status), given.json);
      if (example.body !== undefined) fits(`/paths/${escaped(path)}/post/requestBody/content/application~1json/schema`, example.body);
    });

    it(`describes the problems of ${operation.id}`, async () => {
      const path = operation.path.replace('{deviceId}', 'LAPTOP-42').replace('{rotationId}', samples.rotationId);
      const unnamed = await api.call(path, { method: operation.method, token: '', ...(operation.method === 'POST' && { body: {} }) });
      const wrong = await api.call(`${path}?no=such`, { method: operation.method, ...(operation.method === 'POST' && { body: {} }) });
      assert.deepEqual([unnamed.status, wrong.status], [401, 400]);
      for (const { status, json } of [unnamed, wrong]) fits(answerPointer(operation, status, 'application/problem+json'), json);
    });
  }

  it('refuses by its schemas what the API refuses: a described body is the body that is checked', async () => {
    const reveal = `${keysPath}/${laptop}/reveal`;
    for (const body of [{ keyId: 'x', reason: 'other' }, { reason: 'other' }, { keyId: samples.keyId, reason: 'other', more: 1 }, { keyId: samples.keyId, reason: 'because' }]) {
      assert.throws(() => fits('/components/schemas/RevealRequest', body));
      assert.equal(codeOf(await api.call(reveal, { body })), 'body-invalid');
    }
  });

  it('is a page too: no script, nothing from elsewhere, and the examples as one would type them', async () => {
    const answer = await api.call('/api', { token: '' });
    assert.equal(answer.headers.get('content-type'), 'text/html; charset=utf-8');
    assert.match(answer.headers.get('content-security-policy') ?? '', /^default-src 'none'; style-src 'sha256-[\w+/=]+'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/);
    assert.doesNotMatch(answer.text, /<script|<img|<link|src=|https?:\/\/(?!c2sp)/i);
    assert.match(answer.text, /curl &#34;\$KEYDESK/);
  });

  it('makes a client, by openapi-typescript and openapi-fetch, that compiles and makes the calls', async function () {
    this.timeout(120_000);
    const client = realpathSync(join(root, 'node_modules/keydesk-api-client'));
    const folder = mkdtempSync(join(tmpdir(), 'keydesk-client-'));
    try {
      writeFileSync(join(folder, 'openapi.json'), JSON.stringify(document));
      writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: { target: 'es2024', module: 'nodenext', strict: true, noEmit: true, allowImportingTsExtensions: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, types: ['node'], skipLibCheck: true }, files: ['calls.ts'] }));
      copyFileSync(join(root, 'test/api/client/calls.ts'), join(folder, 'calls.ts'));
      symlinkSync(realpathSync(join(root, 'node_modules')), join(folder, 'node_modules'));
      await run(process.execPath, [join(client, 'node_modules/openapi-typescript/bin/cli.js'), 'openapi.json', '-o', 'schema.ts'], { cwd: folder });
      const compiled = await run(process.execPath, [join(client, 'node_modules/typescript/bin/tsc'), '-p', folder]).catch((error: unknown) => assert.fail(String(Object(error).stdout)));
      assert.equal(compiled.stdout, '');
      const { stdout } = await run(process.execPath, [join(folder, 'calls.ts'), keydesk.url, await api.token({}), await api.token({ as: megan.id })]);
      const { items, ...rest } = JSON.parse(stdout) as { readonly items: number };
      assert.ok(items > 0);
      assert.deepEqual(rest, { name: 'LAPTOP-42', blocks: 8, state: 'scheduled', acts: ['revealed', 'revealed'], code: 'no-role' });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('is what README shows: its three lines work, with other ports', async () => {
    const block = /```\n(TOKEN=[^`]+)```/.exec(readText('README.md'))?.[1] ?? '';
    const lines = block.replaceAll('localhost:3979', new URL(keydesk.simulator.url).host).replaceAll('localhost:3978', new URL(keydesk.url).host).trim().split('\n');
    assert.equal(lines.length, 3);
    const { stdout } = await run('sh', ['-c', lines.join('\necho\n')]);
    const [, list = '', revealed = ''] = stdout.split('\n');
    assert.ok(Array.isArray(JSON.parse(list).items), list);
    assert.equal(String(JSON.parse(revealed).recoveryPassword), keydesk.simulator.tenant.recoveryPassword('1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d'));
  });
});
