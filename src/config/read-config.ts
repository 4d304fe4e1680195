// Configuration from the environment, or every fault at once with its remedy. Unset is refused: no default stands in
// for an identity, a secret, a group or a store. Defaults exist only where product.md gives them.

import { createHash } from 'node:crypto';
import { z } from 'zod';
import { parseTenantId, type TenantId } from '../domain/ids.ts';
import { type Role, roles } from '../domain/person.ts';
import type { Clock, Limit } from '../domain/ports.ts';
import { mayHoldPassword } from '../domain/recovery-password.ts';
import { type DeskSettings, defaultSettings } from '../domain/settings.ts';
import { withEnvFiles } from './env-files.ts';
import { identitiesIn } from './identities.ts';
import { type ApiConfig, readApi } from './read-api.ts';
import { readSummaries } from './read-summaries.ts';
import { defaultSweepSettings, type SweepSettings } from '../domain/sweep-desk.ts';
import { type ConfigFault, type Env, guid, Reader, yesNo } from './reader.ts';
import { type LedgerConfig, readLedger } from './read-ledger.ts';
import { type GraphMode, readMode } from './read-mode.ts';
import { type Identity, type IdentitiesApart, readIdentitiesApart, readIdentity } from './read-identity.ts';
import type { Secret } from './secret.ts';
import { strangersIn } from './strangers.ts';
import { systemClock } from './system.ts';

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly tenantId: TenantId;
  readonly identity: Identity;
  readonly identitiesApart: IdentitiesApart;
  readonly graphMode: GraphMode;
  readonly databaseUrl: Secret;
  readonly ledger: LedgerConfig;
  /** Entra object ids of the role groups. A role without a group is nobody's. */
  readonly groups: Readonly<Partial<Record<Role, string>>>;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  /** Absent: the ledger is not held against Entra's own log. */
  readonly entraLog?: { readonly everySeconds: number; readonly ownAppIds: readonly string[] };
  /** Absent: there is no REST API. */
  readonly api?: ApiConfig;
  readonly desk: DeskSettings;
  readonly sweep: SweepSettings;
  /** SHA-256 (hex) over all settings without secrets, for the ledger's entry at start. */
  readonly fingerprint: string;
}

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly ConfigFault[];

  constructor(faults: readonly ConfigFault[], what = 'Keydesk cannot start') {
    const lines = faults.map((fault) => `  ${fault.variable}: expected ${fault.expected}. ${fault.remedy}`);
    super(`${what}; ${faults.length === 1 ? 'one setting is' : `${faults.length} settings are`} missing or wrong:\n${lines.join('\n')}`);
    this.faults = faults;
  }
}

