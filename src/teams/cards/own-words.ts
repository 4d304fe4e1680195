// Words for owners, who are no helpdesk: whom to call, and where else their keys may be found.

import type { ReasonCode } from '../../domain/reason.ts';
import { open, type OpenUrlAction } from './card.ts';
import { type Said, say } from './escape.ts';

/** Microsoft's own page, where people see their devices and, where the tenant allows it, the recovery keys. */
export const ownDevicesPage: OpenUrlAction = open('My devices at Microsoft', 'https://myaccount.microsoft.com/device-list');

export const helpdeskLine = ({ helpdesk }: { readonly helpdesk?: string | undefined }): Said => (helpdesk === undefined ? say`Something else? Call the helpdesk.` : say`Something else? Call the helpdesk: ${helpdesk}`);

export const callHelpdesk = ({ helpdesk }: { readonly helpdesk?: string | undefined }): Said => (helpdesk === undefined ? say`Call the helpdesk.` : say`Call the helpdesk: ${helpdesk}`);

export const ownReasonWords = {
  'firmware-update': 'After an update of the computer',
  'hardware-change': 'A part of the computer was changed',
  'wrong-pin': 'I typed a wrong PIN too often',
  'secure-boot-change': 'A setting of the computer was changed',
  'forgotten-pin': 'I forgot my PIN',
  'drive-moved': 'The drive is in another computer now',
  other: 'Something else (say it below)',
} as const satisfies Record<ReasonCode, string>;
