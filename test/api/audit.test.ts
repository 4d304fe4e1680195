import assert from 'node:assert/strict';
import { Fault } from '../../src/domain/fault.ts';
import type { ReadEntry } from '../../src/domain/reading.ts';
import { fileOf } from '../../src/ledger/export/file.ts';
import { checkProof, parseProof } from '../../src/ledger/entry-proof.ts';
import { codeOf, fieldOf, keysPath, laptop, laptopKey, withApi, type ApiClient } from '../support/api.ts';
import { alex, grady, isaiah, lee, megan } from '../support/keydesk/people.ts';
import { signerOf } from '../support/ledger-keys.ts';
import { known } from '../support/known.ts';

const path = `${keysPath}/audit`;
const body = { keyId: laptopKey, reason: 'firmware-update' };
interface Entry {
  readonly entry: number;
  readonly act: string;
  readonly person?: { readonly id: string };
  readonly keyId?: string;
  readonly proof?: string | null;
}
const entriesOf = async (api: ApiClient, query: string, as: string = grady.id): Promise<readonly Entry[]> => fieldOf(await api.call(`${path}?${query}`, { as }), 'items') as Entry[];

// oxlint-disable-next-line require-yield -- it ends before the first
async function* unreadable(): AsyncGenerator<ReadEntry, void> {
  throw new Fault('ledger-unavailable', 'later');
}

