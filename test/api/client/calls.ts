// What somebody outside would write: every operation once, by a client that knows nothing but the generated types.
//   node calls.ts ADDRESS TOKEN OF-A-PERSON TOKEN-OF-AN-ADMIN
// Compiled by TypeScript 5 and run by test/api/contract.test.ts, with the types beside it.

import createClient from 'openapi-fetch';
import type { paths } from './schema.ts';

const [baseUrl = '', person = '', admin = ''] = process.argv.slice(2);
const as = (token: string) => createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });
const [agent, boss] = [as(person), as(admin)];
const deviceId = 'de71ce00-0000-4000-8000-000000000042';
const path = { deviceId };

const list = await agent.GET('/api/devices/security/bitlocker/keys', { params: { query: { status: 'escrowed', limit: 5 } } });
const device = await agent.GET('/api/devices/security/bitlocker/keys/{deviceId}', { params: { path } });
const keyId = device.data?.keys.find(({ state, volumeType }) => state === 'active' && volumeType === 'operatingSystem')?.keyId ?? '';
const revealed = await agent.POST('/api/devices/security/bitlocker/keys/{deviceId}/reveal', { params: { path }, body: { keyId, reason: 'firmware-update', ticket: 'INC0012345' } });
const rotated = await boss.POST('/api/devices/security/bitlocker/keys/{deviceId}/rotate', { params: { path, header: { 'Idempotency-Key': 'client-1' } }, body: { reason: 'after-repair' } });
const rotation = await boss.GET('/api/devices/security/bitlocker/keys/{deviceId}/rotations/{rotationId}', { params: { path: { deviceId, rotationId: rotated.data?.rotationId ?? '' } } });
const audit = await boss.GET('/api/devices/security/bitlocker/keys/audit', { params: { query: { act: 'revealed', limit: 5, proof: true } } });
const refused = await agent.POST('/api/devices/security/bitlocker/keys/{deviceId}/rotate', { params: { path }, body: { reason: 'policy' } });

console.log(
  JSON.stringify({
    items: list.data?.items.length,
    name: device.data?.deviceName,
    blocks: revealed.data?.recoveryPassword.split('-').length,
    state: rotation.data?.state,
    // As a file it would be a text.
    acts: typeof audit.data === 'object' ? audit.data.items.map(({ act }) => act) : [],
    code: refused.error?.code,
  }),
);
