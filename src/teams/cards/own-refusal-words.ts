// What a refusal says to an owner, who is no helpdesk. Every code is here, so that a new one is thought about twice.

import type { RefusalCode } from '../../domain/refusal.ts';
import { say } from './escape.ts';
import { callHelpdesk } from './own-words.ts';
import { answer, nameOf, no, type Words } from './refusal-words.ts';

const again = say`Still needed? Ask again: **my key**`;

export const ownRefusalWords = {
  'ask-limit': 'as for a key',
  'no-role': 'as for a key',
  'device-not-found': 'as for a key',
  'person-not-found': 'as for a key',
  'no-devices': 'as for a key',
  'key-not-found': 'as for a key',
  'key-id-too-short': 'as for a key',
  'no-keys': (facts) => answer('No recovery key is stored', [say`There is no recovery key for **${nameOf(facts, 'this computer')}** where I can look.`], callHelpdesk(facts)),
  'approval-unavailable': (facts) => no('This computer needs the helpdesk', [say`The key of **${nameOf(facts, 'this computer')}** is shown only with the consent of a second person.`], callHelpdesk(facts)),
  'private-chat-closed': 'as for a key',
  'not-your-card': 'as for a key',
  'wrong-conversation': 'as for a key',
  'automatic-refresh': 'as for a key',
  'request-unknown': () => no('I do not know this card', [say`It is too old, or its data was changed. Nothing was shown.`], again),
  'request-busy': 'as for a key',
  'request-used': 'as for a key',
  'request-expired': () => answer('This card has expired', [say`A card stays open for a few minutes, so that nobody finds an open one later.`], again),
  'request-closed': () => answer('This request is closed', [say`It was cancelled, refused or failed before. Nothing was shown now.`], again),
  'card-changed': () => no('This card was changed', [say`It came back with a value that I never offered. Nothing was read and nothing was shown.`], again),
  'too-many-misses': 'as for a key',
  'reveal-limit': 'as for a key',
  'show-again-over': () => answer('Show again is over', [say`This key can no longer be shown from this card.`], again),
  'not-managed': 'as for a key',
  'several-managed': 'as for a key',
  'not-your-entries': 'as for a key',
  'reading-unknown': 'as for a key',
  'export-taken': 'as for a key',
  'audit-channel-stays': 'as for a key',
  'self-service-off': 'as for a key',
  'no-own-device': 'as for a key',
  'not-your-device': 'as for a key',
  'index-not-ready': 'as for a key',
  'key-id-ambiguous': 'as for a key',
  'token-refused': 'as for a key',
  'token-of-another': 'as for a key',
  'token-replayed': 'as for a key',
  'consent-missing': 'as for a key',
  'sign-in-needed': 'as for a key',
  'entra-role-missing': (facts) => no('Entra ID does not let you read this key', [say`The key is read in your name, and Entra ID says that you may not. Nothing was shown.`], callHelpdesk(facts)),
  'no-right': 'as for a key',
  'app-reveal-off': 'as for a key',
} as const satisfies Record<RefusalCode, Words | 'as for a key'>;
