// Devices with status and keys by the API, from the index. It holds what the last sweep saw, and is asked in one statement
// whatever the page; nothing is asked of Graph.

import { type ApiCaller, barredCaller } from './api-caller.ts';
import { type ApiRefused, askedEntry, no } from './ask-by-api.ts';
import type { Desk } from './desk.ts';
import type { FleetItemPage, FleetItems } from './fleet.ts';
import { withoutKeyIds } from './fleet-item.ts';

export type ListByApi = ({ readonly kind: 'list' } & FleetItemPage) | ApiRefused;

/** @param note what is asked, in words, where it is to be an entry */
export async function listByApi(desk: Desk, caller: ApiCaller, wish: FleetItems, note: string | undefined): Promise<ListByApi> {
  const barred = await barredCaller(desk, caller, 'look-up', desk.deadlines.ask());
  if (barred !== undefined) return no(desk, caller, barred);
  const { lines, ...place } = await desk.fleet.items(wish);
  // None may mean that nothing was read yet, and that is no answer.
  if (lines === '' && (await desk.fleet.state()).sweptAt === undefined) return no(desk, caller, 'index-not-ready');
  if (note !== undefined) await desk.ledger.append(askedEntry(desk, caller, { asked: note }));
  return { kind: 'list', lines: desk.settings.callerProof ? withoutKeyIds(lines) : lines, ...place };
}
