// The ledger read back, and questions to it, in memory. A filter is looked at entry by entry, in the words of the domain.

import type { LedgerEntry } from '../../../src/domain/ledger-entry.ts';
import type { ReadEntry, ReadingFilter } from '../../../src/domain/reading.ts';
import type { LedgerReader, Part, Readings } from '../../../src/domain/reading-ports.ts';
import type { Memory } from './store.ts';
import { sure } from './world.ts';

export const readerOf = ({ entries }: Memory): LedgerReader => {
  const found = ({ filter, head }: Part): readonly ReadEntry[] =>
    entries.flatMap((entry, index) => (index < head && fits(entry, filter) ? [{ seq: index + 1, entry, erased: [] }] : []));
  return {
    head: async () => entries.length,
    count: async (part, most) => Math.min(most, found(part).length),
    page: async (part, { skip, most }) => found(part).toReversed().slice(skip, skip + most),
    proofs: async (seqs) => new Map(seqs.map((seq) => [seq, `proof of ${seq}`])),
    devicesCalled: async (name) => [...new Set(entries.flatMap(({ device }) => (device?.name?.toLowerCase() === name.toLowerCase() ? [device.deviceId] : [])))],
    file: (format, part, seen) => pieces(found(part).map((read) => `${format} ${JSON.stringify(seen(read))}\n`)),
  };
};

async function* pieces(texts: readonly string[]): AsyncGenerator<string, void> {
  yield* texts;
}

function fits(entry: LedgerEntry, { persons, devices, either, keyId, acts, source, from, to }: ReadingFilter): boolean {
  const isOf = <T>(list: readonly T[] | undefined, value: T | undefined): boolean => list === undefined || (value !== undefined && list.includes(value));
  return (
    isOf(persons, entry.person?.id) &&
    isOf(devices, entry.device?.deviceId) &&
    (either === undefined || entry.person?.id === either || entry.device?.deviceId === either) &&
    (keyId === undefined || [entry.keyId, entry.newKeyId].some((key) => key?.replaceAll('-', '').startsWith(keyId))) &&
    isOf(acts, entry.act) &&
    (source === undefined || entry.source === source) &&
    (from === undefined || entry.time >= from) &&
    (to === undefined || entry.time < to)
  );
}

export const readingsOf = ({ readings, offers, entries }: Memory): Readings => ({
  open: async (reading) => void readings.set(reading.id, reading),
  find: async (id) => readings.get(id),
  placed: async (id, card) => void readings.set(id, { ...sure(readings.get(id)), card }),
  offer: async (offer) => void offers.set(offer.id, offer),
  findOffer: async (id) => offers.get(id),
  offerPlaced: async (id, card) => void offers.set(id, { ...sure(offers.get(id)), card }),
  take: async (id, exported) => {
    const offer = sure(offers.get(id));
    if (offer.state !== 'offered') return false;
    offers.set(id, { ...offer, state: 'taken' });
    entries.push(exported);
    return true;
  },
  decline: async (id) => {
    const offer = sure(offers.get(id));
    if (offer.state !== 'offered') return false;
    offers.set(id, { ...offer, state: 'declined' });
    return true;
  },
});
