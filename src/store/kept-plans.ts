// The server parses and plans a statement that comes by its text each time; one that comes by name it plans once for
// each connection. For statements as short as ours that is more than a third of what they cost it.

/** A migration changed what a kept plan returns (feature_not_supported). The connection that keeps it has to go. */
export const planIsOutdated = '0A000';

// The program's own texts stay far below. A text made anew each time would fill the server's memory with plans.
const mostNames = 200;

/** @returns the name of a statement's text, the same for all connections; undefined for one that goes without. */
export function createStatementNames(most: number = mostNames): (sql: string) => string | undefined {
  const names = new Map<string, string>();
  return (sql) => {
    const known = names.get(sql);
    if (known !== undefined || names.size >= most) return known;
    const name = `keydesk_${names.size + 1}`;
    names.set(sql, name);
    return name;
  };
}
