import { type CardMessage, heading, line, message } from './card.ts';
import { plain, say } from './escape.ts';

/** Not understood. The nearest command is named and never carried out. */
export const suggestionCard = ({ nearest }: { readonly nearest: string }): CardMessage =>
  message(plain`I did not understand that. Did you mean: ${nearest}?`, [
    heading(say`I did not understand that`),
    line(nearest === 'help' ? say`Type **help** to see what I can do.` : say`Did you mean **${nearest}**? Type it, or **help** to see what I can do.`, { spacing: 'small' }),
  ]);
