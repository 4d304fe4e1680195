// npm run package: the app package for Teams, and whether Teams would take it. Asks nobody over the network.
import { fileURLToPath } from 'node:url';
import { run } from './package/command.ts';

process.exitCode = run(process.argv.slice(2), {
  root: fileURLToPath(new URL('../', import.meta.url)),
  out: (line) => console.log(line),
  complain: (line) => console.error(line),
});
