import { createHash } from 'node:crypto';
import * as first from './migrations/0001-ledger-and-requests.ts';
import * as second from './migrations/0002-rotations.ts';
import * as third from './migrations/0003-tree.ts';
import * as channels from './migrations/0004-channels.ts';
import * as entraLog from './migrations/0005-entra-log.ts';
import * as readings from './migrations/0006-readings.ts';
import * as keeping from './migrations/0007-keeping.ts';
import * as ownersFunctions from './migrations/0008-owners-functions.ts';
import * as selfService from './migrations/0009-self-service.ts';
import * as deviceIndex from './migrations/0010-device-index.ts';
import * as signIns from './migrations/0011-sign-ins.ts';
import * as api from './migrations/0012-api.ts';
import * as checkFile from './migrations/0013-check-file.ts';
import * as deviceItem from './migrations/0014-device-item.ts';

export interface Migration {
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the SQL, hex: an applied migration that was edited is found. */
  readonly checksum: string;
}

const checked = ({ name, sql }: { readonly name: string; readonly sql: string }): Migration => ({
  name,
  sql,
  checksum: createHash('sha256').update(sql).digest('hex'),
});

/** In the order in which they are applied. */
export const migrations: readonly Migration[] = [checked(first), checked(second), checked(third), checked(channels), checked(entraLog), checked(readings), checked(keeping), checked(ownersFunctions), checked(selfService), checked(deviceIndex), checked(signIns), checked(api), checked(checkFile), checked(deviceItem)];
