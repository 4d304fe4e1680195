// What the role of the service may do, and what the database has. For the doctor; the ledger's own guard is the grants.
import { sql } from 'kysely';
import type { Database } from './database.ts';
import { orFault } from './faults.ts';

export interface Rights {
  readonly role: string;
  /** Insert and select on the ledger. */
  readonly writes: boolean;
  /** Change, delete or truncate some of it: by a grant, as a superuser, or as the owner, in whose place a member may set itself. */
  readonly changes: boolean;
  /** The schema of the jobs is there and may be used. */
  readonly jobs: boolean;
  /** For search by a part of a name. */
  readonly trigrams: 'installed' | 'available' | 'missing';
  /** `17.2` */
  readonly version: string;
  readonly major: number;
}

/** Throws a Fault when the database does not answer, or has no tables. */
export const rightsOf = ({ db }: Pick<Database, 'db'>): Promise<Rights> =>
  orFault('store-unavailable', async () => {
    const { rows } = await sql<Omit<Rights, 'trigrams'> & { installed: boolean; available: boolean }>`
      select current_user as role,
        has_table_privilege('keydesk.ledger_entry', 'select') and has_column_privilege('keydesk.ledger_entry', 'body', 'insert')
          and has_table_privilege('keydesk.ledger_text', 'select') and has_table_privilege('keydesk.ledger_text', 'insert') and has_table_privilege('keydesk.ledger_checkpoint', 'insert') as writes,
        -- A list of rights asks for any of them; one of a column is none of the table.
        (select bool_or(has_table_privilege(oid, 'update, delete, truncate, trigger') or has_any_column_privilege(oid, 'update') or pg_has_role(relowner, 'member'))
          from pg_class where oid in ('keydesk.ledger_entry'::regclass, 'keydesk.ledger_text'::regclass, 'keydesk.ledger_checkpoint'::regclass)) as changes,
        coalesce((select has_schema_privilege(oid, 'usage') from pg_namespace where nspname = 'keydesk_jobs'), false) as jobs,
        exists (select from pg_extension where extname = 'pg_trgm') as installed,
        exists (select from pg_available_extensions where name = 'pg_trgm') as available,
        split_part(current_setting('server_version'), ' ', 1) as version,
        current_setting('server_version_num')::int / 10000 as major`.execute(db);
    const [row] = rows;
    if (row === undefined) throw new Error('no row');
    const { installed, available, ...rights } = row;
    return { ...rights, trigrams: installed ? 'installed' : available ? 'available' : 'missing' };
  });
