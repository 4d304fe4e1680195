// Why a rotation did not happen. Intune reports negative HRESULTs, although its description promises positive numbers.

export const rotationFailures = [
  'not-managed', // no managed device carries the deviceId
  'several-managed', // more than one does: which one is meant cannot be known
  'device-gone', // Entra no longer knows the device
  'forbidden', // our identity may not rotate
  'refused', // Intune took the call and said no
  'policy-os', // backup policy for the OS drive not "required"
  'policy-fixed', // the same for fixed data drives
  'policy-unset', // the action is not supported on the device: rotation not allowed by policy, or an old Windows
  'backup-busy',
  'not-encrypted',
  'drive-locked',
  'drive-busy',
  'system-files',
  'system-drive',
  'algorithm',
  'element-missing',
  'bad-parameter',
  'general',
  'catastrophic',
  'not-supported',
  'unlisted', // a code that nobody has explained
  'cancelled', // in Intune, by somebody else
  'gave-up', // tried or waited for too long
  'person-forbidden', // sent in a person's name, who may not rotate in Intune
  'sign-in-needed', // sent in a person's name, and Entra wants a new sign-in
  'sign-in-lost', // could not be sent while the person was signed in
] as const;
export type RotationFailure = (typeof rotationFailures)[number];

// Reported by administrators; the first column is what `errorCode` holds.
const byResult: ReadonlyMap<number, RotationFailure> = new Map([
  [-2_144_272_166, 'policy-os'], // 0x803100DA
  [-2_144_272_165, 'policy-fixed'], // 0x803100DB
  [-2_144_272_159, 'backup-busy'], // 0x803100E1
  [-2_144_272_376, 'not-encrypted'], // 0x80310008
  [-2_144_272_384, 'drive-locked'], // 0x80310000
  [-2_144_272_295, 'drive-busy'], // 0x80310059
  [-2_144_272_310, 'system-files'], // 0x8031004A
  [-2_144_272_366, 'system-drive'], // 0x80310012
  [-2_144_272_339, 'algorithm'], // 0x8031002D
  [-2_147_023_728, 'element-missing'], // 0x80070490
  [-2_147_024_809, 'bad-parameter'], // 0x80070057
  [-2_147_467_259, 'general'], // 0x80004005
  [-2_147_418_113, 'catastrophic'], // 0x8000FFFF
  [-2_146_893_783, 'not-supported'], // 0x80090029
]);

export const failureOf = (errorCode: number): RotationFailure => byResult.get(errorCode) ?? 'unlisted';

/** `0x803100DA`, as Microsoft's pages and search engines know it. */
export const hresult = (errorCode: number): string => `0x${(errorCode >>> 0).toString(16).toUpperCase().padStart(8, '0')}`;

/** Worth another try by itself, later. */
export const passesByItself = (failure: RotationFailure): boolean => failure === 'backup-busy' || failure === 'drive-busy';
