// What else the product asks of Entra and Intune, beside the devices and their keys (ports.ts): for the status of a device
// and for owners. Every port may throw a Fault and nothing else.

import type { ManagedDevice } from './device.ts';
import type { EncryptionState } from './encryption-state.ts';
import type { Deadline } from './ports.ts';

/** Intune's encryption report. */
export interface EncryptionStates {
  /**
   * The report on one managed device: by its id, else by its name where exactly one bears it. None when there is none;
   * a Fault when that could not be found out.
   */
  of(device: Pick<ManagedDevice, 'intuneId' | 'name'>, deadline: Deadline): Promise<EncryptionState | undefined>;
}

/** What the tenant allows its people, in Entra. */
export interface TenantPolicy {
  /** Whether owners may read the recovery keys of their own devices. A tenant that does not say so does not allow it. */
  ownersMayReadKeys(deadline: Deadline): Promise<boolean>;
}
