import { allGraphPermissions, type GraphPermission, graphPermissions } from '../../domain/graph-permission.ts';
import type { FaultCode } from '../../domain/fault.ts';
import { broken, type Check, type Finding, notChecked, ok, warning } from '../check.ts';
import type { IdentityInUse, Patient } from '../patient.ts';
import { codeOf, grantOf, inPortal, remedyFor, unasked, whyIn } from '../words.ts';

/** Each permission by a question that only who has it may ask; the two powers by what the token names. */
export const permissions: Check = {
  name: 'permissions',
  async look(patient) {
    const wanted = patient.identities.flatMap((who) => allGraphPermissions.filter((name) => who.purposes.includes(graphPermissions[name].of) && isUsed(name, patient)).map((name) => ({ who, name })));
    const findings: Finding[] = [];
    const heard: Heard = { answers: 0, silences: [] };
    // One after the other: Entra's reports allow five requests in ten seconds, and nobody is in a hurry.
    for (const { who, name } of wanted) findings.push(await about(who, name, patient, heard));
    return [...findings, ...silent(heard), ...(patient.uses.delegated ? [inTheNameOfPeople(patient.identities[0])] : [])];
  },
};

/** Of the questions that were put to Graph. */
interface Heard {
  answers: number;
  readonly silences: FaultCode[];
}

/** One question that comes to nothing is a bad moment. When all do, Keydesk gets no answer either. */
function silent({ answers, silences: [code] }: Heard): readonly Finding[] {
  if (answers > 0 || code === undefined || code === 'graph-token') return [];
  return [broken('Microsoft Graph', `answered none of these questions: ${whyIn(code)}`, remedyFor(code))];
}

/** What people let Keydesk do is between them and Entra, and shows at their first press. */
const inTheNameOfPeople = (who: IdentityInUse): Finding =>
  notChecked('in the name of people', 'whether Keydesk may read and rotate in the name of who pressed cannot be seen from here', `${inPortal(who)} → API permissions: the delegated permissions of "Delegated mode" in docs/operations.md, with admin consent. Then press Reveal once.`);

function isUsed(name: GraphPermission, { uses }: Patient): boolean {
  const { need } = graphPermissions[name];
  if (need === 'self-service') return uses.selfService;
  if (need === 'entra-log') return uses.entraLog;
  return need !== 'rotation' || uses.rotation;
}

async function about(who: IdentityInUse, name: GraphPermission, { deadline }: Patient, heard: Heard): Promise<Finding> {
  const { examination } = who.graph;
  try {
    const has = await examination.has(name, deadline());
    if (has !== 'unknown') {
      heard.answers += 1;
      return has ? ok(name, 'granted') : missing(who, name);
    }
    // To read a key in order to see whether it can be read would be a row in Entra's log, and a key read.
    const granted = await examination.granted(deadline());
    if (granted === undefined) return notChecked(name, 'the token cannot be read, and there is no harmless question', `${grantOf(who, name)} Look there.`);
    return granted.some((one) => one.toLowerCase() === name.toLowerCase()) ? ok(name, 'granted, as the token says') : missing(who, name);
  } catch (error) {
    heard.silences.push(codeOf(error));
    return unasked(name, error);
  }
}

function missing(who: IdentityInUse, name: GraphPermission): Finding {
  const { need, off } = graphPermissions[name];
  const optional = need === 'wherever-used' || need === 'entra-log';
  return (optional ? warning : broken)(name, `missing: ${off}`, grantOf(who, name));
}
