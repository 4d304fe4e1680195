// Intune's encryption report (`managedDeviceEncryptionStates`): in beta alone, under a permission of its own. Its id is
// taken to be that of the managed device, which Microsoft's page does not say; its filters are reported to be ignored.

import { z } from 'zod';
import { Fault } from '../domain/fault.ts';
import type { EncryptionStates } from '../domain/ports.ts';
import type { Ask } from './ask.ts';
import { encryptionStateProperties, toEncryptionState } from './encryption-answers.ts';
import { folded, isAskable, odata, selecting } from './odata.ts';

const page = z.object({ value: z.array(z.unknown()), '@odata.nextLink': z.string().nullish() });

export const createEncryptionStates = (ask: Ask): EncryptionStates => ({
  async of({ intuneId, name }, deadline) {
    try {
      const route = selecting(odata`deviceManagement/managedDeviceEncryptionStates/${intuneId}`, encryptionStateProperties);
      const reply = await ask({ service: 'intune', version: 'beta', route, deadline });
      const state = toEncryptionState(reply.body);
      if (state === undefined || state.intuneId !== intuneId) throw reply.nonsense('the encryption state is not as promised, or another');
      return state;
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'graph-not-found') throw error;
    }
    if (!isAskable(name)) return undefined;

    const route = selecting(odata`deviceManagement/managedDeviceEncryptionStates?$filter=deviceName eq ${name}`, encryptionStateProperties);
    const reply = await ask({ service: 'intune', version: 'beta', route, deadline });
    const { value, '@odata.nextLink': next } = page.safeParse(reply.body).data ?? {};
    const states = value?.map((raw) => toEncryptionState(raw)) ?? [undefined];
    if (states.includes(undefined)) throw reply.nonsense('the list of encryption states is not as promised');
    // The filter was ignored and the tenant is large: to page through all of it, somebody would have to wait too long.
    if (next !== undefined && next !== null) throw reply.nonsense('the encryption states of all devices were answered, in pages');
    const bearing = states.flatMap((state) => (state !== undefined && folded(state.name) === folded(name) ? [state] : []));
    return bearing.length === 1 ? bearing[0] : undefined;
  },
});
