// What an administrator may change about the tenant's app registrations while it runs: permissions, and how long a
// client secret is good.
import type { App } from './apps.ts';

const days = 86_400_000;

export interface Registrations {
  /** Application permissions with admin consent, as they go into the next token. */
  permissionsOf(app: App): readonly string[];
  /** Gives the app exactly these. Tokens that are out keep what they have, as in Entra. */
  setPermissions(app: Pick<App, 'clientId'>, permissions: readonly string[]): void;
  /** Milliseconds since 1970. */
  secretEndsAt(app: App): number;
  endSecret(app: App, at: number): void;
}

export function createRegistrations(now: number): Registrations {
  const permissions = new Map<string, readonly string[]>();
  const ends = new Map<string, number>();
  return {
    permissionsOf: (app) => permissions.get(app.clientId) ?? app.permissions,
    setPermissions: (app, given) => void permissions.set(app.clientId, given),
    secretEndsAt: (app) => ends.get(app.clientId) ?? now + 180 * days,
    endSecret: (app, at) => void ends.set(app.clientId, at),
  };
}
