// Devices with status and keys, page by page.

import { parseKeyIdFragment } from '../../domain/device.ts';
import { type EntraDeviceId, parseEntraDeviceId } from '../../domain/ids.ts';
import { listByApi } from '../../domain/list-by-api.ts';
import { mayHoldPassword } from '../../domain/recovery-password.ts';
import { listAnswer } from '../answers.ts';
import { type Call, refuse, refused, wrongParameter } from '../call.ts';
import type { ApiAnswer } from '../http.ts';
import { listQuery, readQuery } from '../query.ts';

export async function getList(call: Call): Promise<ApiAnswer> {
  const read = readQuery(listQuery, call.request.query);
  if ('wrong' in read) return wrongParameter(call, read);
  const { cursor, limit: most, device, keyId, status, user, volume } = read.value;
  const question = ['list', call.caller.person.id, call.caller.api.appId, device, keyId, status, user, volume];
  const after = cursor === undefined ? undefined : placeIn(call, question, cursor);
  if (cursor !== undefined && after === undefined) return refuse(call, 'cursor-invalid');
  const deviceId = parseEntraDeviceId(device ?? '');
  const fragment = parseKeyIdFragment(keyId ?? '');
  const wish = {
    most,
    ...(after && { after }),
    ...(status && { status }),
    ...(deviceId ? { deviceId } : device !== undefined && { name: device }),
    ...(user !== undefined && { user }),
    ...(fragment && { keyId: fragment.hex }),
    ...(volume && { volume }),
  };
  const asked = JSON.stringify(question);
  const isEntry = cursor === undefined && !(await call.limiter.wasTold(asked));
  const found = await listByApi(call.desk, call.caller, wish, isEntry ? inWords({ device, user, keyId, status, volume }) : undefined);
  if (found.kind === 'refused') return refused(call, found, 'look-up');
  if (isEntry) await call.limiter.told(asked);
  return listAnswer(found.lines, found.next === undefined ? null : call.cursors.write(question, found.next));
}

const placeIn = (call: Call, question: readonly unknown[], cursor: string): EntraDeviceId | undefined => parseEntraDeviceId(call.cursors.read(question, cursor));

const inWords = (filters: Readonly<Record<string, string | undefined>>): string =>
  Object.entries(filters)
    .flatMap(([name, value]) => (value === undefined || mayHoldPassword(value) ? [] : [`${name}=${value}`]))
    .join(', ') || 'all devices';
