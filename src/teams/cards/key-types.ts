import { type CardMessage, heading, line, message } from './card.ts';
import { plain, say } from './escape.ts';

/** The two kinds of key, and why only one of them can be had here (product.md §1). */
export const keyTypesCard = (): CardMessage =>
  message(plain`BitLocker has two kinds of key; Keydesk has the recovery password.`, [
    heading(say`Two kinds of BitLocker key`),
    line(say`**Recovery password**: a number of 48 digits, in 8 blocks of 6. Windows calls it the recovery key. It is typed on the blue screen. A copy is in Entra ID, so I can show it.`, { spacing: 'medium' }),
    line(say`**Recovery key (.BEK)**: a hidden file with a 256-bit key on a USB drive, plugged in instead of typing. Windows backs up recovery passwords and no such files, so the drive has the only copy: nobody can fetch it, here or in a portal. Who has the drive has the key.`, { spacing: 'medium' }),
    line(say`Is the USB drive lost? A recovery password of the same computer opens it as well, where there is one.`, { spacing: 'medium' }),
    line(say`The blue screen shows a **key ID**. Its first 8 characters say which recovery password fits.`, { spacing: 'medium' }),
  ]);
