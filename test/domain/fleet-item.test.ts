import assert from 'node:assert/strict';
import type { FleetKey } from '../../src/domain/fleet.ts';
import { itemText, withoutKeyIds } from '../../src/domain/fleet-item.ts';
import { parseEntraDeviceId, parseKeyId } from '../../src/domain/ids.ts';
import { parseInstant } from '../../src/domain/instant.ts';
import { known } from '../support/known.ts';

const deviceId = known(parseEntraDeviceId('de71ce00-0000-4000-8000-000000000042'));
const key = (digit: string, volumeType: FleetKey['volumeType'], createdAt?: string): FleetKey => ({
  keyId: known(parseKeyId(`${digit.repeat(8)}-5e6f-4a7b-8c9d-0e1f2a3b4c5d`)),
  volumeType,
  ...(createdAt !== undefined && { createdAt: known(parseInstant(createdAt)) }),
});
const failed = { status: 'failed', reason: 'encrypted-without-key' } as const;
const item = (name: string, keys: readonly FleetKey[] = []): string => itemText({ deviceId, name, keys }, failed);

describe('domain/fleet-item', () => {
  it('has the keys in the order in which they are wanted, and says what nobody knows as null', () => {
    const { keys, ...rest } = JSON.parse(item('PC-1', [key('1', 'fixedData', '2026-01-01T00:00:00Z'), key('2', 'operatingSystem'), key('3', 'operatingSystem', '2025-01-01T00:00:00Z'), key('4', 'operatingSystem', '2026-01-01T00:00:00Z')]));
    assert.deepEqual(rest, { deviceId, deviceName: 'PC-1', ...failed, asOf: null });
    assert.deepEqual(keys.map(({ keyId, createdAt, state }: Record<string, string>) => [keyId?.at(0), createdAt, state]), [
      ['4', '2026-01-01T00:00:00.000Z', 'active'],
      ['3', '2025-01-01T00:00:00.000Z', 'superseded'],
      ['2', null, 'superseded'],
      ['1', '2026-01-01T00:00:00.000Z', 'active'],
    ]);
  });

  for (const name of ['a\nb\r\n\u2028c', '","keyId":"x', '\\', '\ud800', '😀', '<script>', '"}{'.repeat(80), '']) {
    it(`is one line of JSON that gives the name back and can lose its key IDs: ${JSON.stringify(name).slice(0, 40)}`, () => {
      const text = item(name, [key('1', 'operatingSystem')]);
      assert.doesNotMatch(text, /\n/);
      assert.equal(JSON.parse(text).deviceName, name);
      const { deviceName, keys } = JSON.parse(withoutKeyIds(text));
      assert.deepEqual([deviceName, keys], [name, [{ volumeType: 'operatingSystem', createdAt: null, state: 'active' }]]);
    });
  }

  it('does not repeat a name that looks like a recovery password', () => {
    const blocks = Array.from({ length: 8 }, (_, index) => String(123_453 + 11 * index));
    assert.equal(JSON.parse(item(blocks.join('-'))).deviceName, '(withheld: looks like a recovery key)');
  });
});
