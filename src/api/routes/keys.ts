// Reading about keys, revealing one, rotating. Each parses, calls its verb, and says what came of it.

import type { z } from 'zod';
import { deviceByApi } from '../../domain/look-up-by-api.ts';
import { parseRotationId } from '../../domain/ids.ts';
import { revealByApi } from '../../domain/reveal-by-api.ts';
import { rotateByApi, rotationByApi } from '../../domain/rotate-by-api.ts';
import { jsonAnswer, keyAnswer } from '../answers.ts';
import { type Call, deviceIdIn, notADeviceId, refuse, refused, wrongInputs } from '../call.ts';
import type { ApiAnswer } from '../http.ts';
import { parseStrictly } from '../json.ts';
import { idempotencyKey, revealBody, rotateBody } from '../schemas.ts';
import { deviceView, revealedView, rotationView } from '../views.ts';

const optionsOf = ({ desk }: Call) => ({ keyIdsHidden: desk.settings.callerProof });

export async function getDevice(call: Call): Promise<ApiAnswer> {
  const deviceId = deviceIdIn(call);
  if (deviceId === undefined) return notADeviceId(call);
  const found = await deviceByApi(call.desk, call.caller, deviceId);
  return found.kind === 'refused' ? refused(call, found, 'look-up') : jsonAnswer(deviceView(found.report, found.rotation, optionsOf(call)));
}

export async function postReveal(call: Call): Promise<ApiAnswer> {
  const deviceId = deviceIdIn(call);
  if (deviceId === undefined) return notADeviceId(call);
  const body = bodyOf(call, revealBody);
  if ('status' in body) return body;
  const answer = await revealByApi(call.desk, call.caller, deviceId, body.value);
  switch (answer.kind) {
    case 'revealed':
      // The only place where a password becomes part of an answer of the API.
      return keyAnswer(answer.password, revealedView(answer));
    case 'problems':
      return wrongInputs(call, answer);
    case 'refused':
      return refused(call, answer, 'reveal');
  }
}

export async function postRotate(call: Call): Promise<ApiAnswer> {
  const deviceId = deviceIdIn(call);
  if (deviceId === undefined) return notADeviceId(call);
  const header = call.request.headers['idempotency-key'];
  const key = idempotencyKey.optional().safeParse(header);
  if (!key.success || call.request.doubled.has('idempotency-key')) return refuse(call, 'parameter-invalid', { detail: 'Idempotency-Key: 1 to 128 printable characters without blanks, once.' });
  const body = bodyOf(call, rotateBody);
  if ('status' in body) return body;
  const answer = await rotateByApi(call.desk, call.caller, deviceId, body.value, key.data);
  switch (answer.kind) {
    case 'rotating': {
      const location = `/api/devices/security/bitlocker/keys/${deviceId}/rotations/${answer.rotation.id}`;
      return jsonAnswer({ rotationId: answer.rotation.id }, { status: 202, headers: { location } });
    }
    case 'key-reused':
      return refuse(call, 'key-reused');
    case 'problems':
      return wrongInputs(call, answer);
    case 'refused':
      return refused(call, answer, 'rotate');
  }
}

export async function getRotation(call: Call): Promise<ApiAnswer> {
  const deviceId = deviceIdIn(call);
  if (deviceId === undefined) return notADeviceId(call);
  const id = parseRotationId(call.request.params['rotationId']);
  const found = id === undefined ? { kind: 'rotation', rotation: undefined } as const : await rotationByApi(call.desk, call.caller, deviceId, id);
  if (found.kind === 'refused') return refused(call, found, 'look-up');
  return found.rotation === undefined ? refuse(call, 'rotation-not-found') : jsonAnswer(rotationView(found.rotation, optionsOf(call)));
}

function bodyOf<S extends z.ZodObject>(call: Call, schema: S): { readonly value: z.output<S> } | ApiAnswer {
  const parsed = parseStrictly(call.body ?? '');
  if (parsed === undefined) return refuse(call, 'not-json', { detail: 'A JSON object, each name once, not nested deeply.' });
  const read = schema.safeParse(parsed.value);
  if (read.success) return { value: read.data };
  const problems = read.error.issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys.map((input) => ({ input: input.slice(0, 40), problem: 'unknown' })) : [{ input: issue.path.join('.'), problem: issue.code === 'invalid_value' ? 'unknown' : 'wrong-form' }]));
  return refuse(call, 'body-invalid', { problems: problems.slice(0, 10).filter(({ input }) => !/\d{6}/.test(input)) });
}
