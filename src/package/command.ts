import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildPackage } from './build.ts';
import { examine } from './examine.ts';
import type { Finding } from './finding.ts';
import { PackageError } from './package-error.ts';
import { schemaJudge } from './schema.ts';
import { readValues } from './values.ts';

export const help = `npm run package -- [--env NAME] [--schema FILE]
npm run package -- --check [--env NAME] [--schema FILE] [ZIP]

Makes appPackage/build/appPackage.NAME.zip from appPackage/ and the values of env/.env.NAME and env/.env.NAME.user (NAME: dev,
unless said), and checks whether Teams would take it; what would not be taken is not written. With --check only that, for
the zip that is there, or another one. Nobody is asked over the network.

  --schema FILE  Microsoft's schema of the manifest, as downloaded, is asked too

Exit codes: 0 Teams would take it, 1 not, 2 wrong usage`;

const exitCodes = { done: 0, refused: 1, wrongUsage: 2 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export interface Surroundings {
  /** The folder with appPackage/ and env/. */
  readonly root: string;
  readonly out: (line: string) => void;
  readonly complain: (line: string) => void;
}

export function run(args: readonly string[], { root, out, complain }: Surroundings): ExitCode {
  const usage = usageOf(args);
  if (typeof usage === 'string') {
    complain(usage);
    return exitCodes.wrongUsage;
  }
  if (usage.help) {
    out(help);
    return exitCodes.done;
  }
  const folder = join(root, 'appPackage');
  const path = usage.zip ?? join(folder, 'build', `appPackage.${usage.environment}.zip`);
  try {
    const bySchema = usage.schema === undefined ? undefined : schemaJudge(usage.schema);
    const zip = usage.check ? readZip(path) : buildPackage(folder, readValues(join(root, 'env'), usage.environment), usage.environment);
    const findings = examine(zip, bySchema);
    if (findings.length > 0) {
      for (const line of linesOf(findings)) complain(line);
      return exitCodes.refused;
    }
    if (!usage.check) write(path, zip);
    out(`${path}: Teams would take it, as far as it can be told here${usage.schema === undefined ? '' : ' and by the schema'}.`);
    return exitCodes.done;
  } catch (error) {
    if (!(error instanceof PackageError)) throw error;
    complain(`${error.message} ${error.remedy}`);
    return exitCodes.refused;
  }
}

interface Usage {
  readonly help: boolean;
  readonly check: boolean;
  readonly environment: string;
  readonly schema?: string;
  readonly zip?: string;
}

/** @returns what is wrong, in words */
function usageOf(args: readonly string[]): Usage | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { env: { type: 'string', default: 'dev' }, check: { type: 'boolean', default: false }, schema: { type: 'string' }, help: { type: 'boolean', default: false } },
      allowPositionals: true,
      strict: true,
    });
    const [zip, ...more] = positionals;
    if (more.length > 0 || (zip !== undefined && !values.check)) return `This takes no ${[...(values.check ? [] : [zip]), ...more].join(' ')}. "npm run package -- --help" says what there is.`;
    return { help: values.help, check: values.check, environment: values.env, ...(values.schema !== undefined && { schema: values.schema }), ...(zip !== undefined && { zip }) };
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)} "npm run package -- --help" says what there is.`;
  }
}

function readZip(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch {
    throw new PackageError(`${path} cannot be read.`, 'Make it with "npm run package", without --check.');
  }
}

function write(path: string, zip: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, zip);
}

const linesOf = (findings: readonly Finding[]): readonly string[] => [
  `Teams would not take the package; ${findings.length === 1 ? 'one thing is' : `${findings.length} things are`} wrong:`,
  ...findings.map(({ where, what, remedy }) => `  ${where} ${what}. ${remedy}`),
];
