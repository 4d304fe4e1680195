// Where a page ended, handed to the caller and believed only when it comes back as it was, to the same question of the
// same caller. Signed: nobody makes one up, and an altered one is an error instead of another page.

import { createHmac, createSecretKey, hkdfSync, timingSafeEqual } from 'node:crypto';

export interface Cursors {
  /** @param question of whom and what: the cursor is good for nothing else */
  write(question: readonly unknown[], place: unknown): string;
  /** @returns the place, or undefined when it is none of ours for this question */
  read(question: readonly unknown[], cursor: string): unknown;
}

const signatureLength = 16;

/** @param secret the same in every instance: what the ledger is signed with, of which this key is derived and says nothing */
export function createCursors(secret: string): Cursors {
  const key = createSecretKey(new Uint8Array(hkdfSync('sha256', secret, '', 'keydesk api cursor 1', 32)));
  const sign = (question: readonly unknown[], place: string): Buffer =>
    createHmac('sha256', key).update(JSON.stringify(question)).update('\0').update(place).digest().subarray(0, signatureLength);
  return {
    write: (question, place) => {
      const text = JSON.stringify(place);
      return Buffer.concat([sign(question, text), Buffer.from(text)]).toString('base64url');
    },
    read: (question, cursor) => {
      const bytes = Buffer.from(cursor, 'base64url');
      if (bytes.length <= signatureLength || bytes.toString('base64url') !== cursor) return undefined;
      const text = bytes.subarray(signatureLength).toString('utf8');
      return timingSafeEqual(sign(question, text), bytes.subarray(0, signatureLength)) ? JSON.parse(text) : undefined;
    },
  };
}