describe('api: the ledger', () => {
  it('is read page by page, newest first, and pages stay in step while entries are added', withApi({}, async (api) => {
    for (let n = 0; n < 3; n += 1) await api.call(`${keysPath}/${laptop}/reveal`, { body });
    const first = await api.call(`${path}?limit=4`, { as: grady.id });
    const [page, cursor] = [fieldOf(first, 'items') as Entry[], String(fieldOf(first, 'nextCursor'))];
    await api.call(`${keysPath}/${laptop}/reveal`, { body });
    const next = await entriesOf(api, `limit=4&cursor=${cursor}`);
    assert.deepEqual([...page, ...next].map(({ entry }) => entry), Array.from({ length: 8 }, (_, index) => known(page[0]).entry - index));
  }));

  it('is narrowed by what is asked: act, person, device, key, source, time', withApi({}, async (api, keydesk) => {
    await api.call(`${keysPath}/${laptop}/reveal`, { body });
    const since = keydesk.clock.now();
    keydesk.clock.forward(60);
    await keydesk.say('key for LAPTOP-42', { as: isaiah });
    for (const [query, count] of [
      ['act=revealed', 1],
      [`person=${alex.id}&act=revealed`, 1],
      ['person=isaiah@contoso.com', 1],
      [`device=${laptop}&act=asked`, 2],
      [`device=${laptop}&person=${isaiah.id}`, 1],
      ['keyId=1A2B3C4D&act=intended', 1],
      ['source=teams', 1],
      [`to=${since}&act=revealed`, 0],
      [`from=${since}&act=revealed`, 1],
    ] as const) assert.equal((await entriesOf(api, query)).length, count, query);
  }));

  it('is whole for auditors, admins and applications, and to an agent the own entries', withApi({}, async (api) => {
    await api.call(`${keysPath}/${laptop}/reveal`, { body });
    for (const as of [grady.id, megan.id, 'app']) assert.ok((await entriesOf(api, 'act=revealed', as)).length === 1, as);
    assert.equal((await entriesOf(api, 'act=revealed', isaiah.id)).length, 0);
    assert.equal((await entriesOf(api, 'act=revealed', alex.id)).length, 1);
    for (const [query, as, code] of [[`person=${alex.id}`, isaiah.id, 'not-your-entries'], ['proof=true', alex.id, 'not-your-entries'], ['', lee.id, 'no-role']] as const) {
      const answer = await api.call(`${path}?${query}`, { as });
      assert.deepEqual([answer.status, codeOf(answer)], [403, code]);
    }
  }));

  it('comes with proofs against the newest checkpoint, which hold without the database', withApi({}, async (api, keydesk) => {
    await api.call(`${keysPath}/${laptop}/reveal`, { body });
    await keydesk.runChores();
    keydesk.clock.forward(120);
    await keydesk.runChores();
    const entries = await entriesOf(api, 'proof=true&limit=10&act=revealed');
    assert.ok(entries.length > 0);
    for (const { proof, keyId } of entries) {
      const checked = checkProof(known(parseProof(known(proof ?? undefined))), signerOf(1).publicKey, () => true);
      assert.ok(typeof checked === 'object' && checked.entry.keyId === keyId, JSON.stringify(checked));
    }
    await api.call(`${keysPath}/${laptop}/reveal`, { body });
    assert.equal(known((await entriesOf(api, 'proof=true&limit=1&act=revealed'))[0]).proof, null, 'no checkpoint covers it yet');
  }));

  it('is one file as JSON Lines or CSV, with an entry about it before the first piece', withApi({}, async (api, keydesk) => {
    await api.call(`${keysPath}/${laptop}/reveal`, { body });
    const lines = await api.call(`${path}?act=revealed`, { as: grady.id, headers: { accept: 'application/x-ndjson' } });
    assert.deepEqual([lines.status, lines.headers.get('content-type'), lines.headers.get('cache-control')], [200, 'application/x-ndjson; charset=utf-8', 'no-store']);
    assert.deepEqual(lines.text.trimEnd().split('\n').map((line) => JSON.parse(line).act), ['revealed']);
    const csv = await api.call(path, { as: grady.id, headers: { accept: 'text/csv;q=0.9, text/html' } });
    assert.match(csv.text, /^\ufeff?entry,time,act/);
    assert.ok(csv.text.split('\r\n').length > 4);
    assert.deepEqual((await keydesk.ledger()).filter(({ act }) => act === 'exported').map(({ format, asked, source, person }) => [format, asked, source, person?.id]), [['jsonl', 'act=revealed', 'api', grady.id], ['csv', 'all entries', 'api', grady.id]]);
  }));

  it('is no file where nothing can be written down', withApi({ around: (desk) => ({ ...desk, ledger: { ...desk.ledger, append: (entry) => (entry.act === 'exported' ? Promise.reject(new Error('gone')) : desk.ledger.append(entry)) } }) }, async (api) => {
    const answer = await api.call(path, { as: grady.id, headers: { accept: 'application/x-ndjson' } });
    assert.deepEqual([answer.status, codeOf(answer)], [500, 'internal']);
  }));

  for (const accept of ['application/x-ndjson', 'text/csv']) {
    it(`is a fault and no file cut off where it cannot be read, as ${accept}`, withApi({ around: (desk) => ({ ...desk, reader: { ...desk.reader, file: (format, _part, seen) => fileOf(format, unreadable(), seen) } }) }, async (api) => {
      const answer = await api.call(path, { as: grady.id, headers: { accept } });
      assert.deepEqual([answer.status, codeOf(answer)], [503, 'ledger-unavailable']);
    }));
  }

  it('shows an entry whose texts make a recovery password side by side without them, and keeps the page from nobody', withApi({}, async (api) => {
    const blocks = Array.from({ length: 8 }, (_, index) => String(123_453 + 11 * index));
    const answer = await api.call(`${keysPath}/${laptop}/reveal`, { body: { ...body, reasonText: blocks.slice(0, 4).join('-'), requestedBy: blocks.slice(4).join('-') } });
    assert.equal(answer.status, 200, answer.text);
    const [revealed] = await entriesOf(api, 'act=revealed');
    assert.deepEqual([revealed?.keyId, Object(revealed).reasonText, Object(revealed).requestedBy], [laptopKey, ...Array.from({ length: 2 }, () => '(withheld: looks like a recovery key)')]);
  }));

  it('is no file for a person whose role went since the token was given', withApi({}, async (api, { simulator }) => {
    const token = await api.token({ as: isaiah.id });
    const file = () => api.call(path, { token, headers: { accept: 'application/x-ndjson' } });
    assert.equal((await file()).status, 200);
    simulator.tenant.directory.setRoles(isaiah.id, []);
    const answer = await file();
    assert.deepEqual([answer.status, codeOf(answer)], [403, 'no-role']);
  }));

  it('is read in full by three at once; a place is free again when its reader goes before the first byte', async () => {
    const first = Promise.withResolvers<void>();
    const open = new Set<object>();
    async function* slow(): AsyncGenerator<string, void> {
      const reading = {};
      open.add(reading);
      try {
        await first.promise;
        // More than fits on the way to a reader who takes none.
        for (let line = 0; line < 200_000; line += 1) yield 'a line\n';
      } finally {
        open.delete(reading);
      }
    }
    await withApi({ around: (desk) => ({ ...desk, reader: { ...desk.reader, file: () => slow() } }) }, async (api, keydesk) => {
      const headers = { authorization: `Bearer ${await api.token({ as: grady.id })}`, accept: 'application/x-ndjson' };
      const readers = [1, 2, 3].map(() => new AbortController());
      const answers = readers.map(({ signal }) => fetch(`${keydesk.url}${path}`, { headers, signal }).catch(() => undefined));
      for (let begun = 0; begun < 3; begun = (await keydesk.acts()).filter((act) => act === 'exported done').length);
      const busy = await api.call(path, { as: grady.id, headers });
      assert.deepEqual([busy.status, codeOf(busy), busy.headers.get('retry-after')], [429, 'export-busy', '30']);
      for (const reader of readers) reader.abort();
      first.resolve();
      await Promise.all(answers);
      // Until the places are free, and the connections to the database that were begun.
      for (let status = 429; status !== 200 || open.size > 0; status = (await api.call(path, { as: grady.id, headers })).status);
    })();
  });
});
