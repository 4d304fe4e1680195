// The part of Adaptive Cards 1.5 that Keydesk uses, and the few blocks its cards are made of. A text is `Said`, so that
// nothing from outside gets into a card unescaped. What is drawn fits a phone: every text wraps, two columns at most.

import type { FleetList } from '../../domain/fleet.ts';
import type { ReadingId, RequestId } from '../../domain/ids.ts';
import type { BarChart, DonutChart, LineChart } from './charts.ts';
import { type Plain, type Said, say, verbatim } from './escape.ts';

export type Spacing = 'none' | 'small' | 'default' | 'medium' | 'large';

export interface Placed {
  readonly id?: string;
  readonly spacing?: Spacing;
  readonly separator?: boolean;
  readonly isVisible?: boolean;
}

interface Look {
  readonly size?: 'small' | 'default' | 'medium' | 'large' | 'extraLarge';
  readonly weight?: 'default' | 'bolder';
  readonly color?: 'default' | 'accent' | 'attention';
  readonly isSubtle?: boolean;
  readonly fontType?: 'default' | 'monospace';
}

export interface TextBlock extends Placed, Look {
  readonly type: 'TextBlock';
  readonly text: Said;
  readonly wrap: true;
  readonly style?: 'heading';
}

/** Runs know no Markdown; here they hold digits only. */
export interface RichTextBlock extends Placed {
  readonly type: 'RichTextBlock';
  readonly inlines: readonly (Look & { readonly type: 'TextRun'; readonly text: Plain })[];
}

export interface Container extends Placed {
  readonly type: 'Container';
  readonly style?: 'emphasis' | 'attention' | 'warning' | 'good';
  readonly items: readonly Element[];
}

export interface ColumnSet extends Placed {
  readonly type: 'ColumnSet';
  readonly columns: readonly { readonly type: 'Column'; readonly width: 'auto' | 'stretch' | '96px'; readonly items: readonly Element[] }[];
}

interface Input extends Placed {
  readonly id: string;
  readonly label: string;
  readonly isRequired: boolean;
  readonly errorMessage: string;
}

export interface InputText extends Input {
  readonly type: 'Input.Text';
  readonly maxLength: number;
  readonly value?: string;
  readonly placeholder?: string;
  readonly regex?: string;
}

export interface InputChoiceSet extends Input {
  readonly type: 'Input.ChoiceSet';
  readonly style: 'compact' | 'expanded';
  readonly choices: readonly { readonly title: Plain; readonly value: string }[];
  readonly wrap: true;
  readonly value?: string;
  readonly placeholder?: string;
}

export type Element = TextBlock | RichTextBlock | Container | ColumnSet | InputText | InputChoiceSet | BarChart | DonutChart | LineChart;

export type Verb = 'reveal' | 'again' | 'hide' | 'cancel' | 'choose' | 'rotate' | 'rotate-ask';

/** On the cards of the ledger: another page, the choice of a file, and the file. */
export type ReadingVerb = 'audit-page' | 'audit-export' | 'audit-send';

/** On lists of the fleet: another page. */
export type FleetVerb = 'fleet-page';

export interface ExecuteAction {
  readonly type: 'Action.Execute';
  readonly title: string;
  readonly verb: Verb | ReadingVerb | FleetVerb;
  /** Nothing but these (product.md §10, law 4); the service believes only an id, and asks the store about it. */
  readonly data:
    | { readonly request: RequestId; readonly action: Verb }
    | { readonly reading: ReadingId; readonly page: number; readonly action: ReadingVerb }
    | { readonly list: FleetList; readonly page: number; readonly action: FleetVerb };
  readonly associatedInputs: 'auto' | 'none';
  readonly style?: 'positive';
  readonly tooltip?: string;
}

export interface OpenUrlAction {
  readonly type: 'Action.OpenUrl';
  readonly title: string;
  readonly url: string;
}

export interface ToggleAction {
  readonly type: 'Action.ToggleVisibility';
  readonly title: string;
  readonly targetElements: readonly string[];
}

export type Action = ExecuteAction | OpenUrlAction | ToggleAction;

/** There is no `refresh` here, and must never be: a card with it is posted to everybody (facts on teams-ai, T1). */
export interface AdaptiveCard {
  readonly type: 'AdaptiveCard';
  readonly $schema: 'http://adaptivecards.io/schemas/adaptive-card.json';
  readonly version: '1.5';
  readonly lang: 'en';
  readonly speak: Plain;
  readonly fallbackText: Plain;
  readonly body: readonly Element[];
  readonly actions?: readonly Action[];
}

