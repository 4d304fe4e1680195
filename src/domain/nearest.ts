// What comes closest to something typed: for suggestions, and for the names of devices that nobody carries.

const known = ['key for', 'key id', 'key types', 'rotate', 'summary', 'help', 'whoami', 'audit', 'status', 'my key', 'my devices', 'missing', 'failed', 'pending', 'check'] as const;
const mostSuggested = 64;
/** So many letters may be wrong; in a single word as long as `rotate` that is half of it, so there it is one less. */
const mostWrong = (command: (typeof known)[number]): number => (command === 'audit' ? 1 : ['rotate', 'summary', 'status', 'my key', 'failed', 'check'].includes(command) ? 2 : 3);

/**
 * The command that resembles most what was typed; `help` when none does.
 * @param name what may be a device, where the text is nothing else
 */
export function nearestTo(words: string, name?: string): string {
  const typed = words.slice(0, mostSuggested).toLowerCase();
  const best = known
    .map((command) => ({ command, distance: editDistance(typed.slice(0, command.length), command) }))
    .filter(({ command, distance }) => distance <= mostWrong(command))
    .sort((a, b) => a.distance - b.distance)[0];
  if (best === undefined) return name === undefined ? 'help' : `key for ${name.slice(0, mostSuggested)}`;
  if (best.command === 'key for' || best.command === 'rotate' || best.command === 'status') return `${best.command} ${words.slice(best.command.length, mostSuggested).trim() || 'LAPTOP-42'}`;
  if (best.command === 'check') return 'check LAPTOP-1, LAPTOP-2';
  return best.command === 'key id' ? 'key id 1A2B3C4D' : best.command;
}

/** Levenshtein distance; both texts are short (a command, a device name). */
export function editDistance(a: string, b: string): number {
  const letters = Array.from(b);
  let row = Array.from({ length: letters.length + 1 }, (_, index) => index);
  for (const [i, letter] of Array.from(a).entries()) {
    const next = [i + 1];
    for (const [j, other] of letters.entries()) {
      next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row[letters.length] ?? 0;
}
