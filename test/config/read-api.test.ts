import assert from 'node:assert/strict';
import { readApi } from '../../src/config/read-api.ts';
import { Reader } from '../../src/config/reader.ts';

const audience = 'AC1D0000-0000-4000-8000-000000000001';
const read = (env: Readonly<Record<string, string>>) => {
  const reader = new Reader(env);
  return { api: readApi(reader), faults: reader.faults.map(({ variable }) => variable) };
};

describe('the configuration of the API', () => {
  it('is none without an audience, and settings without one are faults: they would do nothing', () => {
    assert.deepEqual(read({}), { api: undefined, faults: [] });
    assert.deepEqual(read({ KEYDESK_API_APP_REVEAL: 'yes', KEYDESK_API_REQUESTS_PER_MINUTE: '5' }).faults, ['KEYDESK_API_APP_REVEAL', 'KEYDESK_API_REQUESTS_PER_MINUTE']);
  });

  it('lets no application reveal unless it says so', () => {
    assert.deepEqual(read({ KEYDESK_API_AUDIENCE: audience }).api, { audience: audience.toLowerCase(), appsMayReveal: false, requestsPerMinute: 300, addressRequestsPerMinute: 3000 });
    assert.equal(read({ KEYDESK_API_AUDIENCE: audience, KEYDESK_API_APP_REVEAL: 'yes' }).api?.appsMayReveal, true);
  });

  it('names what is wrong', () => {
    for (const wrong of ['api://keydesk', '00000000-0000-0000-0000-000000000000', 'keydesk']) assert.deepEqual(read({ KEYDESK_API_AUDIENCE: wrong }).faults, ['KEYDESK_API_AUDIENCE'], wrong);
    assert.deepEqual(read({ KEYDESK_API_AUDIENCE: audience, KEYDESK_API_APP_REVEAL: 'true', KEYDESK_API_REQUESTS_PER_MINUTE: '0', KEYDESK_API_ADDRESS_REQUESTS_PER_MINUTE: 'many' }).faults, ['KEYDESK_API_APP_REVEAL', 'KEYDESK_API_REQUESTS_PER_MINUTE', 'KEYDESK_API_ADDRESS_REQUESTS_PER_MINUTE']);
  });
});
