import type { Person, RoleSet } from '../../domain/person.ts';
import { permits, roles as allRoles } from '../../domain/person.ts';
import type { DeskSettings } from '../../domain/settings.ts';
import { type CardMessage, facts, heading, line, message } from './card.ts';
import { plain, type Said, say } from './escape.ts';
import { roleWords } from './words.ts';

interface Whoami {
  readonly person: Person;
  readonly roles: RoleSet;
  readonly settings: Pick<DeskSettings, 'agentsMayRotate'>;
}

/** Who the bot thinks this is. Ids are shown, because they are what an administrator asks for. */
export function whoamiCard({ person, roles, settings }: Whoami): CardMessage {
  const held = allRoles.filter((role) => roles.has(role)).map((role) => roleWords[role]);
  const listed = held.length === 0 ? 'none' : held.join(', ');
  return message(plain`You are ${person.name}; roles: ${listed}.`, [
    heading(say`You are ${person.name}`),
    facts({ Roles: say`${listed}`, 'Object ID': say`${person.id}`, Tenant: say`${person.tenantId}` }, { spacing: 'medium' }),
    line(mayWords(roles, settings)),
  ]);
}

function mayWords(roles: RoleSet, settings: Whoami['settings']): Said {
  if (!permits(roles, 'reveal', settings)) return say`You may not ask for recovery keys. Roles come from groups in Entra ID; a change may take a minute to arrive here.`;
  return permits(roles, 'rotate', settings) ? say`You may ask for recovery keys and rotate them.` : say`You may ask for recovery keys.`;
}
