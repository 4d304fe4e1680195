// What is prepared to be broken, and that exactly that is red, with the remedy that mends it.

import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Finding } from '../../src/doctor/check.ts';
import { instantAt } from '../../src/domain/instant.ts';
import { apps } from '../../src/sim/tenant/apps.ts';
import { openDatabase } from '../../src/store/database.ts';
import { type DoctorCase, examined, publicUrl, reached, serviceThere, type Ward } from '../support/doctor.ts';
import { entryOf } from '../support/ledger-entries.ts';
import { pemOf } from '../support/ledger-keys.ts';
import { keepOnce } from '../support/doctor-ledger.ts';
import { selfSigned } from '../support/self-signed.ts';
import { testServer } from '../support/database.ts';

interface Way {
  readonly title: string;
  readonly set: DoctorCase;
  /** Every finding that is broken, in order: what, found, remedy. */
  readonly red: readonly (readonly [what: string, found: RegExp, remedy: RegExp])[];
}

const without = ({ simulator }: Ward, app: (typeof apps)['keydesk' | 'keydeskRotation'], ...names: readonly string[]): object => {
  const { registrations } = simulator.tenant;
  registrations.setPermissions(app, registrations.permissionsOf(app).filter((name) => !names.includes(name)));
  return {};
};

const certificateFile = (): string => {
  const path = join(mkdtempSync(join(tmpdir(), 'keydesk-doctor-')), 'own.pem');
  writeFileSync(path, selfSigned().file, { mode: 0o600 });
  return path;
};

