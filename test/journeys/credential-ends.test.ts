import assert from 'node:assert/strict';
import { instantAt, milliseconds } from '../../src/domain/instant.ts';
import { inKeydesk, startTestKeydesk } from '../support/keydesk.ts';

const day = 86_400_000;
const readyz = async ({ url }: { readonly url: string }): Promise<unknown> => (await fetch(`${url}/readyz`)).json();

describe('a certificate that ends soon', () => {
  it('is a warning on /readyz beside a service that is well, and a line in the log', async () => {
    const keydesk = await startTestKeydesk({ credentialEnds: (now) => [{ purposes: ['metadata', 'reveal'], kind: 'certificate', endsAt: instantAt(milliseconds(now) + 3 * day + 1000) }] });
    try {
      await keydesk.runChores();
      const { status, warnings } = Object(await readyz(keydesk)) as { readonly status: unknown; readonly warnings: unknown };
      assert.equal(status, 'ok');
      assert.match(JSON.stringify(warnings), /^\{"credentials":"the certificate \(metadata, reveal\) ends on \d{4}-\d\d-\d\d, in 3 days"\}$/);
      assert.ok(keydesk.logLines.some((line) => line.includes('"credential":"certificate"')));
    } finally {
      await keydesk.stop();
      await keydesk.leave();
    }
  });

  it('is no word anywhere while it is good for long', inKeydesk({ credentialEnds: (now) => [{ purposes: ['metadata', 'reveal'], kind: 'certificate', endsAt: instantAt(milliseconds(now) + 300 * day) }] }, async (keydesk) => {
    await keydesk.runChores();
    assert.equal(Reflect.has(Object(await readyz(keydesk)), 'warnings'), false);
    assert.ok(!keydesk.logLines.some((line) => line.includes('"credential"')));
  }));
});
