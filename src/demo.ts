// The demo: Keydesk with its last hop turned to a simulated tenant, a PostgreSQL of its own, and Microsoft's Agents
// Playground beside it. What it takes stands in demo/flags.ts.

import { type DemoPlan, help, readCommand } from './demo/flags.ts';
import { type House, startHouse } from './demo/house.ts';
import { play } from './demo/play.ts';
import { opening, progress, troubles, welcome } from './demo/words.ts';

/** Exit codes. With --ask, `good` means that the key was shown. */
const good = 0;
const bad = 1;
const wrongUsage = 2;

const patienceSeconds = 10;

async function main(): Promise<number> {
  const command = readCommand(process.argv.slice(2), process.env);
  switch (command.kind) {
    case 'help':
      console.log(help);
      return good;
    case 'wrong':
      console.error(command.message);
      return wrongUsage;
    case 'run':
      return run(command.plan);
  }
}

async function run(plan: DemoPlan): Promise<number> {
  const tired = new AbortController();
  const end = endOfDemo().finally(() => tired.abort());
  console.log(opening(plan));
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  const witness = {
    ready: (part: string) => plan.ask === undefined && console.log(progress(part, seconds())),
    lost: (part: string) => console.error(`The ${part} ended by itself; the rest goes on. Ctrl-C stops it.`),
  };
  const starting = startHouse(plan, witness, tired.signal);
  try {
    const house = await Promise.race([starting, end]);
    if (house !== undefined) return (await (plan.ask === undefined ? receive(plan, house, end) : perform(plan.ask, plan, house, end))) ? good : bad;
    return plan.ask === undefined ? good : bad;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return bad;
  } finally {
    // Also what was still starting when it was told to end is waited for, and stopped in order.
    await starting.then((house) => house.stop()).catch(() => undefined);
  }
}

async function receive(plan: DemoPlan, house: House, end: Promise<void>): Promise<boolean> {
  const faults = await troubles(house.keydeskUrl);
  console.log(welcome(plan, house));
  for (const fault of faults) console.error(fault);
  await end;
  console.log('\nStopping …');
  return true;
}

async function perform(ask: string, { speaker }: DemoPlan, { keydeskUrl, database }: House, end: Promise<void>): Promise<boolean> {
  const shown = await Promise.race([play({ ask, speaker, keydeskUrl, database, print: (lines) => console.log(lines) }), end]);
  return shown === true;
}

/**
 * When somebody wants it to end: Ctrl-C, a signal, the launcher gone, nobody left to read. The second time it ends at
 * once; whatever then still runs is not ours to stop, it ends by itself (demo/house.ts).
 */
function endOfDemo(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const ask = (): void => {
      if (asked) process.exit(130);
      asked = true;
      setTimeout(() => process.exit(bad), patienceSeconds * 1000).unref();
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask);
    process.once('disconnect', ask);
    process.channel?.unref();
    process.stdout.once('error', ask);
  });
}

process.exitCode = await main();
// Nothing should be left that keeps the process alive; should something be, it is not worth waiting for.
setTimeout(() => process.exit(), 2000).unref();
