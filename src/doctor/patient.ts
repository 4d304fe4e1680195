// The installation that is examined, however it is configured: by the environment (installation.ts) or as the demo
// (demo.ts). A check knows nothing else.

import type { IdentityPurpose } from '../domain/identity-purpose.ts';
import type { TenantId } from '../domain/ids.ts';
import type { Role } from '../domain/person.ts';
import type { Clock, Deadline } from '../domain/ports.ts';
import type { createCredential, CredentialSettings } from '../graph/credential.ts';
import type { Graph } from '../graph/graph.ts';
import type { Database } from '../store/database.ts';

/** One of those that Keydesk is towards Entra. */
export interface IdentityInUse {
  readonly purposes: readonly IdentityPurpose[];
  /** The purpose whose settings name it; undefined for the bot's own. */
  readonly apart: IdentityPurpose | undefined;
  readonly identity: CredentialSettings['identity'];
  readonly credential: ReturnType<typeof createCredential>;
  readonly graph: Graph;
}

export interface Patient {
  readonly tenantId: TenantId;
  /** The bot's own first. */
  readonly identities: readonly [IdentityInUse, ...IdentityInUse[]];
  readonly groups: Readonly<Partial<Record<Role, string>>>;
  readonly database: Database;
  readonly ledger: { readonly signingKey: { reveal(): string }; readonly formerKey?: { reveal(): string }; readonly checkpointFile?: string };
  /** What is switched on. */
  readonly uses: { readonly entraLog: boolean; readonly selfService: boolean; readonly rotation: boolean; readonly delegated: boolean };
  /** Where the service listens on this machine, as http://127.0.0.1:3978. */
  readonly local: string;
  /** Where Teams reaches it, as https://keydesk.contoso.com; undefined when nobody said it. */
  readonly endpoint: string | undefined;
  /** Whether the service is one that asks everybody for a token. The demo's does not. */
  readonly authenticated: boolean;
  /** How the service itself is asked; the global one but in tests. */
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /** A fresh one for each question. */
  readonly deadline: () => Deadline;
  close(): Promise<void>;
}
