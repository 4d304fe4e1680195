// The manifest against Microsoft's schema, and against what Keydesk understands and needs.

import assert from 'node:assert/strict';
import { Ajv } from 'ajv';
import { z } from 'zod';
import { parseCommand } from '../../src/domain/command.ts';
import { defaultSettings } from '../../src/domain/settings.ts';
import { manifestShape } from '../../src/package/manifest.ts';
import { filesBelow, readText } from '../support/house/sources.ts';
import { material } from '../support/material.ts';
import { packed, textOf } from '../support/package/packed.ts';

const raw: unknown = JSON.parse(textOf(packed(), 'manifest.json'));
const manifest = manifestShape.parse(raw);
const lists = manifest.bots.flatMap((bot) => bot.commandLists.flatMap((list) => list.scopes.map((scope) => ({ scope, commands: list.commands }))));
const hear = (text: string, scope: string) => parseCommand(text, { privateChat: scope === 'personal', ticketPattern: defaultSettings.ticketPattern });

describe('the manifest', () => {
  it('is valid against Microsoft’s schema, and its twin with a wrong part is not', function () {
    const schema = z.looseObject({ properties: z.looseObject({ manifestVersion: z.object({ const: z.string() }) }) }).safeParse(material('manifest/MicrosoftTeams.schema.json')).data;
    if (schema === undefined) return this.skip();
    const { $schema: _, ...rest } = schema;
    const validate = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(rest);
    assert.ok(validate(raw), JSON.stringify(validate.errors));
    assert.equal(manifest.manifestVersion, schema.properties.manifestVersion.const);
    for (const wrong of [{ ...manifest, accentColor: 'blue' }, { ...manifest, more: 1 }, { ...manifest, id: 'keydesk' }]) assert.equal(validate(wrong), false);
  });

  it('names the schema of the version that it says', () => {
    for (const name of ['manifest.json', 'de.json']) {
      const { $schema } = z.looseObject({ $schema: z.string() }).parse(JSON.parse(textOf(packed(), name)));
      assert.ok($schema.startsWith(`https://developer.microsoft.com/json-schemas/teams/v${manifest.manifestVersion}/MicrosoftTeams.`), name);
    }
  });

  it('offers commands in every scope in which the bot is, and everywhere help', () => {
    assert.deepEqual(lists.map(({ scope }) => scope).toSorted(), [...(manifest.bots[0]?.scopes ?? [])].toSorted());
    for (const { commands } of lists) assert.ok(commands.some(({ title }) => title === 'help'));
  });

  for (const { scope, commands } of lists) {
    it(`offers commands that Keydesk understands: ${scope}`, () => {
      for (const { title, description } of commands) {
        const example = / For example: (?<text>.+)$/.exec(description)?.groups?.['text'];
        assert.ok(example === undefined || example.startsWith(`${title} `), `${title}: ${example}`);
        const { kind } = hear(example ?? title, scope);
        assert.notEqual(kind, 'suggestion', `${scope}: ${example ?? title}`);
        // Sent as it was picked, without the rest, it is answered by what to write behind it.
        const bare = hear(title, scope);
        assert.ok(bare.kind !== 'key' && (bare.kind !== 'suggestion' || bare.nearest.startsWith(title)), `${scope}: ${title} → ${JSON.stringify(bare)}`);
      }
    });
  }

  it('would notice a command that Keydesk does not understand', () => {
    assert.deepEqual(['unlock LAPTOP-42', 'rotate'].map((text) => hear(text, 'team').kind), ['suggestion', 'suggestion']);
  });

  it('has each of its texts in the other language at its place', () => {
    const places = ['name.short', 'name.full', 'description.short', 'description.full'];
    const german = z.record(z.string(), z.string()).parse(JSON.parse(textOf(packed(), 'de.json')));
    assert.deepEqual(Object.keys(german).filter((key) => key !== '$schema'), places);
    assert.notEqual(german['description.short'], manifest.description.short);
  });

  it('has a source for every icon, and packs no source', () => {
    for (const name of Object.values(manifest.icons)) assert.ok(readText(`appPackage/icons/${name.replace('.png', '.svg')}`).includes('<svg'));
    assert.ok(filesBelow('appPackage').every((path) => path.includes('/build/') || /\/(?:manifest|de)\.json$|\.png$|\/icons\/\w+\.svg$/.test(path)));
  });
});
