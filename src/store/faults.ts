import { DatabaseError } from 'pg';
import { Fault, type FaultCode } from '../domain/fault.ts';

type StoreFault = Extract<FaultCode, 'store-unavailable' | 'ledger-unavailable'>;

/** SQLSTATE classes and codes after which the same statement may succeed: nothing of it has happened. */
const passing = /^(?:08|53|40|55P03|57014|57P03|25P03)/;
/** The server went away in the middle: whether the transaction was committed, only a look can tell. */
const cutOff = /^57P0[1245]/;
/** With these the server ends the connection, a moment before the socket closes. */
const lastWords = /^(?:08|57P0[1245]|25P0[34])/;
/** No connection was made, so no statement was sent. */
const notConnected = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH']);
const notConnectedWords = new Set(['timeout exceeded when trying to connect', 'Connection terminated due to connection timeout', 'timeout expired']);

/** Runs one act of a port. Whatever goes wrong below becomes a Fault of this code; a Fault of ours passes as it is. */
export async function orFault<T>(code: StoreFault, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw error instanceof Fault ? error : faultOf(code, error);
  }
}

/** Whether this was the last that its connection says: whoever is lent it next would be cut off. */
export const endsConnection = ({ code = '' }: DatabaseError): boolean => lastWords.test(code);

/** Messages of PostgreSQL repeat values (a name, a reason) and `detail` whole rows: only codes and names of ours are kept. */
export function faultOf(code: StoreFault, error: unknown): Fault {
  const { words, retry } = judge(error);
  const cause = new Error(words);
  return new Fault(code, retry, { message: `${code}: ${words}`, cause });
}

function judge(error: unknown): { readonly words: string; readonly retry: Fault['retry'] } {
  if (error instanceof DatabaseError) {
    const state = error.code ?? 'unknown';
    const where = [error.constraint ?? error.table, error.routine].filter((part) => part !== undefined).join(', ');
    const retry = cutOff.test(state) ? 'unknown-outcome' : passing.test(state) ? 'later' : 'never';
    return { words: `PostgreSQL ${state}${where === '' ? '' : ` (${where})`}`, retry };
  }
  if (!(error instanceof Error)) return { words: 'unknown', retry: 'unknown-outcome' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if ((code !== undefined && notConnected.has(code)) || notConnectedWords.has(error.message)) return { words: `no connection to PostgreSQL (${code ?? 'timeout'})`, retry: 'later' };
  return { words: `connection to PostgreSQL lost (${code ?? error.name})`, retry: 'unknown-outcome' };
}
