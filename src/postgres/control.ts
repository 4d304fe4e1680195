// How a helper is found and held: a file in the data folder names its port on 127.0.0.1 and the word that opens it.
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { readJson } from './files.ts';

const controlForm = z.object({ pid: z.number(), port: z.number(), token: z.string() });
export type Control = z.infer<typeof controlForm>;

export const controlFile = (dataFolder: string): string => join(dataFolder, 'postgres.helper');

export function readControl(dataFolder: string): Control | undefined {
  const parsed = controlForm.safeParse(readJson(controlFile(dataFolder)));
  return parsed.success ? parsed.data : undefined;
}

export const welcome = 'keydesk';
const addressForm = z.union([z.object({ ownerUrl: z.string(), appUrl: z.string(), port: z.number() }), z.object({ failed: z.string() })]);
export type Answer = z.infer<typeof addressForm>;

/** A connection that keeps the helper, and with it the server, alive. */
export interface Hold {
  readonly socket: Socket;
  /** What the helper says when the server is up or could not be started; undefined when the helper ended first. */
  readonly answer: Promise<Answer | undefined>;
}

/** Undefined when no helper lives there, or one that is ending. */
export function hold(control: Control): Promise<Hold | undefined> {
  return new Promise((resolve) => {
    const socket = connect(control.port, '127.0.0.1');
    const lines = linesOf(socket);
    socket.on('error', () => socket.destroy());
    socket.write(`hold ${control.token}\n`);
    void lines.next().then((first) => {
      if (first.value !== welcome) {
        socket.destroy();
        resolve(undefined);
        return;
      }
      const answer = lines.next().then((second) => (second.done === true ? undefined : addressForm.parse(JSON.parse(second.value))));
      resolve({ socket, answer });
    });
  });
}

/** Whether a helper lives there, ending or not. Does not hold it. */
export function lives(control: Control): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(control.port, '127.0.0.1');
    socket.on('error', () => socket.destroy());
    socket.write(`ping ${control.token}\n`);
    void linesOf(socket)
      .next()
      .then((first) => {
        socket.destroy();
        resolve(first.value === welcome);
      });
  });
}

/** The lines of a socket; ends when it closes, whatever the cause. */
async function* linesOf(socket: Socket): AsyncGenerator<string, undefined> {
  let rest = '';
  const pieces: string[] = [];
  let wake: () => void = () => undefined;
  let closed = false;
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    rest += text;
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    pieces.push(...lines);
    wake();
  });
  socket.on('close', () => {
    closed = true;
    wake();
  });
  for (;;) {
    const next = pieces.shift();
    if (next !== undefined) yield next;
    else if (closed) return undefined;
    else await new Promise<void>((resolve) => (wake = resolve));
  }
}
