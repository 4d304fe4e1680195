// What goes into the database passes here, all of it: database.ts hands every value of every statement through.
import { Fault } from '../domain/fault.ts';
import { holdsRecoveryPassword } from '../domain/recovery-password.ts';
import { storable } from '../ledger/texts.ts';

/** A value for a jsonb column. */
export class Jsonb {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }

  /** Called by `pg`. */
  toPostgres(): string {
    const written = JSON.stringify(this.value);
    // What cannot be stored is always written as an escape; looking for one costs less than a look at every value.
    if (!/\\u(?:0000|d[89a-f])/.test(written)) return written;
    return JSON.stringify(this.value, (_key, value: unknown) => (typeof value === 'string' ? storable(value) : value));
  }
}

export const jsonb = (value: unknown): Jsonb => new Jsonb(value);

/**
 * The values of a statement as they may be sent. Law 1: a recovery password is in no database row, whatever way it
 * took. Throws a Fault `internal`, which does not repeat the value.
 */
export function inbound(values: readonly unknown[]): unknown[] {
  return values.map((value) => {
    if (holdsSecret(value)) throw new Fault('internal', 'never', { message: 'a recovery password was on its way into the database' });
    return typeof value === 'string' ? storable(value) : value;
  });
}

const digitsInOne = 48;

function holdsSecret(value: unknown): boolean {
  if (typeof value === 'string') return value.length >= digitsInOne && holdsRecoveryPassword(value);
  if (value instanceof Jsonb) return holdsSecret(value.value);
  if (value instanceof Uint8Array) return holdsRecoveryPassword(Buffer.from(value).toString('utf8'));
  if (Array.isArray(value)) return value.some(holdsSecret);
  if (typeof value === 'object' && value !== null) return Object.keys(value).some((key) => holdsSecret(key) || holdsSecret(Reflect.get(value, key)));
  return false;
}
