import { answerDoor } from './doors.ts';
import { instanceDiscovery, keySet, openIdConfiguration } from './entra/discovery.ts';
import { createGate } from './entra/gate.ts';
import { sharedSigner } from './entra/signing.ts';
import { answerTokenRequest } from './entra/token-endpoint.ts';
import { answerGraphRequest } from './graph/endpoint.ts';
import type { Answer } from './http/answer.ts';
import type { Faults } from './http/faults.ts';
import { createFaults } from './http/faults.ts';
import type { LoggedRequest, RequestLog } from './http/request-log.ts';
import { createRequestLog } from './http/request-log.ts';
import type { PlainRequest } from './http/server.ts';
import { createSiteServer } from './http/server.ts';
import type { Hand } from './intune/hand.ts';
import { createHand } from './intune/hand.ts';
import { stopCheckins } from './intune/rotation.ts';
import type { Tenant, TenantOptions } from './tenant/tenant.ts';
import { createTenant } from './tenant/tenant.ts';

export interface SimulatorOptions {
  /** 0, the default, is any free port. It listens on 127.0.0.1 only. */
  readonly port?: number;
  /** Devices in all; default 500. */
  readonly devices?: number;
  /** The same seed gives the same tenant; default 42. */
  readonly seed?: number;
  /** Before every answer of Entra, Graph and Intune; default 0. */
  readonly latencyMs?: number;
  /** Milliseconds since 1970; default the clock. */
  readonly now?: () => number;
  /** How far Microsoft's clock is ahead of it, in seconds; negative: behind. Default 0. */
  readonly clockSkewSeconds?: number;
  readonly canary?: NonNullable<TenantOptions['canary']>;
  /** How long after a rotation was queued a device checks in by itself; default 0, never. */
  readonly selfCheckinSeconds?: number;
  /** Devices and people on a page; default 100. */
  readonly devicePageSize?: number;
  /** Recovery keys on a page; default 50. */
  readonly keyPageSize?: number;
  /** An empty page before each page of recovery keys; default no. */
  readonly emptyKeyPages?: boolean;
  /** Application permissions by client id, where they are others than in the table of apps. */
  readonly permissions?: Readonly<Record<string, readonly string[]>>;
  /** PEM of a certificate or public key by client id, for client assertions. */
  readonly certificates?: Readonly<Record<string, string>>;
}

export interface Simulator {
  /** `http://127.0.0.1:…`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** The tenant's inside, for tests in the same process: `tenant.recoveryPassword(keyId)`, `tenant.fleet`, … */
  readonly tenant: Tenant;
  /** What happens to devices, for the same tests: `hand.checkIn('LAPTOP-42')`, … */
  readonly hand: Hand;
  readonly requests: RequestLog;
  readonly faults: Faults;
  setLatency(milliseconds: number): void;
  stop(): Promise<void>;
}

/** Starts a tenant: Graph, Intune and the token endpoint. Rejects when the port is taken. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const [clock, skew] = [options.now ?? Date.now, (options.clockSkewSeconds ?? 0) * 1000];
  const now = (): number => clock() + skew;
  const signer = await sharedSigner();
  const tenant = createTenant({ devices: options.devices ?? 500, seed: options.seed ?? 42, now, ...(options.canary === undefined ? {} : { canary: options.canary }) });
  for (const [clientId, permissions] of Object.entries(options.permissions ?? {})) tenant.registrations.setPermissions({ clientId }, permissions);
  const [log, faults] = [createRequestLog(), createFaults()];
  const latency = { milliseconds: options.latencyMs ?? 0 };
  const setLatency = (milliseconds: number): void => {
    latency.milliseconds = milliseconds;
  };

  const server = createSiteServer({
    now,
    log,
    faults,
    latencyMs: () => latency.milliseconds,
    tenant: createEndpoints(tenant, signer, options),
    doors: (request) => answerDoor(request, { tenant, signer, log, faults, setLatency }),
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    tenant,
    hand: createHand(tenant),
    requests: log,
    faults,
    setLatency,
    stop: () =>
      new Promise((resolve, reject) => {
        stopCheckins(tenant);
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

type Endpoints = (request: PlainRequest, entry: LoggedRequest) => Answer;

/** Sends each path to whoever answers it. The bytes are ours; the names in them are Microsoft's. */
function createEndpoints(tenant: Tenant, signer: Awaited<ReturnType<typeof sharedSigner>>, options: SimulatorOptions): Endpoints {
  const gate = createGate({ signer, tenantId: tenant.id, now: tenant.now });
  const settings = {
    graphUrl: 'https://graph.microsoft.com',
    devicePageSize: options.devicePageSize ?? 100,
    keyPageSize: options.keyPageSize ?? 50,
    emptyKeyPages: options.emptyKeyPages ?? false,
    selfCheckinSeconds: options.selfCheckinSeconds ?? 0,
  };
  const tokens = { tenant, signer, certificates: options.certificates ?? {} };

  return (request, entry) => {
    const { path, method } = request;
    if (/^\/(?:v1\.0|beta)(?:\/|$)/.test(path)) return answerGraphRequest(request, { tenant, gate, settings }, (caller) => (entry.claims = caller.claims));
    const tenantName = /^\/([^/]+)\/oauth2\/v2\.0\/token$/.exec(path)?.[1];
    if (tenantName !== undefined) return method === 'POST' ? answerTokenRequest({ tenantName, contentType: request.headers['content-type'] ?? '', body: request.body }, tokens) : notAllowed;
    const discovery = discoveryOf(path);
    if (discovery === undefined) return { status: 404 };
    if (method !== 'GET') return notAllowed;
    return { keys: () => keySet(tenant, signer), configuration: () => openIdConfiguration(tenant), instance: () => instanceDiscovery(tenant) }[discovery]();
  };
}

const notAllowed: Answer = { status: 405 };

function discoveryOf(path: string): 'keys' | 'configuration' | 'instance' | undefined {
  if (/^\/[^/]+\/discovery\/v2\.0\/keys$/.test(path)) return 'keys';
  if (/^\/[^/]+\/v2\.0\/\.well-known\/openid-configuration$/.test(path)) return 'configuration';
  return path === '/common/discovery/instance' ? 'instance' : undefined;
}
