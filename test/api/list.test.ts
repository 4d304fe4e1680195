import assert from 'node:assert/strict';
import { codeOf, fieldOf, keysPath, laptop, laptopKey, withApi, type ApiClient } from '../support/api.ts';
import { grady, lee } from '../support/keydesk/people.ts';
import { asOwner } from '../support/keydesk/surroundings.ts';
import type { Desk } from '../../src/domain/desk.ts';
import { Fault } from '../../src/domain/fault.ts';
import type { KeydeskOptions, TestKeydesk } from '../support/keydesk.ts';

interface Item {
  readonly deviceId: string;
  readonly deviceName: string;
  readonly status: string;
  readonly keys: readonly { readonly keyId?: string; readonly volumeType: string; readonly state: string }[];
}

const swept = (work: (api: ApiClient, keydesk: TestKeydesk) => Promise<void>, settings = {}, more: KeydeskOptions = {}): (() => Promise<void>) =>
  withApi({ sweep: {}, settings, ...more }, async (api, keydesk) => {
    await keydesk.runChores();
    await work(api, keydesk);
  });

async function pages(api: ApiClient, query: string, after: (page: number) => Promise<void> = async () => undefined): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (let [cursor, page]: [string | null, number] = ['', 1]; cursor !== null; page += 1) {
    const answer = await api.call(`${keysPath}?${query}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);
    assert.equal(answer.status, 200, answer.text);
    items.push(...(fieldOf(answer, 'items') as Item[]));
    cursor = fieldOf(answer, 'nextCursor') as string | null;
    await after(page);
  }
  return items;
}

describe('api: the list of keys', () => {
  it('has every Windows device once, with its status and its keys, and asks nothing of Graph', swept(async (api, keydesk) => {
    keydesk.simulator.requests.clear();
    const items = await pages(api, 'limit=7');
    const windows = keydesk.simulator.tenant.fleet.entraDevices.filter(({ operatingSystem }) => operatingSystem === 'Windows').length;
    assert.deepEqual([items.length, new Set(items.map(({ deviceId }) => deviceId)).size], [windows, windows]);
    const found = items.find(({ deviceId }) => deviceId === laptop);
    assert.deepEqual(found?.keys.map(({ keyId, volumeType, state }) => [keyId, volumeType, state]), [[laptopKey, 'operatingSystem', 'active'], ['9f8e7d6c-5b4a-4938-a271-605f4e3d2c1b', 'operatingSystem', 'superseded']]);
    assert.deepEqual(keydesk.simulator.requests.list().filter(({ url }) => !url.includes('/discovery/')), []);
  }));

  it('stays in step while devices come and go between two pages', swept(async (api, keydesk) => {
    const all = (await pages(api, 'limit=1000')).map(({ deviceId }) => deviceId);
    const columns = 'object_id, name, name_folded, name_solid, join_type, first_seen, seen, status, reason';
    const items = await pages(api, 'limit=5', async (page) => {
      if (page !== 1) return;
      // One before the place of the cursor, one behind it; and one that was on the first page goes.
      for (const id of ['00000000-0000-4000-8000-000000000001', 'ffffffff-ffff-4fff-8fff-fffffffffff1']) await asOwner(keydesk.database, [`insert into keydesk.device (device_id, ${columns}) select '${id}', ${columns} from keydesk.device where device_id = '${laptop}'`, `insert into keydesk.device_item select '${id}', replace(item, '${laptop}', '${id}') from keydesk.device_item where device_id = '${laptop}'`]);
      await asOwner(keydesk.database, [`delete from keydesk.device_item where device_id = '${all[0]}'`]);
    });
    assert.deepEqual(items.map(({ deviceId }) => deviceId), [...all, 'ffffffff-ffff-4fff-8fff-fffffffffff1']);
  }));

  for (const [query, holds] of [
    ['status=failed', (item: Item) => item.status === 'failed'],
    ['device=laptop-42', (item: Item) => item.deviceName === 'LAPTOP-42'],
    [`device=${laptop.toUpperCase()}`, (item: Item) => item.deviceId === laptop],
    ['user=ADELE@contoso.com', (item: Item) => item.deviceName !== ''],
    ['keyId=1A2B3C4D', (item: Item) => item.deviceId === laptop],
    [`keyId=${laptopKey}`, (item: Item) => item.deviceId === laptop],
    ['volume=fixedData', (item: Item) => item.keys.some(({ volumeType }) => volumeType === 'fixedData')],
  ] as const) {
    it(`is narrowed by ${query}`, swept(async (api) => {
      const items = await pages(api, `${query}&limit=3`);
      assert.ok(items.length > 0 && items.every(holds), JSON.stringify(items).slice(0, 300));
      assert.ok(items.length < (await pages(api, 'limit=1000')).length);
    }));
  }

  it('takes a cursor for the question and the caller that it was given to, and for no other', swept(async (api) => {
    const cursor = String(fieldOf(await api.call(`${keysPath}?limit=2`), 'nextCursor'));
    const asked = (query: string, as?: string) => api.call(`${keysPath}?${query}`, as === undefined ? {} : { as });
    assert.equal((await asked(`limit=5&cursor=${cursor}`)).status, 200);
    const altered = `${cursor.slice(0, -2)}${cursor.at(-2) === 'A' ? 'B' : 'A'}${cursor.at(-1)}`;
    for (const answer of [await asked(`limit=2&cursor=${altered}`), await asked(`limit=2&status=failed&cursor=${cursor}`), await asked(`limit=2&cursor=${cursor}`, grady.id), await asked(`limit=2&cursor=${cursor}=`), await api.call(`${keysPath}/audit?cursor=${cursor}`)]) {
      assert.deepEqual([answer.status, codeOf(answer)], [400, 'cursor-invalid']);
    }
  }));

  it('is an entry at its first page, once a minute for one question', swept(async (api, keydesk) => {
    const token = await api.token({});
    await pages(api, 'limit=10');
    await api.call(`${keysPath}?limit=3`, { token });
    await api.call(`${keysPath}?status=failed`, { token });
    assert.deepEqual((await keydesk.ledger()).map(({ act, asked, source }) => [act, asked, source]), [['asked', 'all devices', 'api'], ['asked', 'status=failed', 'api']]);
  }));

  it('leaves without its entry at no time: what could not be written down is written at the next try', async () => {
    let gone = true;
    const around = (desk: Desk): Desk => ({ ...desk, ledger: { ...desk.ledger, append: (entry) => (gone && entry.act === 'asked' ? Promise.reject(new Fault('ledger-unavailable', 'later')) : desk.ledger.append(entry)) } });
    await swept(async (api, keydesk) => {
      assert.equal(codeOf(await api.call(keysPath)), 'ledger-unavailable');
      gone = false;
      assert.equal((await api.call(keysPath)).status, 200);
      assert.deepEqual(await keydesk.acts(), ['asked done']);
    }, {}, { around })();
  });

  it('does not leave with a recovery password in a line of the index, whoever wrote it there', swept(async (api, keydesk) => {
    const blocks = Array.from({ length: 8 }, (_, index) => String(123_453 + 11 * index));
    for (const written of [blocks.join('-'), blocks.join('\\n'), blocks.map((block, index) => `${index + 1}: ${block}`).join(', ')]) {
      await asOwner(keydesk.database, [`update keydesk.device_item set item = replace(item, 'LAPTOP-42', '${written}') where device_id = '${laptop}'`]);
      const answer = await api.call(`${keysPath}?limit=1000`);
      assert.deepEqual([answer.status, codeOf(answer), answer.text.includes(blocks[0] ?? '')], [500, 'internal', false], written);
      await asOwner(keydesk.database, [`update keydesk.device_item set item = replace(item, '${written}', 'LAPTOP-42') where device_id = '${laptop}'`]);
    }
    assert.equal((await api.call(`${keysPath}?limit=1000`)).status, 200);
  }));

  it('gives no key IDs away where callers have to read them out', swept(async (api) => {
    const items = await pages(api, 'limit=100');
    assert.ok(items.some(({ keys }) => keys.length > 0) && items.every(({ keys }) => keys.every(({ keyId }) => keyId === undefined)));
  }, { callerProof: true }));

  it('is for people with a role and for applications with the right, and says when there is no index yet', withApi({ sweep: {} }, async (api, keydesk) => {
    assert.equal(codeOf(await api.call(keysPath)), 'index-not-ready');
    await keydesk.runChores();
    assert.equal(codeOf(await api.call(keysPath, { as: lee.id })), 'no-role');
    assert.equal(codeOf(await api.call(keysPath, { as: 'app', roles: ['Keys.Reveal'] })), 'no-right');
    assert.equal((await api.call(keysPath, { as: 'app', roles: ['Keys.List'] })).status, 200);
  }));
});
