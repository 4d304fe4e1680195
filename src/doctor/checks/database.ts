import { readinessOf } from '../../store/readiness.ts';
import { type Rights, rightsOf } from '../../store/rights.ts';
import { broken, type Check, type Finding, ok, warning } from '../check.ts';

const oldest = 15;

/** Reachable, migrated, and a role that may add to the ledger and not change it. */
export const database: Check = {
  name: 'database',
  async look({ database: store }) {
    const { database: state, newer } = await readinessOf(store);
    if (state !== 'ok') return [broken('database', state, remedyFor(state))];
    const beside = newer === undefined ? [] : [warning('migrations', `of a newer version: ${newer.join(', ')}`, 'This version works beside it; start the one that made them.')];
    return [...aboutRights(await rightsOf(store)), ...beside];
  },
};

function remedyFor(state: string): string {
  if (/ 28/.test(state)) return 'DATABASE_URL names a role or a password that the server does not take. Set the password of keydesk_app there and here.';
  if (/ 3D000/.test(state)) return 'DATABASE_URL names a database that is not there. Create it, then "npm run migrate".';
  if (/no connection/.test(state)) return 'Is PostgreSQL running, and reachable at the host and port of DATABASE_URL from this machine (firewall, private endpoint)?';
  if (/no tables|migrations missing/.test(state)) return 'Run "npm run migrate" with DATABASE_OWNER_URL; the service may go on running meanwhile.';
  return 'See "Bad day" in docs/operations.md.';
}

function aboutRights({ role, writes, changes, jobs, trigrams, version, major }: Rights): readonly Finding[] {
  return [
    major < oldest ? broken('database', `PostgreSQL ${version}`, `Keydesk wants PostgreSQL ${oldest} or newer.`) : ok('database', `PostgreSQL ${version}, all migrations applied`),
    changes
      ? broken('database role', `${role} may change the ledger`, 'Let DATABASE_URL log in as keydesk_app, which owns nothing; the owner belongs in DATABASE_OWNER_URL, for "npm run migrate" alone.')
      : writes
        ? ok('database role', `${role} may add to the ledger and read it, and not change it`)
        : broken('database role', `${role} may not add to the ledger`, 'Run "npm run migrate" with DATABASE_OWNER_URL and DATABASE_URL set: it gives the role what it needs.'),
    jobs ? ok('jobs', 'their schema is there') : broken('jobs', 'their schema is missing, or may not be used: nothing is rotated', 'Run "npm run migrate".'),
    trigrams === 'missing'
      ? warning('pg_trgm', 'the server does not have this extension', 'Allow pg_trgm on the server (on Azure: server parameter azure.extensions). Search by a part of a name needs it.')
      : ok('pg_trgm', trigrams === 'installed' ? 'installed' : 'available'),
  ];
}
