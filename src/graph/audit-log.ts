// Entra's own record of who read a key (`auditLogs/directoryAudits`). A small surface with a small limit: five requests
// in ten seconds for each application and tenant, whoever asks.

import type { AuditLog } from '../domain/entra-ports.ts';
import type { KeyRead } from '../domain/key-read.ts';
import type { Clock } from '../domain/ports.ts';
import type { Ask } from './ask.ts';
import { category, toKeyRead } from './audit-rows.ts';
import { odata } from './odata.ts';
import { createPace } from './pace.ts';
import { eachPage } from './pages.ts';
import type { Timer } from './waiting.ts';

/** One below Microsoft's limit, which counts by another clock than ours. */
const pace = { most: 4, seconds: 10 } as const;

export function createAuditLog(ask: Ask, { clock, timer }: { readonly clock: Clock; readonly timer: Timer }): AuditLog {
  const paced = createPace({ ...pace, clock, timer });
  return {
    async keyReads({ from, to }, { deadline, take }) {
      // Category and time are what is known to be filtered together; the activity is looked at here (audit-rows.ts).
      const route = odata`auditLogs/directoryAudits?$filter=category eq ${category} and activityDateTime ge ${from} and activityDateTime le ${to}&$orderby=activityDateTime desc&$top=500`;
      await eachPage(
        (exactUrl) => ask({ service: 'reports', route, deadline: deadline(), pace: paced, ...(exactUrl !== undefined && { exactUrl }) }),
        ({ fresh }) => {
          const read = fresh.map(({ raw }) => toKeyRead(raw));
          return take({ reads: read.filter(isRead).filter(({ at }) => at >= from && at <= to), unreadable: read.filter((one) => one === 'unreadable').length });
        },
      );
    },
  };
}

const isRead = (one: KeyRead | 'other' | 'unreadable'): one is KeyRead => typeof one === 'object';
