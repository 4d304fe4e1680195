// The connector of src/terminal with faults that a test sets and takes away.

import { type CallKind, type Connector, type ConnectorCall, type Disturbance, startConnector } from '../../src/terminal/connector.ts';

export interface Rule extends Disturbance {
  readonly kind?: CallKind;
  readonly conversationId?: string;
  /** How often; for ever when it is not said. */
  readonly times?: number;
}

export interface FakeConnector extends Connector {
  /** The newest rule that fits a call disturbs it. */
  disturb(rule: Rule): void;
  /** Takes all rules away. */
  calm(): void;
  /** Every byte that came, for those who look for a secret in it. */
  traffic(): string;
}

export async function startFakeConnector(): Promise<FakeConnector> {
  let rules: { readonly rule: Rule; left: number }[] = [];
  const fits = ({ kind, conversationId }: Rule, call: ConnectorCall): boolean =>
    (kind === undefined || kind === call.kind) && (conversationId === undefined || conversationId === call.conversationId);
  const connector = await startConnector((call) => {
    const found = rules.find(({ rule, left }) => left > 0 && fits(rule, call));
    if (found !== undefined) found.left -= 1;
    return found?.rule;
  });
  return {
    ...connector,
    disturb: (rule) => void rules.unshift({ rule, left: rule.times ?? Number.POSITIVE_INFINITY }),
    calm: () => void (rules = []),
    traffic: () => connector.calls.map((call) => `${JSON.stringify(call.headers)}\n${call.raw}`).join('\n'),
  };
}
