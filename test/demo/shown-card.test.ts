import assert from 'node:assert/strict';
import { parseShownCard } from '../../src/demo/shown-card.ts';

const card = {
  type: 'AdaptiveCard',
  body: [
    { type: 'TextBlock', text: 'A **question**', wrap: true },
    { type: 'Container', items: [{ type: 'Input.ChoiceSet', id: 'reason', label: 'Reason', choices: [{ title: 'Other', value: 'other' }] }] },
    { type: 'Input.Text', id: 'ticket', label: 'Ticket', value: 'INC1' },
  ],
  actions: [
    { type: 'Action.Execute', title: 'Reveal', verb: 'reveal' },
    { type: 'Action.OpenUrl', title: 'Portal', url: 'https://entra.microsoft.com/' },
  ],
};

describe('demo: a card as a client got it', () => {
  it('has its text, its buttons that send something, and its inputs wherever they stand', () => {
    const shown = parseShownCard(card);
    assert.match(shown?.text ?? '', /^A question\n/);
    assert.deepEqual(shown?.verbs, ['reveal']);
    assert.deepEqual(shown?.inputs, [
      { id: 'reason', label: 'Reason', value: '', choices: [{ title: 'Other', value: 'other' }] },
      { id: 'ticket', label: 'Ticket', value: 'INC1', choices: [] },
    ]);
    assert.equal(shown?.holdsKey, false);
  });

  it('holds a key when eight blocks stand on it, and none when one is missing', () => {
    const blocks = ['720335', '380941', '576224', '038082', '074294', '160908', '591965', '704066'];
    const withBlocks = (shown: readonly string[]): unknown => ({
      type: 'AdaptiveCard',
      body: shown.map((block, index) => ({ type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: `${index + 1}\u2002` }, { type: 'TextRun', text: block }] })),
    });
    assert.equal(parseShownCard(withBlocks(blocks))?.holdsKey, true);
    assert.match(parseShownCard(withBlocks(blocks))?.text ?? '', /^1 720335\n2 380941\n/);
    assert.equal(parseShownCard(withBlocks(blocks.slice(1)))?.holdsKey, false);
  });

  it('is no card without a body, or of another type', () => {
    for (const other of [undefined, null, 'text', [], {}, { type: 'AdaptiveCard' }, { type: 'HeroCard', body: [] }]) assert.equal(parseShownCard(other), undefined);
  });
});
