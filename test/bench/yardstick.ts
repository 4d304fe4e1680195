// The echo bot as the benchmark starts it.

import { start, type Started } from './processes.ts';

/** Without the compile cache: a bot as it comes. */
export const startEchoBot = (): Promise<Started> => start({ file: new URL('./echo-bot.ts', import.meta.url), env: { NODE_DISABLE_COMPILE_CACHE: '1' } });
