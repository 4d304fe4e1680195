// A desk over memory: every port of the domain, a clock that the test moves, ids that follow from their order, and a
// script that holds calls back or lets them fail. `second()` gives another instance over the same store and tenant.

import { systemCalendar } from '../../src/config/calendar.ts';
import type { Asker, Desk } from '../../src/domain/desk.ts';
import { parseExportId, parseReadingId, parseReferenceId, parseRequestId, parseRotationId, type RequestId, type RotationId } from '../../src/domain/ids.ts';
import { type Instant, plusSeconds } from '../../src/domain/instant.ts';
import type { ConversationKind, LedgerEntry } from '../../src/domain/ledger-entry.ts';
import type { Person } from '../../src/domain/person.ts';
import type { Ids } from '../../src/domain/ports.ts';
import type { Press, PressInputs } from '../../src/domain/press.ts';
import type { CardPlace, RevealRequest, Viewer } from '../../src/domain/request.ts';
import type { Rotation } from '../../src/domain/rotation.ts';
import { defaultSettings, type DeskSettings } from '../../src/domain/settings.ts';
import { type ChannelMemory, channelsOf, newChannelMemory, postingsOf, summaryOf, watchOf } from './desk/channels.ts';
import { coldIndex, fleetOf, type TestIndex } from './desk/fleet.ts';
import { type Post, rotatorOf } from './desk/intune.ts';
import { readerOf, readingsOf } from './desk/readings.ts';
import { rotationsOf } from './desk/rotations.ts';
import { newScript, type Script } from './desk/script.ts';
import { alertsOf, asksOf, checkpointsOf, ledgerCheckOf, ledgerOf, type Memory, newMemory, requestsOf } from './desk/store.ts';
import { alex, directoryOf, encryptionStatesOf, managedDevicesOf, newWorld, recoveryKeysOf, rolesOf, sure, tenantPolicyOf, time, type World } from './desk/world.ts';

export const viewer: Viewer = { locale: 'en-GB', timeZone: 'Europe/Berlin' };

/** As a signed note looks. */
export const testCheckpoint = `keydesk/c0417050-0000-4000-8000-000000000000/1\n42\n${'A'.repeat(43)}=\n\n\u2014 keydesk/c0417050-0000-4000-8000-000000000000/1 ${'B'.repeat(91)}=\n`;

/** The private chat of everybody in these tests. */
export const privateChat = 'a:private-chat';
export const cardPlace: CardPlace = { conversationId: privateChat, serviceUrl: 'http://127.0.0.1/', activityId: 'card-1' };

export interface TestClock {
  now(): Instant;
  forward(seconds: number): void;
  set(to: Instant): void;
}

export interface TestDesk {
  readonly desk: Desk;
  readonly clock: TestClock;
  readonly script: Script;
  readonly world: World;
  readonly memory: Memory;
  readonly channels: ChannelMemory;
  /** What the ledger holds, in order. */
  readonly entries: readonly LedgerEntry[];
  /** `ledger <act> <outcome>`, `read <key id>` and `post <Intune id>` in the order in which they happened. */
  readonly journal: readonly string[];
  /** Every rotation that Intune has taken. */
  readonly posts: readonly Post[];
  /** Another instance: its own desk over the same store, tenant, clock and script. */
  second(): Desk;
  request(id: RequestId): RevealRequest;
  rotation(id: RotationId): Rotation;
}

export interface TestDeskOverrides {
  readonly settings?: Partial<DeskSettings>;
  readonly world?: World;
  readonly memory?: Memory;
  /** Of the fleet; cold when absent. */
  readonly index?: TestIndex;
  readonly startsAt?: Instant;
  /** Parts of the desk replaced altogether, for example by a real store. */
  readonly desk?: Partial<Desk>;
}

