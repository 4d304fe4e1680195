import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { systemClock } from '../config/system.ts';
import { Fault } from '../domain/fault.ts';
import { fromPaste } from '../ledger/checkpoint.ts';
import { describe } from '../ledger/findings.ts';
import { type Evidence, type Verdict, verifyLedger } from '../ledger/verify.ts';
import type { Database } from '../store/database.ts';
import { ledgerIn } from '../store/ledger.ts';
import { openStoredLedger } from '../store/stored-ledger.ts';
import { type Command, exitCodes, parseOptions } from './command.ts';
import { withDatabase } from './database.ts';
import { withProgress } from './progress.ts';
import { contentOf, keyHelp, readTrustedKey, tenantOf } from './trusted-key.ts';
import { verdictLines } from './verdict-lines.ts';

const help = `npm run audit -- verify [--checkpoint FILE]… [--key KEY] [--no-entry]
  Checks every entry: its bytes against its hash, its number, its columns, its texts; the tree over them; and that the
  stored checkpoints are signed and fit. Says what was changed, removed, inserted, swapped or cut off.
  --checkpoint   a checkpoint that you hold, as it was copied from a channel or the log (- for the standard input): only
                 this tells a ledger that was cut off, or written anew as a whole, from the true one
  ${keyHelp}
  --no-entry     do not note in the ledger that it was verified`;

const options = { checkpoint: { type: 'string', multiple: true }, key: { type: 'string' }, 'no-entry': { type: 'boolean' } } as const;
const mostFindings = 100;

export const verify: Command = {
  help,
  run: (args, env) => {
    const { checkpoint = [], key: option, 'no-entry': noEntry = false } = parseOptions(args, options);
    const key = readTrustedKey(option, env);
    const tenantId = tenantOf(key, env);
    const given = checkpoint.map((path) => fromPaste(contentOf(path)));
    const known = { given, ...(key !== undefined && { trusted: key.publicKey }), ...(tenantId !== undefined && { tenantId }) };
    return withDatabase(env, async (database) => {
      const verdict = await look(database, known);
      const { out, err } = verdictLines(verdict, given.length);
      console.log(out.join('\n'));
      if (err.length > 0) console.error(err.join('\n'));
      if (!noEntry) await note(database, verdict);
      return verdict.findings === 0 ? exitCodes.done : exitCodes.tampered;
    });
  },
};

async function look(database: Database, known: Evidence): Promise<Verdict> {
  const ledger = await openStoredLedger(database);
  try {
    const findings = verifyLedger(withProgress(ledger.entries, 'entries'), { ...known, checkpoints: ledger.checkpoints, rootAt: ledger.rootAt });
    let printed = 0;
    let step = await findings.next();
    for (; step.done !== true; step = await findings.next()) {
      printed += 1;
      if (printed <= mostFindings) console.log(describe(step.value));
    }
    if (printed > mostFindings) console.log(`… and ${printed - mostFindings} more`);
    return step.value;
  } finally {
    await ledger.close();
  }
}

/** That the ledger was looked at is an entry, where one can be written. What was found does not depend on it. */
async function note(database: Database, { size, findings }: Verdict): Promise<void> {
  const client = `audit verify by ${userInfo().username}@${hostname()}`;
  try {
    await ledgerIn(database, randomBytes).append({ time: systemClock.now(), act: 'verified', outcome: findings === 0 ? 'done' : 'failed', source: 'system', client, ...(size > 0 && { count: size }) });
  } catch (error) {
    console.error(`That this was done could not be noted in the ledger (${error instanceof Fault ? error.message : 'unknown error'}).`);
  }
}
