import assert from 'node:assert/strict';
import { isRed } from '../../src/doctor/examine.ts';
import { examined, notWell } from '../support/doctor.ts';

describe('doctor: an installation that is well', () => {
  it('is green, and says what cannot be looked at from here', async () => {
    const { told } = await examined();
    assert.equal(isRed(told), false);
    assert.deepEqual(notWell(told), [
      'warning: checkpoint file',
      'not checked: client secret (metadata, reveal)',
      'not checked: client secret (rotation)',
      // Grady reads keys in the portal as a Security Reader, Megan as an Intune Administrator.
      'warning: around Keydesk',
    ]);
  });

  it('looks at every permission that Keydesk uses, and at every group', async () => {
    const { told } = await examined();
    const good = told.flatMap(({ finding: { verdict, what } }) => (verdict === 'ok' ? [what] : []));
    assert.deepEqual(good, [
      'database',
      'database role',
      'jobs',
      'pg_trgm',
      'ledger',
      'clock (database)',
      'clock (Microsoft Graph)',
      'token (metadata, reveal)',
      'token (rotation)',
      'token (Teams)',
      'Device.Read.All',
      'BitlockerKey.ReadBasic.All',
      'BitlockerKey.Read.All',
      'DeviceManagementManagedDevices.Read.All',
      'DeviceManagementConfiguration.Read.All',
      'Policy.Read.All',
      'User.Read.All',
      'GroupMember.Read.All',
      'AuditLog.Read.All',
      'DeviceManagementManagedDevices.ReadWrite.All',
      'group of agents',
      'group of admins',
      'group of approvers',
      'group of auditors',
      'rotation policy',
      'service',
      'bot endpoint',
      'messaging endpoint',
    ]);
  });

  it('reads no key, rotates none, and changes nothing', async () => {
    const { simulator } = await examined();
    const asked = simulator.requests.list().filter(({ url }) => !url.includes('/oauth2/'));
    assert.ok(asked.length > 20);
    assert.deepEqual(asked.filter(({ method }) => method !== 'GET'), []);
    // `key` in any spelling of a selection, and whatever would select all.
    assert.deepEqual(asked.filter(({ url }) => /select=[^&]*\bkey\b/i.test(decodeURIComponent(url)) || /recoveryKeys\/[^?]/i.test(url)), []);
    assert.deepEqual(simulator.tenant.audit.rows(), [], "no row in Entra's own log of key reads");
  });

  it('asks of what is switched off nothing', async () => {
    const { told } = await examined({ broken: () => ({ uses: { entraLog: false, selfService: false, rotation: false, delegated: false } }) });
    const whats = told.map(({ finding: { what } }) => what);
    for (const name of ['AuditLog.Read.All', 'Policy.Read.All', 'DeviceManagementManagedDevices.ReadWrite.All', 'rotation policy']) assert.ok(!whats.includes(name), name);
    assert.equal(isRed(told), false);
  });
});
