// The status of one device (product.md §3, §5). A look-up is an ask like any other: counted, limited, in the ledger.
// Whoever has no role may look at their own devices, where owners may help themselves.

import { type AskAnswer, askedFor, deviceIn, newRequest, notingFailure } from './ask-for-key.ts';
import type { KeyQuestion } from './command.ts';
import { type Asker, type Desk, entry, refuse } from './desk.ts';
import type { Device } from './device.ts';
import { type DeviceReport, offerIn, reportOn } from './device-report.ts';
import { candidates, closestNames, type FoundDevices, listed, summaryOf } from './find-device.ts';
import { ownDevicesOf } from './own-devices.ts';
import { permits, type RoleSet } from './person.ts';
import type { Deadline } from './ports.ts';
import type { Press } from './press.ts';
import type { Refusal } from './refusal.ts';
import type { CardPlace, RequestBy, RevealRequest } from './request.ts';
import { aboutRequest } from './read-granted.ts';

export type StatusAnswer =
  /** `mayRotate`: who asks may, and there is one managed device to tell. */
  | { readonly kind: 'status'; readonly request: RevealRequest; readonly report: DeviceReport; readonly mayRotate: boolean }
  | Extract<AskAnswer, { kind: 'choose' | 'refused' }>;

/**
 * @param place the private chat with the asker, being opened meanwhile; undefined when Teams does not let us.
 * Throws a Fault when the device could not be looked for, or the store cannot answer; that it was asked is in the ledger.
 */
export function askForStatus(desk: Desk, asker: Asker, question: KeyQuestion, place: Promise<CardPlace | undefined>): Promise<StatusAnswer> {
  place.catch(() => undefined);
  return notingFailure(desk, asker, { asked: askedFor(question) }, () => answer(desk, asker, question, place));
}

async function answer(desk: Desk, asker: Asker, question: KeyQuestion, place: Promise<CardPlace | undefined>): Promise<StatusAnswer> {
  const deadline = desk.deadlines.ask();
  const asked = askedFor(question);
  const finding = candidates(desk, question, deadline);
  finding.catch(() => undefined);
  const roles = await desk.roles.recent(asker.person.id, deadline);
  const by: RequestBy = permits(roles, 'look-up', desk.settings) ? 'helpdesk' : 'owner';
  const no = async (code: Refusal['code'], facts: Refusal['facts'] = {}): Promise<StatusAnswer> => ({
    kind: 'refused',
    refusal: await refuse(desk, asker, code, { asked, ...facts }, { asked, ...(by === 'owner' && { source: 'self-service' }) }),
  });
  if (by === 'owner' && !desk.settings.selfService) return no('no-role');

  const found = by === 'owner' ? await ownFound(desk, asker, question, deadline) : await finding;
  if (found.kind === 'refused') {
    const closest = found.code === 'device-not-found' ? await closestNames(desk, asked, deadline) : [];
    return no(found.code, { ...found.facts, closest });
  }
  const card = await place;
  if (card === undefined) return no('private-chat-closed');
  const [only, ...more] = found.devices;
  if (only === undefined || more.length > 0) return choose(desk, asker, asked, found, card, by, deadline);

  const report = await reportOn(desk, only, found.managed, deadline);
  const offer = offerIn(report);
  const request = newRequest(desk, asker, { purpose: 'status', by, state: 'open', choices: [], offer, preset: {}, card });
  await desk.requests.open(request, { ...entry(desk, asker, aboutRequest(request)), act: 'asked', outcome: 'done' });
  return { kind: 'status', request, report, mayRotate: mayRotate(desk, roles, report) };
}

/** Told the same of a device that is not theirs and of one that there is not: without a role no name is confirmed. */
async function ownFound(desk: Desk, { person }: Asker, question: KeyQuestion, deadline: Deadline): Promise<FoundDevices | { readonly kind: 'refused'; readonly code: Refusal['code']; readonly facts: Refusal['facts'] }> {
  const own = await ownDevicesOf(desk, person.id, deadline);
  if (own.kind === 'off') return { kind: 'refused', code: 'self-service-off', facts: { by: 'owner' } };
  const named = own.devices.map(({ device }) => device).filter(({ name }) => question.by === 'device' && name.toLowerCase() === question.name.toLowerCase());
  return named.length === 0 ? { kind: 'refused', code: 'not-your-device', facts: { by: 'owner' } } : listed(named);
}

async function choose(desk: Desk, asker: Asker, asked: string, found: FoundDevices, card: CardPlace, by: RequestBy, deadline: Deadline): Promise<StatusAnswer> {
  const choices = await Promise.all(found.devices.map((device) => summaryOf(desk, device, deadline)));
  const request = newRequest(desk, asker, { purpose: 'status', by, state: 'choosing', choices, preset: {}, card });
  await desk.requests.open(request, { ...entry(desk, asker, { ...aboutRequest(request), asked }), act: 'asked', outcome: 'done' });
  return { kind: 'choose', request, ...(found.unlisted > 0 && { unlisted: found.unlisted }) };
}

/** One of several was chosen, by somebody who may. */
export async function statusOfChosen(desk: Desk, press: Press, request: RevealRequest, device: Device, deadline: Deadline): Promise<StatusAnswer> {
  const [report, roles] = await Promise.all([reportOn(desk, device, undefined, deadline), desk.roles.recent(press.person.id, deadline)]);
  const offer = offerIn(report);
  const asked = { ...entry(desk, press, { ...aboutRequest(request), device: deviceIn(offer) }), act: 'asked', outcome: 'done' } as const;
  if (!(await desk.requests.choose(request.id, offer, {}, asked))) {
    // Another press was faster. The card's button means the device that the request holds, so the card shows that one.
    const now = await desk.requests.find(request.id);
    return now?.state === 'open' ? statusAgain(desk, now, deadline) : { kind: 'refused', refusal: await refuse(desk, press, 'request-closed', {}, aboutRequest(request)) };
  }
  return { kind: 'status', request: { ...request, state: 'open', choices: [], offer }, report, mayRotate: mayRotate(desk, roles, report) };
}

/** The same choice pressed twice: the status as it is now. */
export async function statusAgain(desk: Desk, request: RevealRequest, deadline: Deadline): Promise<StatusAnswer> {
  if (request.offer === undefined) throw new Error('a request that is open has an offer');
  const [report, roles] = await Promise.all([reportOn(desk, request.offer.device, undefined, deadline), desk.roles.recent(request.person.id, deadline)]);
  return { kind: 'status', request, report, mayRotate: mayRotate(desk, roles, report) };
}

const mayRotate = (desk: Desk, roles: RoleSet, { managedCount }: DeviceReport): boolean => managedCount === 1 && permits(roles, 'rotate', desk.settings);
