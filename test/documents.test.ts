import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ownCodes } from '../src/api/problems.ts';
import { holdsSecret } from '../src/config/env-files.ts';
import { faultCodes } from '../src/domain/fault.ts';
import { refusalCodes } from '../src/domain/refusal.ts';
import { faultsOfConfig, namesInCode, namesReadAtStart, namesWithoutFiles, onlyInEnvironment, settingsIn, settingsTold, toolkitNames } from './support/house/settings.ts';
import { codesUnder, emptyCells, linkedFrom, missingParts, namedIn, scriptsIn } from './support/house/papers.ts';
import { filesBelow, readText, root } from './support/house/sources.ts';

const papers = ['README.md', ...['docs', '.github'].flatMap(filesBelow).filter((path) => path.endsWith('.md'))];
const scripts = (JSON.parse(readText('package.json')) as { readonly scripts: Readonly<Record<string, string>> }).scripts;
const errors = readText('docs/errors.md');

/** What is kept in the repository: tracked files, and new ones that are not ignored. In a copy without git: all below the known folders. */
function ownFiles(): readonly string[] {
  const folders = ['src', 'test', 'docs', 'env', '.ci', '.github'];
  try {
    const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return listed.split('\n').filter((path) => path !== '' && existsSync(join(root, path)));
  } catch {
    return [...folders.flatMap(filesBelow), 'README.md', 'package.json', 'package-lock.json', 'tsconfig.json'];
  }
}
const texts = ownFiles().filter((path) => /\.(?:ts|mjs|js|json|md|yml|yaml|sql|sample|txt)$|\/run$/.test(path));

describe('documents: errors.md', () => {
  it('names every refusal, every fault and every problem of the API exactly once, in the order of the code', () => {
    assert.deepEqual(codesUnder('Refusals', errors), refusalCodes);
    assert.deepEqual(codesUnder('Faults', errors), faultCodes);
    assert.deepEqual(codesUnder('Problems of the API', errors), ownCodes);
  });

  it('has words for each: what happened, what the person can do, what the operator does', () => {
    assert.deepEqual(emptyCells(errors), []);
  });

  it('would notice a code that is missing, double or without words', () => {
    const table = '## Refusals\n\n| code | a | b | c |\n|---|---|---|---|\n| `one` | words | words | words |\n| `two` | words | | words |\n| `one` | words | words | words |\n\n## Faults\n';
    assert.deepEqual(codesUnder('Refusals', table), ['one', 'two', 'one']);
    assert.deepEqual(emptyCells(table), ['| `two` | words | | words |']);
  });
});

describe('documents: what they name is there', () => {
  it('has a script for every command that is named', () => {
    const named = papers.flatMap((path) => scriptsIn(readText(path)).map((script) => ({ path, script })));
    assert.ok(named.length > 5);
    for (const { path, script } of named) assert.ok(script in scripts, `${path}: npm run ${script}`);
    for (const command of ['npm ci && npm run demo', 'npm test']) assert.ok(readText('README.md').includes(command), command);
    assert.deepEqual(scriptsIn('`npm run no-such:thing -- --x` and npm test'), ['no-such:thing', 'test']);
  });

  it('has a file behind every script', () => {
    const files = Object.entries(scripts).flatMap(([name, command]) => [...command.matchAll(/\b(?:src|test)\/[\w./-]+\.(?:ts|mjs)\b/g)].map(([file]) => ({ name, file })));
    assert.ok(files.length > 5);
    for (const { name, file } of files) assert.ok(existsSync(join(root, file)), `npm run ${name}: ${file}`);
  });

  for (const path of papers) {
    it(`resolves every link and every file named in ${path}`, () => {
      const text = readText(path);
      for (const target of [...linkedFrom(path, text), ...namedIn(text)]) assert.ok(existsSync(join(root, target)), target);
    });
  }

  it('would notice a link to nowhere', () => {
    assert.deepEqual(linkedFrom('docs/a.md', '[x](b.md#part) ![y](../pictures/y.png) [z](https://example.com) [w](#here)'), ['docs/b.md', 'pictures/y.png']);
    assert.deepEqual(namedIn('`src/domain/x.ts` and `test/y` but not `npm test` or `src/*.ts`'), ['src/domain/x.ts', 'test/y']);
  });
});

