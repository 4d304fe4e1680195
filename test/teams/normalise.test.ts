import assert from 'node:assert/strict';
import { array, assert as holds, property, string } from 'fast-check';
import { mentionsIn, normalise } from '../../src/teams/normalise.ts';

const bot = '28:keydesk';
const mention = (id: string, text: string) => ({ type: 'mention', mentioned: { id, name: 'x' }, text });
const said = (text: string, ...entities: readonly unknown[]): string => normalise(text, mentionsIn(entities), bot);

describe('the text of a message', () => {
  it('loses a leading mention of the bot and its non-breaking blank', () => {
    assert.equal(said('<at>Keydesk</at>&nbsp;key for LAPTOP-42', mention(bot, '<at>Keydesk</at>')), 'key for LAPTOP-42');
    assert.equal(said('<at>Keydesk</at>\u00a0key for LAPTOP-42', mention(bot, '<at>Keydesk</at>')), 'key for LAPTOP-42');
  });

  it('loses every mention of the bot, wherever it stands and however many entities there are', () => {
    assert.equal(said('<at>Key</at> <at>desk</at> help', mention(bot, '<at>Key</at>'), mention(bot, '<at>desk</at>')), 'help');
    assert.equal(said('<at>Keydesk</at> key for <at>Keydesk</at>X1', mention(bot, '<at>Keydesk</at>')), 'key for X1');
  });

  it('keeps the mention of somebody else as the name', () => {
    const text = said('<at>Keydesk</at> key for <at>Adele Vance</at>', mention(bot, '<at>Keydesk</at>'), mention('29:adele', '<at>Adele Vance</at>'));
    assert.equal(text, 'key for Adele Vance');
  });

  it('keeps a tag that is no mention: a device may be called so', () => {
    assert.equal(said('key for [click](https://evil.example) <at>x</at>'), 'key for [click](https://evil.example) <at>x</at>');
    assert.equal(said('key for &lt;at&gt;x&lt;/at&gt;'), 'key for <at>x</at>');
  });

  it('decodes entities once', () => {
    assert.equal(said('a &amp;lt; b &#39;c&#x27; &quot;d&quot; &unknown; &#0; &#x110000;'), `a &lt; b 'c' "d" &unknown; &#0; &#x110000;`);
  });

  it('loses what cannot be seen and keeps line breaks', () => {
    assert.equal(said('\u200bkey\u200d for\u2060 \ufeffLAPTOP-42\u202e\nplease'), 'key for LAPTOP-42\nplease');
  });

  it('takes a mention with signs of replacement in it literally', () => {
    assert.equal(said('<at>$& $1</at> help', mention('29:x', '<at>$& $1</at>')), '$& $1 help');
  });

  it('bears malformed entities', () => {
    const odd = [undefined, null, 5, 'mention', {}, { type: 'mention' }, { type: 'mention', mentioned: null, text: 'x' }, { type: 'mention', mentioned: { id: bot } }, mention(bot, '')];
    assert.equal(said('key for X', ...odd), 'key for X');
    assert.deepEqual(mentionsIn('nonsense'), []);
    assert.deepEqual(mentionsIn(undefined), []);
  });

  it('never throws and never grows', () => {
    holds(
      property(string({ unit: 'binary' }), array(string()), (text, names) => {
        const entities = names.map((name, index) => mention(index % 2 === 0 ? bot : '29:x', name));
        assert.ok(normalise(text, mentionsIn(entities), bot).length <= text.length);
      }),
    );
  });
});