const ways: readonly Way[] = [
  {
    title: 'a database that does not listen',
    set: { broken: () => ({ database: openDatabase('postgres://keydesk_app:x@127.0.0.1:1/keydesk', { maxConnections: 1 }) }) },
    red: [['database', /ECONNREFUSED/, /Is PostgreSQL running, and reachable at the host and port of DATABASE_URL/]],
  },
  {
    title: 'a database without tables',
    set: { broken: async () => ({ database: openDatabase(withPath((await testServer()).ownerUrl, '/postgres'), { maxConnections: 1 }) }) },
    red: [['database', /no tables/, /Run "npm run migrate" with DATABASE_OWNER_URL/]],
  },
  {
    title: 'a service that logs in as the owner, who may change the ledger',
    set: { broken: ({ database }) => ({ database: openDatabase(database.ownerUrl, { maxConnections: 2 }) }) },
    red: [['database role', /may change the ledger/, /Let DATABASE_URL log in as keydesk_app.*DATABASE_OWNER_URL, for "npm run migrate" alone/]],
  },
  {
    title: 'a role that lost its rights',
    set: { broken: ({ database }) => asOwner(database.ownerUrl, 'revoke insert on keydesk.ledger_text from keydesk_app; revoke usage on schema keydesk_jobs from keydesk_app') },
    red: [
      ['database role', /may not add to the ledger/, /Run "npm run migrate" with DATABASE_OWNER_URL and DATABASE_URL/],
      ['jobs', /may not be used/, /Run "npm run migrate"/],
    ],
  },
  {
    title: 'a ledger whose newest entry was changed behind its checkpoint',
    set: {
      broken: async ({ database }) => {
        await keepOnce(database, [entryOf(), entryOf()]);
        return asOwner(database.ownerUrl, "alter table keydesk.ledger_entry disable trigger all; delete from keydesk.ledger_entry where seq = 2; alter table keydesk.ledger_entry enable trigger all");
      },
    },
    red: [['ledger', /entries/, /"When the ledger is not what it was" in docs\/operations\.md/]],
  },
  {
    title: 'another key than the one that signed the ledger',
    set: {
      broken: async ({ database }) => {
        await keepOnce(database, [entryOf()]);
        return { ledger: { signingKey: { reveal: () => pemOf(2) } } };
      },
    },
    red: [['ledger', /not signed by the key of KEYDESK_LEDGER_KEY/, /"When the ledger is not what it was"/]],
  },
  {
    title: 'a signing key that is none',
    set: { broken: () => ({ ledger: { signingKey: { reveal: () => 'no key' } } }) },
    red: [['ledger key', /./, /"npm run audit -- new-key FILE"/]],
  },
  {
    title: 'a clock that is ten minutes ahead of Graph and of the database',
    set: { broken: () => ({ clock: { now: () => instantAt(Date.now() + 600_000) } }) },
    red: [
      ['clock (database)', /this machine is 10 minutes ahead: limits/, /time synchronisation/],
      ['clock (Microsoft Graph)', /this machine is 10 minutes ahead: Entra refuses/, /timedatectl set-ntp true/],
    ],
  },
  {
    title: 'a clock that is ten minutes behind Graph alone',
    set: { tenant: { clockSkewSeconds: 600 } },
    red: [['clock (Microsoft Graph)', /this machine is 10 minutes behind/, /time synchronisation/]],
  },
  {
    title: 'a client secret that is not the application’s',
    set: { broken: ({ identity }) => ({ identities: [identity(apps.keydesk, ['metadata', 'reveal', 'rotation'], { secret: 'another' })] }) },
    red: [
      ['token (metadata, reveal, rotation)', /the client secret is not one of this application \(AADSTS7000215\)/, /make a new client secret.*its value, not its id, into MicrosoftAppPassword_FILE/],
      ['token (Teams)', /AADSTS7000215/, /MicrosoftAppPassword_FILE/],
    ],
  },
  {
    title: 'a client secret of the rotation that has ended',
    set: {
      broken: ({ simulator }) => {
        simulator.tenant.registrations.endSecret(apps.keydeskRotation, Date.now() - 1000);
        return {};
      },
    },
    red: [['token (rotation)', /the client secret has ended \(AADSTS7000222\)/, /KEYDESK_ROTATION_CLIENT_SECRET_FILE/]],
  },
  {
    title: 'a certificate that nobody registered',
    set: { broken: ({ identity }) => ({ identities: [identity(apps.keydesk, ['metadata', 'reveal'], { certificateFile: certificateFile() }), identity(apps.keydeskRotation, ['rotation'])] }) },
    red: [
      ['token (metadata, reveal)', /the certificate is not registered.*AADSTS700027/, /upload the certificate that is in KEYDESK_CERTIFICATE_FILE/],
      ['token (Teams)', /AADSTS700027/, /KEYDESK_CERTIFICATE_FILE/],
    ],
  },
  {
    title: 'an application that the tenant does not have',
    set: { broken: ({ identity }) => ({ identities: [identity(apps.keydesk, ['metadata', 'reveal']), identity(apps.keydeskRotation, ['rotation'], { clientId: 'ac1d0000-0000-4000-8000-0000000000ff' })] }) },
    red: [['token (rotation)', /no such application in this tenant \(AADSTS700016\)/, /KEYDESK_ROTATION_CLIENT_ID.*KEYDESK_TENANT_ID/]],
  },
  {
    title: 'another tenant',
    set: { broken: ({ identity }) => ({ identities: [identity(apps.keydesk, ['metadata', 'reveal'], { tenantId: 'c0417050-0000-4000-8000-0000000000ff' }), identity(apps.keydeskRotation, ['rotation'])] }) },
    red: [
      ['token (metadata, reveal)', /no such tenant \(AADSTS90002\)/, /KEYDESK_TENANT_ID: Entra admin centre → Overview/],
      ['token (Teams)', /AADSTS90002/, /KEYDESK_TENANT_ID/],
    ],
  },
  {
    title: 'no permission to find devices, and none to read a key',
    set: { broken: (ward) => without(ward, apps.keydesk, 'Device.Read.All', 'BitlockerKey.Read.All') },
    red: [
      ['Device.Read.All', /missing: no device is found/, /API permissions: add the application permission Device\.Read\.All of Microsoft Graph and grant admin consent/],
      ['BitlockerKey.Read.All', /missing: no key is shown/, /BitlockerKey\.Read\.All/],
    ],
  },
  {
    title: 'no permission to rotate',
    set: { broken: (ward) => without(ward, apps.keydeskRotation, 'DeviceManagementManagedDevices.ReadWrite.All') },
    red: [['DeviceManagementManagedDevices.ReadWrite.All', /missing: no key is rotated/, new RegExp(`${apps.keydeskRotation.clientId} → API permissions`)]],
  },
  {
    title: 'a group of auditors that does not exist',
    set: { broken: () => ({ groups: { agent: '6a0c0000-0000-4000-8000-000000000001', auditor: '6a0c0000-0000-4000-8000-0000000000ff' } }) },
    red: [['group of auditors', /there is no group 6a0c0000-0000-4000-8000-0000000000ff/, /KEYDESK_GROUP_AUDITORS: Entra admin centre → Groups → the group → Object Id/]],
  },
  {
    title: 'an address that is not https',
    set: { broken: () => ({ endpoint: 'http://keydesk.example' }) },
    red: [['bot endpoint', /Teams calls https addresses alone/, /KEYDESK_PUBLIC_URL to https:/]],
  },
  {
    title: 'an address at which nobody answers',
    set: { broken: () => ({ fetch: reached({}) }) },
    red: [['bot endpoint', new RegExp(`${publicUrl} does not answer`), /DNS.*certificate.*port 443/]],
  },
  {
    title: 'a site that says 200 to everything, where Keydesk should answer',
    set: { broken: () => ({ fetch: reached({ ...serviceThere, 'GET /healthz': { status: 200, body: '<!doctype html><title>Welcome</title>' } }) }) },
    red: [
      ['service', /healthz is answered, and not by Keydesk/, /Another program has the port/],
      ['bot endpoint', /healthz is answered, and not by Keydesk/, /in front of Keydesk/],
    ],
  },
  {
    title: 'a proxy that swallows the messages, and a service that takes them from anybody',
    set: { broken: () => ({ fetch: reached({ ...serviceThere, 'POST /api/messages': { status: 404 } }) }) },
    red: [['messaging endpoint', /answers 404/, /Messaging endpoint: https:\/\/keydesk\.example\/api\/messages/]],
  },
  {
    title: 'a service that takes messages without a token',
    set: { broken: () => ({ fetch: reached({ ...serviceThere, 'POST /api/messages': { status: 200 } }) }) },
    red: [['messaging endpoint', /answers 200 to who has no token/, /Stop it/]],
  },
];

