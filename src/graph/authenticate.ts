import type { Context, Middleware } from '@microsoft/microsoft-graph-client';
import { Fault } from '../domain/fault.ts';
import { answerOf, type Call, callOf } from './call.ts';
import { parseChallenge } from './challenge.ts';
import { causeOf, requestIdOf } from './failures.ts';
import { graphOrigin } from './last-hop.ts';
import type { Tokens } from './tokens.ts';

/**
 * The first link: puts the bearer on, and only on requests to Graph itself. A 401 with a claims challenge ends the
 * call (`graph-claims`), and the next token is asked for with those claims; any other 401 gets one more try with a
 * new token, since a request that was not let in did nothing. A person's token is used for its one call and is not ours
 * to renew.
 */
export function authenticateLayer(tokens: Tokens): Middleware {
  let next: Middleware | undefined;
  const execute = async (context: Context): Promise<void> => {
    const call = callOf(context);
    const url = call.exactUrl ?? context.request;
    if (typeof url !== 'string' || !url.startsWith(`${graphOrigin}/`)) {
      call.outcome = new Fault('internal', 'never', { message: 'a Graph request to another host' });
      return;
    }
    try {
      const outcome = await pass(context, call);
      if (outcome === 'refused' && call.authority === 'application') await pass(context, call);
    } catch (error) {
      // Not thrown further: the SDK would make it an error of its own.
      call.outcome = error instanceof Fault ? error : new Fault('internal', 'never', { message: 'the Graph chain broke', cause: causeOf(error) });
    }
  };

  const pass = async (context: Context, call: Call): Promise<'done' | 'refused'> => {
    const { authority } = call;
    const token = authority === 'application' ? await tokens.take(call.deadline) : authority.onBehalfOf.reveal();
    call.bearer = token;
    await next?.execute(context);
    const answer = answerOf(call);
    if (answer?.status !== 401) return 'done';
    const challenge = parseChallenge(answer.headers['www-authenticate']);
    if (authority === 'application') tokens.drop(token, challenge);
    if (challenge === undefined) return 'refused';
    throw new Fault('graph-claims', 'later', {
      message: 'Graph wants a token with other claims',
      claims: challenge.claims,
      graphRequestId: requestIdOf(answer),
    });
  };
  return { execute, setNext: (link) => void (next = link) };
}
