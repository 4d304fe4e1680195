// Starts and loses Keydesks that are processes of their own. The next one loads its libraries while the present one
// works, so that a crash costs no second of waiting.

import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { after } from 'mocha';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type Conversation, openConversation, type Speaker } from '../../../src/terminal/conversation.ts';
import type { Orders } from '../keydesk-process.ts';
import { blocksIn, type Standing } from './cards.ts';
import { alex, tenantId } from './people.ts';
import type { Surroundings } from './surroundings.ts';
import { tracesOf } from './traces.ts';

export interface Victim {
  readonly url: string;
  /** What it wrote to standard output and error, its log among it. */
  output(): string;
  /** Resolves when it is gone; says by which signal. */
  readonly gone: Promise<NodeJS.Signals | null>;
  kill(): void;
  /** As whoever runs it tells it to end. */
  tell(signal: NodeJS.Signals): void;
  /** Its exit code, when it is gone; null when a signal ended it. */
  readonly code: Promise<number | null>;
}

const program = fileURLToPath(new URL('../keydesk-process.ts', import.meta.url));
const started = z.object({ url: z.string() });

interface Loading {
  readonly child: ChildProcess;
  readonly pieces: string[];
  readonly gone: Promise<NodeJS.Signals | null>;
  readonly code: Promise<number | null>;
}

let spare: Loading | undefined;

function load(): Loading {
  const child = fork(program, [], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const pieces: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (piece: Buffer) => void pieces.push(piece.toString()));
  const gone = new Promise<NodeJS.Signals | null>((resolve) => void child.once('close', (_code, signal) => resolve(signal)));
  const code = new Promise<number | null>((resolve) => void child.once('close', (status) => resolve(status)));
  return { child, pieces, gone, code };
}

after(async () => {
  spare?.child.kill('SIGKILL');
  await spare?.gone;
  spare = undefined;
});

/** @param dieAt, wake see keydesk-process.ts. Resolves when it answers, or is gone already: it may die in its first chores. */
export async function startVictim({ database, simulator, clock }: Surroundings, dieAt?: string, wake = false): Promise<Victim> {
  const { child, pieces, gone, code } = spare ?? load();
  spare = load();
  const orders: Orders = { databaseUrl: database.appUrl, simulatorUrl: simulator.url, now: clock.now(), wake, ...(dieAt !== undefined && { dieAt }) };
  const answer = new Promise<string>((resolve) => void child.once('message', (message) => resolve(started.parse(message).url)));
  child.send(orders);
  const url = await Promise.race([answer, gone.then(() => '')]);
  const output = (): string => pieces.join('');
  return { url, output, gone, code, kill: () => void child.kill('SIGKILL'), tell: (signal) => void child.kill(signal) };
}

const chatWith = ({ url }: Victim, { connector }: Surroundings): Conversation => openConversation({ endpoint: `${url}/api/messages`, connector, tenantId });

/** A press that is answered by nobody, or just in time. @returns the blocks that were shown, if any */
export async function pressAt(victim: Victim, surroundings: Surroundings, message: Standing, verb: string, inputs: Readonly<Record<string, unknown>> = { reason: 'firmware-update' }, as: Speaker = alex): Promise<readonly string[]> {
  try {
    return blocksIn((await chatWith(victim, surroundings).press(message, verb, inputs, { as })).card);
  } catch {
    return [];
  }
}

/** A message that may never be answered. */
export async function sayTo(victim: Victim, surroundings: Surroundings, text: string, activityId?: string): Promise<void> {
  await chatWith(victim, surroundings)
    .say(text, { as: alex, ...(activityId !== undefined && { activityId }) })
    .catch(() => undefined);
}

/** The process is gone by SIGKILL, and has written nothing of any key that was read. */
export async function assertKilled(victim: Victim, { simulator }: Surroundings): Promise<void> {
  assert.equal(await victim.gone, 'SIGKILL');
  for (const { keyId } of simulator.tenant.audit.rows()) assert.deepEqual(tracesOf(simulator.tenant.recoveryPassword(keyId), victim.output()), []);
}
