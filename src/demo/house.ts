// Everything that the demo consists of, started at once and stopped in order. Whatever ends this process, also SIGKILL,
// nothing of it stays: the simulator and Keydesk live in it, the Playground ends when its channel to it closes, and
// PostgreSQL with its last holder.

import { accessSync, closeSync, constants, mkdirSync, mkdtempSync, openSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { systemClock, systemIds } from '../config/system.ts';
import { parseTenantId } from '../domain/ids.ts';
import { prepareJobs } from '../jobs/prepare.ts';
import { createLog } from '../log.ts';
import { startPostgres } from '../postgres/start.ts';
import { startSimulator } from '../sim/simulator.ts';
import { type Database, openDatabase } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import { tenantId } from './cast.ts';
import type { DemoPlan } from './flags.ts';
import { startPlayground } from './playground.ts';
import { demoLedger } from './ledger-key.ts';
import { freePorts } from './ports.ts';
import { demoApi, demoDeskBeside, demoEntraLog, demoFingerprint, demoIdentity, demoRoleGroups, demoRotationIdentity, demoSweep, demoSweepPagesPerSecond } from './settings.ts';

export interface House {
  readonly keydeskUrl: string;
  readonly simulatorUrl: string;
  readonly playgroundUrl?: string;
  /** Absolute; temporary when the plan says so. */
  readonly dataFolder: string;
  readonly logFile: string;
  readonly database: Database;
  /** Ends all parts, and waits for them. Rejects with the first that would not end, after all were told. */
  stop(): Promise<void>;
}

export interface Witness {
  /** A part is there. */
  ready(part: string): void;
  /** A part ended by itself; the others go on. */
  lost(part: string): void;
}

type Part = { stop(): Promise<void> };

/**
 * Throws an Error with the remedy; then nothing of it runs.
 * @param giveUp when nobody waits for it any more
 */
export async function startHouse(plan: DemoPlan, witness: Witness, giveUp: AbortSignal): Promise<House> {
  const [keydeskPort = 0, simulatorPort = 0, playgroundPort = 0] = await freePorts([
    { part: 'Keydesk', variable: 'PORT', port: plan.ports.keydesk },
    { part: 'the simulated tenant', variable: 'KEYDESK_SIM_PORT', port: plan.ports.simulator },
    ...(plan.playground ? [{ part: 'the Playground', variable: 'KEYDESK_PLAYGROUND_PORT', port: plan.ports.playground }] : []),
  ]);
  const dataFolder = folderFor(plan);
  const logTo = openLog(join(dataFolder, 'keydesk.log'));
  const told = <T>(part: string, starting: Promise<T>): Promise<T> =>
    starting.then((started) => {
      witness.ready(part);
      return started;
    });

  const failed = new AbortController();
  // The processes of others first: they work while this one reads its own modules, which takes the longest.
  const postgres = told('PostgreSQL', startDatabase(plan, dataFolder));
  const endpoint = `http://127.0.0.1:${keydeskPort}/api/messages`;
  const playground = plan.playground
    ? told('Playground', startPlayground({ endpoint, port: playgroundPort, folder: dataFolder, speaker: plan.speaker, onExit: () => witness.lost('Playground'), giveUp: AbortSignal.any([giveUp, failed.signal]) }))
    : undefined;
  const simulator = told('Simulated tenant', startSimulator({ port: simulatorPort, devices: plan.devices, selfCheckinSeconds: 20 }));
  const keydesk = told('Keydesk', startDesk(postgres, simulator, keydeskPort, { dataFolder, playgroundPort: plan.playground ? playgroundPort : undefined }, logTo.log));

  const parts: readonly (Promise<Part> | undefined)[] = [playground, keydesk, simulator, postgres];
  const stop = async (): Promise<void> => {
    await stopAll(parts);
    logTo.close();
  };
  try {
    const [{ url: keydeskUrl, database }, { url: simulatorUrl }, shown] = await Promise.all([keydesk, simulator, playground, postgres]);
    return { keydeskUrl, simulatorUrl, ...(shown && { playgroundUrl: shown.url }), dataFolder, logFile: logTo.file, database, stop };
  } catch (error) {
    // The first fault is the one to report.
    failed.abort();
    await stop().catch(() => undefined);
    throw error;
  }
}

/** Throws an Error with the remedy when nothing can be written there. */
function folderFor({ ephemeral, dataFolder }: DemoPlan): string {
  if (ephemeral) return mkdtempSync(join(tmpdir(), 'keydesk-demo-'));
  const folder = resolve(dataFolder);
  try {
    // As startPostgres makes it, who may come first or second: its account passes through to a folder of its own.
    mkdirSync(folder, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
    accessSync(folder, constants.W_OK);
    return folder;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new Error(`The data folder ${folder} cannot be written to (${code}); perhaps somebody else made it. Set KEYDESK_DATA_DIR to another one.`, { cause: error });
  }
}

function openLog(file: string): { readonly file: string; readonly log: ReturnType<typeof createLog>; close(): void } {
  const descriptor = openSync(file, 'a', 0o600);
  let open = true;
  const write = (line: string): void => {
    if (open) writeSync(descriptor, line);
  };
  const close = (): void => {
    open = false;
    closeSync(descriptor);
  };
  return { file, log: createLog({ level: 'info', destination: { write } }), close };
}

async function startDatabase({ ephemeral, ports }: DemoPlan, dataFolder: string) {
  const postgres = await startPostgres({ dataFolder, ephemeral, ...(ports.postgres !== undefined && { port: ports.postgres }) });
  try {
    await migrate(postgres.ownerUrl);
    await prepareJobs(postgres.ownerUrl);
    return postgres;
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

/** Keydesk as in production, but for two things: its last hop goes to the simulator, and nobody is asked for a token. */
async function startDesk(starting: ReturnType<typeof startDatabase>, tenant: ReturnType<typeof startSimulator>, port: number, { dataFolder, playgroundPort }: { readonly dataFolder: string; readonly playgroundPort: number | undefined }, log: ReturnType<typeof createLog>) {
  // The simulator listens by then, and the helpers are on their way.
  const { url: origin } = await tenant;
  const [{ startKeydesk }, { createGraph }, { createCredential }, { authorityTurnedTo, lastHopTurnedTo }] = await Promise.all([
    import('../keydesk.ts'),
    import('../graph/graph.ts'),
    import('../graph/credential.ts'),
    import('../graph/turned.ts'),
  ]);
  const graphAs = (who: typeof demoIdentity) => {
    const credential = createCredential(who, { authorityHttp: authorityTurnedTo(origin) });
    return createGraph({ credential, roleGroups: demoRoleGroups, version: '0.1.0', clock: systemClock, ids: systemIds, random: Math.random, lastHop: lastHopTurnedTo(origin), sweepPagesPerSecond: demoSweepPagesPerSecond });
  };
  const { appUrl } = await starting;
  const database = openDatabase(appUrl, { onConnectionLost: (code) => log.warn({ code }, 'a database connection broke') });
  const tenantOfDemo = parseTenantId(tenantId);
  if (tenantOfDemo === undefined) throw new Error('the tenant of the demo is no GUID: a defect');
  const keydesk = await startKeydesk({
    host: '127.0.0.1',
    port,
    tenantId: tenantOfDemo,
    settings: demoDeskBeside(playgroundPort),
    fingerprint: demoFingerprint,
    sweep: demoSweep,
    inbound: { mode: 'unauthenticated-loopback' },
    graph: graphAs(demoIdentity),
    rotationGraph: graphAs(demoRotationIdentity),
    entraLog: demoEntraLog,
    api: { ...demoApi, keysUrl: `${origin}/${tenantId}/discovery/v2.0/keys` },
    database,
    ledger: demoLedger(dataFolder),
    log,
    jobPollSeconds: 0.5,
  });
  return { url: keydesk.url, database, stop: () => keydesk.stop() };
}

/** One after the other, the client first: each may still need those behind it. A part that never came is left out. */
async function stopAll(parts: readonly (Promise<Part> | undefined)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const part of parts) {
    const started = await part?.catch(() => undefined);
    await started?.stop().catch((error: unknown) => void failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}
