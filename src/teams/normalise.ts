// The text of a message as a person means it. Teams delivers mentions as `<at>` with an entity each, blanks as `&nbsp;`
// or U+00A0, and signs as HTML entities, whatever `textFormat` says. The SDK's own removal of mentions takes the first
// one only and throws on entities without text (facts on teams-ai, §2), so it is switched off.

/** A mention as far as it can be read; other entities and malformed ones are left out. */
export interface Mention {
  readonly id: string;
  readonly text: string;
}

/** @param entities `activity.entities`, not yet believed. */
export function mentionsIn(entities: unknown): readonly Mention[] {
  if (!Array.isArray(entities)) return [];
  return entities.flatMap((entity: unknown) => {
    if (!isRecord(entity) || entity['type'] !== 'mention' || !isRecord(entity['mentioned'])) return [];
    const { id } = entity['mentioned'];
    const { text } = entity;
    return typeof id === 'string' && typeof text === 'string' && text !== '' ? [{ id, text }] : [];
  });
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

const named: Readonly<Record<string, string>> = { nbsp: ' ', amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
/** More than anybody types; each one costs a pass over the text. */
const mostMentions = 50;

/**
 * Without the mentions of the bot, however many; mentions of others stay as their names. A tag without an entity is
 * text that somebody typed and stays as it is, and entities are decoded last, so that `&lt;at&gt;` is no mention either.
 * @param botId `activity.recipient.id`
 */
export function normalise(text: string, mentions: readonly Mention[], botId: string): string {
  let rest = text;
  // Longer ones first: one mention's text may be part of another's.
  for (const mention of mentions.slice(0, mostMentions).sort((a, b) => b.text.length - a.text.length)) {
    rest = rest.replaceAll(mention.text, mention.id === botId ? () => ' ' : nameIn(mention.text));
  }
  return rest
    .replaceAll(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,5}));/gi, (whole: string, decimal?: string, hex?: string, name?: string) =>
      name === undefined ? character(Number.parseInt(decimal ?? hex ?? '', decimal === undefined ? 16 : 10), whole) : (named[name.toLowerCase()] ?? whole),
    )
    .replaceAll(/[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '')
    .replaceAll(/[^\S\n]+/g, ' ')
    .trim();
}

/** A function's result is taken literally by `replaceAll`, a text with `$` in it is not. */
const nameIn = (mention: string) => (): string => mention.replaceAll(/<\/?at(?:\s[^<>]*)?>/gi, '');

const character = (code: number, otherwise: string): string => (code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : otherwise);
