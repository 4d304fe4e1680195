// A whole Keydesk in the process of the test: HTTP in front, the real bot, domain and store, the real Graph edge turned
// to the simulated tenant, and a connector in place of Teams. Clock, deadlines and chores are in the test's hands.

import type { LedgerEntry } from '../../src/domain/ledger-entry.ts';
import type { LoggedRequest } from '../../src/sim/http/request-log.ts';
import type { SimulatorOptions } from '../../src/sim/simulator.ts';
import { openDatabase } from '../../src/store/database.ts';
import type { ChatMessage } from '../../src/terminal/connector.ts';
import type { Speaker } from '../../src/terminal/conversation.ts';
import { checkWhatAlwaysHolds } from './keydesk/always.ts';
import type { Standing } from './keydesk/cards.ts';
import { type Instance, type InstanceOptions, startInstance } from './keydesk/instance.ts';
import { alex, privateChatOf } from './keydesk/people.ts';
import { entriesIn, readsIn } from './keydesk/records.ts';
import { newSurroundings, type Surroundings } from './keydesk/surroundings.ts';
import { known } from './known.ts';

export interface KeydeskOptions extends InstanceOptions {
  readonly tenant?: SimulatorOptions;
}

export interface TestKeydesk extends Surroundings, Instance {
  /** Another instance in the same surroundings; stopped with the first. */
  another(options?: InstanceOptions): Promise<Instance>;
  /** Entries in their order, without those of a start. */
  ledger(): Promise<readonly LedgerEntry[]>;
  /** `intended done`, `refused refused no-role`: acts, outcomes and codes in their order. */
  acts(): Promise<readonly string[]>;
  /** Requests for a secret that reached Graph. */
  reads(): readonly LoggedRequest[];
  /** The message as it stands now. */
  now(message: Standing): ChatMessage;
  privateChat(person?: Speaker): readonly ChatMessage[];
}

/** @returns a mocha test: a Keydesk of its own, what it does, and what must hold after whatever happened. */
export function inKeydesk(...given: [KeydeskOptions, (keydesk: TestKeydesk) => Promise<void>] | [(keydesk: TestKeydesk) => Promise<void>]): () => Promise<void> {
  const [options, work] = given.length === 2 ? given : [{}, given[0]];
  return async () => {
    const keydesk = await startTestKeydesk(options);
    try {
      await work(keydesk);
      await checkWhatAlwaysHolds(keydesk);
    } finally {
      try {
        await keydesk.stop();
      } finally {
        await keydesk.leave();
      }
    }
  };
}

export async function startTestKeydesk({ tenant, ...options }: KeydeskOptions = {}): Promise<TestKeydesk> {
  const surroundings = await newSurroundings(tenant);
  const { database, connector, simulator } = surroundings;
  const store = openDatabase(database.appUrl, { maxConnections: 1 });
  const first = await startInstance(surroundings, options);
  const others: Instance[] = [];
  const ledger = () => entriesIn(store);
  return {
    ...surroundings,
    ...first,
    another: async (change = {}) => {
      const instance = await startInstance(surroundings, { ...options, ...change });
      others.push(instance);
      return instance;
    },
    ledger,
    acts: async () => (await ledger()).map(({ act, outcome, code }) => [act, outcome, ...(code === undefined ? [] : [code])].join(' ')),
    reads: () => readsIn(simulator),
    now: ({ activityId }) => known(connector.messages.find((message) => message.activityId === activityId)),
    privateChat: (person = alex) => connector.messages.filter((message) => message.conversationId === privateChatOf(person)),
    stop: async () => {
      for (const instance of [first, ...others]) await instance.stop();
    },
    leave: async () => {
      await store.close();
      await surroundings.leave();
    },
  };
}
