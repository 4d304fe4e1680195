// A table that is no part of the ledger, as a file of the same kind.
import { Fault } from '../../domain/fault.ts';
import { holdsRecoveryPassword } from '../../domain/recovery-password.ts';
import { byteOrderMark, sheetLine } from './csv.ts';

/** Piece by piece. Throws a Fault `internal` before one that would hold a recovery password (law 1), and does not repeat it. */
export async function* sheetOf(lines: readonly (readonly string[])[]): AsyncGenerator<string, void> {
  yield byteOrderMark;
  for (const cells of lines) {
    const line = sheetLine(cells);
    if (holdsRecoveryPassword(line)) throw new Fault('internal', 'never', { message: 'egress refused: a line of a check holds what looks like a recovery password' });
    yield line;
  }
}
