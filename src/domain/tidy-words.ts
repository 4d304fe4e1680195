// What people type, made plain: one line, ordinary blanks, quotes and dashes, without politeness around it.
// Every pattern here is linear in the length of the text: no unanchored repetition stands before an end.

const invisible = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
// A NUL in a text cannot be stored; an ask that cannot be stored would be an ask without an entry.
// oxlint-disable-next-line no-control-regex -- control characters are what is taken out
const controls = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f]/g;
const closing = ' .?!,;:';

const noise =
  /^(?:hi|hello|hey|please|pls|(?:can|could|may) i (?:have|get)|(?:can|could|would) you|what is|what's|i need|get me|get|give me|show me|show|find|the|a|bitlocker|recovery)\b[\s,:-]*/i;
const commandWord =
  /^(?:please|pls|(?:can|could|may) i|(?:can|could|would) you|what is|what's|i need|get|give me|show|find|the|a|bitlocker|recovery|keys?|rotat(?:e|ion)|audit|ledger|status|escrow status|fleet|missing|failed|pending|my|help|who ?am ?i|types of key|(?:daily |weekly )?summar(?:y|ies))\b/i;
const politeEnd = /(?<=[\s,])(?:please|pls|thanks|thank you|thx)$/i;
const nounBeforeName = /^(?<key>keys?(?:\s+for)?)\s+(?:(?:the|device|computer|laptop|pc|machine)\s+)+(?=\S)(?!id[\s:#])/i;

/** One line, ordinary blanks, no closing stop, no politeness, no "recovery", "BitLocker" or "the" before the point. */
export function tidy(text: string): string {
  let line = withoutEnd(plain(text).trim());
  // Taken off only while a word of the command follows: a device may be called "The Old PC".
  for (let rest = line.replace(noise, ''); rest !== line && commandWord.test(rest); rest = line.replace(noise, '')) line = rest;
  for (let rest = withoutEnd(line.replace(politeEnd, '')); rest !== line; rest = withoutEnd(line.replace(politeEnd, ''))) line = rest;
  return line.replace(nounBeforeName, '$<key> ');
}

/** Ordinary blanks, quotes and dashes, without what nobody sees. */
export const plain = (text: string): string =>
  text
    .toWellFormed()
    .normalize('NFKC')
    .replaceAll(invisible, '')
    .replaceAll(controls, '')
    .replaceAll(/[\u2018-\u201b\u02bc\u2039\u203a]/g, "'")
    .replaceAll(/[\u201c-\u201f\u00ab\u00bb]/g, '"')
    .replaceAll(/[\u2010-\u2015\u2212]/g, '-')
    .replaceAll(/\s+/g, ' ');

/** Without closing stops and blanks. A loop, because a pattern that ends in `$` would try at every stop of a long row. */
function withoutEnd(line: string): string {
  let end = line.length;
  while (end > 0 && closing.includes(line.charAt(end - 1))) end -= 1;
  return line.slice(0, end);
}
