import assert from 'node:assert/strict';
import { packageHomes, reachedFrom, rules, withBreach } from './support/house/rules.ts';
import { filesBelow, isPackage, readSources, readText, sourceOf } from './support/house/sources.ts';

const sources = readSources();

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}
const manifest = JSON.parse(readText('package.json')) as Manifest;

describe('architecture', () => {
  it('reads the imports of every source file', () => {
    assert.ok(sources.length > 50);
    const imported = (text: string) => sourceOf('src/teams/x.ts', text).imports;
    assert.deepEqual(imported("import { a } from './y.ts';\nimport type { B } from '../domain/b.ts';\nimport 'pg';\nexport { c } from \"node:fs\";"), [
      { target: 'src/teams/y.ts', typeOnly: false },
      { target: 'src/domain/b.ts', typeOnly: true },
      { target: 'node:fs', typeOnly: false },
      { target: 'pg', typeOnly: false },
    ]);
    assert.deepEqual(imported("import {\n  a,\n  type B,\n} from '@azure/identity/x';\nconst l: typeof import('zod') = require('zod');"), [
      { target: '@azure/identity', typeOnly: false },
      { target: 'zod', typeOnly: true },
      { target: 'zod', typeOnly: false },
    ]);
    assert.deepEqual(imported("// import { a } from 'pg';\n/* import 'pg';\nimport b from 'pg'; */\nconst url = 'http://x'; // import('pg')"), []);
  });

  it('finds every file that is imported, so that no misspelt path hides one', () => {
    const paths = new Set(filesBelow('src'));
    for (const { path, imports } of sources) for (const { target } of imports) if (target.startsWith('src/')) assert.ok(paths.has(target), `${path} imports ${target}`);
  });

  for (const rule of rules) {
    it(rule.title, () => assert.deepEqual(rule.find(sources), []));

    it(`notices a breach: ${rule.title}`, () => {
      const before = new Set(rule.find(sources));
      for (const breach of rule.breaches) {
        const found = rule.find(withBreach(sources, breach)).filter((finding) => !before.has(finding));
        assert.ok(found.length > 0, `unnoticed: ${breach.join(': ')}`);
      }
    });
  }

  it('ships no package that is only for development', () => {
    const reached = reachedFrom('src/main.ts', sources);
    assert.ok(reached.has('src/domain/reveal-key.ts'));
    const shipped = sources.filter(({ path }) => reached.has(path)).flatMap(({ path, imports }) => imports.filter((one) => isPackage(one) && !one.typeOnly).map(({ target }) => ({ path, target })));
    for (const { path, target } of shipped) assert.ok(target in manifest.dependencies, `${path} imports ${target}`);
  });

  it('has every dependency for a reason', () => {
    // Not imported: openai is a peer that teams-ai wants; adaptivecards is read by the tests, as the cards' judge.
    const unimported = new Set(['openai', 'adaptivecards']);
    const used = new Set(sources.flatMap(({ imports }) => imports.filter(isPackage).map(({ target }) => target)));
    for (const name of Object.keys(manifest.dependencies)) {
      assert.notEqual(used.has(name), unimported.has(name), name);
      assert.ok(unimported.has(name) || name in packageHomes, name);
    }
  });

  it('holds every package at one exact version', () => {
    const loose = /[\^~*x><| ]/;
    const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies });
    for (const [name, version] of versions) if (name !== '@types/node') assert.doesNotMatch(version, loose, name);
  });
});
