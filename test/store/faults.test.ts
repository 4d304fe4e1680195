import assert from 'node:assert/strict';
import { DatabaseError } from 'pg';
import { Fault } from '../../src/domain/fault.ts';
import { faultOf, orFault } from '../../src/store/faults.ts';

function refusal(code: string): DatabaseError {
  const error = new DatabaseError('duplicate key: Key (name)=(Confidential)', 1, 'error');
  return Object.assign(error, { code, detail: 'Key (name)=(Confidential) already exists.', table: 'request', constraint: 'request_pkey', routine: '_bt_check_unique' });
}
const failure = (message: string, code?: string): Error => Object.assign(new Error(message), code === undefined ? {} : { code });

describe('store/faults', () => {
  const cases: readonly (readonly [Error, Fault['retry']])[] = [
    [refusal('23505'), 'never'],
    [refusal('42501'), 'never'],
    [refusal('40001'), 'later'],
    [refusal('40P01'), 'later'],
    [refusal('53300'), 'later'],
    [refusal('57014'), 'later'],
    [refusal('57P03'), 'later'],
    [refusal('25P03'), 'later'],
    [refusal('57P01'), 'unknown-outcome'],
    [refusal('57P02'), 'unknown-outcome'],
    [failure('connect ECONNREFUSED', 'ECONNREFUSED'), 'later'],
    [failure('getaddrinfo', 'ENOTFOUND'), 'later'],
    [failure('timeout exceeded when trying to connect'), 'later'],
    [failure('Connection terminated due to connection timeout'), 'later'],
    [failure('Connection terminated unexpectedly'), 'unknown-outcome'],
    [failure('read ECONNRESET', 'ECONNRESET'), 'unknown-outcome'],
    [failure('Query read timeout'), 'unknown-outcome'],
  ];
  for (const [error, retry] of cases) {
    const name = error instanceof DatabaseError ? `SQLSTATE ${error.code}` : error.message;
    it(`says ${retry} for ${name}`, () => {
      const fault = faultOf('store-unavailable', error);
      assert.deepEqual([fault.code, fault.retry], ['store-unavailable', retry]);
    });
  }

  it('keeps the code, the constraint and the routine, and no value', () => {
    const fault = faultOf('ledger-unavailable', refusal('23505'));
    assert.equal(fault.message, 'ledger-unavailable: PostgreSQL 23505 (request_pkey, _bt_check_unique)');
    assert.equal(`${String(fault.cause)} ${fault.stack} ${JSON.stringify(fault)}`.includes('Confidential'), false);
  });

  it('lets an answer and a fault of ours through as they are', async () => {
    assert.equal(await orFault('store-unavailable', async () => 7), 7);
    const fault = new Fault('internal', 'never');
    await assert.rejects(orFault('store-unavailable', () => Promise.reject(fault)), (error) => error === fault);
    await assert.rejects(orFault('store-unavailable', () => Promise.reject(new Error('x'))), { code: 'store-unavailable' });
  });
});
