// Two Keydesk processes on one database and one tenant: real clock, real pg-boss.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { PgBoss } from 'pg-boss';
import { parseEntraDeviceId, parseEntraObjectId, parseKeyId, parseRequestId, parseRotationId, type RotationId } from '../../src/domain/ids.ts';
import { instantAt } from '../../src/domain/instant.ts';
import type { Rotation } from '../../src/domain/rotation.ts';
import { jobsSchema, wakeQueue } from '../../src/jobs/queues.ts';
import { type Simulator, startSimulator } from '../../src/sim/simulator.ts';
import { testDatabase } from '../support/database.ts';
import { type KeydeskProcess, startKeydeskProcess } from '../support/working-processes.ts';
import { known } from '../support/known.ts';
import { entryOf } from '../support/ledger-entries.ts';
import { entriesIn, openStores, requestOf, type Stores, verified } from '../support/stores.ts';

describe('jobs: two instances on one database', function () {
  this.timeout(60_000);
  let simulator: Simulator;
  let stores: Stores;
  let owner: Client;
  let boss: PgBoss;
  let databaseUrl: string;
  const instances: KeydeskProcess[] = [];

  before(async () => {
    const database = await testDatabase();
    databaseUrl = database.appUrl;
    simulator = await startSimulator({ devices: 60 });
    stores = openStores(databaseUrl);
    owner = new Client({ connectionString: database.ownerUrl });
    await owner.connect();
    boss = new PgBoss({ connectionString: database.ownerUrl, schema: jobsSchema, max: 1, migrate: false, supervise: false, schedule: false });
    await boss.start();
    instances.push(...(await Promise.all([1, 2].map(() => startKeydeskProcess(simulator.url, databaseUrl)))));
    for (const { url } of instances) await until(async () => (await (await fetch(`${url}/readyz`)).text()).includes('"jobs":"ok"'));
  });
  after(async () => {
    await Promise.all(instances.map((instance) => instance.stop()));
    await boss.stop({ graceful: false });
    await owner.end();
    await stores.close();
    await simulator.stop();
  });

  const until = async (isSo: () => Promise<boolean>): Promise<void> => {
    while (!(await isSo())) await new Promise((resolve) => void setTimeout(resolve, 25));
  };
  /** A rotation that is due, after a reveal, of the device of that number among those that Intune has; nobody is woken. */
  async function due(index: number): Promise<Rotation> {
    const { fleet } = simulator.tenant;
    const machines = fleet.managedDevices.flatMap(({ id, deviceName }) => fleet.machinesNamed(deviceName).filter(({ managed }) => managed?.id === id));
    const ordinary = machines.filter(({ entra, keys: own, rotationError }) => entra !== undefined && own.length > 0 && rotationError === undefined && fleet.managedOfDevice(entra.deviceId).length === 1);
    const { entra, keys } = known(ordinary[index]);
    const [key] = [...keys].sort((a, b) => b.createdAt - a.createdAt);
    const request = requestOf(0, { id: known(parseRequestId(randomUUID())), purpose: 'rotate' });
    const at = instantAt(Date.now());
    const knownKeyIds = keys.map(({ id }) => known(parseKeyId(id)));
    const cause = { by: 'reveal', requestId: request.id, person: request.person, keyId: known(parseKeyId(key?.id)), volumeType: 'operatingSystem', keyCreatedAt: instantAt(key?.createdAt ?? 0), knownKeyIds } as const;
    const device = { deviceId: known(parseEntraDeviceId(entra?.deviceId)), objectId: known(parseEntraObjectId(entra?.objectId)), name: entra?.displayName ?? '' };
    await stores.requests.open(request, entryOf({ requestId: request.id }));
    const id = known(parseRotationId(randomUUID()));
    const started = await stores.rotations.start(request.id, { plan: { id, device, cause, volumeTypes: ['operatingSystem'], dueAt: at, at }, entry: (rotation) => entryOf({ act: 'rotation-scheduled', rotationId: rotation.id }) });
    assert.ok(started.kind === 'started');
    return started.rotation;
  }
  /** As many jobs for one rotation as two instances take at once. */
  const wakeBoth = (id: RotationId) => Promise.all(Array.from({ length: 10 }, () => boss.send(wakeQueue, { rotationId: id })));
  const found = async (id: RotationId): Promise<Rotation> => known(await stores.rotations.find(id));
  const jobsAreDone = async (): Promise<boolean> => {
    const { rows } = await owner.query("select 1 from keydesk_jobs.job where state = 'active' or (state < 'active' and start_after <= now())");
    return rows.length === 0;
  };
  const posts = () => simulator.requests.list().filter(({ method, url }) => method === 'POST' && url.endsWith('/rotateBitLockerKeys'));
  const actsOf = async (id: RotationId) => (await entriesIn(stores)).filter(({ rotationId }) => rotationId === id).map(({ act, outcome }) => `${act} ${outcome}`);

  it('send each rotation once, in ten rounds, although both are woken for it at once', async () => {
    simulator.setLatency(40);
    const rotations: Rotation[] = [];
    for (let round = 0; round < 10; round += 1) {
      const rotation = await due(round);
      rotations.push(rotation);
      await wakeBoth(rotation.id);
      await until(async () => (await found(rotation.id)).sentAt !== undefined && (await jobsAreDone()));
      assert.equal(posts().length, round + 1);
    }
    const sent = await Promise.all(rotations.map(({ id }) => found(id)));
    const expected = sent.map(({ baseline }) => `/beta/deviceManagement/managedDevices/${baseline?.intuneId}/rotateBitLockerKeys`);
    assert.deepEqual(posts().map(({ url, status }) => [url, status]), expected.map((url) => [url, 204]));
    assert.deepEqual(sent.map(({ attempt }) => attempt), sent.map(() => 1));
    for (const { id } of rotations) assert.deepEqual(await actsOf(id), ['rotation-scheduled done', 'rotation-intended done', 'rotation-queued done']);
    for (const instance of instances) assert.match(instance.said(), /deviceManagement/, 'both took part');
    assert.deepEqual((await verified(stores.database)).findings, []);
    simulator.setLatency(0);
  });

  it('settle by reading what the other had sent when it was killed, and send no second', async () => {
    const before = posts().length;
    const rotation = await due(10);
    // Intune takes it, and its answer never comes.
    simulator.faults.add({ method: 'POST', path: /rotateBitLockerKeys/, delayMs: 1500, drop: 'after' });
    const victim = await startKeydeskProcess(simulator.url, databaseUrl);
    await wakeBoth(rotation.id);
    await until(async () => (await found(rotation.id)).baseline !== undefined && posts().length === before + 1);
    for (const instance of [victim, ...instances.splice(0)]) await instance.kill();
    simulator.faults.clear();
    await until(async () => simulator.tenant.fleet.managed(known((await found(rotation.id)).baseline).intuneId)?.rotation !== undefined);
    // Two minutes later, and another process.
    await owner.query(`update keydesk.rotation set claimed_at = claimed_at - interval '2 min', look_at = look_at - interval '2 min' where id = '${rotation.id}'`);
    await owner.query("update keydesk_jobs.job set start_after = start_after - interval '2 min'");
    instances.push(await startKeydeskProcess(simulator.url, databaseUrl));
    await until(async () => (await found(rotation.id)).state === 'waiting');
    assert.equal(posts().length, before + 1);
    assert.deepEqual(await actsOf(rotation.id), ['rotation-scheduled done', 'rotation-intended done', 'rotation-queued unknown', 'rotation-queued done']);
    simulator.hand.checkIn(rotation.device.name);
    await until(async () => (await found(rotation.id)).state === 'done');
    assert.equal(posts().length, before + 1);
  });
});
