// Which permission a question to Graph needs. Known from the form of its route, so that a 403 can be named without
// asking anything more; a test holds it against every route that this room has.

import { allGraphPermissions, type GraphPermission } from '../domain/graph-permission.ts';
import { Fault } from '../domain/fault.ts';
import type { Ask, Question } from './ask.ts';

/** The first that fits; templates are those of {@link Question.route}, with `{}` for every value. */
const byRoute: readonly (readonly [RegExp, GraphPermission])[] = [
  [/^devices\b/, 'Device.Read.All'],
  [/^informationProtection\/bitlocker\/recoveryKeys\/\{\}\?\$select=key$/, 'BitlockerKey.Read.All'],
  [/^informationProtection\/bitlocker\/recoveryKeys\b/, 'BitlockerKey.ReadBasic.All'],
  [/^deviceManagement\/managedDevices\/\{\}(?:\/rotateBitLockerKeys$|\?\$select=id,deviceActionResults$)/, 'DeviceManagementManagedDevices.ReadWrite.All'],
  [/^deviceManagement\/managedDevices\b/, 'DeviceManagementManagedDevices.Read.All'],
  [/^deviceManagement\/(?:managedDeviceEncryptionStates|configurationPolicies)\b/, 'DeviceManagementConfiguration.Read.All'],
  [/^policies\b/, 'Policy.Read.All'],
  [/^users\/\{\}\/checkMemberGroups$/, 'GroupMember.Read.All'],
  [/^groups\b/, 'GroupMember.Read.All'],
  [/^users\b/, 'User.Read.All'],
  [/^auditLogs\b/, 'AuditLog.Read.All'],
];

/** Undefined for a route of the doctor's alone (examination.ts). */
export const permissionFor = ({ route }: Pick<Question, 'route'>): GraphPermission | undefined => byRoute.find(([form]) => form.test(route.template))?.[1];

/** Asked in a person's name the answer is about that person: an agent whose role has ended is no permission that is missing. */
const judged = (question: Question): GraphPermission | undefined => (question.authority === undefined || question.authority === 'application' ? permissionFor(question) : undefined);

export interface Denials {
  watch(ask: Ask): Ask;
  /** Those for which the last question was answered 403, in the order of their table. */
  missing(): readonly GraphPermission[];
}

/**
 * Remembers what Graph refuses, from the questions that are asked anyway. Of a feature that nobody has used since the
 * start nothing is known: `npm run doctor` asks.
 */
export function createDenials(): Denials {
  const denied = new Set<GraphPermission>();
  return {
    watch: (ask) => async (question) => {
      const permission = judged(question);
      try {
        const reply = await ask(question);
        if (permission !== undefined) denied.delete(permission);
        return reply;
      } catch (error) {
        const code = error instanceof Fault ? error.code : undefined;
        if (permission !== undefined && code === 'graph-forbidden') denied.add(permission);
        // "Not found" is said to who may look.
        if (permission !== undefined && code === 'graph-not-found') denied.delete(permission);
        throw error;
      }
    },
    missing: () => allGraphPermissions.filter((name) => denied.has(name)),
  };
}
