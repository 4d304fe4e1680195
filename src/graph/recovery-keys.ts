// BitLocker keys in escrow (`/informationProtection/bitlocker/recoveryKeys`). The endpoint knows a filter by deviceId
// and nothing else: no `$top`, no order, no prefix. Metadata is asked for without any `$select`, because Microsoft's
// page says that `$select` is what makes Entra write a read into its audit log.

import { z } from 'zod';
import { Fault } from '../domain/fault.ts';
import { parseKeyId } from '../domain/ids.ts';
import type { RecoveryKeys } from '../domain/ports.ts';
import { RecoveryPassword } from '../domain/recovery-password.ts';
import { single, toEscrowedKey } from './answers.ts';
import type { Ask } from './ask.ts';
import { odata } from './odata.ts';
import { allPages } from './pages.ts';

const secret = z.object({ id: z.string().nullish(), key: z.unknown() });

export const createRecoveryKeys = (ask: Ask): RecoveryKeys => ({
  async of(deviceId, deadline) {
    const route = odata`informationProtection/bitlocker/recoveryKeys?$filter=deviceId eq ${deviceId}`;
    const keys = await allPages(ask, { service: 'bitlocker', route, deadline }, toEscrowedKey);
    return keys.filter((key) => key.deviceId === deviceId);
  },

  async find(keyId, deadline) {
    try {
      const reply = await ask({ service: 'bitlocker', route: odata`informationProtection/bitlocker/recoveryKeys/${keyId}`, deadline });
      const key = toEscrowedKey(single(reply.body));
      if (key === undefined || key.keyId !== keyId) throw reply.nonsense('the key is not as promised, or another');
      return key;
    } catch (error) {
      if (error instanceof Fault && error.code === 'graph-not-found') return undefined;
      throw error;
    }
  },

  async read(keyId, { clientRequestId, deadline, authority }) {
    const reply = await ask({ service: 'bitlocker', route: secretRoute(keyId), deadline, clientRequestId, authority, kind: 'secret-read' });
    const read = secret.safeParse(single(reply.body)).data;
    if (read === undefined) throw reply.nonsense('the key is not as promised');
    if (typeof read.id === 'string' && parseKeyId(read.id) !== keyId) throw reply.nonsense('another key was answered');
    const password = RecoveryPassword.parse(read.key);
    if (password === undefined) throw reply.nonsense('no recovery password in the answer; BitlockerKey.Read.All may be missing');
    return { password, ...(reply.graphRequestId !== undefined && { graphRequestId: reply.graphRequestId }) };
  },
});

// The one URL that makes Graph hand out a secret, and Entra write down that it did.
const secretRoute = (keyId: string) => odata`informationProtection/bitlocker/recoveryKeys/${keyId}?$select=key`;
