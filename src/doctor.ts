// npm run doctor: is Keydesk set up as it should be? Looks, says what to do, changes nothing, reads no key.

import { styleText } from 'node:util';
import { ConfigError } from './config/read-config.ts';
import type { Verdict } from './doctor/check.ts';
import { checks } from './doctor/checks.ts';
import { type DoctorCommand, exitCodes, help, readCommand } from './doctor/command.ts';
import { configured, examine, isRed, misconfigured, type Told } from './doctor/examine.ts';
import { installationIn } from './doctor/installation.ts';
import type { Patient } from './doctor/patient.ts';
import { headOf, jsonOf, rowOf, sumOf, widthIn } from './doctor/table.ts';

type Run = Extract<DoctorCommand, { kind: 'run' }>;

async function main(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const command = readCommand(args);
  switch (command.kind) {
    case 'help':
      console.log(help);
      return exitCodes.green;
    case 'wrong':
      console.error(command.message);
      return exitCodes.wrongUsage;
    case 'run':
      return run(command, env);
  }
}

async function run(command: Run, env: NodeJS.ProcessEnv): Promise<number> {
  const tell = teller(command);
  const told = await findings(command, env, tell);
  const red = isRed(told);
  console.log(command.json ? jsonOf(told, red) : `\n${sumOf(told)}`);
  return red ? exitCodes.red : exitCodes.green;
}

async function findings(command: Run, env: NodeJS.ProcessEnv, tell: (told: Told) => void): Promise<readonly Told[]> {
  let patient: Patient;
  try {
    patient = await patientFor(command, env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const told = misconfigured(error);
    told.forEach(tell);
    return told;
  }
  try {
    tell(configured);
    return [configured, ...(await examine(patient, checks, tell))];
  } finally {
    await patient.close();
  }
}

/** The demo's part is loaded for a demo alone: an installation has none of its packages. */
const patientFor = async ({ demo, endpoint }: Run, env: NodeJS.ProcessEnv): Promise<Patient> =>
  demo ? (await import('./doctor/demo.ts')).demoIn(env) : installationIn(env, endpoint);

const colours = { ok: 'green', warning: 'yellow', broken: 'red', 'not checked': 'gray' } as const satisfies Record<Verdict, string>;
const coloured = (verdict: Verdict, text: string): string => styleText(colours[verdict], text, { stream: process.stdout });

/** For people each finding at once; for scripts signs of life beside the one object at the end. */
function teller({ json }: Run): (told: Told) => void {
  if (json) return ({ finding: { verdict, what } }) => console.error(`… ${what}: ${verdict}`);
  const width = widthIn(process.stdout.columns);
  console.log(headOf(width).join('\n'));
  return (told) => console.log(rowOf(told, width, coloured).join('\n'));
}

// A reader that has seen enough (| head) is no error.
process.stdout.on('error', (error) => process.exit('code' in error && error.code === 'EPIPE' ? exitCodes.green : exitCodes.red));
try {
  process.exitCode = await main(process.argv.slice(2), process.env);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = exitCodes.red;
}
