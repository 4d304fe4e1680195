// Where Keydesk may send to. Every call to a serviceUrl carries the bot's own token, and the address comes in with the
// activity or out of the store: it is checked at both doors.

/**
 * The connectors of Teams in the public cloud and in GCC, whole host names: the list that Microsoft's Teams SDK 2 uses
 * for its public cloud. No pattern: anybody may register a name below trafficmanager.net, and Teams sends from none
 * below botframework.com. GCC High and DoD have other token issuers and are not served.
 */
const teamsHosts: ReadonlySet<string> = new Set([
  'smba.trafficmanager.net',
  'smba.onyx.prod.teams.trafficmanager.net',
  'smba.infra.gcc.teams.microsoft.com',
]);

const loopbackHosts: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Which serviceUrls are good: those of Teams, or, for the demo and tests only, this machine's own. */
export type ServiceUrls = 'teams' | 'loopback';

export function isAllowedServiceUrl(serviceUrl: string, allowed: ServiceUrls): boolean {
  const url = URL.parse(serviceUrl);
  if (url === null || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return false;
  return allowed === 'teams' ? url.protocol === 'https:' && url.port === '' && teamsHosts.has(url.hostname) : url.protocol === 'http:' && loopbackHosts.has(url.hostname);
}
