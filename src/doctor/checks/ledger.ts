import { randomBytes } from 'node:crypto';
import { Fault } from '../../domain/fault.ts';
import { checkpointFile } from '../../store/checkpoint-file.ts';
import { keptLedgerIn } from '../../store/kept-ledger.ts';
import { broken, type Check, notChecked, ok, warning } from '../check.ts';
import type { Patient } from '../patient.ts';

/** As the service looks before its first answer: every checkpoint it knows, and every entry since. Writes nothing. */
export const ledger: Check = {
  name: 'ledger',
  async look(patient) {
    const found = await look(patient).catch((error: unknown) => error);
    if (found instanceof TypeError) return [broken('ledger key', found.message, 'KEYDESK_LEDGER_KEY_FILE wants an Ed25519 private key in PEM: "npm run audit -- new-key FILE" makes one.')];
    if (found instanceof Fault && found.code === 'store-unavailable') return [notChecked('ledger', `could not be looked at (${found.message})`, 'Mend the database first.')];
    if (found instanceof Fault) return [broken('checkpoint file', found.message, 'Let the service read and replace it, or name another file with KEYDESK_CHECKPOINT_FILE. Until then nothing is shown.')];
    if (found instanceof Error || !isFinding(found)) throw found;
    if (found.kind === 'mismatch') return [broken('ledger', found.words, 'Nothing is shown until it fits. Follow "When the ledger is not what it was" in docs/operations.md.')];
    const signed = found.newest === undefined ? 'nothing in it is signed yet' : `signed up to entry ${found.newest.size}, and whole behind that`;
    return [ok('ledger', signed), aboutFile(patient.ledger.checkpointFile)];
  },
};

const look = ({ database, tenantId, ledger: { signingKey, formerKey, checkpointFile: path } }: Patient) =>
  Promise.resolve().then(() =>
    keptLedgerIn(database, { tenantId, signingKey, ...(formerKey && { formerKey }), ...(path !== undefined && { file: checkpointFile(path, randomBytes) }), random: randomBytes }).check(),
  );

type Found = Awaited<ReturnType<typeof look>>;
const isFinding = (found: unknown): found is Found => typeof found === 'object' && found !== null && 'kind' in found;

const aboutFile = (path: string | undefined) =>
  path === undefined
    ? warning('checkpoint file', 'the newest checkpoint is kept in the database and the log alone', 'Set KEYDESK_CHECKPOINT_FILE to a file on a disk that is not the database\u2019s, so that a ledger that was cut off is noticed at start.')
    : ok('checkpoint file', 'kept outside of the database');
