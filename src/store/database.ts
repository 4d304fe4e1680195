import { Kysely, type PostgresCursor, PostgresDialect, type PostgresPool, type PostgresPoolClient, type PostgresQueryResult } from 'kysely';
import { DatabaseError, Pool, type PoolClient, type QueryResult } from 'pg';
import { endsConnection } from './faults.ts';
import { createStatementNames, planIsOutdated } from './kept-plans.ts';
import type { Tables } from './tables.ts';
import { inbound } from './values.ts';

export interface DatabaseOptions {
  /** Default 10. */
  readonly maxConnections?: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName?: string;
  /** How long an answer of the server may take at most, in milliseconds; longer than a statement may take there. Default 15 s. */
  readonly answerMs?: number;
  /** Told of connections that broke while nobody used them. Gets a code, no values. */
  readonly onConnectionLost?: (code: string) => void;
  /** Told when a connection is wanted for one or several statements; what it returns is told how it went. No statement, no value. */
  readonly onLent?: () => (use: ConnectionUse) => void;
}

export interface ConnectionUse {
  readonly statements: number;
  /** Given up, because nobody knows its state. */
  readonly broken: boolean;
}

export interface Database {
  readonly db: Kysely<Tables>;
  /** One statement by itself, its text written by hand, without the way through the query builder: for what every ask does. */
  readonly run: <R>(sql: string, values: readonly unknown[]) => Promise<readonly R[]>;
  close(): Promise<void>;
}

const seconds = 1000;

// Each bound is shorter than the next, so that the one nearest to the cause speaks first.
const statementMs = 10 * seconds;
/** The server is gone without a word. */
const defaultAnswerMs = 15 * seconds;
/** An instance that hangs in the middle of a transaction loses it, and with it the ledger's lock. */
const idleInTransactionMs = 10 * seconds;
const connectMs = 3 * seconds;
const keptOpen = 2;

/**
 * Opens nothing yet: connections are made when they are needed. No error of a connection ends the process.
 * @param url postgres://…; for the service, of the role that may insert and read (keydesk_app)
 */
export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const pool = new Pool({
    connectionString: url,
    max: options.maxConnections ?? 10,
    // The question after a pause does not wait for a connection to be made, and a statement among few sets no timer.
    min: keptOpen,
    application_name: options.applicationName ?? 'keydesk',
    connectionTimeoutMillis: connectMs,
    query_timeout: options.answerMs ?? defaultAnswerMs,
    statement_timeout: statementMs,
    idle_in_transaction_session_timeout: idleInTransactionMs,
    // "Durable when it returns" must not depend on what a server's default has been set to.
    options: '-c synchronous_commit=on',
    keepAlive: true,
  });
  const lost = (error: Error): void => options.onConnectionLost?.('code' in error && typeof error.code === 'string' ? error.code : error.name);
  // Without the first, a server that goes away ends the process while a connection is idle; without the second, while
  // one is lent out and between two statements.
  pool.on('error', lost);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const lending = guarded(pool, createStatementNames(), options.onLent);
  return {
    db: new Kysely<Tables>({ dialect: new PostgresDialect({ pool: lending }) }),
    run: async <R>(sql: string, values: readonly unknown[]) => {
      const client = await lending.connect();
      try {
        return (await client.query<R>(sql, values)).rows;
      } finally {
        client.release();
      }
    },
    close: () => pool.end(),
  };
}

/** The pool with one door for values, which gives up connections whose state nobody knows. */
function guarded(pool: Pool, nameOf: NameOf, onLent: DatabaseOptions['onLent']): PostgresPool {
  return {
    options: pool.options,
    end: () => pool.end(),
    connect: async () => {
      const givenBack = onLent?.();
      try {
        return lend(await pool.connect(), nameOf, givenBack);
      } catch (error) {
        givenBack?.({ statements: 0, broken: true });
        throw error;
      }
    },
  };
}

type NameOf = (sql: string) => string | undefined;

/** The one door for values (values.ts). */
const send = (client: PoolClient, nameOf: NameOf, sql: string, values: readonly unknown[]): Promise<QueryResult> => {
  const safe = inbound(values);
  // What has no values (begin, commit, cursors) is no statement to plan.
  const name = safe.length === 0 ? undefined : nameOf(sql);
  return client.query(name === undefined ? { text: sql, values: safe } : { text: sql, values: safe, name });
};

/** Anything but the server's own "no": an answer may still be on its way, and would be taken for the next one's. A "no" that is its last word, too. */
const breaks = (error: unknown): boolean => !(error instanceof DatabaseError) || error.code === planIsOutdated || endsConnection(error);

const commands = ['UPDATE', 'DELETE', 'INSERT', 'MERGE', 'COMMIT', 'ROLLBACK'] as const;

function lend(client: PoolClient, nameOf: NameOf, givenBack?: (use: ConnectionUse) => void): PostgresPoolClient {
  let broken = false;
  let statements = 0;
  const ask = async <R>(sql: string, values: readonly unknown[]): Promise<PostgresQueryResult<R>> => {
    statements += 1;
    try {
      const { command, rowCount, rows } = await send(client, nameOf, sql, values);
      return { command: commands.find((known) => known === command) ?? 'SELECT', rowCount: rowCount ?? 0, rows };
    } catch (error) {
      broken ||= breaks(error);
      throw error;
    }
  };
  function query<R>(sql: string, values: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  function query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  function query<R>(what: string | PostgresCursor<R>, values: readonly unknown[] = []): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
    if (typeof what !== 'string') throw new TypeError('Cursors are declared in SQL here (store/stored-entries.ts).');
    return ask<R>(what, values);
  }
  return {
    query,
    release: (discard) => {
      givenBack?.({ statements, broken });
      client.release(broken || discard === true);
    },
  };
}
