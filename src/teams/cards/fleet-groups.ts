// Devices of one reason stand together: why and what to do are said once, the names follow.

import type { EscrowReason } from '../../domain/escrow.ts';
import type { FleetDevice } from '../../domain/fleet.ts';
import { type Container, type Element, line } from './card.ts';
import { escrowReasonWords, escrowStatusWords } from './escrow-words.ts';
import { cleanText, joined, say, together } from './escape.ts';
import { number } from './fleet-status.ts';

/** How much of a list a card holds. */
export interface Limits {
  readonly groups: number;
  /** For each reason. None: they are left out, and that is said. */
  readonly names: number;
  /** Each name on a line of its own: it does not break, and is copied easily. */
  readonly apart?: boolean;
}

/**
 * Many fleets number their devices with six digits, and eight such numbers in a row are what the egress guard takes for
 * a recovery password. So a line holds seven, and something that is no block stands between the lines: their ids.
 */
const namesOnLine = 7;

/** In the order in which the reasons come. What is left out is said. */
export function groupsOf(devices: readonly FleetDevice[], limits: Limits, id = 'group'): readonly Element[] {
  const groups = [...Map.groupBy(devices, ({ reason }) => reason)];
  const left = groups.slice(limits.groups).reduce((sum, [, members]) => sum + members.length, 0);
  const shown = groups.slice(0, limits.groups).map(([reason, members], place) => group(reason, members, limits, `${id}${place}`));
  return left === 0 ? shown : [...shown, line(say`And ${number(left)} more for other reasons.`, { spacing: 'medium' })];
}

function group(reason: EscrowReason, members: readonly FleetDevice[], { names, apart = false }: Limits, id: string): Container {
  const { why, remedy } = escrowReasonWords[reason];
  const [first] = members;
  const { sign, word } = escrowStatusWords[first?.status ?? 'unknown'];
  const count = members.length === 1 ? say`one device` : say`${number(members.length)} devices`;
  return {
    type: 'Container',
    spacing: 'medium',
    separator: true,
    items: [
      line(together(say`${sign} **${word}**:`, count)),
      ...namesOf(members.map(({ name }) => name), names, id, apart ? 1 : namesOnLine),
      line(why, { spacing: 'small', isSubtle: true }),
      line(together(say`**What to do:**`, remedy), { spacing: 'small' }),
    ],
  };
}

/** @param id begins with a letter; of this list alone on its card */
export function namesOf(names: readonly string[], most: number, id: string, onLine = namesOnLine): readonly Element[] {
  if (most === 0) return [line(say`(The names are left out here: together they look like a recovery password.)`, { spacing: 'small' })];
  const shown = names.slice(0, most);
  const lines = Array.from({ length: Math.ceil(shown.length / onLine) }, (_, row) => shown.slice(row * onLine, (row + 1) * onLine));
  return lines.map((some, row) => {
    const text = joined(some.map((name) => say`${cleanText(name, 40) || '(no name)'}`), ', ');
    const more = row === lines.length - 1 && names.length > most ? [say`and ${number(names.length - most)} more`] : [];
    return line(together(text, ...more), { id: `${id}_${row}`, spacing: row > 0 && onLine === 1 ? 'none' : 'small', weight: 'bolder' });
  });
}
