// Which identity is for what. One may serve several purposes; what has none of its own is done by the bot's.
import type { IdentityPurpose } from '../domain/graph-permission.ts';
import type { Config } from './read-config.ts';
import type { Identity, RotationIdentity } from './read-identity.ts';

export interface IdentityFor<Who> {
  readonly purposes: readonly IdentityPurpose[];
  readonly identity: Who;
}

/** The bot's own first. */
export const identitiesIn = ({ identity, rotationIdentity }: Pick<Config, 'identity' | 'rotationIdentity'>): readonly [IdentityFor<Identity>, ...IdentityFor<RotationIdentity>[]] =>
  rotationIdentity === undefined
    ? [{ purposes: ['metadata', 'reveal', 'rotation'], identity }]
    : [{ purposes: ['metadata', 'reveal'], identity }, { purposes: ['rotation'], identity: rotationIdentity }];
