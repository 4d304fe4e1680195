import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { Reader } from '../config/reader.ts';
import { systemClock } from '../config/system.ts';
import { parsePersonId, parseTenantId, type TenantId } from '../domain/ids.ts';
import { type Anchor, anchorIn, isAnchor, sameKey } from '../ledger/anchors.ts';
import { fromPaste, originOf, parseCheckpoint, parseOrigin } from '../ledger/checkpoint.ts';
import { inWords } from '../ledger/misfit.ts';
import { type Signer, signerFrom } from '../ledger/signed-note.ts';
import { describe } from '../ledger/findings.ts';
import { verifyLedger } from '../ledger/verify.ts';
import { checkpointFile } from '../store/checkpoint-file.ts';
import type { Database } from '../store/database.ts';
import { newestOf } from '../store/examine-ledger.ts';
import { type Admin, type Believed, lookAtRestored, type Restored, resume as resumeLedger } from '../store/resume-ledger.ts';
import { storedEntries } from '../store/stored-entries.ts';
import { type Command, type Env, exitCodes, parseOptions, UsageError } from './command.ts';
import { dataFolderOf, withDatabase } from './database.ts';

const help = `npm run audit -- resume --by ID --by-name NAME --and ID --and-name NAME [--checkpoint FILE] [--yes]
  After a restore from backup: begins a new epoch of the ledger, in the name of two people. Writes an entry that names
  the last checkpoint that still holds, an alert, and the first checkpoint of the new epoch. The ledger must be whole in
  itself. Signs with KEYDESK_LEDGER_KEY(_FILE), in the demo's case with the demo's key. See "When the ledger is not what
  it was" in docs/operations.md.
  --by, --and            object ids in Entra of the two; --by-name, --and-name their names
  --checkpoint           the newest checkpoint that people hold, as it was copied; KEYDESK_CHECKPOINT_FILE when absent
  --yes                  also where every checkpoint that is known holds: nothing then shows that anything was lost`;

const options = { by: { type: 'string' }, 'by-name': { type: 'string' }, and: { type: 'string' }, 'and-name': { type: 'string' }, checkpoint: { type: 'string' }, yes: { type: 'boolean' } } as const;

function readAdmin(which: string, id: string | undefined, name: string | undefined): Admin {
  const personId = parsePersonId(id);
  if (personId === undefined) throw new UsageError(`--${which} wants the object id of an admin (a GUID).`);
  if (name === undefined || name.trim() === '') throw new UsageError(`--${which}-name wants the name of that admin.`);
  return { id: personId, name: name.trim().slice(0, 256) };
}

export const resume: Command = {
  help,
  run: async (args, env) => {
    const given = parseOptions(args, options);
    const by = [readAdmin('by', given.by, given['by-name']), readAdmin('and', given.and, given['and-name'])] as const;
    if (by[0].id === by[1].id) throw new UsageError('--by and --and name the same person: two are needed.');
    const place = heldIn(env, given.checkpoint);
    return withDatabase(env, async (database) => {
      const { believed, held } = await believedBy(database, env, place.note);
      if (!(await isWhole(database))) return exitCodes.tampered;
      const restored = await lookAtRestored(database, believed, held);
      for (const misfit of restored.wrong) console.error(`Does not hold: ${inWords(misfit)}.`);
      if (!maySign(restored, believed)) return exitCodes.tampered;
      if (restored.wrong.length === 0 && given.yes !== true) throw new UsageError('Every checkpoint that is known holds, so there is nothing to resume. Give the newest one that people hold with --checkpoint; or say --yes when entries were lost of which no checkpoint tells.');
      const head = await resumeLedger(database, believed, restored, { by, at: systemClock.now(), client: `${userInfo().username}@${hostname()}` }, randomBytes);
      if (place.file !== undefined) await checkpointFile(place.file, randomBytes).write(head.note);
      tell(restored, head.note);
      return exitCodes.done;
    }, 2);
  },
};

/** The checkpoint that is held outside of the database, and the file in which the next one is to be kept. */
function heldIn(env: Env, path: string | undefined): { readonly note?: string; readonly file?: string } {
  const file = env['KEYDESK_CHECKPOINT_FILE'] ?? (env['DATABASE_URL'] ? undefined : join(dataFolderOf(env), 'checkpoint.txt'));
  const from = path ?? (file !== undefined && existsSync(file) ? file : undefined);
  if (from === undefined) return file === undefined ? {} : { file };
  const note = fromPaste(readFileSync(from, 'utf8'));
  if (parseCheckpoint(note) === undefined) throw new UsageError(`${from} holds no checkpoint.`);
  return { note, ...(file !== undefined && { file }) };
}

