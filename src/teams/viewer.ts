// How times are written for the one who asks: the language and the time zone that the client says it has.

import { z } from 'zod';
import type { Viewer } from '../domain/request.ts';

const clientInfo = z.object({ type: z.literal('clientInfo'), locale: z.string().optional(), timezone: z.string().optional() });

/** Making an Intl formatter takes longer than all the rest of a parse; there are few names, and strangers' ones are not kept. */
const known = { locales: new Map<string, string>(), timeZones: new Map<string, string>() };
const mostKept = 500;

export function viewerOf(activity: { readonly locale?: string | undefined; readonly localTimezone?: string | undefined; readonly entities?: unknown }): Viewer {
  const entities = Array.isArray(activity.entities) ? activity.entities : [];
  const client = entities.map((entity) => clientInfo.safeParse(entity).data).find((info) => info !== undefined);
  return {
    locale: accepted(known.locales, activity.locale ?? client?.locale, (name) => Intl.getCanonicalLocales(name)[0]) ?? 'en-GB',
    timeZone: accepted(known.timeZones, activity.localTimezone ?? client?.timezone, (name) => new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone) ?? 'UTC',
  };
}

/** The name when this Node knows it, undefined when it does not. */
function accepted(kept: Map<string, string>, name: string | undefined, canonical: (name: string) => string | undefined): string | undefined {
  if (name === undefined || name.length > 64) return undefined;
  const before = kept.get(name);
  if (before !== undefined) return before;
  try {
    const value = canonical(name);
    if (value !== undefined && kept.size < mostKept) kept.set(name, value);
    return value;
  } catch {
    return undefined;
  }
}
