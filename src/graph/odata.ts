// The only way in which a value gets into a Graph URL. The SDK encodes nothing (a name `A&$top=999` becomes a
// parameter of its own), so every value is percent-encoded here, before the SDK sees it.

import { Fault } from '../domain/fault.ts';
import { parseGuid } from '../domain/ids.ts';
import { parseInstant } from '../domain/instant.ts';

/** Where to ask. Made by {@link odata} alone. */
export interface Route {
  /** Percent-encoded, without host, version and leading slash. */
  readonly path: string;
  /** The same with `{}` for every value: may be logged. */
  readonly template: string;
}

/** What a slot may take: an object's id in the path, a text or a time compared in `$filter`. */
type Slot = 'id' | 'text' | 'time';

const write = { id: idOf, text: literalOf, time: timeOf } as const satisfies Record<Slot, (value: string) => string>;

interface Form {
  readonly pieces: readonly string[];
  readonly slots: readonly Slot[];
  readonly template: string;
}

// A tagged template hands over the same array each time it runs: its form is worked out once.
const forms = new WeakMap<TemplateStringsArray, Form>();

/**
 * odata`devices?$filter=displayName eq ${name}&$select=id`: a value in the path must be a GUID; a value in `$filter`
 * becomes a string literal of OData, quotes doubled, or behind a property `…DateTime` a time. Anywhere else, and for an empty or ill-formed text (Intune
 * answers an empty comparison with every device there is), a Fault `internal`.
 */
export function odata(texts: TemplateStringsArray, ...values: readonly string[]): Route {
  const form = forms.get(texts) ?? learn(texts);
  let path = form.pieces[0] ?? '';
  for (const [index, value] of values.entries()) {
    path += write[form.slots[index] ?? 'text'](value) + (form.pieces[index + 1] ?? '');
  }
  return { path, template: form.template };
}

/** The route with `$select`; the names of properties come from the schema that reads them. */
export const selecting = ({ path, template }: Route, properties: string): Route => ({ path: `${path}${path.includes('?') ? '&' : '?'}$select=${properties}`, template });

function learn(texts: TemplateStringsArray): Form {
  const slots = texts.slice(0, -1).map((_, index) => slotAfter(texts.slice(0, index + 1).join('')));
  const form = {
    pieces: texts.map((text) => text.replaceAll(' ', '%20')),
    slots,
    template: texts.join('{}'),
  };
  forms.set(texts, form);
  return form;
}

function slotAfter(before: string): Slot {
  if (!before.includes('?')) return 'id';
  const parameter = before.slice(Math.max(before.lastIndexOf('?'), before.lastIndexOf('&')) + 1);
  if (!parameter.startsWith('$filter=')) throw new Fault('internal', 'never', { message: 'a value in a Graph URL stands outside path and $filter' });
  return /DateTime (?:eq|ge|gt|le|lt) $/.test(parameter) ? 'time' : 'text';
}

function idOf(value: string): string {
  const guid = parseGuid(value);
  if (guid === undefined) throw new Fault('internal', 'never', { message: 'a value in the path of a Graph URL is no GUID' });
  return guid;
}

function literalOf(value: string): string {
  if (!isAskable(value)) throw new Fault('internal', 'never', { message: 'a value in $filter is empty, too long or ill-formed' });
  return `'${encodeURIComponent(value.replaceAll("'", "''"))}'`;
}

/** OData writes a time without quotes; none of its signs needs an escape in a query. */
function timeOf(value: string): string {
  if (parseInstant(value) !== value) throw new Fault('internal', 'never', { message: 'a time in $filter is none' });
  return value;
}

// Entra's display names and userPrincipalNames end far below.
const longest = 256;

/** Whether a text can be somebody's or something's name in Entra; what cannot is not asked for. */
export const isAskable = (text: string): boolean => text.trim() !== '' && text.length <= longest && text.isWellFormed();

/** Names are compared as Windows and Entra do: upper and lower case alike, composed letters alike. */
export const folded = (name: string): string => name.normalize('NFC').toLocaleLowerCase('en');