/** Whose ledger it is stands on its checkpoints; whether that is true, the key says. */
async function believedBy(database: Database, env: Env, note: string | undefined): Promise<{ readonly believed: Believed; readonly held?: Anchor }> {
  const { checkpoint } = await newestOf(database.db);
  const known = note ?? checkpoint?.note;
  if (known === undefined) throw new UsageError('There is no checkpoint, neither in the database nor given: nothing was signed yet, so there is nothing to resume.');
  const tenantId = parseTenantId(parseOrigin(parseCheckpoint(known)?.origin ?? '')?.tenantId);
  if (tenantId === undefined) throw new UsageError('The checkpoint is not one of Keydesk.');
  const former = keyOf(env, 'KEYDESK_LEDGER_FORMER_KEY', tenantId);
  const own = keyOf(env, 'KEYDESK_LEDGER_KEY', tenantId) ?? demoKey(env, tenantId);
  const believed = { tenantId, own, ...(former && { former }) };
  if (note === undefined) return { believed };
  const held = anchorIn(note, 'hand', tenantId, [own.publicKey, ...(former ? [former.publicKey] : [])]);
  if (!isAnchor(held)) throw new UsageError(`${inWords(held)}.`);
  return { believed, held };
}

function keyOf(env: Env, variable: string, tenantId: TenantId): Signer | undefined {
  const read = new Reader(env);
  if (read.raw(variable) === undefined && read.raw(`${variable}_FILE`) === undefined) return undefined;
  const secret = read.secret(variable, 'an Ed25519 private key in PEM (PKCS #8)');
  if (secret === undefined) throw new UsageError(read.faults.map((fault) => `${fault.variable}: expected ${fault.expected}. ${fault.remedy}`).join(' '));
  return signerFrom(secret.reveal(), originOf(tenantId, 1));
}

function demoKey(env: Env, tenantId: TenantId): Signer {
  const path = join(dataFolderOf(env), 'ledger-key.pem');
  if (env['DATABASE_URL'] || !existsSync(path)) throw new UsageError('KEYDESK_LEDGER_KEY_FILE is not set: without the signing key no epoch can begin.');
  return signerFrom(readFileSync(path, 'utf8'), originOf(tenantId, 1));
}

async function isWhole(database: Database): Promise<boolean> {
  let findings = 0;
  for await (const finding of verifyLedger(storedEntries(database))) {
    findings += 1;
    if (findings <= 20) console.error(describe(finding));
  }
  if (findings > 0) console.error(`\nThe ledger is not whole in itself (${findings === 1 ? '1 finding' : `${findings} findings`}). Restore a backup that is, then resume.`);
  return findings === 0;
}

/** Two things stand in the way that nobody but the owner of the database, or of the keys, can clear away. */
function maySign({ head, wrong, keyInForce }: Restored, { own, former }: Believed): boolean {
  if (wrong.some((misfit) => misfit.kind === 'cut-off' && misfit.held === 'database')) {
    console.error(`\nThe database holds checkpoints over more entries than it has: its entries were cut off, not restored. Restore a backup. Where there is none, keep a copy of this database, and let its owner remove them:
  begin; alter table keydesk.ledger_checkpoint disable trigger append_only;
  delete from keydesk.ledger_checkpoint where size > ${head};
  alter table keydesk.ledger_checkpoint enable trigger append_only; commit;`);
    return false;
  }
  const known = keyInForce === undefined || [own, former].some((signer) => signer !== undefined && sameKey(signer.publicKey, keyInForce));
  if (!known) console.error('\nThe ledger ends under another key than that of KEYDESK_LEDGER_KEY. Set KEYDESK_LEDGER_FORMER_KEY to it, and both will sign the change.');
  return known;
}

function tell({ head, good, wrong }: Restored, note: string): void {
  const { origin, size } = parseCheckpoint(note) ?? { origin: '', size: 0 };
  const lost = Math.max(0, ...wrong.map((misfit) => ('size' in misfit ? misfit.size : 0)));
  console.log(`The ledger goes on as epoch ${parseOrigin(origin)?.epoch ?? '?'}, with ${size} entries.`);
  console.log(good === undefined ? 'No checkpoint that is known still holds.' : `The last checkpoint that holds is over ${good.size} of the ${head} entries that were there.`);
  if (lost > (good?.size ?? 0)) console.log(`One was signed over ${lost}: what came behind entry ${good?.size ?? 0} then may be another than now, or lost.`);
  console.log(`\nKeep a copy of the first checkpoint of the new epoch, elsewhere:\n\n${note}`);
  console.log('Instances that are running look again within half a minute. Those that are not: start them.');
}