function withPath(url: string, path: string): string {
  const address = new URL(url);
  address.pathname = path;
  return address.href;
}

async function asOwner(url: string, statements: string): Promise<object> {
  const owner = new Client({ connectionString: url });
  await owner.connect();
  await owner.query(statements);
  await owner.end();
  return {};
}

const remedyOf = (finding: Finding): string => ('remedy' in finding ? finding.remedy : '');

describe('doctor: prepared to be broken', () => {
  for (const { title, set, red } of ways) {
    it(`${title}: red, with the remedy`, async () => {
      const { told } = await examined(set);
      const found = told.map(({ finding }) => finding).filter(({ verdict }) => verdict === 'broken');
      assert.deepEqual(found.map(({ what }) => what), red.map(([what]) => what));
      for (const [index, [, words, remedy]] of red.entries()) {
        const finding = found[index];
        assert.ok(finding);
        assert.match(finding.found, words);
        assert.match(remedyOf(finding), remedy);
      }
    });
  }

  it('tells nothing of a ledger that cannot be reached but that the database comes first', async () => {
    const [dead] = ways;
    const { told } = await examined(dead?.set);
    const ledger = told.find(({ check }) => check === 'ledger')?.finding;
    assert.deepEqual([ledger?.verdict, ledger && remedyOf(ledger)], ['not checked', 'Mend the database first.']);
  });

  it('asks nothing of Graph without a token, and says that once for each question', async () => {
    const { told } = await examined({ broken: ({ identity }) => ({ identities: [identity(apps.keydesk, ['metadata', 'reveal', 'rotation'], { secret: 'another' })] }) });
    const open = told.filter(({ finding }) => finding.verdict === 'not checked' && /there is no token/.test(finding.found));
    assert.ok(open.length >= 10);
    assert.ok(open.every(({ finding }) => remedyOf(finding) === 'Mend the token first.'));
  });
});

