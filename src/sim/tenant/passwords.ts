import { createHash } from 'node:crypto';

/**
 * The recovery password of a key: eight blocks, each a 16-bit number times 11, as Windows makes them. Computed from the
 * seed and the key's ID, so nothing has to be kept, and a test in another process can know the right answer.
 */
export function recoveryPassword(seed: number, keyId: string): string {
  const digest = createHash('sha256').update(`${seed}/${keyId.toLowerCase()}`).digest();
  const blocks = Array.from({ length: 8 }, (_, index) => digest.readUInt16BE(index * 2) * 11);
  return blocks.map((block) => String(block).padStart(6, '0')).join('-');
}
