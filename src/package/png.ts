// Pixels of a PNG, in the two forms that our icons have: 8 bits a channel, with alpha (type 6) or without (type 2), not
// interlaced. Checksums are left to who shows it.

import { inflateSync } from 'node:zlib';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and alpha of each pixel, row by row. */
  readonly rgba: Uint8Array;
}

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** An icon is small; a file that claims more is none. */
const mostPixels = 1024;

/** Undefined for anything else than such a PNG. */
export function readPng(file: Uint8Array): Picture | undefined {
  const bytes = Buffer.from(file);
  if (!signature.every((byte, index) => bytes[index] === byte)) return undefined;
  try {
    return pictureIn(chunksOf(bytes));
  } catch {
    // It ends too early, or its pixels cannot be unpacked.
    return undefined;
  }
}

type Chunks = readonly { readonly type: string; readonly data: Buffer }[];

function chunksOf(bytes: Buffer): Chunks {
  const chunks: { type: string; data: Buffer }[] = [];
  for (let at = signature.length; at + 12 <= bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    const length = bytes.readUInt32BE(at);
    chunks.push({ type: bytes.toString('latin1', at + 4, at + 8), data: bytes.subarray(at + 8, at + 8 + length) });
  }
  return chunks;
}

function pictureIn(chunks: Chunks): Picture | undefined {
  const head = chunks.find(({ type }) => type === 'IHDR')?.data;
  if (head === undefined) return undefined;
  const [width, height] = [head.readUInt32BE(0), head.readUInt32BE(4)];
  const [depth, colour, , , interlaced] = head.subarray(8);
  const channels = colour === 6 ? 4 : colour === 2 ? 3 : undefined;
  if (depth !== 8 || channels === undefined || interlaced !== 0 || width > mostPixels || height > mostPixels) return undefined;
  const size = (width * channels + 1) * height;
  const packed = Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data));
  const lines = inflateSync(packed, { maxOutputLength: size });
  if (lines.length !== size) return undefined;
  return { width, height, rgba: withAlpha(unfiltered(lines, width * channels, channels), channels) };
}

/** Each line begins with the number of its filter, which says from which neighbours a byte is told. */
function unfiltered(lines: Buffer, stride: number, channels: number): Uint8Array {
  const out = new Uint8Array((lines.length / (stride + 1)) * stride);
  for (let line = 0, from = 0; from < lines.length; line += 1, from += stride + 1) {
    const start = line * stride;
    const told = filters[lines[from] ?? 0] ?? (() => 0);
    for (let at = 0; at < stride; at += 1) {
      const left = at < channels ? 0 : (out[start + at - channels] ?? 0);
      const up = line === 0 ? 0 : (out[start + at - stride] ?? 0);
      const corner = line === 0 || at < channels ? 0 : (out[start + at - stride - channels] ?? 0);
      out[start + at] = (lines[from + 1 + at] ?? 0) + told(left, up, corner);
    }
  }
  return out;
}

const filters: readonly ((left: number, up: number, corner: number) => number)[] = [() => 0, (left) => left, (_left, up) => up, (left, up) => (left + up) >> 1, nearest];

/** Paeth's choice (PNG, section 9.4). */
function nearest(left: number, up: number, corner: number): number {
  const [byLeft, byUp, byCorner] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  if (byLeft <= byUp && byLeft <= byCorner) return left;
  return byUp <= byCorner ? up : corner;
}

function withAlpha(pixels: Uint8Array, channels: number): Uint8Array {
  if (channels === 4) return pixels;
  const rgba = new Uint8Array((pixels.length / 3) * 4).fill(255);
  for (let at = 0; at < pixels.length; at += 1) rgba[Math.floor(at / 3) * 4 + (at % 3)] = pixels[at] ?? 0;
  return rgba;
}
