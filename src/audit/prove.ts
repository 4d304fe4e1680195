import { writeFileSync } from 'node:fs';
import { writeProof } from '../ledger/entry-proof.ts';
import { proofOf } from '../store/prove-entry.ts';
import { type Command, exitCodes, parseWords, UsageError } from './command.ts';
import { withDatabase } from './database.ts';

const help = `npm run audit -- prove SEQ [--out FILE]
  A proof that entry SEQ is in the ledger: its bytes, the hashes between it and the root, and a signed checkpoint
  (https://c2sp.org/tlog-proof). It holds ids, times and codes, and no name, reason or ticket. Whoever has the ledger's
  public key can check it, without the database: check-proof.
  --out          write it to a new file, such as entry-42.tlog-proof, and not to the standard output`;

export const prove: Command = {
  help,
  run: async (args, env) => {
    const { values, positionals } = parseWords(args, { out: { type: 'string' } });
    const [number = '', ...more] = positionals;
    if (!/^[1-9]\d{0,14}$/.test(number) || more.length > 0) throw new UsageError('prove wants the number of one entry.');
    const seq = Number(number);
    const found = await withDatabase(env, (database) => proofOf(database, seq));
    if ('kind' in found) {
      console.error(whyNot(found, seq));
      return exitCodes[found.kind === 'unfitting' ? 'tampered' : 'unavailable'];
    }
    const text = writeProof(found);
    if (values.out === undefined) process.stdout.write(text);
    else writeNew(values.out, text);
    return exitCodes.done;
  },
};

function whyNot(why: Exclude<Awaited<ReturnType<typeof proofOf>>, { readonly note: string }>, seq: number): string {
  switch (why.kind) {
    case 'missing':
      return `There is no entry ${seq}; the newest is ${why.newest}.`;
    case 'uncovered':
      return `No checkpoint covers entry ${seq} yet: ${why.size === 0 ? 'there is none' : `the newest is over ${why.size} entries`}. The running service signs one within a minute; try again then.`;
    case 'unfitting':
      return `Entry ${seq} and the tree over it do not make the root that was signed over ${why.size} entries. Run verify.`;
  }
}

/** Never over a file that is there. */
function writeNew(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx' });
  } catch (error) {
    throw new UsageError(`${path} cannot be written (${error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'}).`);
  }
}
