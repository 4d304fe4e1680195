// What a sweep works with, how often it is begun, and what is told of it.

import type { Desk } from './desk.ts';
import type { FaultCode } from './fault.ts';
import type { FleetCounts, StreamState, SweepStream } from './fleet.ts';
import type { FleetIndex, FleetPages, SweepStore } from './fleet-ports.ts';

export interface SweepSettings {
  /** From the begin of one sweep to the begin of the next. */
  readonly everySeconds: number;
  /** An alert at once for devices that became Failed, not only a line in the next summary. */
  readonly alertNewFailed: boolean;
}

export const defaultSweepSettings: SweepSettings = { everySeconds: 86_400, alertNewFailed: false };

export interface SweepDesk extends Pick<Desk, 'clock' | 'alerts' | 'deadlines' | 'settings'> {
  readonly pages: FleetPages;
  readonly sweeps: SweepStore;
  readonly fleet: Pick<FleetIndex, 'overview' | 'newlyFailed'>;
  /** This instance; a GUID. */
  readonly holder: string;
  readonly sweep: SweepSettings;
  /** For the log. Holds no names. */
  readonly told: (event: SweepEvent) => void;
}

export type SweepEvent =
  | { readonly kind: 'page'; readonly stream: SweepStream; readonly state: StreamState }
  | { readonly kind: 'done'; readonly sweep: string; readonly counts: FleetCounts; readonly newlyFailed: number; readonly missing: readonly { readonly stream: SweepStream; readonly code: FaultCode | undefined }[]; readonly pages: number; readonly unreadable: number };

/** `idle`: none is due, or another instance works on it. */
export type SweepTurn = 'idle' | 'done' | 'waits' | 'lost' | 'stopped';
