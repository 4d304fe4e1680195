import { secondsBetween } from '../../domain/instant.ts';
import { secondsAhead } from '../../store/readiness.ts';
import { broken, type Check, type Finding, notChecked, ok, warning } from '../check.ts';
import type { Patient } from '../patient.ts';
import { unasked } from '../words.ts';

/** From how many seconds on it is worth a word, and from how many on something does not work. */
interface Bounds {
  readonly warn: number;
  readonly breaks: number;
  readonly effect: string;
}

const remedy = 'Switch time synchronisation on for this machine (timedatectl set-ntp true, w32tm /resync) and look at "npm run doctor" again.';

/** A claim lasts 30 s by the clocks of all instances; Entra lets the times in a token differ by five minutes. */
const database: Bounds = { warn: 5, breaks: 30, effect: 'limits and claims no longer hold over several instances, and times in the ledger are wrong' };
const graph: Bounds = { warn: 30, breaks: 300, effect: 'Entra refuses what this machine signs, and its tokens look ended, or not begun, here' };

export const time: Check = {
  name: 'time',
  look: async (patient) => [await againstDatabase(patient), await againstGraph(patient)],
};

async function againstDatabase({ database: store, clock }: Patient): Promise<Finding> {
  const what = 'clock (database)';
  try {
    return judged(what, await secondsAhead(store, () => clock.now()), database);
  } catch {
    return notChecked(what, 'the database does not answer', 'Mend the database first.');
  }
}

async function againstGraph({ identities: [{ graph: edge }], clock, deadline }: Patient): Promise<Finding> {
  const what = 'clock (Microsoft Graph)';
  try {
    const before = clock.now();
    const theirs = await edge.examination.time(deadline());
    if (theirs === undefined) return unasked(what, undefined);
    // Their time has no fractions, and was written somewhere between asking and hearing.
    const ahead = Math.max(0, secondsBetween(theirs, before) - 1) + Math.min(0, secondsBetween(theirs, clock.now()));
    return judged(what, ahead, graph);
  } catch (error) {
    return unasked(what, error);
  }
}

function judged(what: string, ahead: number, { warn, breaks, effect }: Bounds): Finding {
  const apart = Math.abs(ahead);
  if (apart < warn) return ok(what, 'in step');
  const found = `this machine is ${spoken(apart)} ${ahead > 0 ? 'ahead' : 'behind'}`;
  return apart < breaks ? warning(what, found, remedy) : broken(what, `${found}: ${effect}`, remedy);
}

const spoken = (seconds: number): string => (seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} minutes`);
