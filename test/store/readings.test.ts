import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { parseEntraDeviceId, parseExportId, parseReadingId, parseTenantId } from '../../src/domain/ids.ts';
import { plusSeconds } from '../../src/domain/instant.ts';
import type { ExportOffer, Reading } from '../../src/domain/reading.ts';
import { readingsIn, type ReadingStore } from '../../src/store/readings.ts';
import { testDatabase } from '../support/database.ts';
import { entryOf, person } from '../support/ledger-entries.ts';
import { known } from '../support/known.ts';
import { actsIn, noon, openStores, type Stores } from '../support/stores.ts';

const reading: Reading = {
  id: known(parseReadingId('4ead1460-0000-4000-8000-000000000001')),
  person: { id: person(), tenantId: known(parseTenantId('c0417050-0000-4000-8000-000000000000')), name: '=[x](y)' },
  viewer: { locale: 'de-DE', timeZone: 'Europe/Berlin' },
  scope: 'own',
  filter: { persons: [person()], devices: [known(parseEntraDeviceId('de71ce00-0000-4000-8000-000000000042'))], either: person(2), keyId: '1a2b3c4d', acts: ['refused'], source: 'teams', from: noon, to: plusSeconds(noon, 60) },
  about: `O'BRIEN "PC", refused`,
  head: 9_000_000_000,
  count: 17,
  card: { conversationId: 'a:1', serviceUrl: 'https://smba.example/emea/' },
  at: noon,
};

const offer: ExportOffer = {
  id: known(parseExportId('e8904700-0000-4000-8000-000000000001')),
  readingId: reading.id,
  person: reading.person,
  format: 'ocsf',
  fileName: 'keydesk-ledger.ocsf.jsonl',
  state: 'offered',
  card: reading.card,
  at: noon,
};

const exported = entryOf({ act: 'exported', format: 'ocsf', count: 17 });

describe('store: questions to the ledger and files that are offered', () => {
  let stores: Stores;
  let readings: ReadingStore;
  let other: Stores;
  beforeEach(async () => {
    const { appUrl } = await testDatabase();
    stores = openStores(appUrl);
    other = openStores(appUrl);
    readings = readingsIn(stores.database, randomBytes);
  });
  afterEach(() => Promise.all([stores.close(), other.close()]));

  it('come back as they were written', async () => {
    await readings.open(reading);
    await readings.offer(offer);
    assert.deepEqual(await readings.find(reading.id), reading);
    assert.deepEqual(await readings.findOffer(offer.id), offer);
    await readings.open({ ...reading, id: known(parseReadingId('4ead1460-0000-4000-8000-000000000002')), filter: {} });
    assert.deepEqual((await readings.find(known(parseReadingId('4ead1460-0000-4000-8000-000000000002'))))?.filter, {});
  });

  it('are unknown where there is none', async () => {
    assert.equal(await readings.find(reading.id), undefined);
    assert.equal(await readings.findOffer(offer.id), undefined);
    assert.equal(await readings.take(offer.id, exported), false);
    assert.equal(await readings.decline(offer.id), false);
    assert.deepEqual(await actsIn(stores), []);
  });

  it('remember where their cards stand', async () => {
    await readings.open(reading);
    await readings.offer(offer);
    const card = { ...reading.card, activityId: 'm-7' };
    await readings.placed(reading.id, card);
    await readings.offerPlaced(offer.id, card);
    assert.deepEqual([(await readings.find(reading.id))?.card, (await readings.findOffer(offer.id))?.card], [card, card]);
  });

  it('are taken once, over all instances, with one entry', async () => {
    await readings.offer(offer);
    const instances = [readings, readingsIn(other.database, randomBytes), readings, readingsIn(other.database, randomBytes)];
    const answers = await Promise.all(instances.map((one) => one.take(offer.id, exported)));
    assert.deepEqual(answers.filter(Boolean), [true]);
    assert.deepEqual(await actsIn(stores), ['exported done']);
    assert.equal((await readings.findOffer(offer.id))?.state, 'taken');
    assert.equal(await readings.decline(offer.id), false);
  });

  it('declined are not taken, and leave no entry', async () => {
    await readings.offer(offer);
    assert.equal(await readings.decline(offer.id), true);
    assert.equal(await readings.take(offer.id, exported), false);
    assert.deepEqual(await actsIn(stores), []);
  });

  it('are forgotten after their time, and no sooner', async () => {
    await readings.open(reading);
    await readings.offer(offer);
    assert.equal(await readings.prune(noon), 0);
    assert.equal(await readings.prune(plusSeconds(noon, 1)), 2);
    assert.equal(await readings.find(reading.id), undefined);
  });

  it('that this program did not write are a fault, which repeats no value', async () => {
    await readings.open(reading);
    await sql`update keydesk.reading set filter = '{"acts": ["secret-act"]}'`.execute(stores.database.db);
    await assert.rejects(readings.find(reading.id), (error: Error) => error.name === 'Fault' && /filter\.acts/.test(error.message) && !error.message.includes('secret-act'));
  });
});