describe('doctor: what works and should be mended', () => {
  const findingsOf = async (set: DoctorCase, what: string): Promise<readonly (readonly [string, string])[]> =>
    (await examined(set)).told.flatMap(({ finding }) => (finding.what === what ? [[finding.verdict, finding.found] as const] : []));

  for (const name of ['User.Read.All', 'DeviceManagementConfiguration.Read.All', 'AuditLog.Read.All']) {
    it(`warns that ${name} is missing, and what that switches off`, async () => {
      const [finding] = await findingsOf({ broken: (ward) => without(ward, apps.keydesk, name) }, name);
      assert.equal(finding?.[0], 'warning');
      assert.match(finding[1], /^missing: \w+/);
    });
  }

  it('warns of rights that are not needed: an application that rotates and could read keys', async () => {
    const given = await findingsOf(
      {
        broken: ({ simulator }) => {
          simulator.tenant.registrations.setPermissions(apps.keydeskRotation, ['DeviceManagementManagedDevices.ReadWrite.All', 'BitlockerKey.Read.All', 'Group.ReadWrite.All']);
          return {};
        },
      },
      'rights (rotation)',
    );
    assert.deepEqual(given, [['warning', 'may do more than it needs: BitlockerKey.Read.All, Group.ReadWrite.All']]);
  });

  it('warns of devices that may not rotate by themselves, and does not know where no policy says so', async () => {
    const policy = (value: 0 | 1 | 2 | undefined) =>
      findingsOf(
        {
          broken: ({ simulator }) => {
            if (value === undefined) delete simulator.tenant.intune.passwordRotation;
            else simulator.tenant.intune.passwordRotation = value;
            return {};
          },
        },
        'rotation policy',
      );
    assert.deepEqual(await policy(0), [['warning', 'off in BitLocker for all laptops']]);
    assert.deepEqual(await policy(2), [['ok', 'on for Entra joined and hybrid joined devices (BitLocker for all laptops)']]);
    assert.match((await policy(undefined))[0]?.[1] ?? '', /^no policy of the settings catalogue/);
  });

  it('warns 30 days before a certificate ends, and before a client secret does, where that can be read', async () => {
    const day = 86_400_000;
    const secret = (days: number) =>
      findingsOf(
        {
          broken: ({ simulator }) => {
            const { registrations } = simulator.tenant;
            registrations.setPermissions(apps.keydesk, [...registrations.permissionsOf(apps.keydesk), 'Application.Read.All']);
            registrations.endSecret(apps.keydesk, Date.now() + days * day + 60_000);
            return {};
          },
        },
        'client secret (metadata, reveal)',
      );
    assert.match((await secret(29)).join(), /^warning,the client secret \(metadata, reveal\) ends on .*, in 29 days/);
    assert.match((await secret(31)).join(), /^ok,.*in 31 days/);
    const file = certificateFile();
    const own = await findingsOf({ broken: ({ identity }) => ({ identities: [identity(apps.keydesk, ['metadata', 'reveal', 'rotation'], { certificateFile: file })] }) }, 'certificate (metadata, reveal, rotation)');
    assert.match(own.join(), /^ok,the certificate .* ends on 2046-01-01/);
    const late = await findingsOf({ broken: ({ identity }) => ({ clock: { now: () => instantAt(Date.parse('2045-12-20T00:00:00Z')) }, identities: [identity(apps.keydesk, ['metadata', 'reveal', 'rotation'], { certificateFile: file })] }) }, 'certificate (metadata, reveal, rotation)');
    assert.match(late.join(), /^warning,the certificate .* ends on 2046-01-01, in 12 days/);
    const over = await findingsOf({ broken: ({ identity }) => ({ clock: { now: () => instantAt(Date.parse('2046-02-20T00:00:00Z')) }, identities: [identity(apps.keydesk, ['metadata', 'reveal', 'rotation'], { certificateFile: file })] }) }, 'certificate (metadata, reveal, rotation)');
    assert.match(over.join(), /^broken,the certificate .* ended on 2046-01-01/);
  });
});