/** @param env `process.env`, with the files that it names (env-files.ts). Throws a ConfigError that lists every fault. */
export function readConfig(env: Env, clock: Pick<Clock, 'now'> = systemClock): Config {
  const given = withEnvFiles(env);
  const read = new Reader(given.env);
  read.faults.push(...given.faults);
  const tenantId = read.required('KEYDESK_TENANT_ID', guid, "the GUID of your Entra tenant", 'Entra admin centre → Overview → Tenant ID.');
  const identity = readIdentity(read, clock.now());
  const identitiesApart = readIdentitiesApart(read, identity, clock.now());
  const graphMode = readMode(read, identity);
  if (graphMode?.mode === 'delegated' && identitiesApart.reveal !== undefined) read.faults.push({ variable: 'KEYDESK_REVEAL_CLIENT_ID', expected: 'nothing in delegated mode', remedy: 'Keys are read in the name of who pressed: remove it, and take its permission away in Entra.' });
  const databaseUrl = readDatabaseUrl(read);
  const ledger = readLedger(read);
  const groups = readGroups(read);
  const desk = readDesk(read);
  const sweep = readSweep(read);
  const api = readApi(read);
  const port = read.optional('PORT', z.coerce.number().int().min(1).max(65_535), 'a port number', 3978);
  const host = read.optional('KEYDESK_HOST', z.string().min(1), 'an address to listen on', '0.0.0.0');
  const logLevel = read.optional('KEYDESK_LOG_LEVEL', z.enum(['debug', 'info', 'warn', 'error']), 'debug, info, warn or error', 'info' as const);
  const entraLogMinutes = read.optional('KEYDESK_ENTRA_LOG_MINUTES', z.union([z.literal('off'), z.string().regex(/^\d+$/).transform(Number).pipe(z.int().min(1).max(60))]), 'minutes from 1 to 60, or off', 5);
  read.faults.push(...strangersIn(given.env, read.asked));
  const tenant = parseTenantId(tenantId);
  if (read.faults.length > 0 || tenant === undefined || identity === undefined || graphMode === undefined || databaseUrl === undefined || ledger === undefined) throw new ConfigError(read.faults);
  // Every identity of ours: a read under any one of them is as unexplained without an `intended`.
  const ownAppIds = identitiesIn({ identity, identitiesApart, graphMode }).map((one) => one.identity.clientId);
  const entraLog = entraLogMinutes === 'off' ? undefined : { everySeconds: entraLogMinutes * 60, ownAppIds };
  const settings = { host, port, tenantId: tenant, identity, identitiesApart, graphMode, groups, ledger, logLevel, ...(entraLog && { entraLog }), ...(api && { api }), desk: { ...desk, appsMayReveal: api?.appsMayReveal ?? false }, sweep };
  return { ...settings, databaseUrl, fingerprint: fingerprintOf(settings) };
}

/** The driver would take any text for the name of a database, and look for it at a host of its own choosing. */
function readDatabaseUrl(read: Reader): Secret | undefined {
  const expected = 'a postgres:// address that logs in as keydesk_app';
  const url = read.secret('DATABASE_URL', expected);
  if (url === undefined || (/^postgres(?:ql)?:\/\/./.test(url.reveal()) && URL.canParse(url.reveal()))) return url;
  read.faults.push({ variable: 'DATABASE_URL', expected, remedy: 'Write it as postgres://role:password@host/database, signs such as # and / in the password percent-encoded.' });
  return undefined;
}

function readGroups(read: Reader): Config['groups'] {
  const groups: Partial<Record<Role, string>> = {};
  for (const role of roles) {
    const variable = `KEYDESK_GROUP_${role.toUpperCase()}S`;
    const group = read.optional(variable, guid.optional(), 'the object id of a security group', undefined);
    if (group !== undefined) groups[role] = group;
  }
  if (groups.agent === undefined && groups.admin === undefined && read.raw('KEYDESK_GROUP_AGENTS') === undefined) {
    read.faults.push({ variable: 'KEYDESK_GROUP_AGENTS', expected: 'the object id of the security group of your agents', remedy: 'Without a group nobody may ask for a key.' });
  }
  return groups;
}

