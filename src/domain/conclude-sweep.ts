// All lists were read: the status of every device, in batches, and who is to be told of it. Begun anew after a crash it
// comes to the same end, because the time it speaks of was noted first.

import { type EscrowFacts, type EscrowStatus, escrowStatusOf } from './escrow.ts';
import type { Concluded, DeviceFacts, FleetDevice, Sweep, SweepStream } from './fleet.ts';
import { sweepStreams } from './fleet.ts';
import { itemText } from './fleet-item.ts';
import type { Holding } from './fleet-ports.ts';
import type { EntraDeviceId } from './ids.ts';
import { type Instant, plusSeconds } from './instant.ts';
import type { Deadline } from './ports.ts';
import type { SweepDesk, SweepTurn } from './sweep-desk.ts';

const batch = 500;
/** More than so many devices at once have one cause; who is told of each of them reads none. */
const mostAlerts = 20;

export async function concludeSweep(desk: SweepDesk, sweep: Sweep, holding: () => Holding, stop: Deadline): Promise<SweepTurn> {
  const at = await desk.sweeps.conclude(sweep, holding());
  if (at === undefined) return 'lost';
  let after: EntraDeviceId | undefined;
  for (;;) {
    if (stop.aborted) return 'stopped';
    const devices = await desk.sweeps.facts(after, batch);
    const last = devices.at(-1);
    if (last === undefined) break;
    const concluded = devices.map((device) => concludedOf(device, escrowStatusOf(factsOf(sweep, device), at, desk.settings.escrow)));
    if (!(await desk.sweeps.concluded(sweep, holding(), at, concluded))) return 'lost';
    after = last.deviceId;
  }
  const newlyFailed = await alertFailed(desk, sweep, at);
  if (!(await desk.sweeps.finish(sweep, holding(), at))) return 'lost';
  const { counts } = await desk.fleet.overview(0);
  const states = sweepStreams.map((stream) => sweep.streams[stream]);
  desk.told({
    kind: 'done',
    sweep: sweep.id,
    counts,
    newlyFailed,
    missing: missingIn(sweep),
    pages: states.reduce((sum, { pages }) => sum + pages, 0),
    unreadable: states.reduce((sum, { unreadable }) => sum + unreadable, 0),
  });
  return 'done';
}

const concludedOf = (device: DeviceFacts, status: EscrowStatus): Concluded => ({ ...status, deviceId: device.deviceId, keyCount: device.keyCount, item: itemText(device, status) });

/**
 * Without a list nothing may be concluded from what it does not hold. Without the list of devices nobody knows which of
 * them are gone, and their keys with them: then a key that is there counts, and one that is not does not.
 */
function factsOf(sweep: Sweep, { facts }: DeviceFacts): EscrowFacts {
  const failed = (stream: SweepStream): boolean => sweep.streams[stream].state === 'failed';
  const keyless = facts.keys === 'unavailable' || facts.keys.every(({ volumeType }) => volumeType !== 'operatingSystem');
  return {
    ...facts,
    keys: failed('keys') || (failed('devices') && keyless) ? 'unavailable' : facts.keys,
    managed: failed('managed') ? 'unavailable' : facts.managed,
    // Reports are joined to devices through Intune's list.
    encryption: failed('encryption') || failed('managed') ? 'unavailable' : facts.encryption,
  };
}

const missingIn = (sweep: Sweep) => sweepStreams.flatMap((stream) => (sweep.streams[stream].state === 'failed' ? [{ stream, code: sweep.streams[stream].code }] : []));

/** Raised before the sweep is done, and once however often it is concluded. @returns how many became Failed */
async function alertFailed(desk: SweepDesk, sweep: Sweep, at: Instant): Promise<number> {
  const { count, devices } = await desk.fleet.newlyFailed(at, plusSeconds(at, 0.001), mostAlerts);
  if (!desk.sweep.alertNewFailed || count === 0) return count;
  const alert = { time: at, act: 'alert', alert: 'escrow-failed', outcome: 'failed', source: 'system' } as const;
  if (count > mostAlerts) await desk.alerts.raise({ subject: `sweep:${sweep.id}`, entry: { ...alert, count } });
  else for (const device of devices) await desk.alerts.raise({ subject: `sweep:${sweep.id}:${device.deviceId}`, entry: { ...alert, device: named(device) } });
  return count;
}

const named = ({ deviceId, objectId, name }: FleetDevice) => ({ deviceId, objectId, name });
