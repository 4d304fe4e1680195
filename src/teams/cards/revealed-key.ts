// The one card that holds a recovery password. It exists in the body of an invoke response and nowhere else: never
// sent, never edited into a message, never with `refresh` (product.md §4.7, §10 law 1).

import { shortKeyId } from '../../domain/ids.ts';
import type { RecoveryPassword } from '../../domain/recovery-password.ts';
import type { Grant, RevealRequest } from '../../domain/request.ts';
import { box, type CardMessage, type ColumnSet, type Container, type Element, facts, heading, line, message, note, press, type RichTextBlock } from './card.ts';
import { type Plain, plain, say } from './escape.ts';
import { type Afterwards, rotateButton, rotationLine } from './rotation-words.ts';
import { time } from './times.ts';
import { deviceName, ownVolumeWords, volumeWords } from './words.ts';

interface Shown extends Afterwards {
  /** Revealed: with offer, grant and `hideAt`. */
  readonly request: RevealRequest;
  readonly password: RecoveryPassword;
}

/** Throws when the request is not revealed. */
export function revealedKeyCard({ request, password, ...afterwards }: Shown): CardMessage {
  const { offer, grant, hideAt, viewer } = request;
  if (offer === undefined || grant === undefined || hideAt === undefined) throw new Error('only a revealed request shows a key');
  const name = deviceName(offer.device);
  const until = time(hideAt, viewer);
  return message(
    plain`The recovery key of ${name} is shown until ${until}.`,
    [
      heading(say`Recovery key for ${name}`),
      line(say`Key ID **${shortKeyId(grant.key.keyId)}**, ${(request.by === 'owner' ? ownVolumeWords : volumeWords)[grant.key.volumeType]}. Compare it with the blue screen.`, { spacing: 'small' }),
      ...warnings(password, grant),
      digits(password.blocks),
      words(password.blocks),
      request.by === 'owner'
        ? line(say`Type one block at a time. Windows checks each block: when it objects, type that block again.`, { spacing: 'medium' })
        : line(say`Read one block at a time. Windows checks each block while it is typed: when it objects, repeat that block.`, { spacing: 'medium' }),
      facts({ 'Hides at': say`${until}`, 'Whole key ID': say`${grant.key.keyId.toUpperCase()}` }, { spacing: 'medium', separator: true }),
      ...rotationLine(afterwards, request, request.revealedAt ?? hideAt),
      note(say`Do not copy the key into a chat or a ticket.`),
    ],
    [
      press('hide', 'Hide', request.id, { tooltip: 'Takes the key off the screen now' }),
      { type: 'Action.ToggleVisibility', title: 'Digits or words', targetElements: ['digits', 'words'] },
      ...rotateButton(afterwards, request),
    ],
  );
}

function warnings(password: RecoveryPassword, { key }: Grant): readonly Element[] {
  const doubtful = password.doubtfulBlocks;
  const [first] = doubtful;
  const blocks = doubtful.length === 1 ? `Block ${first ?? ''} does` : `Blocks ${doubtful.join(', ')} do`;
  const texts = [
    ...(first === undefined ? [] : [say`▲ ${blocks} not pass Windows' own check. Read the key out all the same. If Windows objects there, the stored copy is wrong: try another key of this device.`]),
    ...(key.state === 'superseded' ? [say`▲ There is a newer key for this kind of volume. This one fits only if its ID is on the blue screen.`] : []),
  ];
  return texts.length === 0 ? [] : [box('warning', texts.map((text) => line(text)), { spacing: 'medium' })];
}

/** Four rows of two, read from left to right: at 320 px two blocks stand side by side without breaking. */
function digits(blocks: readonly string[]): Container {
  const rows = blocks.flatMap((_block, index) => (index % 2 === 0 ? [row(blocks, index)] : []));
  return box('emphasis', rows, { id: 'digits', spacing: 'medium' });
}

const row = (blocks: readonly string[], index: number): ColumnSet => ({
  type: 'ColumnSet',
  spacing: index === 0 ? 'none' : 'small',
  columns: [index, index + 1].map((at) => ({ type: 'Column', width: 'stretch', items: [numbered(at + 1, blocks[at] ?? '')] })),
});

const numbered = (number: number, block: string): RichTextBlock => ({
  type: 'RichTextBlock',
  inlines: [
    { type: 'TextRun', text: plain`${number}\u2002`, isSubtle: true },
    { type: 'TextRun', text: plain`${block}`, fontType: 'monospace', size: 'extraLarge', weight: 'bolder' },
  ],
});

const spoken = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'] as const;

/** `one two three · four five six`: halves, because that is what an ear keeps. */
export function inWords(block: string): Plain {
  const names = Array.from(block, (digit) => spoken[Number(digit)] ?? digit);
  return plain`${names.slice(0, 3).join(' ')} · ${names.slice(3).join(' ')}`;
}

const words = (blocks: readonly string[]): Container => ({
  ...box('emphasis', blocks.map((block, index): Element => ({
    type: 'RichTextBlock',
    spacing: index === 0 ? 'none' : 'small',
    inlines: [
      { type: 'TextRun', text: plain`${index + 1}\u2002`, isSubtle: true },
      { type: 'TextRun', text: inWords(block), weight: 'bolder' },
    ],
  })), { id: 'words', spacing: 'medium' }),
  isVisible: false,
});
