// The command line and the environment of the demo: read whole, believed only when every part of it is understood.

import { parseArgs } from 'node:util';
import { commandEnvironment } from '../config/command-environment.ts';
import { cast, type CastMember, castMember } from './cast.ts';

/** Numbers of ports; 0 stands for any free one. */
export interface DemoPorts {
  readonly keydesk: number;
  readonly simulator: number;
  readonly playground: number;
  /** Absent: the port of the last start where it is free, else any free one. */
  readonly postgres?: number;
}

export interface DemoPlan {
  /** Plays this in the terminal instead of waiting for people. */
  readonly ask?: string;
  readonly speaker: CastMember;
  readonly devices: number;
  readonly playground: boolean;
  /** Temporary data, removed at the end. */
  readonly ephemeral: boolean;
  /** As given; relative to the folder that the demo was started in. */
  readonly dataFolder: string;
  readonly ports: DemoPorts;
}

export type DemoCommand =
  | { readonly kind: 'run'; readonly plan: DemoPlan }
  | { readonly kind: 'help' }
  /** What was not understood, and what was expected. */
  | { readonly kind: 'wrong'; readonly message: string };

const flags = {
  ask: { type: 'string' },
  as: { type: 'string', default: 'Alex' },
  devices: { type: 'string', default: '500' },
  'no-playground': { type: 'boolean', default: false },
  ephemeral: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const mostDevices = 200_000;

export const help = `npm run demo -- [flags]

Starts a PostgreSQL of its own, a simulated tenant, Keydesk and Microsoft's Agents Playground, all of it on this machine
only. Ctrl-C stops all of it.

--ask "key for LAPTOP-42"  plays that conversation in the terminal, without the Playground: cards as text, Reveal
                           pressed, the ledger shown. Exit code 0: the key was shown. 1: it was not.
--as <first name>          who speaks: ${cast.map((person) => person.name.split(' ')[0]).join(', ')} (default Alex)
--devices <number>         size of the simulated tenant, up to ${mostDevices} (default 500)
--no-playground            without the Playground
--ephemeral                with temporary data, removed at the end
--help                     this text

PORT                       Keydesk (3978)
KEYDESK_SIM_PORT           the simulated tenant (3979)
KEYDESK_PLAYGROUND_PORT    the Playground (56150)
KEYDESK_POSTGRES_PORT      PostgreSQL (any free one)
                           0 stands for any free port
KEYDESK_GRAPH_MODE         application, and nothing else: the Playground cannot sign anybody in
KEYDESK_DATA_DIR           where the data stays from one start to the next (.keydesk)

Exit code 2: a flag or a variable was not understood.`;

/** Never throws. @param env `process.env` */
export function readCommand(args: readonly string[], env: Readonly<Record<string, string | undefined>>): DemoCommand {
  try {
    const { values } = parseArgs({ args: [...args], options: flags });
    return values.help ? { kind: 'help' } : { kind: 'run', plan: planOf(values, commandEnvironment(env)) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'wrong', message: `${message}\n"npm run demo -- --help" says what there is.` };
  }
}

interface Given {
  readonly ask?: string;
  readonly as: string;
  readonly devices: string;
  readonly 'no-playground': boolean;
  readonly ephemeral: boolean;
}

function planOf(given: Given, env: Readonly<Record<string, string | undefined>>): DemoPlan {
  const { ask, ephemeral } = given;
  if ((env['KEYDESK_GRAPH_MODE'] ?? 'application') !== 'application') throw new Error('The demo runs in application mode: the Playground cannot sign anybody in, so that nothing could be done in a person’s name. Unset KEYDESK_GRAPH_MODE.');
  if (ask?.trim() === '') throw new Error('--ask wants the words that are said, for example --ask "key for LAPTOP-42".');
  const speaker = castMember(given.as);
  if (speaker === undefined) throw new Error(`--as wants the first name of somebody in the demo (${cast.map((person) => person.name.split(' ')[0]).join(', ')}), and got "${given.as}".`);
  const postgres = portIn(env, 'KEYDESK_POSTGRES_PORT', 0);
  return {
    ...(ask !== undefined && { ask }),
    speaker,
    devices: devicesIn(given.devices),
    playground: ask === undefined && !given['no-playground'],
    ephemeral,
    dataFolder: env['KEYDESK_DATA_DIR'] || '.keydesk',
    ports: {
      keydesk: portIn(env, 'PORT', 3978),
      simulator: portIn(env, 'KEYDESK_SIM_PORT', 3979),
      playground: portIn(env, 'KEYDESK_PLAYGROUND_PORT', 56_150),
      ...(postgres !== 0 && { postgres }),
    },
  };
}

function devicesIn(text: string): number {
  const devices = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  if (devices >= 1 && devices <= mostDevices) return devices;
  throw new Error(`--devices wants a number from 1 to ${mostDevices}, and got "${text}".`);
}

function portIn(env: Readonly<Record<string, string | undefined>>, variable: string, otherwise: number): number {
  const text = env[variable]?.trim() ?? '';
  if (text === '') return otherwise;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 65_536;
  if (port <= 65_535) return port;
  throw new Error(`${variable} wants the number of a port (up to 65535, or 0 for any free one), and got "${text}".`);
}
