// Why a key is needed and how the caller was verified: coded, so that a summary can count, with words where codes end.

export const reasonCodes = [
  'firmware-update',
  'hardware-change',
  'wrong-pin',
  'secure-boot-change',
  'forgotten-pin',
  'drive-moved',
  'other',
] as const;
export type ReasonCode = (typeof reasonCodes)[number];

/** Why a person rotates. */
export const rotationReasons = ['key-exposed', 'after-repair', 'handover', 'policy', 'other'] as const;
export type RotationReason = (typeof rotationReasons)[number];

export const callerChecks = ['call-back', 'manager', 'in-person'] as const;
export type CallerCheck = (typeof callerChecks)[number];
