// The command line of `npm run doctor`, and how it ends.

import { parseArgs } from 'node:util';

export const exitCodes = { green: 0, red: 1, wrongUsage: 2 } as const;

export const help = `npm run doctor -- [--json] [--demo] [--endpoint https://your.host]
  Looks whether Keydesk is set up as it should be: configuration, database, ledger, clock, tokens, permissions, groups,
  policies, who reads keys around Keydesk, and the bot's endpoint. Says what to do about what it finds. Changes nothing,
  and never reads a key.
  --json       one JSON object: verdict (green or red), and findings with check, verdict, what, found and remedy
  --demo       the demo that runs on this machine (PORT, KEYDESK_SIM_PORT and KEYDESK_DATA_DIR as it has them)
  --endpoint   where Teams reaches the service; KEYDESK_PUBLIC_URL when absent

Reads the settings of the service from the environment (docs/operations.md).

Exit codes
  0  green: nothing is broken (warnings, and what could not be looked at, are allowed)
  1  red: something is broken
  2  wrong usage`;

export type DoctorCommand =
  | { readonly kind: 'run'; readonly json: boolean; readonly demo: boolean; readonly endpoint?: string }
  | { readonly kind: 'help' }
  /** What was not understood. */
  | { readonly kind: 'wrong'; readonly message: string };

const flags = { json: { type: 'boolean', default: false }, demo: { type: 'boolean', default: false }, endpoint: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } } as const;

/** Never throws. */
export function readCommand(args: readonly string[]): DoctorCommand {
  try {
    const { values: { help: wantsHelp, json, demo, endpoint } } = parseArgs({ args: [...args], options: flags });
    if (wantsHelp) return { kind: 'help' };
    if (demo && endpoint !== undefined) return { kind: 'wrong', message: '--endpoint says where Teams reaches the service; a demo is reached from this machine only.' };
    return { kind: 'run', json, demo, ...(endpoint !== undefined && { endpoint }) };
  } catch (error) {
    return { kind: 'wrong', message: `${error instanceof Error ? error.message : String(error)}\n"npm run doctor -- --help" says what there is.` };
  }
}
