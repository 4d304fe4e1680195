// Which identity is for what. What has none of its own is done by the bot's.
import { type IdentityPurpose, identityPurposes } from '../domain/identity-purpose.ts';
import type { IdentitiesApart, Identity } from './read-identity.ts';
import type { GraphMode } from './read-mode.ts';

export interface IdentityFor {
  /** Empty for a bot whose every purpose has an identity of its own: it talks to Teams and asks Graph nothing. */
  readonly purposes: readonly IdentityPurpose[];
  readonly identity: Identity;
}

/** Of the configuration, what decides it. */
interface Configured {
  readonly identity: Identity;
  readonly identitiesApart: IdentitiesApart;
  readonly graphMode: Pick<GraphMode, 'mode'>;
}

/** The bot's own first. Two purposes with one client id are one identity, whose token and connections they share. */
export function identitiesIn({ identity, identitiesApart, graphMode }: Configured): readonly [IdentityFor, ...IdentityFor[]] {
  const apart = new Map<string, IdentityFor>();
  // In delegated mode keys are read by nobody but people.
  const wanted = identityPurposes.filter((purpose) => purpose !== 'reveal' || graphMode.mode === 'application');
  for (const purpose of wanted) {
    const own = identitiesApart[purpose];
    if (own === undefined) continue;
    const known = apart.get(own.clientId) ?? { identity: own, purposes: [] };
    apart.set(own.clientId, { ...known, purposes: [...known.purposes, purpose] });
  }
  return [{ identity, purposes: wanted.filter((purpose) => identitiesApart[purpose] === undefined) }, ...apart.values()];
}
