import { type KeyReader, keyReadingRoles } from '../../graph/key-readers.ts';
import { type Check, type Finding, notChecked, ok, warning } from '../check.ts';
import { codeOf, grantOf, unasked } from '../words.ts';

const what = 'around Keydesk';
const allRoles = Object.keys(keyReadingRoles);
const always = 'Global Administrator';

/** Whoever holds such a role reads keys in the portal: without a reason, a limit or a rotation. */
export const keyReaders: Check = {
  name: 'key-readers',
  async look({ identities: [who], deadline }) {
    try {
      return [judged(await who.graph.examination.keyReaders(deadline()))];
    } catch (error) {
      if (codeOf(error) !== 'graph-forbidden') return [unasked(what, error)];
      return [notChecked(what, `who holds a role that reads keys in the portal (${allRoles.join(', ')})`, `Look in Entra admin centre → Roles, or for this check alone: ${grantOf(who, 'RoleManagement.Read.Directory')}`)];
    }
  },
};

function judged(readers: readonly KeyReader[]): Finding {
  const people = new Set(readers.filter(({ kind }) => kind === 'person').map(({ id }) => id));
  const apps = new Set(readers.filter(({ kind }) => kind === 'application').map(({ id }) => id));
  const counts = allRoles.flatMap((role) => {
    const count = readers.filter((one) => one.role === role).length;
    return count === 0 ? [] : [`${role} ${count}`];
  });
  if (counts.length === 0) return ok(what, 'nobody holds a built-in role that reads keys in the portal');
  const found = `${people.size === 1 ? '1 person reads' : `${people.size} people read`} keys in the portal too${apps.size === 0 ? '' : `, and ${apps.size === 1 ? '1 application' : `${apps.size} applications`}`}: ${counts.join(', ')}`;
  // Without a Global Administrator there is no tenant.
  if (apps.size === 0 && readers.every(({ role }) => role === always)) return ok(what, found);
  return warning(what, found, 'Take the roles from who needs them for keys alone, or make them eligible in PIM; for the emergency a custom role ("Break-glass" in docs/operations.md). Who may activate a role and has not, and custom roles, are not counted here.');
}
