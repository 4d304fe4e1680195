// The operations of the API: what each takes and gives, in words and by the schemas that validate. The routes are made
// from this table, and so is the description of them.

import { z } from 'zod';
import type { ApiAct } from '../domain/api-caller.ts';
import { auditPage } from './audit-schemas.ts';
import { auditQuery, listQuery, noQuery } from './query.ts';
import { device, deviceIdPath, idempotencyKey, page, revealBody, revealed, rotateBody, rotating, rotation, rotationIdPath, samples } from './schemas.ts';

const base = '/api/devices/security/bitlocker/keys';

export interface Example {
  /** Values for the path, the query and the headers. */
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
}

export interface Operation {
  readonly id: string;
  readonly method: 'GET' | 'POST';
  /** With `{name}` for what varies. */
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly act: ApiAct;
  readonly pathParameters: Readonly<Record<string, z.ZodType>>;
  readonly query: z.ZodObject;
  readonly headers?: Readonly<Record<string, z.ZodType>>;
  readonly body?: z.ZodType;
  readonly answer: { readonly status: number; readonly description: string; readonly schema: z.ZodType; readonly headers?: Readonly<Record<string, string>>; readonly files?: readonly string[] };
  /** Statuses of problems beside 400, 401, 403, 429, 500 and 503. */
  readonly problems: readonly number[];
  readonly example: Example;
}

const ofDevice = { deviceId: deviceIdPath } as const;
const sample = { path: { deviceId: samples.deviceId } } as const;

export const operations = {
  list: {
    id: 'listKeys',
    method: 'GET',
    path: base,
    summary: 'Devices with the status of their escrow and their keys',
    description: 'From the index that the last sweep of the tenant left: one item a device, metadata only. Pages are stable while devices come and go. The first page of a question is an entry in the ledger.',
    act: 'look-up',
    pathParameters: {},
    query: listQuery,
    answer: { status: 200, description: 'A page of devices, in the order of their ids.', schema: page },
    problems: [406],
    example: { query: { status: 'failed', limit: '10' } },
  },
  device: {
    id: 'getDevice',
    method: 'GET',
    path: `${base}/{deviceId}`,
    summary: 'One device, asked of Entra and Intune now',
    description: 'What a source did not answer is named in `unanswered`; nothing is concluded without it. Each call is an entry in the ledger.',
    act: 'look-up',
    pathParameters: ofDevice,
    query: noQuery,
    answer: { status: 200, description: 'The device.', schema: device },
    problems: [404, 406],
    example: sample,
  },
  reveal: {
    id: 'revealKey',
    method: 'POST',
    path: `${base}/{deviceId}/reveal`,
    summary: 'One recovery password',
    description:
      'Under every rule of the bot: the role is asked of Entra afresh, the limits are counted from the ledger, `intended` is durable before the key is read and `revealed` before the answer leaves, a rotation is planned. Each call that succeeds is a reveal of its own. An application by itself may do it only where the installation says so, and then has to say for whom (`requestedBy`).',
    act: 'reveal',
    pathParameters: ofDevice,
    query: noQuery,
    body: revealBody,
    answer: { status: 200, description: 'The recovery password. `Cache-Control: no-store`.', schema: revealed },
    problems: [404, 406, 409, 413, 415],
    example: { ...sample, body: { keyId: samples.keyId, reason: 'firmware-update', ticket: 'INC0012345', requestedBy: 'Alex Wilber' } },
  },
  rotate: {
    id: 'rotateKey',
    method: 'POST',
    path: `${base}/{deviceId}/rotate`,
    summary: 'A new recovery password for a device',
    description: 'Intune makes the device generate one; the former stays valid for a while. A rotation that is under way for the device is joined.',
    act: 'rotate',
    pathParameters: ofDevice,
    query: noQuery,
    headers: { 'Idempotency-Key': idempotencyKey },
    body: rotateBody,
    answer: { status: 202, description: 'Planned.', schema: rotating, headers: { Location: 'Where its state is told.' } },
    problems: [404, 406, 409, 413, 415],
    example: { ...sample, headers: { 'Idempotency-Key': 'INC0012345-1' }, body: { reason: 'after-repair', ticket: 'INC0012345', requestedBy: 'Alex Wilber' } },
  },
  rotation: {
    id: 'getRotation',
    method: 'GET',
    path: `${base}/{deviceId}/rotations/{rotationId}`,
    summary: 'How far a rotation is',
    description: 'Done is a key that was not there before Intune was asked.',
    act: 'look-up',
    pathParameters: { ...ofDevice, rotationId: rotationIdPath },
    query: noQuery,
    answer: { status: 200, description: 'The rotation.', schema: rotation },
    problems: [404, 406],
    example: { path: { deviceId: samples.deviceId, rotationId: samples.rotationId } },
  },
  audit: {
    id: 'readAudit',
    method: 'GET',
    path: `${base}/audit`,
    summary: 'Entries of the ledger',
    description:
      'As JSON page by page, newest first; as `application/x-ndjson` or `text/csv` all that the filters mean in one file, oldest first, in which `limit` says nothing. Agents read their own entries, admins, auditors and applications all. What leaves is an entry in the ledger: the first page, and every file.',
    act: 'read-ledger',
    pathParameters: {},
    query: auditQuery,
    answer: { status: 200, description: 'Entries.', schema: auditPage, files: ['application/x-ndjson', 'text/csv'] },
    problems: [404, 406],
    example: { query: { act: 'revealed', limit: '10', proof: 'true' } },
  },
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof operations;
