import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identitiesIn } from '../../src/config/identities.ts';
import { readIdentitiesApart, readIdentity } from '../../src/config/read-identity.ts';
import { type Env, Reader } from '../../src/config/reader.ts';
import { parseInstant } from '../../src/domain/instant.ts';
import { known } from '../support/known.ts';
import { selfSigned } from '../support/self-signed.ts';

const client = 'b0700000-0000-4000-8000-000000000001';
const other = 'b0700000-0000-4000-8000-000000000002';
const managed = 'b0700000-0000-4000-8000-000000000003';
const now = known(parseInstant('2026-11-25T12:00:00Z'));

/** Both, as readConfig reads them; faults in words, one line each. */
function read(env: Env) {
  const reader = new Reader(env);
  const identity = readIdentity(reader, now);
  const identitiesApart = readIdentitiesApart(reader, identity, now);
  return { identity, identitiesApart, faults: reader.faults.map(({ variable, expected, remedy }) => `${variable}: expected ${expected}. ${remedy}`) };
}
const namedBy = (env: Env): readonly string[] => read(env).faults.map((fault) => fault.slice(0, fault.indexOf(':')));

describe('who Keydesk is', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keydesk-identity-'));
  after(() => rmSync(folder, { recursive: true }));
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    return join(folder, name);
  };
  const single = { MicrosoftAppType: 'SingleTenant', MicrosoftAppId: client } as const;
  const withSecret = { ...single, MicrosoftAppPassword: 'not a real secret' } as const;
  const good = selfSigned();
  const goodFile = file('good.pem', good.file);

  describe('the bot', () => {
    it('is an application of one tenant, with a secret, a certificate or a federated proof, or a managed identity', () => {
      const secret = read(withSecret).identity;
      assert.ok(secret?.type === 'secret');
      assert.deepEqual([secret.clientId, secret.secret.reveal()], [client, 'not a real secret']);
      const token = file('token', 'eyJ.a.b');
      const others: readonly (readonly [Env, unknown])[] = [
        [{ ...single, KEYDESK_CERTIFICATE_FILE: goodFile }, { type: 'certificate', clientId: client, certificateFile: goodFile }],
        [{ ...single, KEYDESK_FEDERATED_CLIENT_ID: managed }, { type: 'federated', clientId: client, proof: { managedIdentity: managed } }],
        [{ ...single, AZURE_FEDERATED_TOKEN_FILE: token }, { type: 'federated', clientId: client, proof: { tokenFile: token } }],
        [{ MicrosoftAppType: 'UserAssignedMsi', MicrosoftAppId: client }, { type: 'managed-identity', clientId: client }],
        [{ MicrosoftAppType: 'UserAssignedMsi', MicrosoftAppId: client, AZURE_FEDERATED_TOKEN_FILE: token }, { type: 'managed-identity', clientId: client }],
      ];
      for (const [env, expected] of others) {
        const { identity, faults } = read(env);
        assert.deepEqual([identity, faults], [expected, []]);
      }
    });

    describe('of a type that is empty, unknown or MultiTenant', () => {
      for (const type of [undefined, '', ' ', 'MultiTenant', 'multitenant', 'Singletenant', 'none', 'SingleTenant;MultiTenant']) {
        it(`is refused: "${type}"`, () => {
          assert.deepEqual(namedBy({ ...withSecret, MicrosoftAppType: type }), ['MicrosoftAppType']);
        });
      }
    });

    for (const id of [undefined, '', '  ', 'keydesk', '00000000-0000-0000-0000-000000000000']) {
      it(`is refused with the client id "${id}"`, () => {
        assert.deepEqual(namedBy({ ...withSecret, MicrosoftAppId: id }), ['MicrosoftAppId']);
      });
    }

    it('is refused without a proof, with an empty one, and with two, which are named', () => {
      assert.deepEqual(namedBy(single), ['MicrosoftAppPassword']);
      assert.deepEqual(namedBy({ ...single, MicrosoftAppPassword: '' }), ['MicrosoftAppPassword']);
      assert.deepEqual(namedBy({ ...withSecret, KEYDESK_CERTIFICATE_FILE: goodFile }), ['MicrosoftAppPassword and KEYDESK_CERTIFICATE_FILE']);
      assert.deepEqual(namedBy({ ...withSecret, AZURE_FEDERATED_TOKEN_FILE: goodFile }), ['MicrosoftAppPassword and AZURE_FEDERATED_TOKEN_FILE']);
      assert.deepEqual(namedBy({ ...single, KEYDESK_FEDERATED_CLIENT_ID: managed, AZURE_FEDERATED_TOKEN_FILE: goodFile }), ['KEYDESK_FEDERATED_CLIENT_ID and AZURE_FEDERATED_TOKEN_FILE']);
    });

    it('is refused with a proof beside a managed identity, each one named', () => {
      const env = { ...withSecret, MicrosoftAppType: 'UserAssignedMsi', KEYDESK_CERTIFICATE_FILE: goodFile, KEYDESK_FEDERATED_CLIENT_ID: managed };
      assert.deepEqual(namedBy(env), ['MicrosoftAppPassword', 'KEYDESK_CERTIFICATE_FILE', 'KEYDESK_FEDERATED_CLIENT_ID']);
    });

    it('is refused with a federated proof that is none', () => {
      for (const id of ['identity', client, client.toUpperCase()]) assert.deepEqual(namedBy({ ...single, KEYDESK_FEDERATED_CLIENT_ID: id }), ['KEYDESK_FEDERATED_CLIENT_ID'], id);
      for (const path of [join(folder, 'absent'), folder, file('empty', ' \n')]) assert.deepEqual(namedBy({ ...single, AZURE_FEDERATED_TOKEN_FILE: path }), ['AZURE_FEDERATED_TOKEN_FILE']);
    });

    it('has all its faults named at once', () => {
      const env = { MicrosoftAppType: 'MultiTenant', MicrosoftAppId: '', KEYDESK_CERTIFICATE_FILE: join(folder, 'absent'), KEYDESK_REVEAL_CLIENT_ID: 'reveal', KEYDESK_REVEAL_CERTIFICATE_FILE: file('old.pem', selfSigned({ from: '240101', to: '260303' }).file), KEYDESK_ROTATION_CLIENT_SECRET: 'x' };
      assert.deepEqual(namedBy(env), ['MicrosoftAppType', 'MicrosoftAppId', 'KEYDESK_CERTIFICATE_FILE', 'KEYDESK_REVEAL_CLIENT_ID', 'KEYDESK_REVEAL_CERTIFICATE_FILE', 'KEYDESK_ROTATION_CLIENT_ID']);
    });
  });

  describe('a certificate', () => {
    const faultWith = (content: string): string => {
      const { identity, faults } = read({ ...single, KEYDESK_CERTIFICATE_FILE: file('one.pem', content) });
      assert.deepEqual([identity, faults.length], [undefined, 1]);
      return known(faults[0]);
    };

    it('that has ended is refused with the day in words and the remedy', () => {
      assert.match(faultWith(selfSigned({ from: '240101', to: '260303' }).file), /^KEYDESK_CERTIFICATE_FILE: .*ended on 3 March 2026\. Make a new certificate, add it to the registration/);
    });

    it('that is not valid yet is refused with the day in words and the remedy', () => {
      assert.match(faultWith(selfSigned({ from: '270201', to: '280201' }).file), /^KEYDESK_CERTIFICATE_FILE: .*valid from 1 February 2027 on\. .*clock of this machine/);
    });

    it('that ends in this very second has ended, and one that begins in it is valid', () => {
      const midnight = known(parseInstant('2026-11-25T00:00:00Z'));
      const at = (valid: { readonly from: string; readonly to: string }) => {
        const reader = new Reader({ ...single, KEYDESK_CERTIFICATE_FILE: file('edge.pem', selfSigned(valid).file) });
        return [readIdentity(reader, midnight)?.type, reader.faults.length];
      };
      assert.deepEqual(at({ from: '250101', to: '261125' }), [undefined, 1]);
      assert.deepEqual(at({ from: '261125', to: '271125' }), ['certificate', 0]);
    });

    it('whose key belongs to another is refused', () => {
      assert.match(faultWith(selfSigned().key + good.certificate), /belongs to the certificate beside it; this one belongs to another/);
    });

    it('is refused without its key, without the certificate, with a locked key, and as no PEM at all', () => {
      const locked = String(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }));
      for (const content of [good.certificate, good.key, locked + good.certificate, 'hello', '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n']) {
        assert.match(faultWith(content), /a readable PEM file with the certificate and its private key/);
      }
    });

    it('is refused in a file that others may read, that is empty or not there, and no fault repeats what is in it', () => {
      const path = file('open.pem', good.file);
      chmodSync(path, 0o644);
      const { faults } = read({ ...single, KEYDESK_CERTIFICATE_FILE: path });
      assert.match(faults.join('\n'), /^KEYDESK_CERTIFICATE_FILE: .*open to others[^\n]*$/);
      assert.ok(!faults.join().includes('PRIVATE KEY'));
      for (const wrong of [file('empty.pem', ''), join(folder, 'absent')]) assert.deepEqual(namedBy({ ...single, KEYDESK_CERTIFICATE_FILE: wrong }), ['KEYDESK_CERTIFICATE_FILE']);
    });
  });

  for (const purpose of ['metadata', 'reveal', 'rotation'] as const) {
    const name = (end: string): string => `KEYDESK_${purpose.toUpperCase()}_${end}`;

    describe(`the identity for ${purpose}`, () => {
      it('is the bot when nothing is said', () => {
        assert.equal(read(withSecret).identitiesApart[purpose], undefined);
      });

      it('is an application with a secret or a certificate, or what proves the bot without one proves it too', () => {
        const apart = (env: Env) => {
          const { identitiesApart, faults } = read(env);
          assert.deepEqual(faults, []);
          return identitiesApart[purpose];
        };
        const secret = apart({ ...withSecret, [name('CLIENT_ID')]: other, [name('CLIENT_SECRET')]: 'another' });
        assert.ok(secret?.type === 'secret');
        assert.deepEqual([secret.clientId, secret.secret.reveal()], [other, 'another']);
        assert.deepEqual(apart({ ...withSecret, [name('CLIENT_ID')]: other, [name('CERTIFICATE_FILE')]: goodFile }), { type: 'certificate', clientId: other, certificateFile: goodFile });
        assert.deepEqual(apart({ MicrosoftAppType: 'UserAssignedMsi', MicrosoftAppId: client, [name('CLIENT_ID')]: other }), { type: 'managed-identity', clientId: other });
        assert.deepEqual(apart({ ...single, KEYDESK_FEDERATED_CLIENT_ID: managed, [name('CLIENT_ID')]: other }), { type: 'federated', clientId: other, proof: { managedIdentity: managed } });
      });

      for (const [what, env, fault] of [
        ['a client id without a proof', { CLIENT_ID: other }, 'CLIENT_SECRET'],
        ['a client id that is none', { CLIENT_ID: 'another', CLIENT_SECRET: 'x' }, 'CLIENT_ID'],
        ["the bot's own client id, which sets nothing apart", { CLIENT_ID: client, CLIENT_SECRET: 'x' }, 'CLIENT_ID'],
        ['a secret without a client id', { CLIENT_SECRET: 'x' }, 'CLIENT_ID'],
        ['a secret file that is not there', { CLIENT_ID: other, CLIENT_SECRET_FILE: '/not/there' }, 'CLIENT_SECRET_FILE'],
        ['a certificate that is not there', { CLIENT_ID: other, CERTIFICATE_FILE: '/not/there' }, 'CERTIFICATE_FILE'],
      ] as const) {
        it(`is refused with ${what}`, () => {
          const set = Object.fromEntries(Object.entries(env).map(([end, value]) => [name(end), value]));
          assert.deepEqual(namedBy({ ...withSecret, ...set }), [name(fault)]);
        });
      }

      it('is refused with two proofs, which are named', () => {
        assert.deepEqual(namedBy({ ...withSecret, [name('CLIENT_ID')]: other, [name('CLIENT_SECRET')]: 'x', [name('CERTIFICATE_FILE')]: goodFile }), [`${name('CLIENT_SECRET')} and ${name('CERTIFICATE_FILE')}`]);
      });
    });
  }

  it('does with the bot what has no identity of its own, and shares one that serves two purposes', () => {
    const purposes = (env: Env) => {
      const { identity, identitiesApart } = read({ ...withSecret, ...env });
      return identitiesIn({ identity: known(identity), identitiesApart, graphMode: { mode: 'application' } }).map((one) => [one.identity.clientId, one.purposes.join('+')]);
    };
    const apart = (purpose: string, clientId: string) => ({ [`KEYDESK_${purpose}_CLIENT_ID`]: clientId, [`KEYDESK_${purpose}_CLIENT_SECRET`]: 'x' });
    assert.deepEqual(purposes({}), [[client, 'metadata+reveal+rotation']]);
    assert.deepEqual(purposes(apart('REVEAL', other)), [[client, 'metadata+rotation'], [other, 'reveal']]);
    assert.deepEqual(purposes({ ...apart('METADATA', other), ...apart('REVEAL', managed), ...apart('ROTATION', other) }), [[client, ''], [other, 'metadata+rotation'], [managed, 'reveal']]);
  });

  it('is refused with two proofs of one application for two purposes: one of them would do nothing', () => {
    const apart = (purpose: string, more: Env) => ({ [`KEYDESK_${purpose}_CLIENT_ID`]: other, ...more });
    const [metadata, rotation] = [apart('METADATA', { KEYDESK_METADATA_CLIENT_SECRET: 'x' }), (more: Env) => apart('ROTATION', more)];
    for (const proof of [{ KEYDESK_ROTATION_CLIENT_SECRET: 'y' }, { KEYDESK_ROTATION_CERTIFICATE_FILE: goodFile }]) {
      const { faults } = read({ ...withSecret, ...metadata, ...rotation(proof) });
      assert.equal(faults.length, 1);
      assert.match(known(faults[0]), /^KEYDESK_METADATA_CLIENT_ID and KEYDESK_ROTATION_CLIENT_ID: expected two applications, or one with one proof/);
    }
    assert.deepEqual(namedBy({ ...withSecret, ...metadata, ...rotation({ KEYDESK_ROTATION_CLIENT_SECRET: 'x' }) }), []);
    assert.deepEqual(namedBy({ ...withSecret, ...metadata, KEYDESK_ROTATION_CLIENT_ID: managed, KEYDESK_ROTATION_CLIENT_SECRET: 'y' }), []);
  });
});
