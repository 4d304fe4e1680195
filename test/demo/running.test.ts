// The demo as a process: that it answers, that nobody but this machine can reach it, and that nothing of it stays.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { addressesOf, type DemoAddresses, type DemoProcess, startDemo, startWith } from '../support/demo-process.ts';
import { family, listening, type Seen, seesProcesses, survivors } from '../support/processes.ts';

const fewSeconds = 8000;

/** Where its temporary data lies. */
const folderOf = (demo: DemoProcess): string => dirname(/^ *Log +(\S+)$/m.exec(demo.said())?.[1] ?? assert.fail('no log named'));

const portOf = (url: string | undefined): string => new URL(url ?? '').port;

describe('the demo as a process', function () {
  this.timeout(60_000);

  before(function () {
    if (seesProcesses) return;
    console.log('    SKIPPED, not passed: processes are looked at in /proc, which only Linux has');
    this.skip();
  });

  describe('with everything', () => {
    let demo: DemoProcess;
    let addresses: DemoAddresses;
    let processes: readonly Seen[];

    before(async () => {
      demo = startDemo(['--ephemeral', '--as', 'Megan', '--devices', '20']);
      addresses = await addressesOf(demo);
      processes = family(demo.pid);
    });

    after(async () => {
      demo.kill('SIGKILL');
      await demo.ended;
    });

    it('answers at every address that it prints', async () => {
      const ready: unknown = await (await fetch(`${addresses.keydesk}/readyz`)).json();
      const { sweep, ...parts } = Object(Object(ready).parts);
      assert.deepEqual({ ...Object(ready), parts }, { status: 'ok', parts: { database: 'ok', ledger: 'ok', graph: 'ok', jobs: 'ok', 'entra-log': 'ok' } });
      assert.match(String(sweep), /^(?:ok|running: .*)$/, 'the fleet is swept at once');
      assert.equal((await fetch(`${addresses.simulator}/_sim/requests`)).status, 200);
      const playground: unknown = await (await fetch(`${addresses.playground ?? ''}/_internal/v1/config`)).json();
      assert.match(JSON.stringify(playground), /Megan Bowen/);
    });

    it('listens on this machine only', () => {
      const doors = listening(processes);
      for (const url of [addresses.keydesk, addresses.simulator, addresses.playground]) assert.ok(doors.includes(`127.0.0.1:${portOf(url)}`), `${url ?? ''} is not among ${doors.join(', ')}`);
      assert.ok(processes.some(({ name }) => name === 'postgres'), 'PostgreSQL is not among the processes looked at');
      assert.deepEqual(doors.filter((door) => !door.startsWith('127.0.0.1:')), []);
    });

    it('lets no second one onto its ports, and says which variables move it', async () => {
      const second = startDemo(['--ephemeral'], { PORT: portOf(addresses.keydesk), KEYDESK_SIM_PORT: portOf(addresses.simulator), KEYDESK_PLAYGROUND_PORT: portOf(addresses.playground) });
      assert.equal(await second.ended, 1);
      for (const variable of ['PORT', 'KEYDESK_SIM_PORT', 'KEYDESK_PLAYGROUND_PORT']) assert.match(second.said(), new RegExp(`is in use.* set ${variable} to a free port`));
      assert.equal((await fetch(`${addresses.keydesk}/healthz`)).status, 200);
    });

    it('stops all of it on SIGTERM, and removes its temporary data', async () => {
      const folder = folderOf(demo);
      assert.ok(existsSync(folder));
      demo.kill('SIGTERM');
      assert.equal(await demo.ended, 0);
      assert.deepEqual(await survivors(processes, fewSeconds), []);
      assert.ok(!existsSync(folder));
    });
  });

  it('leaves nothing running when it is killed', async () => {
    const demo = startDemo(['--ephemeral', '--devices', '20']);
    await addressesOf(demo);
    const processes = family(demo.pid);
    const folder = folderOf(demo);
    demo.kill('SIGKILL');
    assert.equal(await demo.ended, 'SIGKILL');
    assert.deepEqual(await survivors(processes, fewSeconds), []);
    assert.ok(!existsSync(folder));
  });

  it('leaves nothing running when it is told to end while it starts', async () => {
    const demo = startDemo(['--ephemeral', '--devices', '20']);
    await demo.until(/Simulated tenant/);
    const processes = family(demo.pid);
    demo.kill('SIGTERM');
    assert.equal(await demo.ended, 0);
    assert.deepEqual(await survivors(processes, fewSeconds), []);
  });

  it('ends, with the remedy and nothing left running, when one of its parts cannot start', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => void taken.listen(0, '127.0.0.1', resolve));
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : assert.fail();
    const demo = startDemo(['--ephemeral', '--devices', '20'], { KEYDESK_POSTGRES_PORT: String(port) });
    await demo.until(/Simulated tenant/);
    const processes = family(demo.pid);
    assert.equal(await demo.ended, 1);
    taken.close();
    assert.match(demo.said(), new RegExp(`Port ${port} .* is in use\\. Set KEYDESK_POSTGRES_PORT`));
    assert.deepEqual(await survivors(processes, fewSeconds), []);
  });

  it('says which variable to set when its data folder cannot be written to', async () => {
    const demo = startDemo(['--no-playground'], { KEYDESK_DATA_DIR: '/dev/null' });
    assert.equal(await demo.ended, 1);
    assert.match(demo.said(), /data folder \/dev\/null cannot be written to .*Set KEYDESK_DATA_DIR/);
  });

  it('ends with the launcher that started it', async () => {
    const demo = startWith(process.execPath, ['src/launch.mjs', 'src/demo.ts', '--ephemeral', '--no-playground', '--devices', '20']);
    await addressesOf(demo);
    const processes = family(demo.pid);
    assert.ok(processes.length > 2);
    demo.kill('SIGKILL');
    assert.deepEqual(await survivors(processes, fewSeconds), []);
  });

  it('ends with npm, whose shell does not hand a signal on', async () => {
    const npm = startWith('npm', ['run', 'demo', '--', '--ephemeral', '--no-playground', '--devices', '20']);
    await addressesOf(npm);
    const processes = family(npm.pid);
    npm.kill('SIGKILL');
    assert.deepEqual(await survivors(processes, fewSeconds), []);
  });
});
