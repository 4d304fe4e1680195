// Looks for a recovery password in a text, in every form in which it could have got there.

/** Names of the forms in which the password was found; empty when it is not there. */
export function tracesOf(password: string, text: string): readonly string[] {
  return forms(password).flatMap(({ name, isIn }) => (isIn(text) ? [name] : []));
}

/** The same for any other text: a name, an id, a ticket. */
export function textTracesOf(needle: string, text: string): readonly string[] {
  const [inText, wanted] = [text.toLowerCase(), needle.toLowerCase()];
  const disguises = {
    plain: wanted,
    'without dashes': wanted.replaceAll('-', ''),
    hex: Buffer.from(needle).toString('hex'),
    'percent-encoded': encodeURIComponent(needle).toLowerCase(),
    // A short name stands backwards in an innocent word: Megan in management.
    ...(needle.length > 8 && { backwards: Array.from(wanted).toReversed().join('') }),
  };
  const found = Object.entries(disguises).flatMap(([name, form]) => (inText.includes(form) ? [name] : []));
  return base64Forms(needle).some((form) => text.includes(form)) ? [...found, 'base64'] : found;
}

interface Form {
  readonly name: string;
  readonly isIn: (text: string) => boolean;
}

const words = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'] as const;

function forms(password: string): readonly Form[] {
  const blocks = password.split('-');
  const digits = blocks.join('');
  const codes = Array.from(password, (sign) => sign.charCodeAt(0).toString(16));
  const containing = (name: string, needle: string): Form => ({ name, isIn: (text) => text.toLowerCase().includes(needle.toLowerCase()) });
  return [
    containing('whole', password),
    containing('without dashes', digits),
    { name: 'block by block', isIn: (text) => inOrder(blocks, text) },
    { name: 'most of its blocks', isIn: (text) => blocks.filter((block) => text.includes(block)).length >= 4 },
    { name: 'in words', isIn: (text) => inOrder(blocks.map((block) => spoken(block)), text.toLowerCase().replaceAll(/[^a-z]+/g, ' ')) },
    ...[password, digits].flatMap((plain) => base64Forms(plain).map((needle) => containing('base64', needle))),
    containing('hex', Buffer.from(password).toString('hex')),
    containing('percent-encoded', codes.map((code) => `%${code}`).join('')),
    containing('JSON-escaped', codes.map((code) => `\\u${code.padStart(4, '0')}`).join('')),
    containing('backwards', Array.from(digits).toReversed().join('')),
  ];
}

const spoken = (block: string): string => Array.from(block, (digit) => words[Number(digit)] ?? '').join(' ');

function inOrder(pieces: readonly string[], text: string): boolean {
  let from = 0;
  for (const piece of pieces) {
    const at = text.indexOf(piece, from);
    if (at < 0) return false;
    from = at + piece.length;
  }
  return true;
}

/** Base64 of a longer text shows a part of it in one of three ways, as that part begins at a multiple of three or not. */
const base64Forms = (plain: string): readonly string[] =>
  [0, 1, 2].map((shift) => {
    const whole = Buffer.from(' '.repeat(shift) + plain).toString('base64');
    // Signs at both ends are shared with what stands before and after.
    return whole.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + plain.length) * 8) / 6));
  });
