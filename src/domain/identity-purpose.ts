/**
 * For what Keydesk is somebody towards Entra: `metadata` reads devices, people, groups, key IDs and Entra's log; `reveal`
 * reads recovery passwords; `rotation` rotates. One identity may serve several.
 */
export const identityPurposes = ['metadata', 'reveal', 'rotation'] as const;
export type IdentityPurpose = (typeof identityPurposes)[number];

/** An identity for none of them is the bot's, when each has one of its own. */
export const purposesInWords = (purposes: readonly IdentityPurpose[]): string => (purposes.length === 0 ? 'bot' : purposes.join(', '));
