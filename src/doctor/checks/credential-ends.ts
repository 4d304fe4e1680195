import { endInWords, isEnding, warnDays } from '../../domain/credential-end.ts';
import { endOf } from '../../graph/credential-end.ts';
import { broken, type Check, type Finding, notChecked, ok, warning } from '../check.ts';
import type { IdentityInUse, Patient } from '../patient.ts';
import { inPortal, purposesOf } from '../words.ts';

/** How long certificate and client secret are good. */
export const credentialEnds: Check = {
  name: 'credentials',
  look: (patient) => Promise.all(patient.identities.map((who) => about(who, patient))),
};

async function about(who: IdentityInUse, { clock, deadline }: Patient): Promise<Finding> {
  const now = clock.now();
  const end = await endOf(who.identity, who.graph.examination, now, deadline());
  if (end.kind === 'renewed') return ok(`credential (${purposesOf(who)})`, 'of a managed identity: Azure renews it');
  if (end.kind === 'unknown') {
    const what = `${end.of} (${purposesOf(who)})`;
    const missing = end.code === 'graph-forbidden' ? ' To have it looked at here and by the service, grant Application.Read.All, which no feature needs.' : '';
    return notChecked(what, 'when it ends is not known', `Look at ${inPortal(who)} → Certificates & secrets.${missing}`);
  }
  const what = `${end.kind} (${purposesOf(who)})`;
  const words = endInWords({ ...end, purposes: who.purposes }, now);
  const remedy = `${inPortal(who)} → Certificates & secrets: add the next one, put it into the configuration, restart Keydesk, then remove the old one.`;
  if (end.endsAt <= now) return broken(what, words, remedy);
  return isEnding(end, now) ? warning(what, `${words} (told ${warnDays} days before)`, remedy) : ok(what, words);
}