export function testDesk(overrides: TestDeskOverrides = {}): TestDesk {
  const clock = newClock(overrides.startsAt ?? time('2026-11-22T09:00:00Z'));
  const script = newScript();
  const world = overrides.world ?? newWorld();
  const memory = overrides.memory ?? newMemory();
  const channels = newChannelMemory();
  const journal: string[] = [];
  const posts: Post[] = [];
  const ids = countedIds();
  noteEntries(memory.entries, journal);

  const build = (): Desk => ({
    clock,
    ids,
    directory: script.over('directory', directoryOf(world)),
    managedDevices: script.over('managedDevices', managedDevicesOf(world)),
    encryptionStates: script.over('encryptionStates', encryptionStatesOf(world)),
    tenantPolicy: script.over('tenantPolicy', tenantPolicyOf(world)),
    recoveryKeys: script.over('recoveryKeys', recoveryKeysOf(world, (keyId) => void journal.push(`read ${keyId}`))),
    roles: script.over('roles', rolesOf(world)),
    ledger: script.over('ledger', ledgerOf(memory)),
    alerts: script.over('alerts', alertsOf(memory)),
    checkpoints: script.over('checkpoints', checkpointsOf(memory)),
    ledgerCheck: script.over('ledgerCheck', ledgerCheckOf()),
    // A file is no promise; the script works on those.
    reader: { ...script.over('reader', readerOf(memory)), file: (...given) => readerOf(memory).file(...given) },
    readings: script.over('readings', readingsOf(memory)),
    calendar: systemCalendar,
    channels: script.over('channels', channelsOf(channels, memory.entries)),
    postings: script.over('postings', postingsOf(channels, memory.entries)),
    summaries: script.over('summaries', summaryOf(memory.entries)),
    watch: script.over('watch', watchOf(channels, memory.entries)),
    asks: script.over('asks', asksOf(memory)),
    requests: script.over('requests', requestsOf(memory)),
    rotations: script.over('rotations', rotationsOf(memory)),
    fleet: script.over('fleet', fleetOf(overrides.index ?? coldIndex())),
    rotator: script.over('rotator', rotatorOf(world, clock, (post) => void (journal.push(`post ${post.device}`), posts.push(post)))),
    settings: { ...defaultSettings, ...overrides.settings },
    deadlines: { ask: () => new AbortController().signal, press: () => new AbortController().signal, work: () => new AbortController().signal },
    ...overrides.desk,
  });
  const { requests, rotations, entries } = memory;
  return { desk: build(), clock, script, world, memory, channels, entries, journal, posts, second: build, request: (id) => sure(requests.get(id)), rotation: (id) => sure(rotations.get(id)) };
}

function newClock(start: Instant): TestClock {
  let now = start;
  return { now: () => now, forward: (seconds) => void (now = plusSeconds(now, seconds)), set: (to) => void (now = to) };
}

/** Every id is a new one, and the same run gives the same ids. */
function countedIds(): Ids {
  let made = 0;
  const next = (width: number): string => String(++made).padStart(width, '0');
  return {
    request: () => sure(parseRequestId(`5e900000-0000-4000-8000-${next(12)}`)),
    reference: () => sure(parseReferenceId(`KD-${next(8)}`)),
    rotation: () => sure(parseRotationId(`407a7e00-0000-4000-8000-${next(12)}`)),
    reading: () => sure(parseReadingId(`4ead1460-0000-4000-8000-${next(12)}`)),
    exported: () => sure(parseExportId(`e8904700-0000-4000-8000-${next(12)}`)),
    clientRequest: () => `c11e0000-0000-4000-8000-${next(12)}`,
  };
}

/** Each entry is also noted in the journal, beside the reads. */
function noteEntries(entries: LedgerEntry[], journal: string[]): void {
  const push = entries.push.bind(entries);
  entries.push = (...added) => {
    journal.push(...added.map((entry) => `ledger ${entry.act} ${entry.outcome}`));
    return push(...added);
  };
}

export const askerOf = (person: Person = alex, conversation: ConversationKind = 'personal'): Asker => ({ person, viewer, conversation });

/** A press by the one who may press, in the private chat, with a valid form; `more` changes what a test wants changed. */
export const pressOf = (requestId: RequestId | undefined, more: Partial<Press> = {}): Press => ({
  person: alex,
  viewer,
  conversation: 'personal',
  conversationId: privateChat,
  trigger: 'manual',
  ...(requestId !== undefined && { requestId }),
  inputs: validInputs,
  ...more,
});

export const validInputs: PressInputs = { reason: 'firmware-update', callerCheck: 'call-back', ticket: 'INC0012345' };
