import type { TokenCredential } from '@azure/identity';
import type { AuditLog } from '../domain/entra-ports.ts';
import { Fault } from '../domain/fault.ts';
import type { FleetPages } from '../domain/fleet-ports.ts';
import { type Instant, milliseconds } from '../domain/instant.ts';
import type { Clock, Deadline, Directory, Ids, ManagedDevices, RecoveryKeys, Roles, Rotator } from '../domain/ports.ts';
import type { EncryptionStates, TenantPolicy } from '../domain/tenant-ports.ts';
import { type Ask, type CallRecord, createAsk } from './ask.ts';
import { createAuditLog } from './audit-log.ts';
import { createDirectory } from './directory.ts';
import { createFleetPages, sweepPagesPerSecond } from './fleet-pages.ts';
import { createEncryptionStates } from './encryption-states.ts';
import { createLastHop, type LastHop } from './last-hop.ts';
import { createManagedDevices } from './managed-devices.ts';
import { odata } from './odata.ts';
import { createRecoveryKeys } from './recovery-keys.ts';
import { createRoles, type RoleGroups } from './roles.ts';
import { createRotator } from './rotation.ts';
import { createTenantPolicy } from './tenant-policy.ts';
import { createTokens } from './tokens.ts';
import { timer, type Timer } from './waiting.ts';

export interface GraphSettings {
  readonly credential: TokenCredential;
  readonly roleGroups: RoleGroups;
  /** Of Keydesk; goes out in `User-Agent`. */
  readonly version: string;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'clientRequest'>;
  /** From 0 up to 1; spreads repeated calls. */
  readonly random: () => number;
  /** Told of every call when it is over; may be logged as it is. */
  readonly observe?: (call: CallRecord) => void;
  /** Only demo and tests: where connections go instead of Graph (turned.ts). */
  readonly lastHop?: LastHop;
  /** Of each service; only demo and benchmark, whose tenant is simulated, take another. */
  readonly sweepPagesPerSecond?: number;
  /** Only tests. */
  readonly timer?: Timer;
}

export interface Graph {
  readonly directory: Directory;
  readonly managedDevices: ManagedDevices;
  readonly encryptionStates: EncryptionStates;
  readonly tenantPolicy: TenantPolicy;
  readonly recoveryKeys: RecoveryKeys;
  readonly roles: Roles;
  /** Needs an identity that may write managed devices (`DeviceManagementManagedDevices.ReadWrite.All`). */
  readonly rotator: Rotator;
  /** Needs `AuditLog.Read.All`. */
  readonly auditLog: AuditLog;
  /** The lists of the whole tenant, for the sweep; slower than they could be. */
  readonly fleetPages: FleetPages;
  /** For `/readyz`: Graph has answered within the last 15 s, or does so now. Throws the Fault that says why not. */
  ping(deadline: Deadline): Promise<void>;
  /** Closes kept connections. */
  stop(): void;
}

/** Throws when a role's group is no GUID: that is a fault of configuration, told at start. */
export function createGraph(settings: GraphSettings): Graph {
  const { clock, roleGroups } = settings;
  const lastHop = settings.lastHop ?? createLastHop();
  const tokens = createTokens(settings);
  const health = createHealth(clock);
  const waiting = settings.timer ?? timer;
  const ask = health.watch(createAsk({ ...settings, timer: waiting, tokens, lastHop }));
  return {
    directory: createDirectory(ask),
    managedDevices: createManagedDevices(ask),
    encryptionStates: createEncryptionStates(ask),
    tenantPolicy: createTenantPolicy(ask),
    recoveryKeys: createRecoveryKeys(ask),
    roles: createRoles(ask, { groups: roleGroups, clock }),
    rotator: createRotator(ask),
    auditLog: createAuditLog(ask, { clock, timer: waiting }),
    fleetPages: createFleetPages(ask, { pagesPerSecond: settings.sweepPagesPerSecond ?? sweepPagesPerSecond, clock, timer: waiting }),
    ping: (deadline) => health.ping(ask, deadline),
    stop: () => lastHop.stop(),
  };
}

const provenMilliseconds = 15_000;

/** Remembers whether Graph answers, from the calls that are made anyway; asks only when there were none. */
function createHealth(clock: Clock): { watch(ask: Ask): Ask; ping(ask: Ask, deadline: Deadline): Promise<void> } {
  let goodAt: Instant | undefined;
  return {
    watch: (ask) => async (question) => {
      try {
        const reply = await ask(question);
        goodAt = clock.now();
        return reply;
      } catch (error) {
        // "Not found" is an answer like any other.
        if (!(error instanceof Fault && error.code === 'graph-not-found')) goodAt = undefined;
        throw error;
      }
    },
    async ping(ask, deadline) {
      if (goodAt !== undefined && milliseconds(clock.now()) - milliseconds(goodAt) < provenMilliseconds) return;
      await ask({ service: 'directory', route: odata`devices?$select=id&$top=1`, deadline });
    },
  };
}
