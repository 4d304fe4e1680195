import assert from 'node:assert/strict';
import { attributes, type AttributeName, listed, metrics, spans } from '../../src/telemetry/vocabulary.ts';
import { graphRoutes } from '../../src/telemetry/graph-routes.ts';
import { filesBelow, readText } from '../support/house/sources.ts';

const names = Object.keys(attributes) as AttributeName[];

/** The rows of the table under a heading of the third level: the words in backticks of each cell. */
const tableUnder = (heading: string, markdown: string): readonly (readonly (readonly string[])[])[] => {
  const section = markdown.split(/^##+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const [, , ...lines] = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.map((line) => line.split('|').slice(1, -1).map((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word ?? '')));
};

describe('the vocabulary of telemetry', () => {
  it('lets pass what it lists, makes any other value `other`, and drops names that do not belong', () => {
    assert.deepEqual(listed({ 'keydesk.turn.kind': 'message', 'keydesk.turn.verb': 'reveal' }, spans['keydesk.turn']), { 'keydesk.turn.kind': 'message', 'keydesk.turn.verb': 'reveal' });
    for (const hostile of ['LAPTOP-42', 'Alex Wilber', 'reveal ', 'REVEAL', '', 7, Number.NaN]) assert.deepEqual(listed({ 'keydesk.turn.verb': hostile }, spans['keydesk.turn']), { 'keydesk.turn.verb': 'other' }, String(hostile));
    for (const hostile of ['200', Number.NaN, Number.POSITIVE_INFINITY]) assert.deepEqual(listed({ 'http.response.status_code': hostile }, spans['keydesk.graph.call']), {}, String(hostile));
    assert.deepEqual(listed({ 'http.response.status_code': 200, 'keydesk.ledger.act': 'asked' }, spans['keydesk.graph.call']), { 'http.response.status_code': 200 });
    const smuggled = Object.assign({ 'keydesk.turn.kind': 'message' }, { device: 'LAPTOP-42' });
    assert.deepEqual(listed(smuggled, spans['keydesk.turn']), { 'keydesk.turn.kind': 'message' });
  });

  it('has for every attribute a number or a list with `other` in it, and uses each', () => {
    const used = new Set<AttributeName>([...Object.values(spans).flat(), ...Object.values(metrics).flatMap(({ has }): readonly AttributeName[] => has)]);
    for (const name of names) {
      assert.ok(used.has(name), name);
      const values: 'number' | readonly string[] = attributes[name];
      assert.ok(values === 'number' || values.includes('other'), name);
    }
  });

  it('knows every question that the source asks Graph', () => {
    const written = filesBelow('src/graph').flatMap((path) => [...readText(path).matchAll(/\bodata`([^`]+)`/g)].map(([, text]) => (text ?? '').replaceAll(/\$\{\w+\}/g, '{}')));
    const questions = new Set(written.filter((text) => !text.includes('eq {}&$select') && /^[a-z]/i.test(text)));
    const known = new Set<string>(graphRoutes.map((route) => route.replace(/^(?:GET|POST) (?:beta\/)?/, '')));
    // Two stand in a comment that explains how a value gets into a URL.
    assert.deepEqual([...questions].filter((text) => !known.has(text)), []);
    assert.deepEqual([...known].filter((text) => !questions.has(text)), [], 'asked no longer');
    assert.ok(graphRoutes.every((route) => !/\d{4}|[0-9a-f]{8}-/.test(route)), 'no value stands in a route');
  });

  it('stands in docs/operations.md, word for word', () => {
    const operations = readText('docs/operations.md');
    const sorted = (rows: readonly (readonly string[])[]) => Object.fromEntries(rows.map(([name = '', ...rest]) => [name, rest.toSorted()]));
    assert.deepEqual(sorted(tableUnder('Spans', operations).map(([name = [], , has = []]) => [...name, ...has])), sorted(Object.entries(spans).map(([name, has]) => [name, ...has])));
    const inCode = Object.entries(metrics).map(([name, { kind, unit, has }]) => [name, kind, unit, ...has]);
    assert.deepEqual(sorted(tableUnder('Metrics', operations).map((cells) => cells.flat())), sorted(inCode));
    assert.deepEqual(tableUnder('Attributes', operations).map(([name]) => name?.[0] ?? '').toSorted(), names.toSorted());
  });
});
