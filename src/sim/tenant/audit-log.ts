import { randomUUID } from 'node:crypto';

export type Actor =
  | { readonly kind: 'person'; readonly id: string; readonly displayName: string; readonly userPrincipalName: string }
  | { readonly kind: 'app'; readonly appId: string; readonly displayName: string; readonly servicePrincipalId: string };

export type AuditActivity = 'Read BitLocker key' | 'Add BitLocker key';

/** A row of Entra's audit log about a recovery key. */
export interface AuditRow {
  readonly id: string;
  readonly at: number;
  readonly activity: AuditActivity;
  readonly by: Actor;
  readonly keyId: string;
  readonly deviceId: string;
  readonly correlationId: string;
  /** Entra refused the read. */
  readonly failed?: boolean;
  readonly userAgent?: string;
  /** Told through a door (doors.ts): nobody read anything here. */
  readonly told?: boolean;
}

export interface AuditLog {
  /** Newest first, as Entra lists them. */
  rows(): readonly AuditRow[];
  write(row: Omit<AuditRow, 'id' | 'correlationId'>): AuditRow;
  /** Loses all rows, as if they had not come yet. */
  clear(): void;
}

export function createAuditLog(): AuditLog {
  let written = 0;
  // Ascending by time; a row may be dated back, then it takes its place among the others.
  const ascending: AuditRow[] = [];
  return {
    rows: () => ascending.toReversed(),
    write: (facts) => {
      // Not Graph's request-id: whether the two agree in a real tenant is unknown, and nobody may rely on it.
      const correlationId = randomUUID();
      written += 1;
      const row: AuditRow = { ...facts, correlationId, id: `Device Registration Service_${correlationId}_${String(written).padStart(6, '0')}` };
      let place = ascending.length;
      while (place > 0 && (ascending[place - 1]?.at ?? 0) > row.at) place -= 1;
      ascending.splice(place, 0, row);
      return row;
    },
    clear: () => void ascending.splice(0),
  };
}
