// The API as the server takes it.
import { type ApiWatch, createApi } from '../api/api.ts';
import type { ApiConfig } from '../config/read-api.ts';
import type { Desk } from '../domain/desk.ts';
import type { TenantId } from '../domain/ids.ts';
import type { ErrorLog } from '../server/neutral.ts';
import type { Site } from '../server/site.ts';

export interface SiteParts {
  readonly tenantId: TenantId;
  readonly ledger: { readonly signingKey: { reveal(): string } };
  readonly telemetry?: ApiWatch;
  readonly log: ErrorLog & { info(fields: object, message: string): void };
}

export function siteOf({ tenantId, ledger, telemetry, log }: SiteParts, desk: Desk, { audience, keysUrl, ...limits }: ApiConfig & { readonly keysUrl?: string }): Site {
  return createApi({ desk, tenantId, audience, ...(keysUrl !== undefined && { keysUrl }), limits, secret: ledger.signingKey.reveal(), version: '0.1.0', log, ...(telemetry && { watch: telemetry }) });
}
