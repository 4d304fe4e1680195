// The load: people in their private chats, each with one message at a time. A turn counts when the bot's answer has
// arrived at the connector, not when the POST returned.

import { type Chat, message } from './activities.ts';
import type { Connector } from './connector.ts';
import { openLine } from './post.ts';

/** A bot under load, and what a right answer of it is. */
export interface Loaded {
  readonly name: string;
  readonly origin: string;
  /** The chat of one of those who talk at the same time, from 0. */
  readonly chat: (lane: number) => Chat;
  /** What is said in turn `n` of a lane. */
  readonly text: (lane: number, n: number) => string;
  /** @param activity what it sent, as JSON */
  readonly isAnswer: (activity: string) => boolean;
}

export interface LoadOptions {
  readonly inFlight: number;
  readonly forMs: number;
  /** The load ends here even when there is time left. */
  readonly mostTurns: number;
  /** How long one answer may take before the whole load fails. */
  readonly patienceMs?: number;
}

/** @returns turns a second. Throws at the first wrong answer: a fast refusal is no turn. */
export async function load(bot: Loaded, connector: Connector, { inFlight, forMs, mostTurns, patienceMs = 15_000 }: LoadOptions): Promise<number> {
  const line = openLine(inFlight);
  const begun = performance.now();
  const end = begun + forMs;
  let asked = 0;
  let done = 0;
  const lane = async (index: number): Promise<void> => {
    const chat = bot.chat(index);
    for (let n = 0; performance.now() < end && asked < mostTurns; n += 1) {
      asked += 1;
      const answer = connector.next(chat.conversationId, patienceMs);
      const [{ body, at }, posted] = await Promise.all([answer, line.post(`${bot.origin}/api/messages`, message(chat, bot.text(index, n)))]);
      if (posted.status !== 200 && posted.status !== 202) throw new Error(`${bot.name} answered a message with ${posted.status}`);
      if (!bot.isAnswer(body)) throw new Error(`${bot.name} gave a wrong answer: ${body.slice(0, 600)}`);
      // A turn that ended after the time is not counted, for either bot.
      if (at <= end) done += 1;
    }
  };
  try {
    await Promise.all(Array.from({ length: inFlight }, (_, index) => lane(index)));
  } finally {
    line.close();
  }
  return (done * 1000) / (Math.min(performance.now(), end) - begun);
}
