import { allGraphPermissions, graphPermissions } from '../../domain/graph-permission.ts';
import { Fault } from '../../domain/fault.ts';
import { entraCodes } from '../../graph/tokens.ts';
import { broken, type Check, type Finding, ok, warning } from '../check.ts';
import type { IdentityInUse, Patient } from '../patient.ts';
import { inPortal, named, purposesOf } from '../words.ts';

/** That each identity gets a token for Graph, and the bot one for the connector of Teams. */
export const tokens: Check = {
  name: 'token',
  look: async (patient) => [...(await Promise.all(patient.identities.map((who) => forGraph(who, patient)))).flat(), ...(patient.authenticated ? [await forTeams(patient)] : [])],
};

async function forGraph(who: IdentityInUse, { deadline }: Patient): Promise<readonly Finding[]> {
  const what = `token (${purposesOf(who)})`;
  try {
    const granted = await who.graph.examination.granted(deadline());
    return [ok(what, `Entra gives one to ${who.identity.clientId}`), ...tooMuch(who, granted ?? [])];
  } catch (error) {
    return [refused(what, who, error)];
  }
}

/** `https://api.botframework.com`: what the bot writes to Teams with. */
async function forTeams({ identities: [who], deadline }: Patient): Promise<Finding> {
  const what = 'token (Teams)';
  try {
    const token = await who.credential.getToken('https://api.botframework.com/.default', { abortSignal: deadline() });
    return token === null ? refused(what, who, undefined) : ok(what, 'Entra gives the bot one for the connector');
  } catch (error) {
    return refused(what, who, error);
  }
}

function refused(what: string, who: IdentityInUse, error: unknown): Finding {
  const codes = error instanceof Fault ? (/\(([^)]+)\)/.exec(error.message)?.[1] ?? '') : entraCodes(error).replaceAll(/[ ()]/g, '');
  const known = codes.split(/[, ]+/).flatMap((code) => remedies.get(code.replace('AADSTS', '')) ?? [])[0];
  const found = known?.found ?? (error instanceof Fault && error.code !== 'graph-token' ? 'Entra did not answer' : 'Entra gave none');
  return broken(what, codes === '' ? found : `${found} (${codes})`, (known?.remedy ?? otherwise)(who));
}

type Remedy = (who: IdentityInUse) => string;

const secretVariable = ({ apart }: IdentityInUse): string => (apart === undefined ? 'MicrosoftAppPassword_FILE' : `KEYDESK_${apart.toUpperCase()}_CLIENT_SECRET_FILE`);
const certificateVariable = ({ apart }: IdentityInUse): string => (apart === undefined ? 'KEYDESK_CERTIFICATE_FILE' : `KEYDESK_${apart.toUpperCase()}_CERTIFICATE_FILE`);
const newSecret: Remedy = (who) => `${inPortal(who)} → Certificates & secrets: make a new client secret (a certificate is better), put its value, not its id, into ${secretVariable(who)}, and restart Keydesk.`;
const clock: Remedy = () => 'The clock of this machine is wrong, or the certificate has ended: see "clock" and "certificate" here.';

/** By Entra's own numbers. */
const remedies: ReadonlyMap<string, { readonly found: string; readonly remedy: Remedy }> = new Map([
  ['7000222', { found: 'the client secret has ended', remedy: newSecret }],
  ['7000215', { found: 'the client secret is not one of this application', remedy: newSecret }],
  ['700027', { found: 'the certificate is not registered with this application, or has ended', remedy: (who) => `${inPortal(who)} → Certificates & secrets: upload the certificate that is in ${certificateVariable(who)}.` }],
  ['700024', { found: 'what this machine signed is not in its time', remedy: clock }],
  ['700016', { found: 'there is no such application in this tenant', remedy: () => 'Compare MicrosoftAppId (KEYDESK_ROTATION_CLIENT_ID) and KEYDESK_TENANT_ID with the overview of the app registration.' }],
  ['90002', { found: 'there is no such tenant', remedy: () => 'KEYDESK_TENANT_ID: Entra admin centre → Overview → Tenant ID.' }],
  ['7000112', { found: 'the application is switched off', remedy: (who) => `Entra admin centre → Enterprise applications → ${who.identity.clientId} → Properties: enabled for sign-in.` }],
  ['53003', { found: 'Conditional Access for workload identities refuses it', remedy: () => 'Entra admin centre → Conditional Access: let this application in from where Keydesk runs.' }],
  ['500011', { found: 'the tenant does not know whom the token is for', remedy: () => 'Is the bot registered as SingleTenant in this tenant (Azure portal → Azure Bot → Configuration)?' }],
]);

const otherwise: Remedy = ({ identity }) =>
  identity.type === 'managed-identity'
    ? `Is the user-assigned identity ${identity.clientId} attached to this machine (App Service → Identity → User assigned)?`
    : 'Is https://login.microsoftonline.com reachable from this machine? "AADSTS…" numbers are explained at https://login.microsoftonline.com/error.';

const needed = (who: IdentityInUse): ReadonlySet<string> =>
  new Set(allGraphPermissions.filter((name) => who.purposes.includes(graphPermissions[name].of)).map((name) => name.toLowerCase()));
const power = /write|privileged|fullcontrol|^bitlockerkey\.read\.all$/i;

/** What would be worth stealing beside what is needed: least privilege is a law (product.md §10, 10). */
function tooMuch(who: IdentityInUse, granted: readonly string[]): readonly Finding[] {
  const spare = granted.filter((name) => power.test(name) && !needed(who).has(name.toLowerCase()));
  if (spare.length === 0) return [];
  return [warning(`rights (${purposesOf(who)})`, `may do more than it needs: ${spare.map(named).join(', ')}`, `${inPortal(who)} → API permissions: take these away.`)];
}
