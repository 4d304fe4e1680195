// For tests that write rows of the ledger as its owner.

/** SQL: the inner nodes that the row `e` of the ledger completes, from the leaf hashes that are there. */
export const innerNodes = `case when e.seq % 2 = 0 then keydesk.inner_nodes(e.seq,
  sha256('\\x01'::bytea || (select l.leaf_hash from keydesk.ledger_entry l where l.seq = e.seq - 1) || e.leaf_hash), 2) end`;
