// Devices with status and keys by the API, from the index. It holds what the last sweep saw, and is asked in one statement
// whatever the page; nothing is asked of Graph.

import { type ApiCaller, barredCaller } from './api-caller.ts';
import { type ApiRefused, askedEntry, no } from './ask-by-api.ts';
import type { Desk } from './desk.ts';
import type { FleetItem, FleetItems } from './fleet.ts';

export type ListByApi = { readonly kind: 'list'; readonly items: readonly FleetItem[]; readonly more: boolean; readonly keyIdsHidden: boolean } | ApiRefused;

/** @param note what is asked, in words, where it is to be an entry */
export async function listByApi(desk: Desk, caller: ApiCaller, wish: FleetItems, note: string | undefined): Promise<ListByApi> {
  const barred = await barredCaller(desk, caller, 'look-up', desk.deadlines.ask());
  if (barred !== undefined) return no(desk, caller, barred);
  const found = await desk.fleet.items({ ...wish, most: wish.most + 1 });
  // None may mean that nothing was read yet, and that is no answer.
  if (found.length === 0 && (await desk.fleet.state()).sweptAt === undefined) return no(desk, caller, 'index-not-ready');
  if (note !== undefined) await desk.ledger.append(askedEntry(desk, caller, { asked: note }));
  return { kind: 'list', items: found.slice(0, wish.most), more: found.length > wish.most, keyIdsHidden: desk.settings.callerProof };
}
