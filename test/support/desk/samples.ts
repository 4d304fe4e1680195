// A request as the store would hold it, for tests of rules that need no desk.

import { inOrder } from '../../../src/domain/device.ts';
import { parseRequestId } from '../../../src/domain/ids.ts';
import type { RevealRequest } from '../../../src/domain/request.ts';
import { alex, deviceOf, keyOf, sure, time } from './world.ts';

const laptop = deviceOf(42, 'LAPTOP-42');

/** Open, Alex's, LAPTOP-42 with two keys, asked for at nine, good until ten past. */
export const requestOf = (more: Partial<RevealRequest> = {}): RevealRequest => ({
  id: sure(parseRequestId('5e900000-0000-4000-8000-0000000000aa')),
  purpose: 'reveal',
  by: 'helpdesk',
  person: alex,
  viewer: { locale: 'en-GB', timeZone: 'Europe/Berlin' },
  state: 'open',
  callerProof: false,
  choices: [],
  offer: { device: laptop, keys: inOrder([keyOf(laptop, '1a2b3c4d', '2026-03-02T09:14:07Z'), keyOf(laptop, '0a0a0a0a', '2025-01-10T10:00:00Z')]), missing: [] },
  preset: {},
  misses: 0,
  card: { conversationId: 'a:private-chat', serviceUrl: 'http://127.0.0.1/', activityId: 'card-1' },
  openedAt: time('2026-11-22T09:00:00Z'),
  expiresAt: time('2026-11-22T09:10:00Z'),
  attempt: 0,
  ...more,
});