function readDesk(read: Reader): DeskSettings {
  const count = z.coerce.number().int().min(1).max(10_000);
  const [minute, hour, day] = defaultSettings.revealLimits;
  const rotateAfter = read.optional('KEYDESK_ROTATE_AFTER_MINUTES', minutesOrOff, 'minutes from 0 to 10080 (a week), or off', (defaultSettings.rotateAfterSeconds ?? 0) / 60);
  const keepTexts = read.optional('KEYDESK_KEEP_TEXTS_DAYS', daysOrForever, 'days from 30 to 3650, or forever', defaultSettings.keepTextsDays ?? 'forever');
  const limit = (variable: string, otherwise: Limit | undefined, seconds: number): Limit => ({
    max: read.optional(variable, count, 'a whole number from 1 to 10000', otherwise?.max ?? 1),
    seconds,
  });
  return {
    ...defaultSettings,
    askLimit: limit('KEYDESK_ASKS_PER_MINUTE', defaultSettings.askLimit, 60),
    revealLimits: [
      limit('KEYDESK_REVEALS_PER_MINUTE', minute, 60),
      limit('KEYDESK_REVEALS_PER_HOUR', hour, 3600),
      limit('KEYDESK_REVEALS_PER_DAY', day, 86_400),
    ],
    hideSeconds: read.optional('KEYDESK_HIDE_SECONDS', z.coerce.number().int().min(10).max(3600), 'seconds from 10 to 3600', defaultSettings.hideSeconds),
    rotateAfterSeconds: rotateAfter === 'off' ? undefined : rotateAfter * 60,
    agentsMayRotate: read.optional('KEYDESK_AGENTS_MAY_ROTATE', yesNo, 'yes or no', defaultSettings.agentsMayRotate),
    callerProof: read.optional('KEYDESK_CALLER_PROOF', yesNo, 'yes or no', defaultSettings.callerProof),
    callerCheckRequired: read.optional('KEYDESK_CALLER_CHECK_REQUIRED', yesNo, 'yes or no', defaultSettings.callerCheckRequired),
    ticketRequired: read.optional('KEYDESK_TICKET_REQUIRED', yesNo, 'yes or no', defaultSettings.ticketRequired),
    ticketPattern: read.optional('KEYDESK_TICKET_PATTERN', pattern('i'), 'a regular expression', defaultSettings.ticketPattern),
    selfService: read.optional('KEYDESK_SELF_SERVICE', yesNo, 'yes or no', defaultSettings.selfService),
    helpdeskContact: read.optional('KEYDESK_HELPDESK_CONTACT', contact.optional(), 'whom to call, in at most 120 characters on one line', defaultSettings.helpdeskContact),
    escrow: { ...defaultSettings.escrow, hybridWithoutKey: read.optional('KEYDESK_HYBRID_WITHOUT_KEY', z.enum(['unknown', 'failed']), 'unknown or failed', defaultSettings.escrow.hybridWithoutKey) },
    sensitiveNames: read.optional('KEYDESK_SENSITIVE_NAMES', namePatterns, 'device names separated by commas, * for any text', defaultSettings.sensitiveNames),
    keepTextsDays: keepTexts === 'forever' ? undefined : keepTexts,
    keepRequestsDays: read.optional('KEYDESK_KEEP_REQUESTS_DAYS', days(1), 'days from 1 to 3650', defaultSettings.keepRequestsDays),
    ...readSummaries(read),
  };
}

/** As long as a card shows it whole. */
const contact = z.string().trim().min(1).max(120).regex(/^[^\p{C}\n]+$/u).refine((text) => !mayHoldPassword(text));

const readSweep = (read: Reader): SweepSettings => ({
  everySeconds: 3600 * read.optional('KEYDESK_SWEEP_HOURS', z.coerce.number().int().min(1).max(168), 'hours from 1 to 168 (a week)', defaultSweepSettings.everySeconds / 3600),
  alertNewFailed: read.optional('KEYDESK_ALERT_NEW_FAILED', yesNo, 'yes or no', defaultSweepSettings.alertNewFailed),
});

const minutesOrOff = z.union([z.literal('off'), z.string().regex(/^\d+$/).transform(Number).pipe(z.int().max(10_080))]);

const days = (least: number) => z.string().regex(/^\d+$/).transform(Number).pipe(z.int().min(least).max(3650));
/** The floor is the database's too (0007-keeping.ts): shorter cannot be had. */
const daysOrForever = z.union([z.literal('forever'), days(30)]);

/** A whole match is meant, therefore it is anchored here and not by hand. */
const pattern = (flags: string) =>
  z.string().transform((source, context) => {
    try {
      return new RegExp(`^(?:${source})$`, flags);
    } catch {
      context.addIssue({ code: 'custom', message: 'no regular expression' });
      return z.NEVER;
    }
  });

/** `VIP-*, BOARD-??`: a star for any text, a question mark for one character, case ignored. */
const namePatterns = z.string().transform((list) =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .map((name) => new RegExp(`^${name.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i')),
);

const fingerprintOf = (settings: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(settings, (_key, value: unknown) => (value instanceof RegExp ? String(value) : value)))
    .digest('hex');
