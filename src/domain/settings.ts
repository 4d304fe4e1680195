import type { ChannelId } from './channel.ts';
import { defaultEscrowSettings, type EscrowSettings } from './escrow.ts';
import type { Limit } from './ports.ts';
import type { Schedule } from './schedule.ts';

/** What an installation may decide about the desk. Units in the names. */
export interface DeskSettings {
  /** Messages to Keydesk per person. */
  readonly askLimit: Limit;
  /** Reveals per person; all of them must hold. */
  readonly revealLimits: readonly Limit[];
  readonly requestMinutes: number;
  readonly hideSeconds: number;
  readonly showAgainMinutes: number;
  /** A claim older than this belongs to an instance that is gone: longer than all deadlines together. */
  readonly staleClaimSeconds: number;
  readonly callerProof: boolean;
  readonly callerCheckRequired: boolean;
  readonly ticketRequired: boolean;
  /** Anchored; a ticket is matched whole, upper or lower case. */
  readonly ticketPattern: RegExp;
  /** Rotate so long after a reveal; 0: at once; undefined: never by itself. */
  readonly rotateAfterSeconds: number | undefined;
  readonly agentsMayRotate: boolean;
  /** Pauses between looks at a rotation that Intune has; the last one is repeated. */
  readonly followSeconds: readonly number[];
  readonly overdueHours: number;
  /** Anchored; a device whose name matches needs a second person. */
  readonly sensitiveNames: readonly RegExp[];
  /** Names, reasons and tickets beside entries of the ledger; undefined: for ever. */
  readonly keepTextsDays: number | undefined;
  /** Requests that are over, and the rotations they speak of. */
  readonly keepRequestsDays: number;
  /** Where alerts are posted, and summaries always; without one alerts stand in the log. Without `serviceUrl` it is known when somebody writes from there. */
  readonly auditChannel: { readonly id: ChannelId; readonly serviceUrl?: string; readonly schedule: Schedule } | undefined;
  /** Whether summaries and alerts name people and devices. */
  readonly summaryNames: boolean;
  /** How long after its end a period is counted: sums of repeated refusals are written up to 70 s later. */
  readonly summarySettleSeconds: number;
  /** Keys of so many different devices shown to one person within an hour raise an alert. */
  readonly alertDevicesPerHour: number;
  /** So many refusals of one person within an hour, with nothing granted between, raise an alert. */
  readonly alertRefusalsInARow: number;
  readonly escrow: EscrowSettings;
  /** Owners may see the keys of their own devices, where the tenant allows it too. */
  readonly selfService: boolean;
  /** Whom to call, in the words of the installation: a number, a page, opening hours. */
  readonly helpdeskContact: string | undefined;
  /** Whether an application may be told a key by its own token: Keydesk then knows the person it is for by the application's word alone. */
  readonly appsMayReveal: boolean;
}

/** product.md §4: the defaults of an installation that says nothing. */
export const defaultSettings: DeskSettings = {
  askLimit: { max: 30, seconds: 60 },
  revealLimits: [
    { max: 5, seconds: 60 },
    { max: 20, seconds: 3600 },
    { max: 40, seconds: 86_400 },
  ],
  requestMinutes: 10,
  hideSeconds: 300,
  showAgainMinutes: 15,
  staleClaimSeconds: 30,
  callerProof: false,
  callerCheckRequired: false,
  ticketRequired: false,
  ticketPattern: /^(?:[a-z]{2,6}\d{4,12}|[a-z][a-z0-9]{1,9}-\d{1,8})$/i,
  rotateAfterSeconds: 3600,
  agentsMayRotate: false,
  followSeconds: [15, 30, 60, 120, 300, 900, 3600],
  overdueHours: 72,
  sensitiveNames: [],
  keepTextsDays: undefined,
  keepRequestsDays: 30,
  auditChannel: undefined,
  summaryNames: false,
  summarySettleSeconds: 90,
  alertDevicesPerHour: 10,
  alertRefusalsInARow: 5,
  escrow: defaultEscrowSettings,
  selfService: false,
  helpdeskContact: undefined,
  appsMayReveal: false,
};

/** Not `test`: with a `g` flag that remembers where it was and would let every second name through. */
export const fits = (pattern: RegExp, text: string): boolean => text.search(pattern) >= 0;

export const isSensitive = (settings: Pick<DeskSettings, 'sensitiveNames'>, deviceName: string): boolean =>
  settings.sensitiveNames.some((pattern) => fits(pattern, deviceName.trim()));
