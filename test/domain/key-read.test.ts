import assert from 'node:assert/strict';
import { plusSeconds } from '../../src/domain/instant.ts';
import { type Intention, type KeyRead, type KeyReader, verdictOn } from '../../src/domain/key-read.ts';
import { alex, keyIdOf, megan, time } from '../support/desk/world.ts';

const own = 'ac1d0000-0000-4000-8000-000000000001';
const rotation = 'ac1d0000-0000-4000-8000-000000000003';
const ownAppIds = new Set([own, rotation]);
const keyId = keyIdOf('1a2b3c4d-0000-4000-8000-000000000001');
const otherKey = keyIdOf('1a2b3c4d-0000-4000-8000-000000000002');
const noon = time('2026-11-22T12:00:00Z');

const keydesk: KeyReader = { kind: 'app', appId: own };
const script: KeyReader = { kind: 'app', appId: 'ac1d0000-0000-4000-8000-000000000004', name: 'Keydesk' };
const nameless: KeyReader = { kind: 'app', name: 'Keydesk' };
const byAlex: KeyReader = { kind: 'person', id: alex.id };
const byNobodyKnown: KeyReader = { kind: 'person', name: alex.name };

const readOf = (by: KeyReader, more: Partial<KeyRead> = {}): KeyRead => ({ id: 'row 1', at: noon, keyId, by, failed: false, ...more });
/** Alex was about to see the key so many seconds after noon. */
const intended = (seconds: number, more: Partial<Intention> = {}): Intention => ({ seq: 100 + seconds, at: plusSeconds(noon, seconds), keyId, personId: alex.id, ...more });

type Row = readonly [what: string, by: KeyReader, intentions: readonly Intention[], verdict: string, more?: Partial<KeyRead>];

const table: readonly Row[] = [
  ['as Keydesk, a second after its intended', keydesk, [intended(-1)], 'matched 99'],
  ['as Keydesk, by a clock ten minutes behind ours', keydesk, [intended(600)], 'matched 700'],
  ['as Keydesk, by a clock ten minutes ahead of ours', keydesk, [intended(-600)], 'matched -500'],
  ['as Keydesk, eleven minutes from any intended', keydesk, [intended(-660), intended(660)], 'unexplained'],
  ['as Keydesk, without any intended', keydesk, [], 'unexplained'],
  ['as Keydesk, with an intended for another key', keydesk, [intended(-1, { keyId: otherKey })], 'unexplained'],
  ['as the application that rotates, without any intended', { kind: 'app', appId: rotation }, [], 'unexplained'],
  ['as Keydesk, refused by Entra, without any intended', keydesk, [], 'unexplained', { failed: true }],
  ['as Keydesk, refused by Entra, after its intended', keydesk, [intended(-1)], 'failed', { failed: true }],
  ['as Keydesk, between two showings: the nearest explains it', keydesk, [intended(-200), intended(-3), intended(90)], 'matched 97'],
  ['as Keydesk, as far from one as from another: the first', keydesk, [intended(30, { seq: 9 }), intended(-30, { seq: 8 })], 'matched 8'],
  ['by a person who was about to see it in Keydesk', byAlex, [intended(-1)], 'matched 99'],
  ['by a person, while somebody else was about to see it in Keydesk', byAlex, [intended(-1, { personId: megan.id })], 'external'],
  ['by a person, with an intended of nobody', byAlex, [{ seq: 1, at: noon, keyId }], 'external'],
  ['by a person, an hour after seeing it in Keydesk', byAlex, [intended(-3600)], 'external'],
  ['by a person, without any intended', byAlex, [], 'external'],
  ['by a person, refused by Entra', byAlex, [], 'failed', { failed: true }],
  ['by a person of whom Entra gives only a name', byNobodyKnown, [intended(-1)], 'external'],
  ['by another application that calls itself Keydesk', script, [intended(-1)], 'external'],
  ['by another application, without any intended', script, [], 'external'],
  ['by an application of which Entra gives no id, after an intended', nameless, [intended(-1)], 'matched 99'],
  ['by an application of which Entra gives no id, without any intended', nameless, [], 'external'],
  ['by nobody that Entra names, after an intended', { kind: 'unknown' }, [intended(-1)], 'external'],
];

describe('domain/key-read: a read in Entra’s log', () => {
  for (const [what, by, intentions, expected, more] of table) {
    it(`${what}: ${expected.split(' ')[0]}`, () => {
      const verdict = verdictOn(readOf(by, more), intentions, ownAppIds);
      assert.equal(verdict.kind === 'matched' ? `matched ${verdict.seq}` : verdict.kind, expected);
    });
  }
});
