// `npm run doctor` as people run it, against the demo that runs beside it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { apps } from '../../src/sim/tenant/apps.ts';
import { addressesOf, type DemoAddresses, type DemoProcess, startDemo } from '../support/demo-process.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function doctor(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'src/doctor.ts'), ...args], { env: { PATH: process.env['PATH'], ...env }, stdio: ['ignore', 'pipe', 'pipe'], cwd: tmpdir() });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

describe('npm run doctor', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'keydesk-doctor-'));
  let demo: DemoProcess;
  let addresses: DemoAddresses;
  let env: Readonly<Record<string, string>>;

  before(async () => {
    demo = startDemo(['--no-playground', '--devices', '20'], { KEYDESK_DATA_DIR: folder });
    addresses = await addressesOf(demo);
    env = { KEYDESK_DATA_DIR: folder, PORT: new URL(addresses.keydesk).port, KEYDESK_SIM_PORT: new URL(addresses.simulator).port };
  });
  after(async () => {
    demo.kill('SIGTERM');
    await demo.ended;
    rmSync(folder, { recursive: true, force: true });
  });

  it('is green against the demo, and the demo goes on', async () => {
    const { code, out, err } = await doctor(['--demo'], env);
    assert.equal(code, 0, out + err);
    assert.match(out, /^Green: \d+ ok, 1 warning, 3 not checked\.$/m);
    assert.match(out, /^ok +service +answers at http:\/\/127\.0\.0\.1:\d+\/healthz$/m);
    assert.match(out, /2 people read keys in the portal too: Global Administrator 1,\s+Intune Administrator 1, Security Reader 1/);
    assert.equal((await fetch(`${addresses.keydesk}/readyz`)).status, 200);
  });

  it('is red when a permission is gone, in JSON too, and green again when it is back', async () => {
    const change = (body: object) => fetch(`${addresses.simulator}/_sim/apps/${apps.keydesk.clientId}`, { method: 'POST', body: JSON.stringify(body) });
    await change({ without: ['Device.Read.All'] });
    const { code, out, err } = await doctor(['--demo', '--json'], env);
    assert.equal(code, 1, err);
    const { verdict, findings } = JSON.parse(out) as { readonly verdict: string; readonly findings: readonly { readonly what: string; readonly verdict: string; readonly remedy?: string }[] };
    assert.equal(verdict, 'red');
    const red = findings.filter((one) => one.verdict === 'broken');
    assert.deepEqual(red.map(({ what }) => what), ['Device.Read.All']);
    assert.match(red[0]?.remedy ?? '', /API permissions: add the application permission Device\.Read\.All/);
    assert.match(err, /^… database: ok$/m, 'signs of life beside the object');
    await change({ permissions: apps.keydesk.permissions });
    assert.equal((await doctor(['--demo'], env)).code, 0);
  });

  it('names every fault of a configuration that is none, and looks at nothing else', async () => {
    const { code, out } = await doctor([], { KEYDESK_TENANT_ID: 'no-guid', MicrosoftAppType: 'MultiTenant' });
    assert.equal(code, 1);
    for (const variable of ['KEYDESK_TENANT_ID', 'MicrosoftAppType', 'MicrosoftAppId', 'DATABASE_URL', 'KEYDESK_LEDGER_KEY', 'KEYDESK_GROUP_AGENTS']) assert.match(out, new RegExp(`^broken +${variable} `, 'm'), variable);
    assert.match(out, /MultiTenant bots cannot be registered any more/);
    assert.match(out, /^not checked +everything else/m);
  });

  it('ends with 2 for what it does not understand, and says so where there is no demo', async () => {
    assert.equal((await doctor(['--fix'], {})).code, 2);
    const none = await doctor(['--demo'], { KEYDESK_DATA_DIR: join(folder, 'nowhere') });
    assert.equal(none.code, 1);
    assert.match(none.err, /There is no demo to look at: .* Run "npm run demo" in another terminal/);
  });
});
