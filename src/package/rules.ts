// What the manifest says that no shape can hold: parts that have to agree, and domains that others could have too.

import { type Finding, finding } from './finding.ts';
import type { Manifest } from './manifest.ts';

const file = 'manifest.json';

export const manifestFindings = (manifest: Manifest): readonly Finding[] => [...identity(manifest), ...commands(manifest), ...domains(manifest)];

/** One registration is the bot and what people sign in to: another id would be another application's. */
function identity({ id, bots, webApplicationInfo }: Manifest): readonly Finding[] {
  const botId = bots[0]?.botId.toLowerCase();
  const findings: Finding[] = [];
  if (webApplicationInfo.id.toLowerCase() !== botId) findings.push(finding(`${file}: webApplicationInfo.id`, 'is another id than the bot’s', 'Both are ${{BOT_ID}}.'));
  if (webApplicationInfo.resource.toLowerCase() !== `api://botid-${botId}`) findings.push(finding(`${file}: webApplicationInfo.resource`, 'is not api://botid- and the bot’s id', 'It is what Teams signs people in for: api://botid-${{BOT_ID}}.'));
  if (id.toLowerCase() === botId) findings.push(finding(`${file}: id`, 'is the id of the bot', 'The app has an id of its own: TEAMS_APP_ID, any new GUID.'));
  return findings;
}

function commands({ bots }: Manifest): readonly Finding[] {
  return bots.flatMap(({ scopes, commandLists }) => {
    const listed = commandLists.flatMap((list) => list.scopes);
    return [
      ...twice(listed).map((scope) => finding(`${file}: bots.0.commandLists`, `have two lists for ${scope}`, 'One list a scope.')),
      ...listed.filter((scope) => !scopes.includes(scope)).map((scope) => finding(`${file}: bots.0.commandLists`, `have a list for ${scope}, where the bot is not`, 'Add the scope to the bot, or take the list out.')),
      ...commandLists.flatMap((list, index) => twice(list.commands.map(({ title }) => title.toLowerCase())).map((title) => finding(`${file}: bots.0.commandLists.${index}`, `name "${title}" twice`, 'Take one out.'))),
    ];
  });
}

const twice = (names: readonly string[]): readonly string[] => [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];

/** Hosts under which everybody can have a name: a wildcard there lets everybody in. */
const shared = /^(?:azurewebsites\.net|devtunnels\.ms|ngrok(?:-free)?\.(?:app|io|dev)|[a-z]+)$/;
const host = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

function domains({ validDomains }: Manifest): readonly Finding[] {
  return validDomains.flatMap((domain, index) => {
    const where = `${file}: validDomains.${index}`;
    const name = domain.toLowerCase().replace(/^\*\./, '');
    if (/^(?:localhost|127\.|\[|.*\.local(?:host)?$)/.test(name)) return [finding(where, 'is this machine', 'Teams reaches Keydesk by a public host: a tunnel, or where it is deployed (BOT_DOMAIN).')];
    if (domain.startsWith('*.') && shared.test(name)) return [finding(where, 'lets in hosts that are anybody’s', 'Name the one host.')];
    return host.test(name) ? [] : [finding(where, 'is no host name', 'Without https://, port and path.')];
  });
}
