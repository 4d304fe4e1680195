// The key that signs the ledger, the one before it, and where the newest checkpoint is kept outside of the database.
import { accessSync, constants, statSync } from 'node:fs';
import { createPrivateKey } from 'node:crypto';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { Reader } from './reader.ts';
import type { Secret } from './secret.ts';

export interface LedgerConfig {
  /** PEM (PKCS #8) of an Ed25519 key. */
  readonly signingKey: Secret;
  /** The one before it, while it is being changed. */
  readonly formerKey?: Secret;
  readonly checkpointFile?: string;
  readonly checkpointSeconds: number;
}

const form = 'an Ed25519 private key in PEM (PKCS #8)';
const remedy = 'Make one with "npm run audit -- new-key FILE", and name the file.';

export function readLedger(read: Reader): LedgerConfig | undefined {
  const signingKey = readKey(read, 'KEYDESK_LEDGER_KEY');
  const former = 'KEYDESK_LEDGER_FORMER_KEY';
  const formerKey = read.has(former) ? readKey(read, former) : undefined;
  const checkpointFile = read.optional('KEYDESK_CHECKPOINT_FILE', z.string().refine(mayBeWritten), 'the path of a file in a folder that the service may write to', undefined);
  const checkpointSeconds = read.optional('KEYDESK_CHECKPOINT_SECONDS', z.coerce.number().int().min(5).max(3600), 'seconds from 5 to 3600', 60);
  return signingKey && { signingKey, ...(formerKey && { formerKey }), ...(checkpointFile !== undefined && { checkpointFile }), checkpointSeconds };
}

function readKey(read: Reader, variable: string): Secret | undefined {
  const secret = read.secret(variable, `${form}. ${remedy.slice(0, -1)}`);
  if (secret === undefined || isEd25519(secret.reveal())) return secret;
  read.faults.push({ variable, expected: form, remedy });
  return undefined;
}

/** Asked at start: later it would show at the first signature. */
function isEd25519(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'ed25519';
  } catch {
    return false;
  }
}

/** The file is replaced as a whole, therefore it is its folder that must be writable. */
function mayBeWritten(path: string): boolean {
  try {
    accessSync(dirname(path), constants.W_OK);
    return !statSync(path, { throwIfNoEntry: false })?.isDirectory();
  } catch {
    return false;
  }
}
