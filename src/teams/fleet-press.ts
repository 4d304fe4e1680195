import { z } from 'zod';
import { type FleetList, fleetLists } from '../domain/fleet.ts';
import type { Incoming } from './activity.ts';
import type { FleetVerb } from './cards/card.ts';

/** A press on a list of the fleet. Its data is user input: what is no list and no page is left out, and refused. */
export interface FleetPress {
  readonly trigger: 'manual' | 'automatic';
  readonly list: FleetList | undefined;
  readonly page: number | undefined;
}

const form = z.object({ action: z.object({ verb: z.literal('fleet-page' satisfies FleetVerb), data: z.unknown().optional() }), trigger: z.unknown().optional() });
const data = z.object({ list: z.enum(fleetLists).optional().catch(undefined), page: z.number().optional().catch(undefined) });

/** Undefined when the invoke is none. */
export function parseFleetPress(incoming: Incoming): FleetPress | undefined {
  if (incoming.kind !== 'invoke' || incoming.name !== 'adaptiveCard/action') return undefined;
  const read = form.safeParse(incoming.value).data;
  if (read === undefined) return undefined;
  const { list, page } = data.safeParse(read.action.data).data ?? {};
  const manual = read.trigger === undefined || read.trigger === null || read.trigger === 'manual';
  return { trigger: manual ? 'manual' : 'automatic', list, page };
}
