import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { faultCodes } from '../../src/domain/fault.ts';
import { parseKeyId, parseRotationId } from '../../src/domain/ids.ts';
import { type LedgerEntry, ledgerActs } from '../../src/domain/ledger-entry.ts';
import { refusalCodes } from '../../src/domain/refusal.ts';
import { rotationFailures } from '../../src/domain/rotation-failure.ts';
import { openEntry, parseBody, seal } from '../../src/ledger/entry.ts';
import { plainTexts } from '../../src/ledger/texts.ts';
import { known } from '../support/known.ts';
import { countingBytes, entryOf, fullEntry } from '../support/ledger-entries.ts';

const textOf = (entry: LedgerEntry): string => Buffer.from(seal(entry, countingBytes()).body).toString('utf8');
const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');

describe('ledger/entry', () => {
  it('writes version 1 byte for byte as it always has', () => {
    // A change here breaks every ledger there is. Another form gets another version.
    assert.equal(
      textOf({ ...fullEntry, configuration: 'c0ffee' }),
      '{"v":1,"time":"2026-11-22T09:14:07.112Z","act":"revealed","outcome":"done","source":"teams","code":"too-many-misses",' +
        '"personId":"a1e00000-0000-4000-8000-000000000001","deviceId":"de71ce00-0000-4000-8000-000000000042",' +
        '"deviceObjectId":"0b1ec700-0000-4000-8000-000000000042","keyId":"1a2b3c4d-0000-4000-8000-000000000001",' +
        '"volumeType":"operatingSystem","reason":"other","callerCheck":"call-back","requestId":"4e900000-0000-4000-8000-000000000001",' +
        '"attempt":1,"reference":"KD-7F3A91C2","graphRequestId":"f2d6c6a5-7e5f-4a1e-9a5b-1f2e3d4c5b6a",' +
        '"clientRequestId":"c1d6c6a5-7e5f-4a1e-9a5b-1f2e3d4c5b6a","conversation":"personal","count":3,"configuration":"c0ffee",' +
        '"texts":{' +
        '"personName":"d333d3e67a80e30c5617cb58a1e6cab93df9c0c3bf63e4e0b6f2682f52beb6ae",' +
        '"deviceName":"ee977d090f1a29c7c2fd3feef0c7a4a7b269c06f41037aa82bc3683a0bd7a4c0",' +
        '"reasonText":"ea12a7709bf983d6eb69ae4028ff2219bcce4d328b925c3f3d6580d947ab2159",' +
        '"ticket":"cfd3fd66b0ed93d084311f3e87d7badff8c2aefdcb3ce7e2974e2fe3472ba84e",' +
        '"asked":"4ad1c3b09c34d1c3a0f7092aba7db0de03ff573655e95325a6eddd3b835800d7"}}',
    );
  });

  it('writes the words of a rotation behind those of version 1, and the texts behind all', () => {
    const rotated = entryOf({
      act: 'rotation-failed',
      outcome: 'failed',
      source: 'system',
      code: 'policy-os',
      keyId: known(fullEntry.keyId),
      reason: 'key-exposed',
      rotationId: known(parseRotationId('40a70000-0000-4000-8000-000000000001')),
      cause: 'reveal',
      newKeyId: known(parseKeyId('1a2b3c4d-0000-4000-8000-000000000009')),
      result: '0x803100DA',
    });
    assert.equal(
      textOf(rotated),
      '{"v":1,"time":"2026-11-22T09:14:07.112Z","act":"rotation-failed","outcome":"failed","source":"system","code":"policy-os",' +
        '"personId":"a1e00000-0000-4000-8000-000000000001","keyId":"1a2b3c4d-0000-4000-8000-000000000001","reason":"key-exposed",' +
        '"rotationId":"40a70000-0000-4000-8000-000000000001","cause":"reveal","newKeyId":"1a2b3c4d-0000-4000-8000-000000000009","result":"0x803100DA",' +
        '"texts":{"personName":"d333d3e67a80e30c5617cb58a1e6cab93df9c0c3bf63e4e0b6f2682f52beb6ae"}}',
    );
    const { body, texts } = seal(rotated, countingBytes());
    const parsed = parseBody(body);
    assert.ok(parsed);
    assert.deepEqual(openEntry(parsed, plainTexts(texts)), rotated);
  });

  it('knows every act, and every code of a refusal, a fault and a failed rotation', () => {
    for (const act of ledgerActs) assert.equal(parseBody(seal(entryOf({ act }), countingBytes()).body)?.act, act);
    for (const code of [...refusalCodes, ...faultCodes, ...rotationFailures]) assert.equal(parseBody(seal(entryOf({ code }), countingBytes()).body)?.code, code);
  });

  it('writes the same bytes whatever the order of the fields', () => {
    const turned: LedgerEntry = { ...entryOf(), ...Object.fromEntries(Object.entries(fullEntry).toReversed()) };
    assert.equal(textOf(turned), textOf(fullEntry));
  });

  it('comes back whole, texts from beside it', () => {
    const { body, texts } = seal(fullEntry, countingBytes());
    const parsed = parseBody(body);
    assert.ok(parsed);
    assert.deepEqual(openEntry(parsed, plainTexts(texts)), fullEntry);
  });

  it('comes back without the texts when they are erased', () => {
    const parsed = parseBody(seal(fullEntry, countingBytes()).body);
    assert.ok(parsed);
    const { reasonText: _, ticket: __, asked: ___, ...rest } = fullEntry;
    const { name: ____, ...device } = { ...fullEntry.device };
    assert.deepEqual(openEntry(parsed, plainTexts(null)), { ...rest, person: { id: fullEntry.person?.id }, device });
  });

  it('holds no personal text in its bytes, only SHA-256 over salt and text', () => {
    const { body, texts } = seal(fullEntry, countingBytes());
    const text = Buffer.from(body).toString('utf8');
    for (const personal of ['Alex', 'LAPTOP-42', 'TPM', 'INC0012345']) assert.equal(text.includes(personal), false, personal);
    const sealed = texts?.personName;
    assert.equal(sealed?.text, 'Alex Wilber');
    assert.equal(sealed.salt.length, 32);
    const commitment = createHash('sha256').update(Buffer.from(sealed.salt, 'hex')).update('Alex Wilber').digest('hex');
    assert.equal(text.includes(`"personName":"${commitment}"`), true);
  });

  it('salts each text by itself, so that equal names do not look equal', () => {
    const random = countingBytes();
    const [first, second] = [seal(entryOf(), random), seal(entryOf(), random)];
    assert.notDeepEqual(first.body, second.body);
  });

  it('has no texts beside it when there is nothing personal in it', () => {
    const { person: _, ...entry } = entryOf({ act: 'started', source: 'system' });
    assert.deepEqual(Object.keys(seal(entry, countingBytes())), ['body']);
  });

  it('replaces what no database can hold, before it commits to it', () => {
    const { texts } = seal(entryOf({ asked: 'a\0b\ud800c' }), countingBytes());
    assert.equal(texts?.asked?.text, 'a\ufffdb\ufffdc');
  });

  it('keeps ids of other systems printable and short', () => {
    const { body } = seal(entryOf({ graphRequestId: `a\nb ${'x'.repeat(200)}` }), countingBytes());
    assert.equal(parseBody(body)?.graphRequestId, `a?b?${'x'.repeat(96)}`);
  });

  const good = textOf(entryOf());
  for (const [what, text] of Object.entries({
    'another version': good.replace('"v":1', '"v":2'),
    'an unknown act': good.replace('"asked"', '"burned"'),
    'an unknown key': good.replace('"v":1', '"v":1,"colour":"x"'),
    'another order': good.replace('"v":1,', '').replace('{', '{"source":"teams","v":1,').replace(',"source":"teams","personId"', ',"personId"'),
    'a blank': good.replace('"v":1,', '"v":1, '),
    'a result that is none': good.replace('"texts"', '"result":"-2144272166","texts"'),
    'an id in capitals': good.replace('a1e00000', 'A1E00000'),
    'a time without milliseconds': good.replace('07.112Z', '07Z'),
    'a commitment that is none': good.replace(/"personName":"[0-9a-f]+"/, '"personName":"Alex"'),
    'a key twice': good.replace('"v":1,', '"v":1,"v":1,'),
    'half of it': good.slice(0, -10),
    nothing: '',
  })) {
    it(`does not read ${what}`, () => {
      assert.notEqual(text, good);
      assert.equal(parseBody(bytes(text)), undefined);
    });
  }

  it('reads the same bytes untouched', () => {
    assert.equal(parseBody(bytes(good))?.act, 'asked');
  });
});
