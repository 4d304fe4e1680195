import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface KeydeskProcess {
  readonly url: string;
  /** What it has logged so far. */
  said(): string;
  /** SIGKILL: as if the machine had gone. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

const file = fileURLToPath(new URL('./working-process.ts', import.meta.url));

/** Without the launcher: its own Node is this one, and a signal must meet Keydesk itself. Rejects with what it said. */
export async function startKeydeskProcess(simulatorUrl: string, databaseUrl: string): Promise<KeydeskProcess> {
  const child = spawn(process.execPath, [file, simulatorUrl, databaseUrl], { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = once(child, 'exit');
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (said += text));
  const url = await Promise.race([once(createInterface({ input: child.stdout }), 'line').then(([line]) => String(line)), ended.then(() => undefined)]);
  if (url === undefined) throw new Error(`Keydesk ended while it started: ${said}`);
  const end = async (how: () => unknown): Promise<void> => {
    how();
    await ended;
  };
  return { url, said: () => said, kill: () => end(() => child.kill('SIGKILL')), stop: () => end(() => child.stdin.end()) };
}
