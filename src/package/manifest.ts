// The shape of manifest.json as far as Keydesk uses it: Microsoft's schema 1.30 with its lengths, and stricter. What is not
// named here is refused, so that a new part comes with its rule. Microsoft's own schema is asked with --schema.

import { z } from 'zod';

const text = (most: number) => z.string().trim().min(1, 'is empty').max(most, `is longer than ${most} characters`);
const nilGuid = '00000000-0000-0000-0000-000000000000';
const guid = z.string().regex(/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i, 'is no GUID').refine((id) => id !== nilGuid, 'is the empty GUID');
/** The package can be read by everybody who may install the app. */
const namesNobody = (address: string): boolean => !/^\w+:\/\/[^/?#]*@/.test(address);
const https = z.url({ protocol: /^https$/, error: 'is no https address' }).max(2048).refine(namesNobody, 'has a name or a password in it');
const scope = z.enum(['personal', 'team', 'groupChat']);
const languageTag = z.string().regex(/^[A-Za-z0-9]{1,8}(?:-[A-Za-z0-9]{1,8}){0,2}$/, 'is no language tag');
/** A file beside the manifest. */
const file = z.string().regex(/^[\w-]+(?:\.[\w-]+)+$/, 'is no name of a file at the top of the package');

const command = z.strictObject({ title: text(128), description: text(4000) });
const commandList = z.strictObject({ scopes: z.array(scope).min(1), commands: z.array(command).min(1).max(12, 'are more than 12') });

const bot = z.strictObject({
  botId: guid,
  scopes: z.array(scope).min(1),
  supportsFiles: z.literal(true, 'is not true, and the export of the ledger offers a file'),
  isNotificationOnly: z.literal(false),
  commandLists: z.array(commandList).max(3, 'are more than 3'),
});

export const manifestShape = z.strictObject({
  $schema: z.string(),
  manifestVersion: z.string(),
  /** Semantic, without a leading zero; Teams takes an update only under another one. */
  version: z.string().max(256).regex(/^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)$/, 'is no version of the form 1.2.3'),
  id: guid,
  developer: z.strictObject({ name: text(32), websiteUrl: https, privacyUrl: https, termsOfUseUrl: https }),
  localizationInfo: z.strictObject({ defaultLanguageTag: languageTag, additionalLanguages: z.array(z.strictObject({ languageTag, file })) }),
  name: z.strictObject({ short: text(30), full: text(100) }),
  description: z.strictObject({ short: text(80), full: text(4000) }),
  icons: z.strictObject({ outline: file, color: file }),
  accentColor: z.string().regex(/^#[0-9a-f]{6}$/i, 'is no colour of the form #1d5c91'),
  bots: z.array(bot).length(1, 'are not exactly one'),
  defaultInstallScope: scope,
  /** Told to who installs it. Who presses is known by `identity`; a request goes on in the private chat by the other. */
  permissions: z.array(z.enum(['identity', 'messageTeamMembers'])),
  validDomains: z.array(z.string()).min(1).max(100),
  webApplicationInfo: z.strictObject({ id: guid, resource: z.string().max(2048) }),
});

export type Manifest = z.infer<typeof manifestShape>;

/** A file of another language: what stands in it instead of the manifest's, by its place. */
export const translationShape = z.strictObject({
  $schema: z.string(),
  'name.short': text(30),
  'name.full': text(100),
  'description.short': text(80),
  'description.full': text(4000),
});
