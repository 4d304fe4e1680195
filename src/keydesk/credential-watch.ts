// Certificates and client secrets that end soon: a line in the log once a day, and a warning on /readyz. Nothing is wrong
// yet, so that nothing is degraded; without a new one in time nobody gets a key.
import type { Logger } from 'pino';
import { type CredentialEnd, endInWords, isEnding } from '../domain/credential-end.ts';
import type { Clock } from '../domain/ports.ts';
import type { Chore } from '../jobs/timekeeper.ts';

const everySeconds = 86_400;

export interface CredentialWatch {
  readonly chore: Chore;
  /** For /readyz: as the last look found it, by now. */
  warnings(): Readonly<Record<string, string>>;
}

/** @param look also takes a certificate that was put into its file meanwhile */
export function watchCredentials({ look, clock, log }: { readonly look: () => Promise<readonly CredentialEnd[]>; readonly clock: Clock; readonly log: Logger }): CredentialWatch {
  let ends: readonly CredentialEnd[] = [];
  const soon = (): readonly CredentialEnd[] => ends.filter((one) => isEnding(one, clock.now()));
  return {
    chore: {
      name: 'look-at-credentials',
      everySeconds,
      work: async () => {
        ends = await look();
        for (const { kind, purposes, endsAt } of soon()) log.warn({ credential: kind, purposes, endsAt }, 'what Keydesk signs in with ends soon: put the next one into the configuration');
      },
    },
    warnings: () => (soon().length === 0 ? {} : { credentials: soon().map((one) => endInWords(one, clock.now())).join('; ') }),
  };
}
