// Intune's encryption report, turned into the product's noun; as tolerant as answers.ts is.

import { z } from 'zod';
import { type EncryptionFlag, encryptionFlags, type EncryptionState, policyStates } from '../domain/encryption-state.ts';
import { parseIntuneDeviceId } from '../domain/ids.ts';
import { said } from './answers.ts';
import type { Entry } from './pages.ts';

const code = z.union([z.string(), z.number()]).nullish();
const policy = z.object({ policyName: z.string().nullish() });
const state = z.object({
  id: z.string(),
  deviceName: z.string().nullish(),
  tpmSpecificationVersion: z.string().nullish(),
  encryptionReadinessState: code,
  encryptionState: code,
  encryptionPolicySettingState: code,
  advancedBitLockerStates: code,
  policyDetails: z.array(policy).nullish(),
});

/** What `$select` has to name: exactly the properties that are read. */
export const encryptionStateProperties = Object.keys(state.shape).join(',');

export const toEncryptionState: Entry<EncryptionState> = (raw) => {
  const read = state.safeParse(raw).data;
  const intuneId = parseIntuneDeviceId(read?.id);
  if (read === undefined || intuneId === undefined) return undefined;
  const ready = yesOrNo(read.encryptionReadinessState, 'ready', 'notReady');
  const encrypted = yesOrNo(read.encryptionState, 'encrypted', 'notEncrypted');
  const tpmVersion = said(read.tpmSpecificationVersion);
  return {
    intuneId,
    name: said(read.deviceName) ?? '',
    policy: named(read.encryptionPolicySettingState, policyStates) ?? 'unknown',
    policies: (read.policyDetails ?? []).map(({ policyName }) => said(policyName) ?? '(no name)'),
    flags: flagsIn(read.advancedBitLockerStates),
    ...(ready !== undefined && { ready }),
    ...(encrypted !== undefined && { encrypted }),
    ...(tpmVersion !== undefined && { tpmVersion }),
  };
};

type Code = z.infer<typeof code>;

/** By name in any case, or by its place in the list, which is its number. */
const named = <Name extends string>(value: Code, names: readonly Name[]): Name | undefined =>
  names.find((name, number) => name.toLowerCase() === String(value).toLowerCase() || String(number) === String(value));

function yesOrNo(value: Code, yes: string, no: string): boolean | undefined {
  const known = named(value, [no, yes]);
  return known === undefined ? undefined : known === yes;
}

/** One name, several with commas between, or the sum of their bits. What is not known is left out, and so is `success`. */
function flagsIn(value: Code): readonly EncryptionFlag[] {
  const text = String(value ?? '').trim();
  if (/^\d+$/.test(text)) {
    const bits = BigInt(text);
    return encryptionFlags.filter((_flag, bit) => ((bits >> BigInt(bit)) & 1n) === 1n);
  }
  const names = new Set(text.toLowerCase().split(/[\s,]+/));
  return encryptionFlags.filter((flag) => names.has(flag.toLowerCase()));
}
