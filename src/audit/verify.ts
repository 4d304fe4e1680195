import { describe } from '../ledger/findings.ts';
import { verifyLedger } from '../ledger/verify.ts';
import type { Database } from '../store/database.ts';
import { storedEntries } from '../store/stored-entries.ts';
import { type Command, type ExitCode, exitCodes, parseOptions } from './command.ts';
import { withDatabase } from './database.ts';

const help = `npm run audit -- verify
  Checks every entry: its bytes against its hash, its number, its columns, its texts. Note the root that it prints,
  elsewhere: a ledger cut off at its end, or written anew as a whole, fits in itself too.`;

async function check(database: Database): Promise<ExitCode> {
  const findings = verifyLedger(storedEntries(database));
  let step = await findings.next();
  for (; step.done !== true; step = await findings.next()) console.log(describe(step.value));
  const { size, root, erased, findings: found } = step.value;
  const entries = size === 1 ? '1 entry' : `${size} entries`;
  const texts = erased === 0 ? '' : ` (${erased === 1 ? '1 personal text was' : `${erased} personal texts were`} erased, which is no tampering)`;
  if (found === 0) {
    console.log(`${entries}, root ${Buffer.from(root).toString('hex')}, all intact${texts}.`);
    return exitCodes.done;
  }
  console.log(`\n${entries}, ${found === 1 ? '1 sign' : `${found} signs`} of tampering${texts}.`);
  console.log('Keep a copy of this database as it is. Compare the entries named above with a backup, and look for who could log in as its owner.');
  return exitCodes.tampered;
}

export const verify: Command = {
  help,
  run: (args, env) => {
    parseOptions(args, {});
    return withDatabase(env, check);
  },
};
