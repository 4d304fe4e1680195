// The two icons, as Teams wants them: 192 × 192 in full colour; 32 × 32 in white on nothing.

import { type Finding, finding } from './finding.ts';
import { type Picture, readPng } from './png.ts';

const remedy = 'Draw it anew: npm run icons.';

export function iconFindings(name: string, kind: 'color' | 'outline', file: Uint8Array): readonly Finding[] {
  const picture = readPng(file);
  const size = kind === 'color' ? 192 : 32;
  if (picture === undefined) return [finding(name, 'is no PNG with 8 bits a channel, or not a whole one', remedy)];
  if (picture.width !== size || picture.height !== size) return [finding(name, `is ${picture.width} × ${picture.height} pixels, not ${size} × ${size}`, remedy)];
  return kind === 'outline' ? outlineFindings(name, picture) : [];
}

function outlineFindings(name: string, { rgba }: Picture): readonly Finding[] {
  const pixels = Array.from({ length: rgba.length / 4 }, (_, index) => rgba.subarray(index * 4, index * 4 + 4));
  const seen = pixels.filter(([, , , alpha = 0]) => alpha > 0);
  if (seen.length === 0) return [finding(name, 'shows nothing', remedy)];
  if (seen.length === pixels.length) return [finding(name, 'has no transparent background', remedy)];
  return seen.every(([red, green, blue]) => red === 255 && green === 255 && blue === 255) ? [] : [finding(name, 'is not white alone', remedy)];
}
