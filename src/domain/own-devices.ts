// Self-service (product.md §8): owners see their own devices, and the keys of these by the same steps as the helpdesk:
// the same card, limits, ledger and rotation. Whose a device is, is checked here and again at the press.

import { type AskAnswer, barrierTo, newRequest, notingFailure } from './ask-for-key.ts';
import { type Asker, type Desk, entry, refuse } from './desk.ts';
import { type Device, inOrder } from './device.ts';
import { type DeviceReport, newestOf, reportOn } from './device-report.ts';
import { listed } from './find-device.ts';
import type { PersonId } from './ids.ts';
import { type Ownership, ownershipOf } from './ownership.ts';
import type { Deadline } from './ports.ts';
import type { Refusal } from './refusal.ts';
import type { CardPlace, DeviceOffer } from './request.ts';
import { aboutRequest } from './read-granted.ts';

export interface OwnDevice extends Ownership {
  readonly device: Device;
}

export type OwnDevices = { readonly kind: 'off' } | { readonly kind: 'own'; readonly devices: readonly OwnDevice[]; readonly unlisted: number };

/**
 * The person's own Windows devices, newest sign-in first; `off` where the installation or the tenant does not let owners
 * help themselves. Entra's list is the beginning only: each device on it is asked whose it is. Throws a Fault.
 */
export async function ownDevicesOf(desk: Desk, person: PersonId, deadline: Deadline): Promise<OwnDevices> {
  if (!desk.settings.selfService) return { kind: 'off' };
  const [allowed, perhaps] = await Promise.all([desk.tenantPolicy.ownersMayReadKeys(deadline), desk.directory.devicesOf(person, deadline)]);
  if (!allowed) return { kind: 'off' };
  const { devices, unlisted } = listed(perhaps);
  const checked = await Promise.all(devices.map(async (device) => ({ device, ownership: await ownershipOf(desk, person, device, deadline) })));
  return { kind: 'own', devices: checked.flatMap(({ device, ownership }) => (ownership === undefined ? [] : [{ device, ...ownership }])), unlisted };
}

const selfService = { source: 'self-service' } as const;
const wanted = { key: 'my key', devices: 'my devices' } as const;

/**
 * `my key`: the confirm card of the one device, or the choice.
 * @param place as for any ask. Throws a Fault; that it was asked is in the ledger.
 */
export function askForOwnKey(desk: Desk, asker: Asker, place: Promise<CardPlace | undefined>): Promise<AskAnswer> {
  place.catch(() => undefined);
  return notingFailure(desk, asker, { ...selfService, asked: wanted.key }, () => ownKey(desk, asker, place));
}

async function ownKey(desk: Desk, asker: Asker, place: Promise<CardPlace | undefined>): Promise<AskAnswer> {
  const deadline = desk.deadlines.ask();
  const own = await ownDevicesOf(desk, asker.person.id, deadline);
  if (own.kind === 'off') return no(desk, asker, 'self-service-off', wanted.key);
  const [only, ...more] = own.devices;
  if (only === undefined) return no(desk, asker, 'no-own-device', wanted.key);
  const card = await place;
  if (card === undefined) return no(desk, asker, 'private-chat-closed', wanted.key);

  if (more.length > 0) {
    const choices = own.devices.map(({ device, owner }) => ({ device, owner }));
    const request = newRequest(desk, asker, { purpose: 'reveal', by: 'owner', state: 'choosing', choices, preset: {}, card });
    await desk.requests.open(request, { ...entry(desk, asker, { ...aboutRequest(request), asked: wanted.key }), act: 'asked', outcome: 'done' });
    return { kind: 'choose', request, ...(own.unlisted > 0 && { unlisted: own.unlisted }) };
  }

  const offer = await ownOffer(desk, only, deadline);
  const barrier = barrierTo(desk, offer, 'reveal');
  if (barrier !== undefined) return no(desk, asker, barrier.code, wanted.key, barrier.facts);
  const request = newRequest(desk, asker, { purpose: 'reveal', by: 'owner', state: 'open', choices: [], offer, preset: {}, card });
  await desk.requests.open(request, { ...entry(desk, asker, aboutRequest(request)), act: 'asked', outcome: 'done' });
  return { kind: 'confirm', request };
}

async function ownOffer(desk: Desk, { device, owner, managed }: OwnDevice, deadline: Deadline): Promise<DeviceOffer> {
  const keys = await desk.recoveryKeys.of(device.deviceId, deadline);
  const newest = newestOf(managed);
  return { device, owner, keys: inOrder(keys), missing: [], ...(newest && { managed: newest }) };
}

export type OwnDevicesAnswer =
  | { readonly kind: 'own-devices'; readonly reports: readonly DeviceReport[]; readonly unlisted: number }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** `my devices`: each with its escrow status. Throws a Fault; that it was asked is in the ledger. */
export const askForOwnDevices = (desk: Desk, asker: Asker): Promise<OwnDevicesAnswer> =>
  notingFailure(desk, asker, { ...selfService, asked: wanted.devices }, async () => {
    const deadline = desk.deadlines.ask();
    const own = await ownDevicesOf(desk, asker.person.id, deadline);
    if (own.kind === 'off') return no(desk, asker, 'self-service-off', wanted.devices);
    if (own.devices.length === 0) return no(desk, asker, 'no-own-device', wanted.devices);
    const reports = await Promise.all(own.devices.map(({ device, managed }) => reportOn(desk, device, { known: true, value: managed }, deadline)));
    await desk.ledger.append({ ...entry(desk, asker, { ...selfService, asked: wanted.devices }), act: 'asked', outcome: 'done' });
    return { kind: 'own-devices', reports, unlisted: own.unlisted };
  });

async function no(desk: Desk, asker: Asker, code: Refusal['code'], asked: string, facts: Refusal['facts'] = {}): Promise<{ kind: 'refused'; refusal: Refusal }> {
  return { kind: 'refused', refusal: await refuse(desk, asker, code, { ...facts, by: 'owner' }, { ...selfService, asked }) };
}
