import assert from 'node:assert/strict';
import type { EscrowedKey, VolumeType } from '../../src/domain/device.ts';
import { parseIntuneDeviceId } from '../../src/domain/ids.ts';
import { freshIn, isAfter, isOver, isProof, isSettled, nextRotationStates, replacedByItself, type RotationCause, rotationStates, runningStates } from '../../src/domain/rotation.ts';
import { requestOf } from '../support/desk/samples.ts';
import { alex, deviceOf, keyOf, megan, sure, time } from '../support/desk/world.ts';

const laptop = deviceOf(42, 'LAPTOP-42');
const key = (first: string, createdAt: string, volumeType: VolumeType = 'operatingSystem'): EscrowedKey => keyOf(laptop, first, createdAt, volumeType);

const intuneId = sure(parseIntuneDeviceId('17171717-0000-4000-8000-000000000001'));
const requestId = requestOf().id;
const shownCause = (of: EscrowedKey, known: readonly EscrowedKey[] = [of]): RotationCause => ({ by: 'reveal', requestId, person: alex, keyId: of.keyId, volumeType: of.volumeType, keyCreatedAt: of.createdAt, knownKeyIds: known.map(({ keyId }) => keyId) });

describe('domain/rotation: states', () => {
  it('comes to an end from every state, and leaves no end', () => {
    for (const state of rotationStates) {
      assert.equal(isOver({ state }), nextRotationStates[state].length === 0, state);
      if (!isOver({ state })) assert.ok(['done', 'failed'].every((end) => (nextRotationStates[state] as readonly string[]).includes(end)), state);
    }
  });

  it('is sent from scheduled alone, and every running one can become overdue but the one being sent', () => {
    assert.deepEqual(rotationStates.filter((state) => (nextRotationStates[state] as readonly string[]).includes('sending')), ['scheduled']);
    assert.deepEqual(runningStates.filter((state) => (nextRotationStates[state] as readonly string[]).includes('overdue')), ['unknown', 'queued', 'waiting']);
  });

  it('runs in every state between scheduled and its end', () => {
    assert.deepEqual([...runningStates], rotationStates.filter((state) => state !== 'scheduled' && !isOver({ state })));
  });
});

describe('domain/rotation: the proof', () => {
  const [former, fresh] = [key('aaaaaaaa', '2026-01-01T00:00:00Z'), key('bbbbbbbb', '2026-11-22T10:00:00Z')];
  const freshData = key('cccccccc', '2026-11-22T10:00:00Z', 'fixedData');
  const baseline = { intuneId, keyIds: [former.keyId] };

  it('is a key that was not there before', () => {
    assert.deepEqual(freshIn([former, fresh], baseline, []), [fresh]);
    assert.deepEqual(freshIn([former], baseline, []), []);
    assert.deepEqual(freshIn([], baseline, []), [], 'a key that has gone proves nothing');
  });

  it('does not go by times: a new key dated before the old one counts, an old one dated later does not', () => {
    const early = key('dddddddd', '2020-01-01T00:00:00Z');
    assert.deepEqual(freshIn([former, early], baseline, [shownCause(former)]), [early]);
    assert.deepEqual(freshIn([{ ...former, createdAt: time('2030-01-01T00:00:00Z') }], baseline, []), []);
  });

  it('is no key that was shown, nor one before it, where it was shown while the list was being read', () => {
    const [older, newer] = [key('dddddddd', '2026-11-22T09:59:59Z'), key('eeeeeeee', '2026-11-22T10:00:01Z')];
    assert.deepEqual(freshIn([former, older, fresh, newer], baseline, [shownCause(fresh)]), [newer]);
    assert.deepEqual(freshIn([former, older, fresh, freshData], baseline, [shownCause(fresh)]), [freshData], 'of another kind of volume it says nothing');
    assert.deepEqual(freshIn([former, older, fresh], { intuneId, keyIds: [former.keyId, fresh.keyId] }, [shownCause(fresh)]), [older], 'nor where the list holds it');
  });

  it('is needed for each kind of volume', () => {
    const both = ['operatingSystem', 'fixedData'] as const;
    assert.equal(isProof([fresh], both), false);
    assert.equal(isProof([freshData], both), false);
    assert.equal(isProof([fresh, freshData], both), true);
    assert.equal(isProof([fresh, freshData], ['fixedData']), true);
    assert.equal(isProof([], ['fixedData']), false);
  });

  it('is never had where nothing is needed', () => assert.equal(isProof([fresh], []), false));
});

