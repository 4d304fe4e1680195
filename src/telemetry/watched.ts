// Where telemetry looks: around the ports that write the ledger, a step of a rotation, a posting and a turn; and what the
// Graph edge and the database tell of themselves.

import type { Desk } from '../domain/desk.ts';
import type { LedgerEntry } from '../domain/ledger-entry.ts';
import type { Telemetry, Watch } from './telemetry.ts';
import { codeOf } from './vocabulary.ts';

/** @param now milliseconds */
export function createWatch(telemetry: Telemetry, now: () => number): Watch {
  return {
    read: telemetry.read,
    desk: (desk) => watchedDesk(desk, telemetry),
    step: (work) => (id) => telemetry.during('keydesk.rotation.step', {}, () => work(id), (rotation) => (rotation === undefined ? {} : { 'keydesk.rotation.state': rotation.state })),
    post: (post) => (channel, message) =>
      telemetry.during('keydesk.channel.post', { 'keydesk.post.kind': message.kind }, () => post(channel, message), ({ kind }) => ({ 'keydesk.post.outcome': kind })),
    turn: async ({ kind, verb }, work) => {
      const about = { 'keydesk.turn.kind': kind, ...(verb !== undefined && { 'keydesk.turn.verb': verb }) };
      const began = now();
      let failed = {};
      try {
        return await telemetry.during('keydesk.turn', about, work);
      } catch (error) {
        failed = { 'error.type': codeOf(error) };
        throw error;
      } finally {
        telemetry.measure('keydesk.turn.duration', (now() - began) / 1000, { ...about, ...failed });
      }
    },
    apiCall: (operation, work, statusOf) =>
      telemetry.during('keydesk.api.call', { 'keydesk.api.operation': operation }, work, (result) => ({ 'http.response.status_code': statusOf(result) })),
    apiAnswered: ({ operation, status, milliseconds }) =>
      telemetry.measure('keydesk.api.duration', milliseconds / 1000, { 'keydesk.api.operation': operation, 'http.response.status_code': status }),
    graphCall: ({ asked, status, code, attempts, milliseconds }) => {
      const about = { 'keydesk.graph.route': asked, ...(status !== undefined && { 'http.response.status_code': status }), ...(code !== undefined && { 'error.type': code }) };
      telemetry.past('keydesk.graph.call', milliseconds, { ...about, 'keydesk.graph.attempts': attempts });
      telemetry.measure('keydesk.graph.duration', milliseconds / 1000, about);
    },
    connectionLent: () => {
      const end = telemetry.within('keydesk.database.transaction');
      return ({ statements, broken }) => end({ 'keydesk.database.statements': statements, ...(broken && { 'error.type': 'store-unavailable' }) });
    },
  };
}

/** The desk with a span around what writes the ledger on the way of a key, and reveals and refusals counted. */
function watchedDesk(desk: Desk, telemetry: Telemetry): Desk {
  const { ledger, requests } = desk;
  const appending = <T>(act: LedgerEntry['act'], work: () => Promise<T>): Promise<T> => telemetry.during('keydesk.ledger.append', { 'keydesk.ledger.act': act }, work);
  const revealed = (outcome: string, times?: number): void => telemetry.count('keydesk.reveals', { 'keydesk.reveal.outcome': outcome }, times);
  const refused = ({ outcome, code }: LedgerEntry): void => {
    if (outcome === 'refused' && code !== undefined) telemetry.count('keydesk.refusals', { 'keydesk.refusal.code': code });
  };
  return {
    ...desk,
    ledger: {
      append: (entry) => appending(entry.act, () => ledger.append(entry)),
      refuse: async (entry) => {
        await appending(entry.act, () => ledger.refuse(entry));
        refused(entry);
      },
    },
    requests: {
      ...requests,
      claim: (claim) => appending('intended', () => requests.claim(claim)),
      revealed: async (claim) => {
        const written = await appending('revealed', () => requests.revealed(claim));
        revealed(written === 'lost' ? 'lost' : 'done');
        return written;
      },
      failed: async (claim) => {
        const written = await appending('revealed', () => requests.failed(claim));
        if (written) revealed(claim.entry.outcome);
        return written;
      },
      settleClaims: async (...given) => {
        const settled = await requests.settleClaims(...given);
        if (settled > 0) revealed('unknown', settled);
        return settled;
      },
      miss: async (id, entry) => {
        const answer = await requests.miss(id, entry);
        if (answer.closed) refused(entry);
        return answer;
      },
      close: async (id, to, entry) => {
        const closed = await requests.close(id, to, entry);
        if (closed) refused(entry);
        return closed;
      },
    },
  };
}
