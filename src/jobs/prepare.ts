// The owner's part: pg-boss's tables in their own schema, the queues, and what the service's role may do there.
import { PgBoss } from 'pg-boss';
import { givenUpQueue, givenUpQueueOptions, jobsSchema, wakeQueue, wakeQueueOptions } from './queues.ts';

/**
 * Run by the owner after the store's migrations, before a new version starts; does nothing when all is done. The role
 * must be there. Throws what pg-boss or the server says.
 */
export async function prepareJobs(ownerUrl: string, appRole = 'keydesk_app'): Promise<void> {
  const boss = new PgBoss({ connectionString: ownerUrl, application_name: 'keydesk migrate', schema: jobsSchema, max: 2, migrate: true, createSchema: true, supervise: false, schedule: false });
  // Whatever is wrong is thrown by the call that met it; without a listener the event would end the process.
  boss.on('error', () => undefined);
  try {
    await boss.start();
    for (const [name, options] of [[givenUpQueue, givenUpQueueOptions], [wakeQueue, wakeQueueOptions]] as const) {
      await boss.createQueue(name, options);
      // A queue that was there before keeps its old options otherwise.
      await boss.updateQueue(name, options);
    }
    const role = `"${appRole.replaceAll('"', '""')}"`;
    await boss.getDb().executeSql(`
      grant usage on schema ${jobsSchema} to ${role};
      grant select, insert, update, delete on all tables in schema ${jobsSchema} to ${role};
      grant execute on all functions in schema ${jobsSchema} to ${role};`);
  } finally {
    await boss.stop({ graceful: false });
  }
}
