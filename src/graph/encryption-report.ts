import { z } from 'zod';
import { encryptionFlags, type EncryptionFlag, policyStates, type PolicyState } from '../domain/encryption-state.ts';
import type { SweptReport } from '../domain/fleet.ts';
import { mayHoldPassword } from '../domain/recovery-password.ts';
import type { Entry } from './pages.ts';

const text = z.string().nullish();
const report = z.object({
  id: z.string().min(1).max(100),
  deviceName: text,
  encryptionReadinessState: z.unknown().optional(),
  encryptionState: z.unknown().optional(),
  encryptionPolicySettingState: z.unknown().optional(),
  advancedBitLockerStates: z.unknown().optional(),
  policyDetails: z.array(z.object({ policyName: text })).nullish(),
  tpmSpecificationVersion: text,
});

/** One entry of Intune's list of encryption reports; an enum may come by its name or as a number. */
export const toSweptReport: Entry<SweptReport> = (raw) => {
  const read = report.safeParse(raw).data;
  if (read === undefined) return undefined;
  const ready = oneOf(read.encryptionReadinessState, ['notready', 'ready']);
  const encrypted = oneOf(read.encryptionState, ['notencrypted', 'encrypted']);
  const tpm = said(read.tpmSpecificationVersion);
  return {
    id: read.id.toLowerCase(),
    name: said(read.deviceName) ?? '',
    ...(ready !== undefined && { ready: ready === 1 }),
    ...(encrypted !== undefined && { encrypted: encrypted === 1 }),
    policy: policyIn(read.encryptionPolicySettingState),
    policies: (read.policyDetails ?? []).map(({ policyName }) => said(policyName) ?? ''),
    flags: flagsIn(read.advancedBitLockerStates),
    ...(tpm !== undefined && { tpmVersion: tpm }),
  };
};

/** Which of two names or numbers; undefined for anything else. */
function oneOf(value: unknown, names: readonly string[]): number | undefined {
  const at = typeof value === 'number' ? value : names.indexOf(String(value).toLowerCase());
  return at in names ? at : undefined;
}

function policyIn(value: unknown): PolicyState {
  const found = typeof value === 'number' ? policyStates[value] : policyStates.find((state) => state.toLowerCase() === String(value).toLowerCase());
  return found ?? 'unknown';
}

/** One name, a list with commas, or the sum of the bits. */
function flagsIn(value: unknown): readonly EncryptionFlag[] {
  const number = typeof value === 'number' ? value : /^\d+$/.test(String(value)) ? Number(value) : undefined;
  if (number !== undefined) return encryptionFlags.filter((_, bit) => (number & (1 << bit)) !== 0);
  const names = String(value).toLowerCase().split(',').map((name) => name.trim());
  return encryptionFlags.filter((flag) => names.includes(flag.toLowerCase()));
}

/** As everywhere: empty is none, and so is what could be neither shown nor stored. */
const said = (value: string | null | undefined): string | undefined => (value === null || value === undefined || value === '' || mayHoldPassword(value) ? undefined : value);
