// The key by which checkpoints are believed, from wherever it is known outside of the ledger.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Reader } from '../config/reader.ts';
import { parseTenantId } from '../domain/ids.ts';
import { parseOrigin } from '../ledger/checkpoint.ts';
import { parseVkey, publicKeyIn } from '../ledger/signed-note.ts';
import { type Env, UsageError } from './command.ts';
import { dataFolderOf } from './database.ts';

export interface TrustedKey {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Whose ledger it is, where the key says so. */
  readonly tenantId?: string;
}

export const keyHelp = `--key KEY      the ledger's public key: a verifier key (keydesk/…+…+…) or a file with one, or with a PEM. Without it the
                 key of KEYDESK_LEDGER_KEY(_FILE), or the demo's`;

/** Undefined when nothing but the ledger knows it. @param option of `--key`. Throws a UsageError for one that is no key. */
export function readTrustedKey(option: string | undefined, env: Env): TrustedKey | undefined {
  if (option !== undefined) return keyIn(option.includes('+') ? option : contentOf(option), '--key');
  const variable = 'KEYDESK_LEDGER_KEY';
  const read = new Reader(env);
  if (read.raw(variable) !== undefined || read.raw(`${variable}_FILE`) !== undefined) {
    const secret = read.secret(variable, 'an Ed25519 private key in PEM (PKCS #8)');
    if (secret === undefined) throw new UsageError(read.faults.map((fault) => `${fault.variable}: expected ${fault.expected}. ${fault.remedy}`).join(' '));
    return keyIn(secret.reveal(), variable);
  }
  const demo = join(dataFolderOf(env), 'ledger-key.pem');
  return !env['DATABASE_URL'] && existsSync(demo) ? keyIn(contentOf(demo), demo) : undefined;
}

function keyIn(text: string, from: string): TrustedKey {
  const verifier = parseVkey(text.trim());
  const publicKey = verifier?.publicKey ?? publicKeyIn(text);
  if (publicKey === undefined) throw new UsageError(`${from}: expected a verifier key (name+id+key), or an Ed25519 key in PEM.`);
  const tenantId = parseOrigin(verifier?.name ?? '')?.tenantId;
  return { publicKey, ...(tenantId !== undefined && { tenantId }) };
}

/** The tenant of the key, or the one that is configured. */
export const tenantOf = (key: TrustedKey | undefined, env: Env): string | undefined => key?.tenantId ?? parseTenantId(env['KEYDESK_TENANT_ID']);

/** Throws a UsageError that names the file and the code. @param path `-`: the standard input */
export function contentOf(path: string): string {
  try {
    return readFileSync(path === '-' ? process.stdin.fd : path, 'utf8');
  } catch (error) {
    throw new UsageError(`${path} cannot be read (${error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'}).`);
  }
}
