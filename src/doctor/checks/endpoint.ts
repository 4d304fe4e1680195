import { broken, type Check, type Finding, notChecked, ok, warning } from '../check.ts';
import type { Patient } from '../patient.ts';

const what = 'bot endpoint';
const patienceMs = 8000;

/** That the service runs here, that Teams would reach it, and that it lets in nobody without a token. */
export const endpoint: Check = {
  name: 'endpoint',
  look: async (patient) => [await here(patient), ...(await outside(patient))],
};

async function here({ local, fetch: reach }: Patient): Promise<Finding> {
  const health = await healthAt(reach, `${local}/healthz`);
  if (health === undefined) return warning('service', `nothing answers at ${local}`, 'Start it with "npm start" (on this machine, or look there where it runs).');
  return health === 'ok' ? ok('service', `answers at ${local}/healthz`) : broken('service', `${local}/healthz ${health}`, 'Another program has the port: set PORT, or stop it.');
}

async function outside(patient: Patient): Promise<readonly Finding[]> {
  const { endpoint: address, authenticated, fetch: reach } = patient;
  if (!authenticated) return [notChecked(what, 'the demo is reachable from this machine only', 'Nothing to do: Teams cannot reach a demo.')];
  if (address === undefined) return [notChecked(what, 'nobody said where Teams reaches Keydesk', 'Set KEYDESK_PUBLIC_URL, or give --endpoint https://your.host, and compare with Azure portal → Azure Bot → Configuration → Messaging endpoint.')];
  const url = URL.parse(address);
  if (url === null || url.protocol !== 'https:' || url.username !== '') return [broken(what, 'Teams calls https addresses alone', 'Set KEYDESK_PUBLIC_URL to https://your.host, with a certificate that browsers believe.')];
  const health = await healthAt(reach, new URL('/healthz', url));
  if (health === undefined) return [broken(what, `${url.origin} does not answer`, 'Is the name in DNS, the certificate one that browsers believe, and the way open from the internet to this service (port 443)?')];
  if (health !== 'ok') return [broken(what, `${url.origin}/healthz ${health}`, 'Something in front of Keydesk answers in its place: let the proxy pass on /healthz and /api/messages unchanged.')];
  return [ok(what, `${url.origin} answers`), await closed(reach, url)];
}

/** An empty activity without a token: whatever takes it takes anything from anybody. */
async function closed(reach: typeof fetch, url: URL): Promise<Finding> {
  const place = new URL('/api/messages', url);
  const answer = await status(reach, place, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  const set = `Azure portal → Azure Bot → Configuration → Messaging endpoint: ${place.href}`;
  if (answer === 401 || answer === 403) return ok('messaging endpoint', `lets nobody in without a token. Compare: ${set}`);
  if (answer === 404 || answer === undefined) return broken('messaging endpoint', `${place.href} answers ${answer ?? 'nothing'}`, `Let the proxy pass on /api/messages unchanged. ${set}`);
  return broken('messaging endpoint', `${place.href} answers ${answer} to who has no token, where 401 is expected`, 'Stop it: this is not Keydesk, or something in front answers for it.');
}

/** `ok`, or what is said there instead, in words that go on after the address; undefined when nothing is. A 200 alone says nothing: many sites have one for every path. */
async function healthAt(reach: typeof fetch, url: URL | string): Promise<string | undefined> {
  const answer = await asked(reach, url, {});
  if (answer?.status !== 200) return answer && `answers ${answer.status}`;
  return Object(answer.body).status === 'ok' ? 'ok' : 'is answered, and not by Keydesk';
}

/** Undefined when there is no answer. */
const status = async (reach: typeof fetch, url: URL | string, init: RequestInit): Promise<number | undefined> => (await asked(reach, url, init))?.status;

/** The body where it is JSON. */
async function asked(reach: typeof fetch, url: URL | string, init: RequestInit): Promise<{ readonly status: number; readonly body: unknown } | undefined> {
  try {
    const answer = await reach(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(patienceMs) });
    return { status: answer.status, body: await answer.json().catch(() => undefined) };
  } catch {
    return undefined;
  }
}
