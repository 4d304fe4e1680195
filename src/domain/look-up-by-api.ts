// One device by the API: the same report as on its card in Teams, and the rotation that is under way.

import type { ApiCaller } from './api-caller.ts';
import { type ApiRefused, askedEntry, findFor } from './ask-by-api.ts';
import { deviceIn, notingFailure } from './ask-for-key.ts';
import type { Desk } from './desk.ts';
import { type DeviceReport, offerIn, reportOn } from './device-report.ts';
import type { EntraDeviceId } from './ids.ts';
import type { Rotation } from './rotation.ts';

export type DeviceByApi = { readonly kind: 'device'; readonly report: DeviceReport; readonly rotation: Rotation | undefined; readonly keyIdsHidden: boolean } | ApiRefused;

/** Throws a Fault when the device could not be looked for, or the store cannot answer; that it was asked is in the ledger. */
export function deviceByApi(desk: Desk, caller: ApiCaller, deviceId: EntraDeviceId): Promise<DeviceByApi> {
  return notingFailure(desk, caller, { asked: deviceId }, async () => {
    const deadline = desk.deadlines.ask();
    const found = await findFor(desk, caller, 'look-up', deviceId, deadline);
    if (found.kind === 'refused') return found;
    const [report, rotation] = await Promise.all([reportOn(desk, found.device, undefined, deadline), desk.rotations.underWay(deviceId)]);
    await desk.ledger.append(askedEntry(desk, caller, { device: deviceIn(offerIn(report)) }));
    // An ID that an answer gives away proves nothing when a caller reads it out.
    return { kind: 'device', report, rotation, keyIdsHidden: desk.settings.callerProof };
  });
}
