// A process that holds a server until it is killed: started by start.test.ts.
import { startPostgres } from '../../src/postgres/start.ts';

const server = await startPostgres(JSON.parse(process.argv[2] ?? '{}'));
console.log(server.port);
setInterval(() => undefined, 1000);
