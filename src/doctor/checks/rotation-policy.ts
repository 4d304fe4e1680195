import type { RotationPolicies } from '../../graph/rotation-policy.ts';
import { type Check, type Finding, notChecked, ok, warning } from '../check.ts';
import { codeOf, named, unasked } from '../words.ts';

const what = 'rotation policy';
const where = 'Intune admin centre → Endpoint security → Disk encryption → the BitLocker profile: "Client-driven recovery password rotation" on, "Save BitLocker recovery information to Entra ID" enabled, "Store recovery information in Entra ID before enabling BitLocker" required. Devices refuse a rotation without these (0x803100DA).';

/** Whether devices are told that they may make a new password: without it Intune takes the order, and the device fails. */
export const rotationPolicy: Check = {
  name: 'rotation-policy',
  async look({ identities: [{ graph }], uses, deadline }) {
    if (!uses.rotation) return [];
    try {
      return [judged(await graph.examination.rotationPolicies(deadline()))];
    } catch (error) {
      if (codeOf(error) === 'graph-forbidden') return [notChecked(what, 'policies may not be read (DeviceManagementConfiguration.Read.All)', where)];
      return [unasked(what, error)];
    }
  },
};

function judged({ found, more }: RotationPolicies): Finding {
  const [first, ...others] = found;
  if (first === undefined) {
    return more
      ? notChecked(what, 'none of the first policies says anything of it, and there are more', where)
      : notChecked(what, 'no policy of the settings catalogue says anything of it; an older kind of policy may', where);
  }
  const off = found.filter(({ rotates }) => rotates === 'off');
  if (off.length > 0) return warning(what, `off in ${off.map(({ name }) => named(name)).join(', ')}`, where);
  const unread = found.filter(({ rotates }) => rotates === 'unknown');
  if (unread.length > 0) return notChecked(what, `what ${unread.map(({ name }) => named(name)).join(', ')} says of it cannot be read`, where);
  const hybrid = found.every(({ rotates }) => rotates === 'hybrid-too');
  const names = `${named(first.name)}${others.length === 0 ? '' : ` and ${others.length} more`}`;
  return ok(what, `on for Entra joined ${hybrid ? 'and hybrid joined ' : ''}devices (${names}${more ? '; not every policy was looked at' : ''})`);
}
