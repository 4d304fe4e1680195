// What holds for every card, whatever it says (product.md §10, style.md "Cards that read well").

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import draft6 from 'ajv/dist/refs/json-schema-draft-06.json' with { type: 'json' };
import MarkdownIt from 'markdown-it';
import { holdsRecoveryPassword } from '../../../src/domain/recovery-password.ts';
import { showsRecoveryPassword } from './holds-key.ts';
import { asPlainClient, elementsOf } from './find.ts';
import { doubtfulPassword, password } from './people-and-devices.ts';
import { allSamples, openSamples, revealedSamples } from './samples.ts';

// The package's main entry does not load in Node; its bundle does, without a DOM.
const renderer: typeof import('adaptivecards') = createRequire(import.meta.url)('adaptivecards/dist/adaptivecards.js');
const schemaFile = new URL('../../../../shared/material/cards/adaptive-card-1.5.0.schema.json', import.meta.url);

const typesIn = (json: unknown): readonly string[] => JSON.stringify(json).match(/"type":"(?!Column")[\w.]+"/g)?.sort() ?? [];
const spokenWithoutDrawing = ({ message: { card, summary } }: (typeof allSamples)[number]): string => `${summary} | ${card.speak} | ${card.fallbackText}`;

describe('every card', () => {
  for (const { name, message } of allSamples) {
    it(`is valid for the renderer of adaptivecards: ${name}`, () => {
      const context = new renderer.SerializationContext(renderer.Versions.v1_5);
      const parsed = new renderer.AdaptiveCard();
      // The renderer keeps one global expression for `lang` and refuses every second "en" with it.
      if (renderer.CardElement.langProperty.regEx !== undefined) renderer.CardElement.langProperty.regEx.lastIndex = 0;
      const card = asPlainClient(message.card);
      parsed.parse(card, context);
      const complaints = Array.from({ length: context.eventCount }, (_, index) => context.getEventAt(index).message);
      const wrong = parsed.validateProperties().validationEvents.map((event) => event.message);
      assert.deepEqual([...complaints, ...wrong], []);
      assert.deepEqual(typesIn(parsed.toJSON()), typesIn(card), 'the renderer drops nothing');
    });
  }

  it('is valid by the schema of Adaptive Cards 1.5', function () {
    if (!existsSync(schemaFile)) {
      console.log(`      skipped: there is no ${schemaFile.pathname}`);
      this.skip();
    }
    const { id: _id, ...schema } = JSON.parse(readFileSync(schemaFile, 'utf8'));
    const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: false });
    ajv.addMetaSchema(draft6);
    const valid = ajv.compile(schema);
    for (const { name, message } of allSamples) assert.ok(valid(asPlainClient(message.card)), `${name}: ${ajv.errorsText(valid.errors)}`);
    assert.ok(!valid({ ...allSamples[0]?.message.card, body: [{ type: 'TextBlock' }] }), 'the schema refuses what is wrong');
  });

  it('says what a chart shows in a sentence too, and draws it as rows where there are no charts', () => {
    let charts = 0;
    for (const { name, message } of allSamples) {
      const elements = elementsOf(message.card);
      for (const chart of elements) {
        if (chart.type !== 'Chart.HorizontalBar') continue;
        charts += 1;
        const said = elements.filter((element) => element.type === 'TextBlock').map(({ text }) => text);
        for (const { x, y } of chart.data) {
          assert.ok(said.some((text) => text.includes(`${x} ${y}`) && text.includes(',')), `${name}: ${x}`);
          assert.ok(elementsOf({ ...message.card, body: [chart.fallback] }).some((element) => element.type === 'TextBlock' && String(element.text) === String(x)), `${name}: ${x} as a row`);
        }
      }
    }
    assert.ok(charts > 2);
  });

  it('stays below 20 KB, has six buttons at most, and is version 1.5', () => {
    for (const { name, message } of allSamples) {
      assert.ok(Buffer.byteLength(JSON.stringify(message.card)) < 20_000, name);
      assert.ok((message.card.actions ?? []).length <= 6, name);
      assert.equal(message.card.version, '1.5');
    }
  });

  it('carries an id or the name of a list and an action in its data, where pages are turned their number, and nothing else', () => {
    let buttons = 0;
    for (const { name, message } of allSamples) {
      for (const action of message.card.actions ?? []) {
        if (action.type !== 'Action.Execute') continue;
        buttons += 1;
        assert.deepEqual(Object.keys(action.data).sort(), action.verb === 'fleet-page' ? ['action', 'list', 'page'] : action.verb.startsWith('audit-') ? ['action', 'page', 'reading'] : ['action', 'request'], name);
        assert.equal(action.data.action, action.verb, name);
        assert.equal(action.associatedInputs, ['reveal', 'choose', 'rotate', 'audit-send'].includes(action.verb) ? 'auto' : 'none', name);
      }
    }
    assert.ok(buttons > 20);
  });

  it('is destructive nowhere: a rotation erases nothing', () => {
    for (const { name, message } of allSamples) assert.doesNotMatch(JSON.stringify(message), /destructive/, name);
  });

  it('never refreshes itself', () => {
    for (const { name, message } of allSamples) assert.doesNotMatch(JSON.stringify(message), /"refresh"|"userIds"/, name);
  });

  it('wraps every text, and stands in two columns at most', () => {
    for (const { name, message } of allSamples) {
      for (const element of elementsOf(message.card)) {
        if (element.type === 'TextBlock') assert.equal(element.wrap, true, name);
        if (element.type === 'ColumnSet') assert.ok(element.columns.length <= 2, name);
      }
    }
  });

  it('says in words what an input is for and what is wrong with it', () => {
    for (const { name, message } of allSamples) {
      for (const element of elementsOf(message.card)) {
        if (element.type !== 'Input.Text' && element.type !== 'Input.ChoiceSet') continue;
        assert.ok(element.label.length > 3, `${name}, ${element.id}`);
        assert.ok(element.errorMessage.length > 10, `${name}, ${element.id}`);
      }
    }
  });

  it('begins with a heading and has a line that stands for it', () => {
    for (const sample of allSamples) {
      const [first] = sample.message.card.body;
      assert.ok(first?.type === 'TextBlock' && first.style === 'heading', sample.name);
      assert.ok(sample.message.summary.length > 10 && sample.message.summary.length < 250, sample.name);
    }
  });

  it('shows no link, no emphasis and no mention that a name brought along', () => {
    const markdown = new MarkdownIt();
    for (const { name, message } of allSamples) {
      for (const element of elementsOf(message.card)) {
        if (element.type !== 'TextBlock') continue;
        const tags = [...new Set(markdown.render(element.text).match(/<\w+/g))];
        assert.deepEqual(tags.filter((tag) => tag !== '<p' && tag !== '<strong'), [], `${name}: ${element.text}`);
      }
    }
  });
});

describe('a card that may be sent', () => {
  it('holds no recovery password, however its digits are spread', () => {
    for (const { name, message } of openSamples) {
      assert.ok(!holdsRecoveryPassword(JSON.stringify(message)), name);
      assert.ok(!showsRecoveryPassword(message), name);
      for (const block of [...password.blocks, ...doubtfulPassword.blocks]) assert.ok(!JSON.stringify(message).includes(block), name);
    }
  });
});

describe('the card that shows a recovery password', () => {
  it('is told from all others by its blocks', () => {
    for (const { name, message } of revealedSamples) assert.ok(showsRecoveryPassword(message.card), name);
  });

  it('says nothing of it where Teams keeps or announces messages', () => {
    for (const sample of revealedSamples) {
      assert.doesNotMatch(spokenWithoutDrawing(sample), /\d{6}/, sample.name);
      assert.ok(!showsRecoveryPassword(spokenWithoutDrawing(sample)), sample.name);
    }
  });
});
