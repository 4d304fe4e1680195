// A question to the ledger becomes what the store looks for: who may see how much (product.md §2), and which people and
// devices are meant. A list of cases for each scope; what is not allowed there is refused.

import type { Desk } from './desk.ts';
import { periodBounds } from './days.ts';
import { closestNames } from './find-device.ts';
import { type EntraDeviceId, parseEntraDeviceId, parsePersonId, type PersonId } from './ids.ts';
import type { Person, ReadingScope } from './person.ts';
import type { Deadline } from './ports.ts';
import { actsOfKind, type AuditQuestion, type AuditSubject, type ReadingFilter } from './reading.ts';
import type { Refusal } from './refusal.ts';
import type { Viewer } from './request.ts';

/** Whom or what the entries must be about. */
type Meant = Pick<ReadingFilter, 'persons' | 'devices' | 'either'>;

export type Resolved = { readonly kind: 'filter'; readonly filter: ReadingFilter } | ({ readonly kind: 'refused' } & Pick<Refusal, 'code' | 'facts'>);
type MeantOrNot = { readonly kind: 'meant'; readonly meant: Meant } | Extract<Resolved, { kind: 'refused' }>;

/** Throws a Fault when Entra or the ledger cannot answer. */
export async function resolveReading(desk: Desk, { person, viewer }: { readonly person: Person; readonly viewer: Viewer }, question: AuditQuestion, scope: ReadingScope, deadline: Deadline): Promise<Resolved> {
  const found = await scopes[scope](desk, person.id, question.subject, deadline);
  if (found.kind === 'refused') return found;
  const { keyId, kind, period } = question;
  const filter: ReadingFilter = {
    ...found.meant,
    ...(keyId && { keyId: keyId.hex }),
    ...(kind && { acts: actsOfKind[kind] }),
    ...(period && periodBounds(period, desk.clock.now(), viewer.timeZone)),
  };
  return { kind: 'filter', filter };
}

type Scope = (desk: Desk, me: PersonId, subject: AuditSubject | undefined, deadline: Deadline) => Promise<MeantOrNot>;

const meant = (what: Meant): MeantOrNot => ({ kind: 'meant', meant: what });
const refused = (code: Refusal['code'], facts: Refusal['facts'] = {}): MeantOrNot => ({ kind: 'refused', code, facts });

const scopes: Readonly<Record<ReadingScope, Scope>> = {
  all: async (desk, me, subject, deadline) => {
    switch (subject?.by) {
      case undefined:
      case 'all':
        return meant({});
      case 'me':
        return meant({ persons: [me] });
      case 'guid':
        return meant({ either: subject.id });
      case 'person': {
        const people = await desk.directory.people(subject.who, deadline);
        return people.length === 0 ? refused('person-not-found') : meant({ persons: people.map(({ id }) => id) });
      }
      case 'device':
        return byName(desk, subject.name, deadline);
    }
  },

  // The own entries, and of them those about a device.
  own: async (desk, me, subject, deadline) => {
    switch (subject?.by) {
      case undefined:
      case 'me':
        return meant({ persons: [me] });
      case 'all':
        return refused('not-your-entries');
      case 'guid': {
        if (parsePersonId(subject.id) === me) return meant({ persons: [me] });
        const deviceId = parseEntraDeviceId(subject.id);
        return deviceId === undefined ? refused('not-your-entries') : meant({ persons: [me], devices: [deviceId] });
      }
      case 'person': {
        const people = await desk.directory.people(subject.who, deadline);
        return people.some(({ id }) => id === me) ? meant({ persons: [me] }) : refused('not-your-entries');
      }
      case 'device': {
        const found = await byName(desk, subject.name, deadline);
        if (found.kind === 'refused') return found;
        const { persons, devices } = found.meant;
        if (persons !== undefined) return persons.includes(me) ? meant({ persons: [me] }) : refused('not-your-entries');
        return meant({ persons: [me], ...(devices && { devices }) });
      }
    }
  },

  // Nothing is said about a device that is not one's own, not even whether there is one.
  'own-devices': async (desk, me, subject, deadline) => {
    const owned = await desk.directory.devicesOf(me, deadline);
    if (owned.length === 0) return refused('no-devices');
    if (subject === undefined || subject.by === 'me') return meant({ devices: owned.map(({ deviceId }) => deviceId) });
    const asked = owned.filter((device) => (subject.by === 'device' ? sameName(device.name, subject.name) : subject.by === 'guid' && device.deviceId === parseEntraDeviceId(subject.id)));
    return asked.length === 0 ? refused('not-your-entries') : meant({ devices: asked.map(({ deviceId }) => deviceId) });
  },
};

const sameName = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase();

/** Every device that has the name now, else the person who has it, else those that had it when an entry was written. */
async function byName(desk: Desk, name: string, deadline: Deadline): Promise<MeantOrNot> {
  const devices = await desk.directory.devicesNamed(name, deadline);
  if (devices.length > 0) return meant({ devices: devices.map(({ deviceId }) => deviceId) });
  // Windows takes no blank in a name.
  const people = name.includes(' ') ? await desk.directory.people(name, deadline) : [];
  if (people.length > 0) return meant({ persons: people.map(({ id }) => id) });
  const known = await desk.reader.devicesCalled(name);
  return known.length > 0 ? meant({ devices: known }) : refused('device-not-found', { closest: await closestNames(desk, name, deadline) });
}

/**
 * Whether somebody with this scope may go on with a question that was allowed under another: a role may have been taken
 * away, and a device may have gone to somebody else.
 */
export async function stillCovers(desk: Desk, me: PersonId, now: ReadingScope, asked: ReadingScope, { devices = [] }: ReadingFilter, deadline: Deadline): Promise<boolean> {
  if (now === 'all' || now === asked) return asked !== 'own-devices' || now === 'all' || ownsAll(await desk.directory.devicesOf(me, deadline), devices);
  return false;
}

const ownsAll = (owned: readonly { readonly deviceId: EntraDeviceId }[], devices: readonly EntraDeviceId[]): boolean => devices.every((device) => owned.some(({ deviceId }) => deviceId === device));
