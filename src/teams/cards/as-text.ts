// A card as lines of text, for the demo's terminal. It shows what a person would see: hidden parts are left out.

import type { Action, AdaptiveCard, Element, InputChoiceSet, InputText, TextBlock } from './card.ts';

/** Lines without colours or escape sequences, no trailing line break. */
export function cardAsText(card: AdaptiveCard): string {
  const buttons = (card.actions ?? []).map(button).join('  ');
  return [...card.body.flatMap(element), ...(buttons === '' ? [] : ['', buttons])]
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}

function element(part: Element): readonly string[] {
  if (part.isVisible === false) return [];
  const before = part.spacing === 'medium' || part.spacing === 'large' || part.separator === true ? [''] : [];
  return [...before, ...lines(part)];
}

function lines(part: Element): readonly string[] {
  switch (part.type) {
    case 'TextBlock':
      return text(part);
    case 'RichTextBlock':
      return [part.inlines.map((run) => readable(run.text)).join('')];
    case 'Container':
      return part.style === undefined ? part.items.flatMap(element) : part.items.flatMap(element).map((row) => `  | ${row}`.trimEnd());
    case 'ColumnSet':
      return [part.columns.map((column) => column.items.flatMap(element).join(' ').padEnd(column.width === 'stretch' ? 14 : 12)).join('  ').trimEnd()];
    case 'Chart.HorizontalBar':
      return [readable(part.title), ...lines(part.fallback)];
    // What they show stands in the lines around them.
    case 'Chart.Donut':
    case 'Chart.Line':
      return [];
    case 'Input.ChoiceSet':
      return [`${part.label}:`, ...choices(part)];
    case 'Input.Text':
      return [`${part.label}: ${field(part)}`];
  }
}

function text(part: TextBlock): readonly string[] {
  const shown = readable(part.text);
  return part.style === 'heading' ? [shown, '='.repeat(Math.min(shown.length, 72))] : [shown];
}

const choices = (part: InputChoiceSet): readonly string[] => part.choices.map((choice) => `  (${choice.value === part.value ? 'x' : ' '}) ${readable(choice.title)}`);

const field = (part: InputText): string => `[${part.value ?? ''}]`;

const button = (action: Action): string => (action.type === 'Action.OpenUrl' ? `[${action.title}: ${action.url}]` : `[${action.title}]`);

/** Markdown read as Teams reads it: our own bold is dropped, escapes show what they stand for. */
const readable = (markdown: string): string =>
  markdown
    .replaceAll('**', '')
    .replaceAll(/\\([!-/:-@[-`{-~])/g, '$1')
    .replaceAll(/[\u2066-\u2069]/g, '');
