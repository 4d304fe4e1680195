// `missing`, `failed`, `pending`: the devices, page by page, each with what to do.

import type { ListAnswer } from '../../domain/ask-for-fleet.ts';
import type { FleetList } from '../../domain/fleet.ts';
import type { Instant } from '../../domain/instant.ts';
import type { Viewer } from '../../domain/request.ts';
import { type CardMessage, heading, line, message, note, turnPage } from './card.ts';
import { plain, type Said, say, together } from './escape.ts';
import { groupsOf } from './fleet-groups.ts';
import { number, sweptWords, withoutSource } from './fleet-status.ts';

type Listed = Extract<ListAnswer, { kind: 'list' }> & { readonly viewer: Viewer; readonly now: Instant; readonly names?: number };

const words = {
  missing: { title: 'without a key in escrow', none: say`Every device has its key in Entra ID.`, about: say`Nobody could open these with a key from Entra ID. The most dangerous come first.` },
  failed: { title: 'failed', none: say`No device is encrypted without its key in Entra ID.`, about: say`Encrypted, and no key in Entra ID. If one of these locks, nobody can open it.` },
  pending: { title: 'pending', none: say`No device waits for its key or its encryption.`, about: say`The key is on its way, or the device is about to encrypt.` },
  unknown: { title: 'unknown', none: say`Of every device something is known.`, about: say`What is known of these is not enough to say whether they could be opened.` },
  'not-available': { title: 'not encrypted', none: say`Every device is encrypted, or about to be.`, about: say`BitLocker is not switched on, so there is no key and no need of one.` },
} as const satisfies Record<FleetList, { title: string; none: Said; about: Said }>;

export function fleetListCard({ list, page, pages, found, index, viewer, now, names = 10 }: Listed): CardMessage {
  const { title, none, about } = words[list];
  const { total } = found;
  const devices = total === 1 ? 'One device' : `${number(total)} devices`;
  const swept = sweptWords(index, now, viewer);
  if (total === 0) return message(plain`No devices: ${title}.`, [heading(say`No devices: ${title}`), line(none, { spacing: 'small' }), ...withoutSource(index.missing), note(swept, { spacing: 'medium' })]);
  return message(
    plain`${devices}: ${title}. Page ${page + 1} of ${pages}.`,
    [
      heading(say`${devices}: ${title}`),
      line(about, { spacing: 'small' }),
      ...withoutSource(index.missing),
      ...groupsOf(found.devices, { groups: 10, names, apart: true }),
      note(together(...(pages > 1 ? [say`Page ${number(page + 1)} of ${number(pages)}, by name.`] : []), swept, say`One device with all that is known: **status** and its name.`), { spacing: 'medium' }),
    ],
    [...(page > 0 ? [turnPage('Back', list, page - 1)] : []), ...(page + 1 < pages ? [turnPage('Next', list, page + 1)] : [])],
  );
}
