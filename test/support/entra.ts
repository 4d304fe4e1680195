// Entra's log in memory for tests of the reconciliation: rows that come when a test says so, pages, and what goes wrong.

import type { AuditLog } from '../../src/domain/entra-ports.ts';
import { Fault, type FaultCode } from '../../src/domain/fault.ts';
import { parseEntraDeviceId, parseKeyId } from '../../src/domain/ids.ts';
import type { Instant } from '../../src/domain/instant.ts';
import type { KeyRead, KeyReader } from '../../src/domain/key-read.ts';
import { known } from './known.ts';

export const ownAppId = 'ac1d0000-0000-4000-8000-000000000001';
export const keydesk: KeyReader = { kind: 'app', appId: ownAppId };
export const entraKey = known(parseKeyId('1a2b3c4d-0000-4000-8000-000000000001'));
export const entraDevice = known(parseEntraDeviceId('de71ce00-0000-4000-8000-000000000042'));

export const readOf = (number: number, at: Instant, by: KeyReader, more: Partial<KeyRead> = {}): KeyRead => ({
  id: `Device Registration Service_${number}`,
  at,
  keyId: entraKey,
  deviceId: entraDevice,
  by,
  failed: false,
  ...more,
});

export interface EntraInMemory extends AuditLog {
  readonly rows: KeyRead[];
  /** `from to` of each reading, in their order. */
  readonly asked: string[];
  /** Rows on each page that nobody understands. */
  unreadable: number;
  /** Breaks off after so many pages of each reading; never when undefined. */
  breaks: { readonly after: number; readonly code: FaultCode; readonly retryAfterSeconds?: number } | undefined;
  /** Told of each page that was taken. */
  onPage: () => void | Promise<void>;
}

export function entraInMemory(pageSize = 2): EntraInMemory {
  const log: EntraInMemory = {
    rows: [],
    asked: [],
    unreadable: 0,
    breaks: undefined,
    onPage: () => undefined,
    async keyReads({ from, to }, { deadline, take }) {
      log.asked.push(`${from} ${to}`);
      const found = log.rows.filter(({ at }) => at >= from && at <= to).toSorted((a, b) => b.at.localeCompare(a.at));
      for (let page = 0; ; page += 1) {
        if (deadline().aborted) throw new Fault('graph-timeout', 'later');
        if (log.breaks?.after === page) throw new Fault(log.breaks.code, 'later', { retryAfterSeconds: log.breaks.retryAfterSeconds });
        const reads = found.slice(page * pageSize, (page + 1) * pageSize);
        const goOn = await take({ reads, unreadable: log.unreadable });
        await log.onPage();
        if (!goOn || (page + 1) * pageSize >= found.length) return;
      }
    },
  };
  return log;
}