describe('domain/rotation: what Intune says', () => {
  const baseline = { intuneId, keyIds: [] };
  const action = (startedAt: string) => ({ state: 'pending', startedAt: time(startedAt), errorCode: 0 }) as const;

  it('is about this rotation when it began after the last one before, by Intune’s clock', () => {
    const before = { ...baseline, lastActionStart: time('2026-03-02T09:15:00Z') };
    assert.equal(isAfter(action('2026-03-02T09:15:01Z'), before), true);
    assert.equal(isAfter(action('2026-03-02T09:15:00Z'), before), false, 'the one before');
    assert.equal(isAfter(action('2026-03-02T09:14:59Z'), before), false, 'one that was before even that');
    assert.equal(isAfter(action('1970-01-01T00:00:00Z'), baseline), true, 'where none was before, any is after');
  });

  it('is settled when nothing more comes of it', () => {
    const settled = (['none', 'pending', 'active', 'done', 'failed', 'canceled', 'notSupported', 'unknown'] as const).filter((state) => isSettled({ ...action('2026-03-02T09:15:00Z'), state }));
    assert.deepEqual(settled, ['done', 'failed', 'canceled', 'notSupported']);
  });
});

describe('domain/rotation: replaced by Windows itself', () => {
  const shown = key('aaaaaaaa', '2026-03-01T00:00:00Z');
  const cause = (of: EscrowedKey = shown, known: readonly EscrowedKey[] = [of]): RotationCause => shownCause(of, known);
  const successor = key('bbbbbbbb', '2026-03-01T00:00:01Z');

  it('is a newer key of the same volume that was not known when the shown one was offered', () => assert.deepEqual(replacedByItself([shown, successor], [cause()]), [successor]));

  const nothing: readonly (readonly [string, readonly EscrowedKey[], readonly RotationCause[]])[] = [
    ['no newer key', [shown], [cause()]],
    ['a newer key that was known already', [shown, successor], [cause(shown, [shown, successor])]],
    ['an unknown key that is older', [shown, key('bbbbbbbb', '2026-02-28T23:59:59Z')], [cause()]],
    ['an unknown key of the same moment', [shown, key('bbbbbbbb', '2026-03-01T00:00:00Z')], [cause()]],
    ['a newer key of another volume', [shown, key('bbbbbbbb', '2026-03-01T00:00:01Z', 'fixedData')], [cause()]],
    ['a newer key that was shown to somebody as well', [shown, successor], [cause(), cause(successor, [shown, successor])]],
    ['a wish of a person', [shown, successor], [cause(), { by: 'person', requestId, person: megan, reason: 'policy' }]],
    ['no cause at all', [shown, successor], []],
  ];
  for (const [title, keys, causes] of nothing) it(`is not ${title}`, () => assert.equal(replacedByItself(keys, causes), undefined));

  it('is the newest of several, named once for two who saw the same key', () => {
    const newest = key('cccccccc', '2026-03-01T00:00:02Z');
    assert.deepEqual(replacedByItself([newest, shown, successor], [cause(), cause()]), [newest]);
  });

  it('is each key’s own successor where two kinds of volume were shown', () => {
    const data = key('dddddddd', '2026-03-01T00:00:00Z', 'fixedData');
    const newData = key('eeeeeeee', '2026-03-02T00:00:00Z', 'fixedData');
    assert.deepEqual(replacedByItself([shown, data, successor, newData], [cause(), cause(data)]), [successor, newData]);
    assert.equal(replacedByItself([shown, data, successor], [cause(), cause(data)]), undefined, 'one of them is not replaced');
  });

  it('says nothing of a data drive beside which another one was known: the newer key may be of that', () => {
    const [first, second, newer] = [key('dddddddd', '2026-03-01T00:00:00Z', 'fixedData'), key('eeeeeeee', '2026-02-01T00:00:00Z', 'fixedData'), key('ffffffff', '2026-03-02T00:00:00Z', 'fixedData')];
    assert.equal(replacedByItself([first, second, newer], [cause(first, [first, second])]), undefined);
    assert.deepEqual(replacedByItself([first, newer], [cause(first, [first])]), [newer], 'the only one');
    assert.deepEqual(replacedByItself([shown, key('12345678', '2026-02-01T00:00:00Z'), successor], [cause(shown, [shown, key('12345678', '2026-02-01T00:00:00Z')])]), [successor], 'a machine has one system volume');
  });

});
