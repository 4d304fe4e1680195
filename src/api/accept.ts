// What the caller takes (RFC 9110 §12.5.1), of what there is.

/** @returns the one the caller likes best, the earlier of two liked alike; undefined when it takes none of them */
export function chosen<T extends string>(accept: string | undefined, offered: readonly T[]): T | undefined {
  if (accept === undefined || accept.trim() === '') return offered[0];
  const ranges = accept.split(',').map(rangeOf);
  const liked = offered.map((type) => ({ type, q: liking(type, ranges) })).filter(({ q }) => q > 0);
  return liked.sort((a, b) => b.q - a.q)[0]?.type;
}

interface Range {
  readonly type: string;
  readonly q: number;
}

function rangeOf(part: string): Range {
  const [type = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
  const q = parameters.find((parameter) => parameter.startsWith('q='));
  const value = q === undefined ? 1 : Number(q.slice(2));
  return { type, q: value >= 0 && value <= 1 ? value : 0 };
}

/** The most particular range decides. */
function liking(type: string, ranges: readonly Range[]): number {
  const wider = `${type.split('/')[0]}/*`;
  for (const name of [type, wider, '*/*']) {
    const range = ranges.find((one) => one.type === name);
    if (range !== undefined) return range.q;
  }
  return 0;
}
