// What is asked of a request before the SDK sees it (product.md §10, law 5): one flat list, cheapest first, refused by
// default. The SDK then verifies the signature, the audience, the times and the serviceurl claim (adapter.ts).

import { AuthenticationConstants } from 'botframework-connector';
import type { TenantId } from '../domain/ids.ts';
import { type Activity, activitySchema, type Incoming, parseIncoming, tenantOf } from './activity.ts';
import { isAllowedServiceUrl, type ServiceUrls } from './service-url.ts';

/** `unauthenticated-loopback`: no token is asked for. Only the demo and tests pass it, and only on a loopback address. */
export type InboundMode = 'authenticated' | 'unauthenticated-loopback';

export interface Door {
  readonly mode: InboundMode;
  readonly serviceUrls: ServiceUrls;
  readonly tenantId: TenantId;
}

export const inboundRefusals = ['no-token', 'wrong-issuer', 'not-an-activity', 'wrong-channel', 'wrong-delivery', 'wrong-tenant', 'wrong-service-url', 'no-person'] as const;
export type InboundRefusal = (typeof inboundRefusals)[number];

const statuses = {
  'no-token': 401,
  'wrong-issuer': 401,
  'not-an-activity': 400,
  'wrong-channel': 403,
  'wrong-delivery': 400,
  'wrong-tenant': 403,
  'wrong-service-url': 403,
  'no-person': 400,
} as const satisfies Record<InboundRefusal, number>;

export type Admission =
  /** `incoming` is absent for activities that are neither message nor invoke: they are authenticated, then ignored. */
  | { readonly kind: 'admitted'; readonly activity: Activity; readonly incoming: Incoming | undefined }
  | { readonly kind: 'refused'; readonly code: InboundRefusal; readonly status: number };

type Check = (activity: Activity, door: Door) => InboundRefusal | undefined;

const checks: readonly Check[] = [
  ({ channelId }) => (channelId === 'msteams' ? undefined : 'wrong-channel'),
  // With `expectReplies` the SDK would hand out everything sent in the turn in one answer, past the egress guard.
  ({ deliveryMode }) => (deliveryMode === undefined || deliveryMode === 'normal' ? undefined : 'wrong-delivery'),
  (activity, door) => (tenantOf(activity) === door.tenantId ? undefined : 'wrong-tenant'),
  ({ serviceUrl }, door) => (isAllowedServiceUrl(serviceUrl, door.serviceUrls) ? undefined : 'wrong-service-url'),
];

/**
 * @param authorization the header as it came
 * @param body the parsed JSON
 */
export function admitActivity(authorization: string | undefined, body: unknown, door: Door): Admission {
  const noToken = door.mode === 'authenticated' ? tokenRefusal(authorization) : undefined;
  if (noToken !== undefined) return refused(noToken);
  const { data: activity } = activitySchema.safeParse(body);
  if (activity === undefined) return refused('not-an-activity');
  for (const check of checks) {
    const code = check(activity, door);
    if (code !== undefined) return refused(code);
  }
  const incoming = parseIncoming(activity);
  const asksSomething = activity.type === 'message' || activity.type === 'invoke';
  return asksSomething && incoming === undefined ? refused('no-person') : { kind: 'admitted', activity, incoming };
}

const refused = (code: InboundRefusal): Admission => ({ kind: 'refused', code, status: statuses[code] });

/**
 * Before anything is verified: only a token that says it comes from the Bot Framework's channel service goes on. The
 * SDK would otherwise look at it as an emulator's, a skill's or a government's token (facts on botbuilder, T2).
 */
function tokenRefusal(authorization: string | undefined): InboundRefusal | undefined {
  const token = /^Bearer (?<token>[\w-]+\.[\w-]+\.[\w-]*)$/.exec(authorization ?? '')?.groups?.['token'];
  if (token === undefined) return 'no-token';
  return unverifiedIssuer(token) === AuthenticationConstants.ToBotFromChannelTokenIssuer ? undefined : 'wrong-issuer';
}

function unverifiedIssuer(token: string): unknown {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return typeof payload === 'object' && payload !== null && 'iss' in payload ? payload.iss : undefined;
  } catch {
    return undefined;
  }
}