/** A card, and the line that stands for it in notifications, lists of chats and screen readers. Never a secret. */
export interface CardMessage {
  readonly card: AdaptiveCard;
  readonly summary: Plain;
}

/** @param summary one sentence without secret; it is also what is spoken, and shown by a client that draws no cards. */
export function message(summary: Plain, body: readonly Element[], actions: readonly Action[] = []): CardMessage {
  return {
    summary,
    card: {
      type: 'AdaptiveCard',
      $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
      version: '1.5',
      lang: 'en',
      speak: summary,
      fallbackText: summary,
      body,
      ...(actions.length > 0 && { actions }),
    },
  };
}

export const heading = (text: Said, placed: Placed & Look = {}): TextBlock => ({
  type: 'TextBlock',
  text,
  wrap: true,
  style: 'heading',
  size: 'large',
  weight: 'bolder',
  ...placed,
});

export const line = (text: Said, placed: Placed & Look = {}): TextBlock => ({ type: 'TextBlock', text, wrap: true, ...placed });

/** Small print: true and of use to some, in nobody's way. */
export const note = (text: Said, placed: Placed & Look = {}): TextBlock => line(text, { size: 'small', isSubtle: true, spacing: 'small', ...placed });

/**
 * Rows of name and value; a value that is undefined leaves no row. Names are ours and short. No FactSet: a long
 * userPrincipalName does not break in one and runs off a phone.
 */
export const facts = (rows: Readonly<Record<string, Said | undefined>>, placed: Placed = {}): Container => ({
  type: 'Container',
  ...placed,
  items: Object.entries(rows)
    .flatMap(([name, value]) => (value === undefined ? [] : [{ name: say`${name}`, value }]))
    .map(({ name, value }, index) => ({
      type: 'ColumnSet',
      spacing: index === 0 ? 'none' : 'small',
      columns: [
        { type: 'Column', width: '96px', items: [line(name, { isSubtle: true })] },
        { type: 'Column', width: 'stretch', items: [line(value)] },
      ],
    })),
});

/** Lines to be copied as they are, each of them one line. No runs, which know no Markdown: a word that is wider than a phone does not break in one. */
export const verbatimLines = (text: string, placed: Placed = {}): readonly TextBlock[] =>
  text
    .split('\n')
    .filter((row) => row !== '')
    .map((row, index) => line(verbatim(row), { size: 'small', fontType: 'monospace', spacing: index === 0 ? (placed.spacing ?? 'small') : 'none' }));

/** A box that stands out by its words first, by its colour besides. */
export const box = (style: NonNullable<Container['style']>, items: readonly Element[], placed: Placed = {}): Container => ({
  type: 'Container',
  style,
  items,
  ...placed,
});

const withInputs: ReadonlySet<Verb> = new Set(['reveal', 'choose', 'rotate']);

/** A button of ours. Those without inputs ask and validate nothing of the form: Cancel works on an empty one. */
export const press = (verb: Verb, title: string, request: RequestId, extra: { readonly style?: 'positive'; readonly tooltip?: string } = {}): ExecuteAction => ({
  type: 'Action.Execute',
  title,
  verb,
  data: { request, action: verb },
  associatedInputs: withInputs.has(verb) ? 'auto' : 'none',
  ...extra,
});

/** A button on a card of the ledger. The number of a page is judged as everything else in the data. */
export const pressReading = (verb: ReadingVerb, title: string, reading: ReadingId, page: number, extra: { readonly style?: 'positive'; readonly tooltip?: string } = {}): ExecuteAction => ({
  type: 'Action.Execute',
  title,
  verb,
  data: { reading, page, action: verb },
  associatedInputs: verb === 'audit-send' ? 'auto' : 'none',
  ...extra,
});

/** A button to a page of a list. Both are judged as all data of a card is. */
export const turnPage = (title: string, list: FleetList, page: number): ExecuteAction => ({
  type: 'Action.Execute',
  title,
  verb: 'fleet-page',
  data: { list, page, action: 'fleet-page' },
  associatedInputs: 'none',
});

export const open = (title: string, url: string): OpenUrlAction => ({ type: 'Action.OpenUrl', title, url });
