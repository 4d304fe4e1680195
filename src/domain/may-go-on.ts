// Who may press on: the helpdesk by its role, an owner by owning the device; each asked afresh. Nothing else differs
// between the two but the form, which asks an owner for no caller and no ticket.

import type { Desk } from './desk.ts';
import type { Device } from './device.ts';
import { ownershipOf } from './ownership.ts';
import { permits } from './person.ts';
import type { Deadline } from './ports.ts';
import type { PressInputs } from './press.ts';
import type { RefusalCode } from './refusal.ts';
import { actFor, type RevealRequest } from './request.ts';
import type { DeskSettings } from './settings.ts';

/**
 * What bars the one whose request it is, or undefined when nothing does.
 * @param device the one in question: chosen, or offered before
 * @param age of the answer about roles; ownership is always asked afresh
 * Throws a Fault when Graph does not say: nobody goes on by default.
 */
export async function barredFrom(desk: Desk, request: RevealRequest, device: Device | undefined, age: 'fresh' | 'recent', deadline: Deadline): Promise<RefusalCode | undefined> {
  const { person } = request;
  if (request.by === 'helpdesk') return permits(await desk.roles[age](person.id, deadline), actFor[request.purpose], desk.settings) ? undefined : 'no-role';
  if (!desk.settings.selfService) return 'self-service-off';
  if (device === undefined) return 'not-your-device';
  const [allowed, own] = await Promise.all([desk.tenantPolicy.ownersMayReadKeys(deadline), ownershipOf(desk, person.id, device, deadline)]);
  if (!allowed) return 'self-service-off';
  return own === undefined ? 'not-your-device' : undefined;
}

/** An owner calls nobody and has no ticket. */
export const formSettings = (settings: DeskSettings, { by }: Pick<RevealRequest, 'by'>): DeskSettings =>
  by === 'owner' ? { ...settings, callerCheckRequired: false, ticketRequired: false } : settings;

/** What a form without such fields cannot have held is not believed: nobody confirmed an owner. */
export function inputsFor(inputs: PressInputs, { by }: Pick<RevealRequest, 'by'>): PressInputs {
  if (by !== 'owner') return inputs;
  const { callerCheck: _callerCheck, ticket: _ticket, ...own } = inputs;
  return own;
}
