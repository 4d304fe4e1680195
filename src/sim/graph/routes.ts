import { configurationPolicyRoutes } from '../intune/configuration-policies.ts';
import { encryptionStateRoutes } from '../intune/encryption-states.ts';
import { managedDeviceRoutes } from '../intune/managed-devices.ts';
import { applicationRoutes } from './applications.ts';
import type { Route, Version } from './call.ts';
import { deviceRoutes } from './devices.ts';
import { directoryAuditRoutes } from './directory-audits.ts';
import { groupRoutes } from './groups.ts';
import { policyRoutes } from './policies.ts';
import { recoveryKeyRoutes } from './recovery-keys.ts';
import { roleAssignmentRoutes } from './role-assignments.ts';
import { userRoutes } from './users.ts';

interface Known {
  readonly route: Route;
  /** In lower case: Graph takes paths in any case. */
  readonly segments: readonly string[];
}

const byLength = new Map<number, Known[]>();
for (const route of [...deviceRoutes, ...userRoutes, ...groupRoutes, ...recoveryKeyRoutes, ...directoryAuditRoutes, ...policyRoutes, ...managedDeviceRoutes, ...encryptionStateRoutes, ...configurationPolicyRoutes, ...applicationRoutes, ...roleAssignmentRoutes]) {
  const segments = route.path.toLowerCase().split('/');
  byLength.set(segments.length, [...(byLength.get(segments.length) ?? []), { route, segments }]);
}

export type Found = { readonly kind: 'route'; readonly route: Route; readonly params: readonly string[] } | { readonly kind: 'other-method' } | { readonly kind: 'none' };

/** @param segments of the path behind the version, decoded; a key in brackets is a segment of its own */
export function findRoute(method: string, version: Version, segments: readonly string[]): Found {
  let otherMethod = false;
  for (const { route, segments: pattern } of byLength.get(segments.length) ?? []) {
    if (route.only !== undefined && route.only !== version) continue;
    if (!pattern.every((part, index) => part === '{}' || part === segments[index]?.toLowerCase())) continue;
    if (route.method === method) return { kind: 'route', route, params: segments.filter((_, index) => pattern[index] === '{}') };
    otherMethod = true;
  }
  return otherMethod ? { kind: 'other-method' } : { kind: 'none' };
}

/** `devices(deviceId='x')/registeredOwners` → `devices`, `deviceId='x'`, `registeredOwners`; `devices('x')` → `devices`, `x`. */
export function segmentsOf(path: string): readonly string[] {
  return path.split('/').flatMap((raw) => {
    const segment = decode(raw);
    const [, name, key] = /^([A-Za-z]+)\((.*)\)$/s.exec(segment) ?? [];
    if (name === undefined || key === undefined) return [segment];
    const [, quoted] = /^'(.*)'$/s.exec(key) ?? [];
    return [name, quoted ?? key];
  });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
