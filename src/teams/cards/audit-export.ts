// From a page of the ledger to a file: which form, then what happens next. The file itself is offered in a message of
// Teams' own, below.

import { exportFormats } from '../../domain/ledger-entry.ts';
import { fitsIntoFile } from '../../domain/export-audit.ts';
import { mostCounted, type Reading } from '../../domain/reading.ts';
import { inThousands } from './audit-page.ts';
import { type CardMessage, heading, type InputChoiceSet, line, message, note, pressReading } from './card.ts';
import { plain, say } from './escape.ts';
import { formatWords } from './ledger-words.ts';

export interface ExportCard {
  readonly reading: Reading;
  /** To go back to. */
  readonly page: number;
  /** Without names: for what the egress guard would withhold. */
  readonly bare?: boolean;
}

const command = say`Or let the people who run Keydesk make it: **npm run audit -- export**`;

export function chooseFormatCard({ reading, page, bare = false }: ExportCard): CardMessage {
  const { id, count, about } = reading;
  const back = pressReading('audit-page', 'Back', id, page);
  const title = bare ? say`Export` : say`Export: ${about}`;
  if (!fitsIntoFile(reading)) {
    return message(plain`Too many entries for a file in Teams.`, [
      heading(title),
      line(say`These are more than ${inThousands(mostCounted)} entries, too many for a file in Teams.`, { spacing: 'small' }),
      line(say`Narrow the question, such as **audit last 7 days**.`),
      line(command),
    ], [back]);
  }
  return message(
    plain`Choose the form of the file with ${count} entries.`,
    [
      heading(title),
      line(count === 1 ? say`1 entry as a file for you alone, saved in your OneDrive.` : say`${count} entries as a file for you alone, saved in your OneDrive.`, { spacing: 'small' }),
      formats,
      note(say`The export is written into the ledger under your name.`, { spacing: 'medium' }),
    ],
    [pressReading('audit-send', 'Offer me the file', id, page, { style: 'positive' }), back],
  );
}

const formats: InputChoiceSet = {
  type: 'Input.ChoiceSet',
  id: 'format',
  label: 'Form of the file',
  style: 'expanded',
  wrap: true,
  isRequired: true,
  errorMessage: 'Choose the form of the file.',
  spacing: 'medium',
  value: 'csv',
  choices: exportFormats.map((format) => ({ title: plain`${formatWords[format]}`, value: format })),
};

export function fileOfferedCard({ reading: { id }, page, fileName }: ExportCard & { readonly fileName: string }): CardMessage {
  return message(
    plain`The file is offered below.`,
    [
      heading(say`The file is offered below`),
      line(say`Accept **${fileName}**, and I save it in your OneDrive. Until then nothing leaves.`, { spacing: 'small' }),
      note(say`No offer below? Then this client of Teams takes no files from bots: use Teams on the desktop or the web.`, { spacing: 'medium' }),
      note(command),
    ],
    [pressReading('audit-page', 'Back', id, page)],
  );
}

/** What became of an offer, in its place. */
export const fileSentCard = ({ fileName, count, of = 'entries' }: { readonly fileName: string; readonly count: number; readonly of?: 'entries' | 'names' }): CardMessage =>
  message(plain`${fileName} is in your OneDrive.`, [
    heading(say`✓ The file is in your OneDrive`),
    line(say`**${fileName}**, ${of === 'names' ? `${count} names` : count === 1 ? '1 entry' : `${count} entries`}.`, { spacing: 'small' }),
    note(of === 'names' ? say`It says how things stand now. Check again before the day of the update.` : say`It holds names and reasons. Keep it where only those who need it can read it.`),
  ]);

export const fileDeclinedCard = (): CardMessage => message(plain`No file was sent.`, [heading(say`No file was sent`), line(say`You declined it. Nothing left.`, { spacing: 'small' })]);