describe('documents: settings', () => {
  const operations = readText('docs/operations.md');
  const samples = ['env/.env.dev', 'env/.env.local', 'env/.env.playground', 'env/.env.dev.user.sample', 'env/.env.local.user.sample'];
  const read = namesWithoutFiles([...namesReadAtStart(), ...namesInCode(filesBelow('src').map(readText))]);
  const written = samples.flatMap((path) => settingsIn(readText(path)).map((setting) => ({ path, ...setting })));
  const ours = [...new Set(written.map(({ name }) => name).filter((name) => !toolkitNames.has(name)))];
  const sorted = (names: Iterable<string>): readonly string[] => [...new Set(names)].sort();

  it('are the same in the code, in docs/operations.md and in the samples', () => {
    assert.ok(read.length > 40);
    assert.deepEqual(sorted(settingsTold(operations)), sorted(read), 'the tables under "Settings"');
    assert.deepEqual(sorted([...ours, ...onlyInEnvironment]), sorted(read), 'env/');
  });

  it('stand once in a sample, each below a comment of its own', () => {
    for (const path of samples) {
      const here = written.filter((setting) => setting.path === path);
      assert.ok(here.length > 3, path);
      assert.deepEqual(here.map(({ name }) => name), [...new Set(here.map(({ name }) => name))], path);
      for (const { name, comment } of here) assert.match(comment, /\p{L}{2}/u, `${path}: ${name}`);
    }
  });

  it('hold no secret: those have their own samples, without a value and marked for the Toolkit', () => {
    for (const { path, marked, value } of written) assert.deepEqual([marked, marked && value !== ''], [path.endsWith('.user.sample'), false], path);
    const secrets = written.filter(({ path, name }) => path === 'env/.env.dev.user.sample' && !toolkitNames.has(name)).map(({ name }) => name);
    assert.deepEqual(sorted(secrets), sorted(read.filter(holdsSecret)));
    const asked = namesReadAtStart();
    assert.deepEqual(sorted(secrets), sorted([...asked.filter((name) => asked.includes(`${name}_FILE`)), 'DATABASE_OWNER_URL']), 'what may come as a file is a secret, and nothing else');
  });

  it('in the samples are all understood: what is filled in there is no fault', () => {
    for (const path of samples.slice(0, 2)) {
      const env = Object.fromEntries(written.filter((setting) => setting.path === path).map(({ name, value }) => [name, value]));
      const wrong = faultsOfConfig(env).filter((name) => (env[name] ?? '') !== '');
      assert.deepEqual(wrong, [], path);
    }
  });

  it('would be noticed when one is read, told or sampled and the others do not know of it', () => {
    assert.deepEqual(namesInCode(["env['KEYDESK_NEW']; portIn(env, 'PORT', 1)"]), ['KEYDESK_NEW', 'PORT']);
    assert.deepEqual(namesWithoutFiles(['KEYDESK_A', 'KEYDESK_A_FILE', 'KEYDESK_B_FILE']), ['KEYDESK_A', 'KEYDESK_B_FILE']);
    assert.deepEqual(settingsTold('## Settings\n\n| variable | meaning | default |\n|---|---|---|\n| `KEYDESK_A` | x | – |\n\n## Next\n\n| `KEYDESK_B` | x | – |\n'), ['KEYDESK_A']);
    assert.deepEqual(settingsIn('# what\n# it is\nA=1\nSECRET_B=\n'), [{ name: 'A', value: '1', comment: '# it is', marked: false }, { name: 'B', value: '', comment: '', marked: true }]);
  });
});

describe('documents: decisions', () => {
  const records = filesBelow('docs/decisions');

  it('are numbered without a gap', () => {
    assert.ok(records.length >= 4);
    assert.deepEqual(records.map((path) => Number(/(\d{4})-[a-z0-9-]+\.md$/.exec(path)?.[1])), records.map((_path, index) => index + 1));
  });

  for (const path of records) {
    it(`say what, why, the choice, what was given up and how we would know that it was wrong: ${path}`, () => {
      const record = readText(path);
      assert.deepEqual(missingParts(record), []);
      assert.match(record, new RegExp(`^# ${Number(/(\d{4})/.exec(path)?.[1])}\\. \\S`));
    });
  }

  it('would be noticed without a part, or with an empty one', () => {
    const whole = '# 1. X\n\n**What.** a\n\n**Why.** b\n\n**Choice.** c\n\n**Given up.** d\n\n**We would know it was wrong** if e\n';
    assert.deepEqual(missingParts(whole), []);
    assert.deepEqual(missingParts(whole.replace('**Given up.** d\n', '')), ['Given up']);
    assert.deepEqual(missingParts(whole.replace('**Why.** b', '**Why.** ')), ['Why']);
    assert.deepEqual(missingParts(whole.replace('**What.** a\n\n**Why.** b', '**Why.** b\n\n**What.** a')), ['Why']);
  });
});

describe('documents: what stands nowhere in the repository', () => {
  const lines = (pattern: RegExp, paths: readonly string[]): readonly string[] =>
    paths.flatMap((path) => readText(path).split('\n').flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim().slice(0, 120)}`] : [])));
  // Put together, so that this file does not hold what it looks for.
  const anyOf = (...words: readonly (readonly string[])[]): RegExp => new RegExp(words.map((word) => word.join('')).join('|'), 'i');

  it('reads the whole repository', () => {
    assert.ok(texts.length > 100 && texts.includes('src/domain/ids.ts') && texts.includes('README.md'));
  });

  it('no work left open', () => {
    const open = anyOf(['\\bTO', 'DO\\b'], ['\\bFIX', 'ME\\b'], ['\\bX', 'XX\\b']);
    assert.match(['// TO', 'DO: later'].join(''), open);
    assert.deepEqual(lines(open, texts.filter((path) => path !== 'package-lock.json')), []);
  });

  it('no address of a package registry: which mirror somebody uses is their own business, and npm knows the public one', () => {
    const registries = anyOf(['registry\\.', 'npmjs'], ['registry\\.', 'yarnpkg'], ['npm\\.pkg\\.', 'github'], ['pkgs\\.dev\\.', 'azure'], ['jfrog', '\\.io'], ['_auth', 'Token']);
    assert.match(['https://registry.', 'npmjs.org/'].join(''), registries);
    assert.deepEqual(lines(registries, texts), []);
    assert.deepEqual(lines(/"resolved": "(?!file:|test\/)/, ['package-lock.json']), [], 'the lockfile holds packages by integrity alone');
  });

  it('no recovery password in a paper', () => {
    const papersWithDigits = papers.filter((path) => /\d{6}(?:[ -]?\d{6}){7}/.test(readText(path)));
    assert.deepEqual(papersWithDigits, []);
  });
});
