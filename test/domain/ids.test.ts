import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { parseEntraDeviceId, parseGuid, parseKeyId, parseReferenceId, shortKeyId } from '../../src/domain/ids.ts';
import { keyIdOf } from '../support/desk/world.ts';

describe('domain/ids', () => {
  it('reads a GUID in any case and gives it in lower case', () => {
    assert.equal(parseGuid(' B465E4E8-E4E8-B465-E8E4-65B4E8E465B4 '), 'b465e4e8-e4e8-b465-e8e4-65b4e8e465b4');
    assert.equal(parseKeyId('b465e4e8-e4e8-b465-e8e4-65b4e8e465b4'), 'b465e4e8-e4e8-b465-e8e4-65b4e8e465b4');
  });

  it('reads the GUID of zeros as none, because Entra and Intune write it for none', () => {
    assert.equal(parseEntraDeviceId('00000000-0000-0000-0000-000000000000'), undefined);
    assert.ok(parseEntraDeviceId('00000000-0000-0000-0000-000000000001'));
  });

  it('reads nothing that is no GUID', () => {
    const others = [undefined, null, 5, {}, [], '', 'b465e4e8', '{b465e4e8-e4e8-b465-e8e4-65b4e8e465b4}', 'b465e4e8e4e8b465e8e465b4e8e465b4', 'g465e4e8-e4e8-b465-e8e4-65b4e8e465b4', "b465e4e8-e4e8-b465-e8e4-65b4e8e465b4' or 1 eq 1"];
    for (const other of others) assert.equal(parseGuid(other), undefined, inspect(other));
  });

  it('shows a key ID as Windows does: its first eight characters in capitals', () => {
    assert.equal(shortKeyId(keyIdOf('1a2b3c4d-0000-4000-8000-000000000000')), '1A2B3C4D');
  });

  it('reads a reference only in the form in which it was given out', () => {
    assert.equal(parseReferenceId('KD-7F3A91C2'), 'KD-7F3A91C2');
    for (const other of ['KD-7f3a91c2', 'KD-7F3A91C', 'KD-7F3A91C22', '7F3A91C2', 'KD-7F3A91C2\n', 7, undefined]) assert.equal(parseReferenceId(other), undefined, inspect(other));
  });
});
