// What the forms of several rows are made of.
import { z } from 'zod';
import { parsePersonId, parseTenantId } from '../domain/ids.ts';
import { parseInstant } from '../domain/instant.ts';
import type { Person } from '../domain/person.ts';

/** A form for every field: one that the domain gained and the row does not know does not compile. */
export type Shape<T> = Record<keyof T, z.ZodType>;

export const parsedBy = <T>(parse: (value: unknown) => T | undefined) =>
  z.unknown().transform((value, context): T => {
    const parsed = parse(value);
    if (parsed !== undefined) return parsed;
    context.addIssue({ code: 'custom', message: 'not what was stored' });
    return z.NEVER;
  });

export const time = parsedBy(parseInstant);
export const text = z.string();
export const volumeType = z.enum(['operatingSystem', 'fixedData', 'removableData', 'unknown']);
export const person = z.object({ id: parsedBy(parsePersonId), tenantId: parsedBy(parseTenantId), name: text } satisfies Shape<Person>);

/** Nothing for null: the fields of the domain are there or absent. */
export const present = (columns: object): object => Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== null));
