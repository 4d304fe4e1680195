// Starts a file of ours on a Node that runs TypeScript as it is, whatever Node is installed.
//   node src/launch.mjs <file> [argument …]
// The lockfile brings Node 24 as a data package (no install script). npm 10 does not link its `bin`,
// therefore it is looked up by name here and not through node_modules/.bin.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const runsTypeScript = major > 22 || (major === 22 && minor >= 18);
const binary = process.platform === 'win32' ? 'node.exe' : 'node';
const platform = process.platform === 'win32' ? 'win' : process.platform;
const brought = fileURLToPath(new URL(`../node_modules/node-${platform}-${process.arch}/bin/${binary}`, import.meta.url));
const node = existsSync(brought) ? brought : runsTypeScript ? process.execPath : undefined;

if (node === undefined) {
  console.error(
    `Keydesk needs Node 22.18 or newer; this is ${process.versions.node}, and the lockfile brings none for ` +
      `${process.platform}-${process.arch}. Install Node 24 (https://nodejs.org), then run "npm ci" again.`,
  );
  process.exit(2);
}

// Compiled code is kept from the second start on, where node_modules may be written to; without it a start takes half
// as long again. NODE_DISABLE_COMPILE_CACHE=1 goes without.
const compileCache = fileURLToPath(new URL('../node_modules/.cache/keydesk', import.meta.url));
// The channel says to the child, by closing, that this process is gone; whoever cares listens for `disconnect`.
const stdio = ['inherit', 'inherit', 'inherit', 'ipc'];
const child = spawn(node, process.argv.slice(2), { stdio, env: { NODE_COMPILE_CACHE: compileCache, ...process.env } });
// Ctrl-C reaches the whole group by itself; a SIGTERM sent to this process alone is handed on.
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
// npm hands a SIGTERM on to the shell of its script only, and may be killed without a word; either way nobody waits for
// the script any more.
if (process.env.npm_lifecycle_event !== undefined) {
  const began = starters();
  setInterval(() => starters() !== began && child.kill('SIGTERM'), 1000).unref();
}

/** Our parent, and where that is a shell, its parent (as far as the system tells). */
function starters() {
  const parent = process.ppid;
  try {
    const [, name, its] = /^\d+ \((.*)\) \S+ (\d+)/.exec(readFileSync(`/proc/${parent}/stat`, 'utf8')) ?? [];
    return /^(?:ba|da|a)?sh$/.test(name ?? '') ? `${parent} ${its}` : `${parent}`;
  } catch {
    return `${parent}`;
  }
}
child.on('error', (error) => {
  console.error(`Keydesk could not start ${node}: ${error.message}`);
  process.exit(2);
});
child.on('exit', (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)));
