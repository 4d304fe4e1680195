import type { Verdict } from '../ledger/verify.ts';
import type { Lost } from '../ledger/witnesses.ts';

const counted = (count: number, one: string, many: string): string => (count === 1 ? `1 ${one}` : `${count} ${many}`);

/** What verify says at its end, for people: the verdict, and what it is worth. @param given how many checkpoints were given */
export function verdictLines({ size, root, erased, findings, held, newestHeld, heldGiven, lost, trust }: Verdict, given: number): { readonly out: readonly string[]; readonly err: readonly string[] } {
  const entries = counted(size, 'entry', 'entries');
  const texts = erased === 0 ? '' : ` (${erased === 1 ? '1 personal text was' : `${erased} personal texts were`} erased, which is no tampering)`;
  const stored = held - heldGiven.length;
  // With a finding, a checkpoint may still fit: bytes were changed and the hash beside them was not.
  const sound = findings === 0;
  const fitting = (count: number): string => (sound ? counted(count, 'stored checkpoint holds', 'stored checkpoints hold') : counted(count, 'stored checkpoint fits the stored hashes', 'stored checkpoints fit the stored hashes'));
  const checkpoints = [
    ...(stored === 0 ? [] : [`${fitting(stored)}, the newest over ${counted(newestHeld, 'entry', 'entries')}.`]),
    ...heldGiven.map((one) => `The given checkpoint over ${counted(one, 'entry', 'entries')} ${sound ? 'holds: the ledger still begins with what it was then' : 'fits the hashes that are stored: what was done to the entries is said above'}.`),
    ...lost.map(lostLine),
  ];
  const err = trust === 'ledger' && held > 0 ? ['The signing key was taken from the ledger itself, where whoever rewrote the ledger would have put another one. Give the one you know with --key.'] : [];
  if (sound) {
    const unheld = given - heldGiven.length - lost.filter((one) => one.given).length;
    const unsure = unheld > 0 ? [`${counted(unheld, 'given checkpoint', 'given checkpoints')} could not be compared.`] : [];
    return { out: [`${entries}, root ${Buffer.from(root).toString('hex')}, all intact${texts}.`, ...checkpoints, ...unsure], err };
  }
  return {
    out: [
      '',
      `${entries}, ${findings === 1 ? '1 sign' : `${findings} signs`} of tampering${texts}.`,
      ...checkpoints,
      'Keep a copy of this database as it is. Compare the entries named above with a backup, and look for who could log in as its owner.',
    ],
    err,
  };
}

function lostLine({ epoch, size, after, resumedBy, given }: Lost): string {
  return `${given ? 'The given' : 'A stored'} checkpoint is of epoch ${epoch}, which had ${counted(size, 'entry', 'entries')}; those after ${after} were lost with the restore that entry ${resumedBy} tells of, which is no tampering.`;
}
