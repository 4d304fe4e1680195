import assert from 'node:assert/strict';
import { assert as check, asyncProperty, constantFrom, oneof, string } from 'fast-check';
import { folded, isAskable, odata } from '../../src/graph/odata.ts';
import { faultOf, graphAt, never } from '../support/graph-at.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';

const hostile = ["O'BRIEN-PC", "''", 'A&$top=999', 'a#b', '100%', 'a+b', '"quoted"', 'Bücher-PC', '日本', 'https://evil.example/x?y=z', "x') or startswith(displayName,'", '%27', '[click](https://evil.example) <at>x</at>', 'a/../b', '🖥'];

/** Our own reading of one string literal of OData; undefined when the text is none or holds more. */
function literal(text: string): string | undefined {
  return /^'(?:[^']|'')*'$/.test(text) ? text.slice(1, -1).replaceAll("''", "'") : undefined;
}

/** What a server makes of a raw URL: the options by name, each of which must stand there once. */
function optionsOf(url: string): ReadonlyMap<string, string> {
  const pairs = [...new URLSearchParams(url.slice(url.indexOf('?') + 1))];
  assert.equal(new Set(pairs.map(([name]) => name)).size, pairs.length);
  return new Map(pairs);
}

describe('graph/odata', () => {
  it('doubles quotes and percent-encodes what else a name may hold', () => {
    assert.equal(odata`devices?$filter=displayName eq ${"O'BRIEN & PC"}`.path, "devices?$filter=displayName%20eq%20'O''BRIEN%20%26%20PC'");
  });

  it('keeps values out of the template', () => {
    assert.equal(odata`devices?$filter=displayName eq ${'LAPTOP-42'}`.template, 'devices?$filter=displayName eq {}');
  });

  it('takes a GUID in the path and nothing else', async () => {
    assert.equal(odata`devices/${'A1E00000-0000-4000-8000-000000000001'}/registeredOwners`.path, 'devices/a1e00000-0000-4000-8000-000000000001/registeredOwners');
    for (const other of ['..', 'me', 'a/b', '', '00000000-0000-0000-0000-000000000000']) {
      const fault = await faultOf(Promise.resolve().then(() => odata`devices/${other}`));
      assert.equal(fault.code, 'internal');
    }
  });

  it('writes a time behind a property of time, and takes nothing else there', async () => {
    assert.equal(odata`x?$filter=category eq ${'a'} and activityDateTime ge ${'2026-11-22T09:00:00.000Z'}`.path, "x?$filter=category%20eq%20'a'%20and%20activityDateTime%20ge%202026-11-22T09:00:00.000Z");
    for (const other of ['2026-11-22', '2026-11-22T09:00:00Z', "2026-11-22T09:00:00.000Z' or x", 'now', '']) {
      assert.equal((await faultOf(Promise.resolve().then(() => odata`x?$filter=activityDateTime le ${other}`))).code, 'internal');
    }
  });

  it('takes no empty, endless or ill-formed text', async () => {
    for (const text of ['', '   ', 'x'.repeat(257), '\ud800']) {
      assert.equal(isAskable(text), false);
      assert.equal((await faultOf(Promise.resolve().then(() => odata`devices?$filter=displayName eq ${text}`))).code, 'internal');
    }
    assert.equal(isAskable('x'.repeat(256)), true);
  });

  it('takes no value outside path and $filter', async () => {
    assert.equal((await faultOf(Promise.resolve().then(() => odata`devices?$top=${'5'}`))).code, 'internal');
  });

  it('folds case and composed letters', () => {
    assert.equal(folded('BÜRO-1'), folded('bu\u0308ro-1'));
    assert.notEqual(folded('BURO-1'), folded('BÜRO-1'));
  });

  describe('on the wire, after the SDK', () => {
    let upstream: ScriptedUpstream;
    before(async () => {
      upstream = await startScriptedUpstream();
      upstream.always(() => ({ body: { value: [] } }));
    });
    after(() => upstream.stop());

    const sent = async (name: string): Promise<string> => {
      const { graph } = graphAt(upstream.origin);
      await graph.directory.devicesNamed(name, never());
      graph.stop();
      return upstream.arrived.at(-1)?.url ?? '';
    };

    for (const name of hostile) {
      it(`sends ${JSON.stringify(name)} as one literal`, async () => {
        const options = optionsOf(await sent(name));
        assert.deepEqual([...options.keys()].sort(), ['$filter', '$select']);
        assert.equal(literal(options.get('$filter')?.slice('displayName eq '.length) ?? ''), name);
      });
    }

    it('sends any name as one literal, whole', async () => {
      const { graph } = graphAt(upstream.origin);
      const name = string({ unit: oneof(constantFrom("'", '&', '#', '%', '+', '"', '=', '?', '/', '\\', '(', ')', ' ', 'é', '\u0000', '\n'), string({ unit: 'grapheme', minLength: 1, maxLength: 1 })), maxLength: 40 });
      await check(
        asyncProperty(name.filter(isAskable), async (text) => {
          await graph.directory.devicesNamed(text, never());
          const options = optionsOf(upstream.arrived.at(-1)?.url ?? '');
          assert.deepEqual([...options.keys()].sort(), ['$filter', '$select']);
          assert.equal(literal(options.get('$filter')?.slice('displayName eq '.length) ?? ''), text);
        }),
        { numRuns: 300 },
      );
      graph.stop();
    });
  });
});
