import { defaultEscrowSettings, type EscrowSettings } from './escrow.ts';
import type { Limit } from './ports.ts';

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
  readonly escrow: EscrowSettings;
  /** Owners may see the keys of their own devices, where the tenant allows it too. */
  readonly selfService: boolean;
  /** Whom to call, in the words of the installation: a number, a page, opening hours. */
  readonly helpdeskContact: string | undefined;
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
  escrow: defaultEscrowSettings,
  selfService: false,
  helpdeskContact: undefined,
};

/** Not `test`: with a `g` flag that remembers where it was and would let every second name through. */
export const fits = (pattern: RegExp, text: string): boolean => text.search(pattern) >= 0;

export const isSensitive = (settings: Pick<DeskSettings, 'sensitiveNames'>, deviceName: string): boolean =>
  settings.sensitiveNames.some((pattern) => fits(pattern, deviceName.trim()));
