// The API, where there is one, as the server takes it.
import { createApi } from '../api/api.ts';
import type { ApiConfig } from '../config/read-api.ts';
import type { Desk } from '../domain/desk.ts';
import type { TenantId } from '../domain/ids.ts';
import type { ErrorLog } from '../server/neutral.ts';
import type { Site } from '../server/site.ts';

export interface SiteParts {
  readonly tenantId: TenantId;
  readonly api?: ApiConfig & { readonly keysUrl?: string };
  readonly ledger: { readonly signingKey: { reveal(): string } };
  readonly log: ErrorLog & { info(fields: object, message: string): void };
}

export function siteOf({ tenantId, api, ledger, log }: SiteParts, desk: Desk): { readonly site?: Site } {
  if (api === undefined) return {};
  const { audience, keysUrl } = api;
  return { site: createApi({ desk, tenantId, audience, ...(keysUrl !== undefined && { keysUrl }), limits: api, secret: ledger.signingKey.reveal(), version: '0.1.0', log }) };
}
