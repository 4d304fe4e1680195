/**
 * Seconds to wait, from a Retry-After header: whole (`5`), decimal (`2.128`, which parseInt would shorten and
 * Date.parse take for a month) or an HTTP date. Undefined when there is none or it cannot be read.
 * @param now milliseconds since 1970
 */
export function retryAfterSeconds(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}(?:\.\d{1,9})?$/.test(text)) return Number(text);
  // RFC 9110 §5.6.7: begins with the day of the week. Anything else Date.parse would guess at.
  if (!/^(?:mon|tue|wed|thu|fri|sat|sun)/i.test(text)) return undefined;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1000);
}
