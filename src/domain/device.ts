import type { EntraDeviceId, EntraObjectId, IntuneDeviceId, KeyId, PersonId } from './ids.ts';
import type { Instant } from './instant.ts';

export type JoinType = 'entra' | 'hybrid' | 'registered' | 'unknown';
export type VolumeType = 'operatingSystem' | 'fixedData' | 'removableData' | 'unknown';

/** A device as Entra ID knows it. Its name is what somebody typed into a PC once: hostile until escaped. */
export interface Device {
  readonly objectId: EntraObjectId;
  readonly deviceId: EntraDeviceId;
  readonly name: string;
  /** As Entra writes it (`Windows`), with the version when known (`10.0.26100.2033`). */
  readonly operatingSystem?: string;
  readonly osVersion?: string;
  readonly joinType: JoinType;
  readonly enabled?: boolean;
  readonly lastSignIn?: Instant;
}

/** The same machine as Intune knows it. `deviceId` joins the two; names do not. */
export interface ManagedDevice {
  readonly intuneId: IntuneDeviceId;
  /** Absent while Intune holds the all-zero GUID of a device not yet registered. */
  readonly deviceId?: EntraDeviceId;
  readonly name: string;
  /** Sign-in name of the primary user. */
  readonly primaryUser?: string;
  readonly primaryUserId?: PersonId;
  readonly encrypted?: boolean;
  readonly lastSync?: Instant;
  readonly enrolledAt?: Instant;
}

export interface Owner {
  readonly id?: PersonId;
  readonly name?: string;
  readonly userPrincipalName?: string;
}

/** A recovery password in escrow, without the password. */
export interface EscrowedKey {
  readonly keyId: KeyId;
  readonly deviceId: EntraDeviceId;
  readonly volumeType: VolumeType;
  readonly createdAt: Instant;
}

/** `superseded`: a newer key of the same kind of volume exists. It may still be the one on the screen. */
export interface KnownKey extends EscrowedKey {
  readonly state: 'active' | 'superseded';
}

const volumeOrder = ['operatingSystem', 'fixedData', 'removableData', 'unknown'] as const satisfies readonly VolumeType[];

/**
 * Keys in the order in which an agent wants them: operating system first, then newest first; equal times by key ID,
 * so that the order never depends on the order of arrival. Of each kind of volume the newest is active. A machine
 * with two fixed drives has two valid keys; calling the elder superseded is a hint and hides nothing.
 */
export function inOrder(keys: readonly EscrowedKey[]): readonly KnownKey[] {
  const sorted = [...new Map(keys.map((key) => [key.keyId, key])).values()].sort(
    (a, b) =>
      volumeOrder.indexOf(a.volumeType) - volumeOrder.indexOf(b.volumeType) ||
      b.createdAt.localeCompare(a.createdAt) ||
      a.keyId.localeCompare(b.keyId),
  );
  const seen = new Set<VolumeType>();
  return sorted.map((key) => {
    const state = seen.has(key.volumeType) ? 'superseded' : 'active';
    seen.add(key.volumeType);
    return { ...key, state };
  });
}

/** What somebody read from a blue screen: at least eight hex characters, dashes and blanks do not matter. */
export interface KeyIdFragment {
  /** Lower-case hex without dashes, 8 to 32 characters. */
  readonly hex: string;
  /** A letter that cannot be hex was read as the digit it resembles (O as 0, I or L as 1). */
  readonly forgiven: boolean;
}

export function parseKeyIdFragment(typed: string): KeyIdFragment | undefined {
  const bare = typed.toLowerCase().replaceAll(/[\s\u00a0\u200b-\u200f\u2010-\u2015{}-]/g, '');
  const hex = bare.replaceAll('o', '0').replaceAll(/[il]/g, '1');
  return /^[0-9a-f]{8,32}$/.test(hex) ? { hex, forgiven: hex !== bare } : undefined;
}

/** The keys whose ID begins with the fragment. */
export const matching = <K extends EscrowedKey>(keys: readonly K[], fragment: KeyIdFragment): readonly K[] =>
  keys.filter((key) => key.keyId.replaceAll('-', '').startsWith(fragment.hex));
