// A permission that is missing switches off its feature and nothing else (issue 6, least privilege): with each optional one
// taken from the application, a key is shown all the same, and who runs Keydesk is told which one is missing.

import assert from 'node:assert/strict';
import { allGraphPermissions, type GraphPermission, graphPermissions } from '../../src/domain/graph-permission.ts';
import { apps } from '../../src/sim/tenant/apps.ts';
import { type TestKeydesk, inKeydesk } from '../support/keydesk.ts';
import { adele, megan } from '../support/keydesk/people.ts';
import { textOf } from '../support/keydesk/cards.ts';

const settings = { selfService: true, rotateAfterSeconds: 60 };

/** The permissions of both applications without it: only one of them has it. */
function without(name: GraphPermission): Readonly<Record<string, readonly string[]>> {
  // In Microsoft's table the report's permission lets managed devices be read too: without either, Intune is silent.
  const lost = name === 'DeviceManagementManagedDevices.Read.All' ? [name, 'DeviceManagementConfiguration.Read.All'] : [name];
  return Object.fromEntries([apps.keydesk, apps.keydeskRotation].map(({ clientId, permissions }) => [clientId, permissions.filter((one: string) => !lost.includes(one))]));
}

const permissionsOn = async ({ url }: TestKeydesk): Promise<{ readonly status: number; readonly word: unknown }> => {
  const answer = await fetch(`${url}/readyz`);
  const body = Object(await answer.json());
  return { status: answer.status, word: Reflect.get(Object(Reflect.get(body, 'parts')), 'permissions') };
};

/** What uses the permission, and what is said to who asked. */
const uses: Readonly<Partial<Record<GraphPermission, { readonly use: (keydesk: TestKeydesk) => Promise<string>; readonly said: RegExp }>>> = {
  'DeviceManagementManagedDevices.Read.All': { use: async (keydesk) => textOf((await keydesk.ask('status LAPTOP-42')).card), said: /Intune/ },
  'DeviceManagementConfiguration.Read.All': { use: async (keydesk) => textOf((await keydesk.ask('status LAPTOP-42')).card), said: /encryption report/i },
  'Policy.Read.All': { use: async (keydesk) => textOf((await keydesk.ask('my devices', { as: adele })).card), said: /not allowed|permission/i },
  'User.Read.All': { use: async (keydesk) => textOf((await keydesk.ask('key for adele@contoso.com')).card), said: /A permission or a role is missing/ },
  'AuditLog.Read.All': { use: async (keydesk) => (await keydesk.runChores(), ''), said: /^$/ },
  'DeviceManagementManagedDevices.ReadWrite.All': {
    use: async (keydesk) => {
      const card = await keydesk.ask('rotate LAPTOP-42', { as: megan });
      await keydesk.press(card, 'rotate', { reason: 'other', reasonText: 'a test' }, { as: megan });
      await keydesk.wakeDue();
      return textOf({ body: keydesk.privateChat(megan).map(({ activity }) => activity) });
    },
    said: /the permission DeviceManagementManagedDevices\.ReadWrite\.All, or its consent, is missing/,
  },
};

describe('a missing permission', () => {
  const optional = allGraphPermissions.filter((name) => graphPermissions[name].need !== 'always');

  it('has a use in this test for each that is optional', () => {
    assert.deepEqual(Object.keys(uses).toSorted(), [...optional].toSorted());
  });

  for (const name of optional) {
    it(`switches off its feature alone, and is named on /readyz: ${name}`, inKeydesk({ settings, entraLog: { everySeconds: 300 }, tenant: { permissions: without(name) } }, async (keydesk) => {
      const shown = await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'));
      assert.equal((await keydesk.acts()).filter((act) => act === 'revealed done').length, 1, textOf(shown.card ?? {}));
      const { use, said } = uses[name] ?? assert.fail(name);
      assert.match(await use(keydesk), said);
      const { status, word } = await permissionsOn(keydesk);
      assert.equal(status, 200);
      assert.match(String(word), new RegExp(`${name.replaceAll('.', String.raw`\.`)} is missing: ${graphPermissions[name].off.slice(0, 20)}`));
    }));
  }

  it('is not named while none is missing', inKeydesk({ settings }, async (keydesk) => {
    await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'));
    assert.equal((await permissionsOn(keydesk)).word, undefined);
  }));
});
