// How many whole turns a second, Keydesk against the echo bot. The rounds alternate (echo, Keydesk, echo, Keydesk …), and
// the median of the paired ratios counts: what else the machine does meanwhile meets both alike.

import { cast } from '../../src/demo/cast.ts';
import { type Connector, startConnector } from './connector.ts';
import { isConfirmCard } from './keydesk-answers.ts';
import { load, type Loaded } from './load.ts';
import { atLeast, median, type Row } from './row.ts';
import { startKeydesk, startSurroundings } from './surroundings.ts';
import { untilSwept } from './sweep.ts';
import { startEchoBot } from './yardstick.ts';

export const inFlight = 8;
const pairs = 5;
const roundMs = 3000;
// Until both are compiled as far as they get: Keydesk, of the larger program, needs the longer time.
const warmUpMs = 8000;
const mostTurns = 20_000;

const agents = cast.filter((person) => ['Alex Wilber', 'Megan Bowen', 'Isaiah Langer'].includes(person.name));
const devices = ['LAPTOP-42', 'DESKTOP-7', "O'BRIEN-PC"];
const nth = <T>(list: readonly T[], n: number): T => {
  const item = list[n % list.length];
  if (item === undefined) throw new Error('an empty list has no items');
  return item;
};

export async function turnRows(say: (progress: string) => void): Promise<readonly Row[]> {
  await using stack = new AsyncDisposableStack();
  const connector = await startConnector();
  stack.defer(() => connector.stop());
  const echo = await startEchoBot();
  stack.defer(() => echo.stop());
  const surroundings = await startSurroundings();
  stack.defer(() => surroundings.stop());
  const bot = echoUnderLoad(echo.origin, connector);
  await load(bot, connector, { inFlight, forMs: warmUpMs, mostTurns });
  const rows: Row[] = [];
  // Cold first: what is swept stays in the database.
  for (const [how, target] of [['cold', 0.25], ['warm', 0.4]] as const) {
    const keydesk = await startKeydesk(surroundings, { sweeps: how === 'warm' });
    try {
      if (how === 'warm') await untilSwept(keydesk);
      rows.push(await besideEcho({ echo: bot, keydesk: keydeskUnderLoad(keydesk.origin, connector), connector }, how, target, say));
    } finally {
      await keydesk.stop();
    }
  }
  return rows;
}

interface Bots {
  readonly echo: Loaded;
  readonly keydesk: Loaded;
  readonly connector: Connector;
}

async function besideEcho({ connector, ...bots }: Bots, how: string, target: number, say: (progress: string) => void): Promise<Row> {
  await load(bots.keydesk, connector, { inFlight, forMs: warmUpMs, mostTurns });
  const rounds: { readonly echo: number; readonly keydesk: number }[] = [];
  for (let pair = 1; pair <= pairs; pair += 1) {
    const round = {
      echo: await load(bots.echo, connector, { inFlight, forMs: roundMs, mostTurns }),
      keydesk: await load(bots.keydesk, connector, { inFlight, forMs: roundMs, mostTurns }),
    };
    rounds.push(round);
    say(`turns, ${how}, pair ${pair} of ${pairs}: echo ${round.echo.toFixed(0)}/s, Keydesk ${round.keydesk.toFixed(0)}/s`);
  }
  const perSecond = (bot: 'echo' | 'keydesk'): string => `${median(rounds.map((round) => round[bot])).toFixed(0)}/s`;
  const ratio = median(rounds.map((round) => round.keydesk / round.echo));
  return { figure: `key for, ${inFlight} at a time, ${how}`, ours: perSecond('keydesk'), yardstick: `${perSecond('echo')} echo`, ...atLeast(target, ratio) };
}

export const keydeskUnderLoad = (origin: string, connector: Connector): Loaded => ({ ...talk(connector), name: 'Keydesk', origin, isAnswer: isConfirmCard });

const echoUnderLoad = (origin: string, connector: Connector): Loaded => ({
  ...talk(connector),
  name: 'the echo bot',
  origin,
  isAnswer: (activity) => activity.includes('"text":"You said: key for'),
});

/** The same messages for both: three agents in their private chats ask for three devices. */
const talk = ({ serviceUrl }: Connector): Pick<Loaded, 'chat' | 'text'> => ({
  chat: (lane) => ({ serviceUrl, person: nth(agents, lane), conversationId: `a:bench-${lane}` }),
  text: (lane, n) => `key for ${nth(devices, lane + n)}`,
});
