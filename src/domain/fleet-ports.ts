// The ports of the fleet: the lists of a tenant, page by page; the rows of a sweep; what is asked of the index.

import type { Concluded, DeviceFacts, FleetDevice, FleetItemPage, FleetItems, FleetList, FleetOverview, FleetPage, IndexedDevice, IndexedKey, IndexState, StreamState, Sweep, SweepStream, Swept } from './fleet.ts';
import type { EntraDeviceId } from './ids.ts';
import type { Instant } from './instant.ts';
import type { Deadline } from './ports.ts';

export interface SweptPage<S extends SweepStream> {
  readonly entries: readonly Swept[S][];
  readonly unreadable: number;
  /** As Graph named it, checked: it leads back to Graph. */
  readonly next?: string;
}

/** The lists of the whole tenant, without a filter but "Windows". Pages only, never a call for one device. */
export interface FleetPages {
  /** @param link undefined for the first page. Throws a Fault; `graph-nonsense` also for a link that leads elsewhere. */
  page<S extends SweepStream>(stream: S, link: string | undefined, deadline: Deadline): Promise<SweptPage<S>>;
}

/** Who works on a sweep, until when nobody else may. */
export interface Holding {
  readonly holder: string;
  readonly now: Instant;
  readonly until: Instant;
}

/** What of a stream changes beside its rows. `link: null` and `restart` are the beginning of the list. */
export type StreamChange = Partial<Pick<StreamState, 'state' | 'failures' | 'waitUntil' | 'code'>> & { readonly restart?: true };

/**
 * Sweeps and their rows. Every method is one transaction and a compare-and-set on the holder: undefined or false when the
 * sweep is another instance's meanwhile, and then nothing was written. Each one renews the holding.
 */
export interface SweepStore {
  /** The one under way, when nobody else holds it; else a new one, when the last was begun before `startedBefore`. */
  take(holding: Holding, startedBefore: Instant): Promise<Sweep | undefined>;
  /** The rows of a page and the place of the next. `fresh`: how many of them this reading had not met before. */
  keep<S extends SweepStream>(sweep: Sweep, holding: Holding, stream: S, page: SweptPage<S>): Promise<{ readonly state: StreamState; readonly fresh: number } | undefined>;
  note(sweep: Sweep, holding: Holding, stream: SweepStream, change: StreamChange): Promise<StreamState | undefined>;
  /**
   * All lists were read, at `holding.now`, or at an earlier time that was noted before. Rows that a reading which came to
   * its end did not meet are gone: devices keep their row, with the date.
   */
  conclude(sweep: Sweep, holding: Holding): Promise<Instant | undefined>;
  /** Devices behind `after`, in the order of their ids, at most `most`, with what the lists say of them. */
  facts(after: EntraDeviceId | undefined, most: number): Promise<readonly DeviceFacts[]>;
  /** @param at `concludingAt`, from which on a status stands that was another before */
  concluded(sweep: Sweep, holding: Holding, at: Instant, statuses: readonly Concluded[]): Promise<boolean>;
  /** The day's counts, and the end. */
  finish(sweep: Sweep, holding: Holding, at: Instant): Promise<boolean>;
  /** Somebody else may go on at once. */
  release(holder: string): Promise<void>;
}

/** What is asked of the index. It holds what the last sweep saw: whoever acts on it asks Graph again. */
export interface FleetIndex {
  /** Lines for a spreadsheet, safe to open, piece by piece. Throws a Fault `internal` before one that would hold a recovery password (law 1). */
  sheet(lines: readonly (readonly string[])[]): AsyncIterable<string>;
  state(): Promise<IndexState>;
  /** Keys whose ID begins so, at most `most`, each with the device that it was backed up from last. @param hex 8 to 32 lower-case digits */
  keysBeginning(hex: string, most: number): Promise<readonly IndexedKey[]>;
  /** Devices that had exactly this name, case folded. At most `most`. */
  named(name: string, most: number): Promise<readonly IndexedDevice[]>;
  /** Names that come close, the closest first. */
  closest(name: string, most: number): Promise<readonly string[]>;
  overview(days: number): Promise<FleetOverview>;
  list(list: FleetList, page: { readonly skip: number; readonly take: number }): Promise<FleetPage>;
  items(wish: FleetItems): Promise<FleetItemPage>;
  /** All devices of these names; `deletedAt` where they are gone. @param names folded */
  withNames(names: readonly string[]): Promise<readonly (FleetDevice & { readonly folded: string; readonly deletedAt?: Instant })[]>;
  /** Devices that became Failed from `from` (included) to `to` (excluded), at most `most` of them by name. For the summary. */
  newlyFailed(from: Instant, to: Instant, most: number): Promise<{ readonly count: number; readonly devices: readonly FleetDevice[] }>;
}
