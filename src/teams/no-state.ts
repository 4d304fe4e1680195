import { TurnState } from '@microsoft/teams-ai/lib/TurnState.js';

/**
 * The Application wants a state for each turn. Keydesk keeps none there: what gives power stands in the database under
 * compare-and-set, and a state shared by two turns would fail the second after its effects (facts on teams-ai, T7).
 */
export class NoState extends TurnState {
  readonly #temp = { input: '', inputFiles: [], lastOutput: '', actionOutputs: {}, authTokens: {} };

  override get temp() {
    return this.#temp;
  }

  override get user() {
    return {};
  }

  override get conversation() {
    return {};
  }

  override load(): Promise<boolean> {
    return Promise.resolve(true);
  }

  override save(): Promise<void> {
    return Promise.resolve();
  }
}
