import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { parseTenantId } from '../domain/ids.ts';
import { originOf } from '../ledger/checkpoint.ts';
import { signerFrom, vkeyOf } from '../ledger/signed-note.ts';
import { type Command, exitCodes, parseWords, UsageError } from './command.ts';

const help = `npm run audit -- new-key FILE [--tenant ID]
  Makes a key that signs the ledger (Ed25519, PEM), in a new file that only you can read, and prints the public key that
  goes with it: keep that with whoever checks the ledger, as their --key. Needs no database.
  --tenant       tenant id, KEYDESK_TENANT_ID when absent: the public key is printed as a verifier key that says whose
                 ledger it is for; in PEM when neither is known`;

export const newKey: Command = {
  help,
  run: async (args, env) => {
    const { values, positionals } = parseWords(args, { tenant: { type: 'string' } });
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0) throw new UsageError('new-key wants one file, which is not there yet.');
    const tenantId = parseTenantId(values.tenant ?? env['KEYDESK_TENANT_ID']);
    if (values.tenant !== undefined && tenantId === undefined) throw new UsageError('--tenant wants the id of a tenant (a GUID).');
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    try {
      writeFileSync(path, pem, { flag: 'wx', mode: 0o600 });
    } catch (error) {
      throw new UsageError(`${path} cannot be made (${error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'}). A key is never written over.`);
    }
    console.log(tenantId === undefined ? publicKey.export({ type: 'spki', format: 'pem' }).toString().trimEnd() : vkeyOf(signerFrom(pem, originOf(tenantId, 1))));
    return exitCodes.done;
  },
};
