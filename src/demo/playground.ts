// Microsoft's Agents Playground beside the demo: a real client on this machine, for people to type into.

import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cast, type CastMember, tenantId } from './cast.ts';

export interface Playground {
  readonly url: string;
  stop(): Promise<void>;
}

export interface PlaygroundOptions {
  /** The bot's `/api/messages`. */
  readonly endpoint: string;
  /** Must be free: on a taken port the Playground would silently move to another. */
  readonly port: number;
  /** Where its configuration is written. */
  readonly folder: string;
  readonly speaker: CastMember;
  /** Called when it ends without being stopped. */
  readonly onExit: (code: number | null) => void;
  /** Ends the waiting for it. */
  readonly giveUp: AbortSignal;
}

/** Rejects, with the remedy, when it is not installed or does not answer within a minute. It answers after the bot does. */
export async function startPlayground(options: PlaygroundOptions): Promise<Playground> {
  await mkdir(options.folder, { recursive: true });
  const file = join(options.folder, 'playground.yml');
  // JSON is YAML; the schema wants exactly five people beside the current one.
  await writeFile(file, JSON.stringify(configuration(options.speaker), null, 2));

  const url = `http://127.0.0.1:${options.port}`;
  const preload = fileURLToPath(new URL('./loopback-only.mjs', import.meta.url));
  const flags = ['--app-endpoint', options.endpoint, '--channel-id', 'msteams', '--port', String(options.port), '--disable-telemetry'];
  const child = spawn(process.execPath, ['--import', preload, commandLine(), ...flags, '--service-url', `${url}/_connector`], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: environment(file),
  });
  let stopping = false;
  const gone = new AbortController();
  const ended = new Promise<void>((resolve) => {
    child.once('exit', (code) => {
      gone.abort();
      resolve();
      if (!stopping) options.onExit(code);
    });
  });
  const stop = async (): Promise<void> => {
    stopping = true;
    child.kill('SIGKILL');
    await ended;
  };
  try {
    await answering(url, 60_000, AbortSignal.any([options.giveUp, gone.signal]));
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}

function commandLine(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('@microsoft/m365agentsplayground/package.json')), 'cli.js');
  } catch (cause) {
    throw new Error('The Playground did not come with the packages. Run "npm ci" without --omit=dev, or start the demo with --no-playground.', { cause });
  }
}

// Of our environment only what a program needs to run: a proxy would carry its talk with the bot elsewhere, and other
// variables would move it to another port or bot.
const passedOn = ['PATH', 'HOME', 'USERPROFILE', 'TMPDIR', 'TEMP', 'SystemRoot', 'LANG', 'TZ', 'NODE_COMPILE_CACHE'];

const environment = (configurationFile: string): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => passedOn.includes(name))),
  M365_AGENTS_PLAYGROUND_CONFIG_PATH: configurationFile,
  // It would write what it shows, a revealed password too, into a log file. A file below a file is none that can be
  // made, and it looks over that. Not /dev/null: it removes the old log first, and as root it removes the device.
  M365_AGENTS_PLAYGROUND_LOGFILE: join(configurationFile, 'no-log'),
  TEAMSAPPTESTER_BROWSER: 'none',
});

async function answering(url: string, milliseconds: number, giveUp: AbortSignal): Promise<void> {
  // It takes a request long before it answers: not until it has found the bot.
  const over = AbortSignal.any([giveUp, AbortSignal.timeout(milliseconds)]);
  while (!over.aborted) {
    const answer = await fetch(`${url}/_internal/v1/config`, { signal: over }).catch(() => undefined);
    if (answer?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the Playground does not answer on ${url}; start the demo with --no-playground to go without it`);
}

function configuration(speaker: CastMember): unknown {
  const user = (person: CastMember) => {
    const [givenName, surname] = person.name.split(' ');
    // `userPrincipleName` is the Playground's own spelling.
    return { id: `29:${person.id}`, aadObjectId: person.id, name: person.name, userPrincipleName: person.address, givenName, surname, email: person.address };
  };
  return {
    version: '0.1.1',
    tenantId,
    bot: { id: '28:b0700000-0000-4000-8000-000000000001', name: 'Keydesk' },
    currentUser: user(speaker),
    users: cast.filter((person) => person.id !== speaker.id).map(user),
    personalChat: { id: 'a:keydesk-personal' },
    groupChat: { id: '19:keydesk-helpdesk@thread.v2', name: 'Helpdesk on call' },
    team: {
      id: '19:keydesk-team@thread.tacv2',
      name: 'IT helpdesk',
      aadGroupId: '7ea00000-0000-4000-8000-000000000001',
      channels: [{ id: '19:keydesk-audit@thread.tacv2', name: 'Key audit' }],
    },
  };
}
