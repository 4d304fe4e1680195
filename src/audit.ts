// npm run audit: reads the ledger and checks it. Needs the database and nothing else: no Graph, no Teams.
// The commands stand in src/audit/commands.ts.
import { exitCodes, UsageError } from './audit/command.ts';
import { commands, helpOf } from './audit/commands.ts';
import { remedyFor } from './audit/database.ts';
import { commandEnvironment } from './config/command-environment.ts';
import { ConfigError } from './config/read-config.ts';

async function main([name, ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const names = [...commands.keys()];
  const wantsHelp = name === 'help' || name === '--help' || args.includes('--help');
  if (wantsHelp) {
    console.log(helpOf(name === 'help' ? args[0] : name));
    return exitCodes.done;
  }
  try {
    if (name === undefined) throw new UsageError(`What shall be done: ${names.join(', ')}?`);
    const command = commands.get(name);
    if (command === undefined) throw new UsageError(`There is no ${name}. There are: ${names.join(', ')}.`);
    return await command.run(args, commandEnvironment(env));
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`${error.message} "npm run audit -- --help" says what there is.`);
      return exitCodes.wrongUsage;
    }
    if (error instanceof ConfigError) {
      console.error(error.message);
      return exitCodes.wrongUsage;
    }
    console.error(remedyFor(error));
    return exitCodes.unavailable;
  }
}

// A reader that has seen enough (| head) is no error.
process.stdout.on('error', (error) => process.exit('code' in error && error.code === 'EPIPE' ? exitCodes.done : exitCodes.unavailable));
process.exitCode = await main(process.argv.slice(2), process.env);
