// The yardstick: the least that a bot on the same packages does. It says back what it hears, and nothing else; it
// checks nothing, keeps nothing and logs nothing. Started as a process of its own:
//   node src/launch.mjs test/bench/echo-bot.ts <port>

import { Application, TeamsAdapter } from '@microsoft/teams-ai';
import restify from 'restify';

const port = Number(process.argv[2]);
// No app id: unauthenticated, as a bot on a developer's machine.
const adapter = new TeamsAdapter({});
const app = new Application({ adapter, startTypingTimer: false, longRunningMessages: false });
app.activity('message', async (context) => {
  await context.sendActivity(`You said: ${context.activity.text}`);
});

const server = restify.createServer();
server.use(restify.plugins.jsonBodyParser({ mapParams: false }));
server.get('/healthz', (_request, response, next) => {
  response.send(200, { status: 'up' });
  next();
});
server.post('/api/messages', (request, response, next) => {
  const asked = { body: request.body, headers: request.headers, method: request.method ?? 'POST' };
  const answered = adapter.process(asked, response, async (context) => {
    await app.run(context);
  });
  const over = (): void => next();
  answered.then(over, over);
});
server.listen(port, '127.0.0.1');
