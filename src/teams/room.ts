import type { HideCard } from '../domain/close-card.ts';
import type { Desk } from '../domain/desk.ts';
import type { EgressGuard } from './egress-guard.ts';
import type { SignInSettings } from './login-request.ts';
import type { Log } from './log-port.ts';
import type { PrivateChats } from './private-chats.ts';
import type { Sender } from './sender.ts';
import type { UploadHosts } from './upload.ts';

/** All that a handler works with. Built once by bot.ts. */
export interface Room {
  readonly desk: Desk;
  readonly sender: Sender;
  readonly chats: PrivateChats;
  /** Makes the message of a shown key one without it; throws a Fault `teams-unreachable`. */
  readonly hideCard: HideCard;
  readonly guard: EgressGuard;
  readonly log: Log;
  /** In delegated mode. */
  readonly signIn?: SignInSettings;
  /** Where files may be sent to. */
  readonly uploadHosts: UploadHosts;
}
