import { parseOrigin } from '../ledger/checkpoint.ts';
import { checkProof, parseProof, type ProofFault } from '../ledger/entry-proof.ts';
import { type Command, exitCodes, parseWords, UsageError } from './command.ts';
import { contentOf, keyHelp, readTrustedKey, tenantOf } from './trusted-key.ts';

const help = `npm run audit -- check-proof FILE [--key KEY]
  Whether a proof made by prove holds (- for the standard input): the entry is in the ledger that was signed. Prints the
  entry. Needs no database.
  ${keyHelp}`;

const faults = {
  malformed: 'its checkpoint is none to the letter',
  foreign: 'its checkpoint is of another ledger',
  unsigned: 'its checkpoint is not signed by this key',
  elsewhere: 'the entry is not in the tree that was signed, at this place',
  unreadable: 'what is in the tree is no entry of Keydesk',
} satisfies Record<ProofFault, string>;

export const checkProofCommand: Command = {
  help,
  run: async (args, env) => {
    const { values, positionals } = parseWords(args, { key: { type: 'string' } });
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0) throw new UsageError('check-proof wants one file.');
    const key = readTrustedKey(values.key, env);
    if (key === undefined) throw new UsageError("check-proof wants the ledger's public key (--key): without it anybody could have signed.");
    const tenantId = tenantOf(key, env);
    const proof = parseProof(contentOf(path));
    const checked = proof && checkProof(proof, key.publicKey, (origin) => parseOrigin(origin) !== undefined && (tenantId === undefined || parseOrigin(origin)?.tenantId === tenantId));
    if (proof === undefined || checked === undefined || typeof checked === 'string') {
      console.log(`The proof does not hold: ${typeof checked === 'string' ? faults[checked] : 'it is none to the letter'}.`);
      return exitCodes.tampered;
    }
    const { entry, checkpoint } = checked;
    console.log(JSON.stringify({ seq: proof.index + 1, entry }));
    console.log(`\nIt is entry ${proof.index + 1} of the ledger ${checkpoint.origin}, whose head over ${checkpoint.size} ${checkpoint.size === 1 ? 'entry' : 'entries'} was signed with this key.`);
    return exitCodes.done;
  },
};
