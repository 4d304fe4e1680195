// How people ask for a status, and for what is their own. Blanks are single here, politeness is gone (tidy-words.ts).

/** `status LAPTOP-42`, `status of the laptop LAPTOP-42`, `escrow status for LAPTOP-42`; `rest` is the device. */
export const statusForm = /^(?:(?:escrow|key|encryption|security|bitlocker) )?status(?: (?:for|of|on))?(?: (?:the|device|computer|laptop|pc|machine)(?= ))*(?: (?<rest>.+))?$/i;

export type OwnCommand =
  /** The key of a device of one's own. */
  | { readonly kind: 'own-key' }
  | { readonly kind: 'own-devices' };

const machines = '(?:own )?(?:devices?|computers?|laptops?|pcs?|machines?)';
const ownKey = new RegExp(`^(?:my (?:own )?(?:bitlocker )?(?:recovery )?(?:keys?|passwords?)(?: for my ${machines})?|keys? (?:for|of) my ${machines})$`, 'i');
const ownDevices = new RegExp(`^(?:(?:list|status)(?: (?:for|of))? )?my ${machines}$`, 'i');

/** What says "my" and names nothing; undefined for anything else. */
export function ownCommand(words: string): OwnCommand | undefined {
  if (ownKey.test(words)) return { kind: 'own-key' };
  return ownDevices.test(words) ? { kind: 'own-devices' } : undefined;
}
