// What `npm run doctor` asks of Graph: questions that change nothing, read no key and leave no row in Entra's audit log.

import { z } from 'zod';
import type { GraphPermission } from '../domain/graph-permission.ts';
import { Fault } from '../domain/fault.ts';
import type { Instant } from '../domain/instant.ts';
import type { Deadline } from '../domain/ports.ts';
import { moment } from './answers.ts';
import type { Ask, Question } from './ask.ts';
import { graphOrigin, type LastHop } from './last-hop.ts';
import { odata } from './odata.ts';
import { type KeyReader, keyReadersOf } from './key-readers.ts';
import { type RotationPolicies, rotationPoliciesOf } from './rotation-policy.ts';
import type { Tokens } from './tokens.ts';

export interface Examination {
  /** Permissions that the token names; undefined for a token that cannot be read. Throws `graph-token` when there is none. */
  granted(deadline: Deadline): Promise<readonly string[] | undefined>;
  /**
   * By a question that only who has it may ask. `unknown` for the two powers, of which there is no harmless question:
   * to read a key and to rotate one. Throws every Fault but 403.
   */
  has(permission: GraphPermission, deadline: Deadline): Promise<boolean | 'unknown'>;
  /** Undefined when there is no such group. */
  group(id: string, deadline: Deadline): Promise<{ readonly name: string } | undefined>;
  /** Needs `RoleManagement.Read.Directory`. */
  keyReaders(deadline: Deadline): Promise<readonly KeyReader[]>;
  rotationPolicies(deadline: Deadline): Promise<RotationPolicies>;
  /**
   * When the client secret ends that begins with `hint`; with several of the kind, the earliest. Undefined where the
   * registration has none of the kind, or says no end. Needs `Application.Read.All`.
   */
  secretEnd(clientId: string, hint: string, now: Instant, deadline: Deadline): Promise<Instant | undefined>;
  /** What time Graph's answer says it is; asked without a token, which a wrong clock may keep from being had. Throws `graph-cut` or `graph-timeout`. */
  time(deadline: Deadline): Promise<Instant | undefined>;
}

/** No device and nobody has it: what is asked about it is answered with nothing. */
const nobody = '00000000-0000-4000-8000-00000000d0c0';

type Harmless = Pick<Question, 'service' | 'route' | 'version'>;

/** None has `$select=key`. Both powers are absent: the only way to try them is to use them. */
const questions: Readonly<Partial<Record<GraphPermission, Harmless>>> = {
  'Device.Read.All': { service: 'directory', route: odata`devices?$select=id&$top=1` },
  'BitlockerKey.ReadBasic.All': { service: 'bitlocker', route: odata`informationProtection/bitlocker/recoveryKeys?$filter=deviceId eq ${nobody}` },
  'DeviceManagementManagedDevices.Read.All': { service: 'intune', route: odata`deviceManagement/managedDevices?$select=id&$top=1` },
  'DeviceManagementConfiguration.Read.All': { service: 'intune', version: 'beta', route: odata`deviceManagement/managedDeviceEncryptionStates?$select=id&$top=1` },
  'Policy.Read.All': { service: 'directory', route: odata`policies/authorizationPolicy?$select=defaultUserRolePermissions` },
  'User.Read.All': { service: 'directory', route: odata`users/${nobody}/ownedDevices/microsoft.graph.device?$select=id` },
  'GroupMember.Read.All': { service: 'directory', route: odata`groups?$select=id&$top=1` },
  'AuditLog.Read.All': { service: 'reports', route: odata`auditLogs/directoryAudits?$top=1` },
};

const group = z.object({ id: z.string(), displayName: z.string().nullish() });
const application = z.object({ passwordCredentials: z.array(z.object({ hint: z.string().nullish(), endDateTime: z.string().nullish() })) });

export function createExamination(ask: Ask, { tokens, lastHop }: { readonly tokens: Tokens; readonly lastHop: LastHop }): Examination {
  return {
    granted: async (deadline) => rolesIn(await tokens.take(deadline)),

    async has(permission, deadline) {
      const question = questions[permission];
      if (question === undefined) return 'unknown';
      // "There is no such thing" is said to who may look.
      return (await allowed(() => found(() => ask({ ...question, deadline })).then(() => true))) ?? false;
    },

    async group(id, deadline) {
      const reply = await found(() => ask({ service: 'directory', route: odata`groups/${id}?$select=id,displayName`, deadline }));
      if (reply === undefined) return undefined;
      const read = group.safeParse(reply.body).data;
      if (read === undefined) throw reply.nonsense('the group is not as promised');
      return { name: read.displayName ?? '' };
    },

    keyReaders: (deadline) => keyReadersOf(ask, deadline),
    rotationPolicies: (deadline) => rotationPoliciesOf(ask, deadline),

    async secretEnd(clientId, hint, now, deadline) {
      const reply = await ask({ service: 'directory', route: odata`applications(appId='${clientId}')?$select=passwordCredentials`, deadline });
      const read = application.safeParse(reply.body).data;
      if (read === undefined) throw reply.nonsense('the application is not as promised');
      const own = read.passwordCredentials.filter((one) => one.hint === hint);
      // One that has ended is not the one that works.
      const ends = own.flatMap(({ endDateTime }) => moment(endDateTime) ?? []).filter((end) => end > now);
      return ends.sort()[0];
    },

    async time(deadline) {
      const answer = await lastHop({ method: 'GET', url: `${graphOrigin}/v1.0/`, headers: { accept: 'application/json' }, deadline });
      if (answer.kind !== 'answer') throw new Fault(answer.kind === 'timeout' ? 'graph-timeout' : 'graph-cut', 'later', { message: 'Graph did not say what time it is' });
      const { date } = answer.headers;
      return date === undefined ? undefined : moment(isoOf(date));
    },
  };
}

const isoOf = (httpDate: string): string | undefined => {
  const milliseconds = Date.parse(httpDate);
  return Number.isNaN(milliseconds) ? undefined : new Date(milliseconds).toISOString();
};

/** Undefined on 403. */
const allowed = <T>(work: () => Promise<T>): Promise<T | undefined> => unless('graph-forbidden', work);
/** Undefined on 404. */
const found = <T>(work: () => Promise<T>): Promise<T | undefined> => unless('graph-not-found', work);

async function unless<T>(code: Fault['code'], work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Fault && error.code === code) return undefined;
    throw error;
  }
}

const claims = z.object({ roles: z.array(z.string()).default([]) });

/**
 * Microsoft promises nothing about the form of tokens for its own services, and asks clients to leave them closed. Nothing
 * is decided by what is read here: the doctor tells it to a person, and says so where it could not be read.
 */
function rolesIn(token: string): readonly string[] | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return claims.safeParse(parsed).data?.roles;
  } catch {
    return undefined;
  }
}

