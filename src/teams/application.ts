// By its file: the package's front door also loads language models, tokenizers and 35 MB that nothing here uses.
import { Application } from '@microsoft/teams-ai/lib/Application.js';
import { NoState } from './no-state.ts';

/** teams-ai's router, with everything off that it would do by itself (facts on teams-ai, §2, T7, T8). */
export class QuietApplication extends Application<NoState> {
  constructor() {
    super({
      turnStateFactory: () => new NoState(),
      startTypingTimer: false,
      longRunningMessages: false,
      removeRecipientMention: false,
    });
  }

  /**
   * The option above is kept and never read (teams-ai 1.7.4, Application.run). The timer would write into the
   * conversation every second, a channel too, and is one for all turns: each ends that of another.
   */
  override startTypingTimer(): void {
    // Nothing is started; `run` stops it all the same.
  }
}
