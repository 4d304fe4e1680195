// How a server is let go: what was taken is answered, nothing more is taken, and whoever asks for health hears of it.
// The listener stays open until then, because a load balancer that gets no answer does not know which of the two it is.

import type { Server as HttpServer } from 'node:http';
import type { RequestHandler } from 'restify';
import type { Neutral } from './neutral.ts';

export interface Draining {
  /** Since `drain` was called. */
  readonly begun: boolean;
  /** Goes before a route: takes the request, or refuses it with 503 before its body is read. */
  readonly admit: RequestHandler;
  /** Resolves when the last answer has left, or the time is over, and every connection is closed. Safe to call twice. */
  drain(milliseconds: number): Promise<void>;
}

export function createDraining(server: HttpServer, neutral: Neutral): Draining {
  let draining: Promise<void> | undefined;
  let underWay = 0;
  const empty = Promise.withResolvers<void>();
  const look = (): void => {
    // One turn later: Node closes a connection that said `Connection: close` by itself, behind its last byte.
    if (draining !== undefined && underWay === 0) setImmediate(empty.resolve);
  };

  const run = async (milliseconds: number): Promise<void> => {
    // A connection that waits for its next request would wait for as long as it likes.
    server.closeIdleConnections();
    const patience = setTimeout(empty.resolve, milliseconds);
    await empty.promise;
    clearTimeout(patience);
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      // Also those on which nothing was asked yet: to Node they are not idle, and with the listener goes the timer that ends them.
      server.closeAllConnections();
    });
  };

  return {
    get begun() {
      return draining !== undefined;
    },
    admit: (_request, response, next) => {
      if (draining !== undefined) {
        neutral.refuse(response, 503, 'stopping');
        return next(false);
      }
      // Whoever has gone is not waited for: the end of it was told already.
      if (response.destroyed) return next(false);
      underWay += 1;
      response.once('close', () => {
        underWay -= 1;
        look();
      });
      return next();
    },
    drain: (milliseconds) => {
      draining ??= run(milliseconds);
      look();
      return draining;
    },
  };
}
