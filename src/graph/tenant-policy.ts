// What the tenant allows its people (`/policies/authorizationPolicy`).

import { z } from 'zod';
import type { TenantPolicy } from '../domain/ports.ts';
import type { Ask } from './ask.ts';
import { odata } from './odata.ts';

const policy = z.object({ defaultUserRolePermissions: z.object({ allowedToReadBitlockerKeysForOwnedDevice: z.boolean().nullish() }) });

export const createTenantPolicy = (ask: Ask): TenantPolicy => ({
  async ownersMayReadKeys(deadline) {
    const reply = await ask({ service: 'directory', route: odata`policies/authorizationPolicy?$select=defaultUserRolePermissions`, deadline });
    const read = policy.safeParse(reply.body).data;
    if (read === undefined) throw reply.nonsense('the authorization policy is not as promised');
    return read.defaultUserRolePermissions.allowedToReadBitlockerKeysForOwnedDevice === true;
  },
});
