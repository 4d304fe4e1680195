// A small seeded generator (sfc32): the same seed gives the same tenant, on every machine and in every process.

export interface Random {
  /** An integer from 0 to 2^32 - 1. */
  word(): number;
  /** An integer from 0 to `end` - 1. */
  below(end: number): number;
  /** A version 4 GUID in lower case. */
  guid(): string;
}

export function createRandom(seed: number): Random {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = 0xb7e15162;
  let d = seed >>> 0;
  const scratch = Buffer.alloc(16);

  const word = (): number => {
    const sum = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  // The first numbers of neighbouring seeds resemble one another.
  for (let i = 0; i < 15; i += 1) word();

  return {
    word,
    below: (end) => word() % end,
    guid: () => {
      const bytes = scratch;
      for (let at = 0; at < 16; at += 4) bytes.writeUInt32BE(word(), at);
      bytes[6] = 0x40 | ((bytes[6] ?? 0) & 0x0f);
      bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
      const hex = bytes.toString('hex');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    },
  };
}
