// The commands of `npm run audit`. To add one: a file of its own beside this one that exports a Command (command.ts:
// `help` and `run(args, env)`), and a line in the table below; help, exit codes and errors come from src/audit.ts. For
// the database there is withDatabase (database.ts).
import { checkProofCommand } from './check-proof.ts';
import { type Command, exitCodeHelp } from './command.ts';
import { eraseTexts } from './erase.ts';
import { exportEntries } from './export.ts';
import { list } from './list.ts';
import { newKey } from './new-key.ts';
import { prove } from './prove.ts';
import { resume } from './resume.ts';
import { verify } from './verify.ts';

/** By name, in the order in which help tells of them. */
export const commands: ReadonlyMap<string, Command> = new Map([
  ['list', list],
  ['export', exportEntries],
  ['verify', verify],
  ['prove', prove],
  ['check-proof', checkProofCommand],
  ['new-key', newKey],
  ['resume', resume],
  ['erase', eraseTexts],
]);

const databaseHelp = `The database is the one of DATABASE_URL, else the demo's in KEYDESK_DATA_DIR (default .keydesk), which is started for
as long as it takes.`;

/** Of one command, or of all. */
export const helpOf = (name: string | undefined): string => {
  const one = name === undefined ? undefined : commands.get(name);
  return [...(one === undefined ? [...commands.values()].map(({ help }) => help) : [one.help]), databaseHelp, exitCodeHelp].join('\n\n');
};
