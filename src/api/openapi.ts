// OpenAPI 3.1 from the operations and the schemas that validate them: what is described is what is checked.
// https://spec.openapis.org/oas/v3.1.0

import { z } from 'zod';
import { rightFor } from '../domain/api-caller.ts';
import { auditEntry, auditPage } from './audit-schemas.ts';
import { type Operation, operations } from './operations.ts';
import { device, item, key, page, problemBody, revealBody, revealed, rotateBody, rotating, rotation } from './schemas.ts';

export interface OpenApi {
  readonly openapi: string;
  readonly info: Readonly<Record<string, unknown>>;
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly [more: string]: unknown;
}

interface OperationObject {
  readonly operationId: string;
  readonly [more: string]: unknown;
}

type Json = Readonly<Record<string, unknown>>;

const named = { Key: key, Item: item, Device: device, KeyList: page, Rotation: rotation, RevealRequest: revealBody, RevealedKey: revealed, RotateRequest: rotateBody, Rotating: rotating, LedgerEntry: auditEntry, LedgerPage: auditPage, Problem: problemBody } as const;

/** As callers see it: defaults are theirs to leave out. */
const schemaOf = (schema: z.ZodType): Json => {
  const { $schema: _schema, ...json } = z.toJSONSchema(schema, { io: 'input', reused: 'inline' });
  return json;
};

function schemas(): Json {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });
  const { schemas: made } = z.toJSONSchema(registry, { io: 'input', uri: (id) => `#/components/schemas/${id}` });
  return Object.fromEntries(Object.entries(made).map(([id, { $schema: _schema, $id: _id, ...json }]) => [id, json]));
}

const nameOf = (schema: z.ZodType): string => {
  const found = Object.entries(named).find(([, known]) => known === schema);
  if (found === undefined) throw new Error('a body of the API has a name: a defect');
  return found[0];
};
const ref = (schema: z.ZodType): Json => ({ $ref: `#/components/schemas/${nameOf(schema)}` });

export const openApi = (version: string): OpenApi => ({
  openapi: '3.1.0',
  info: {
    title: 'Keydesk',
    version,
    summary: 'BitLocker recovery keys for scripts and ticket systems',
    description: 'The same rules, the same ledger and the same limits as the bot. There is no bulk reveal. HEAD and OPTIONS are answered 405 with `Allow`: nothing here is for a browser of another page.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: '/' }],
  security: [{ entra: [] }],
  paths: pathsOf(Object.values(operations)),
  components: {
    securitySchemes: {
      entra: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'An access token of Entra ID, version 2.0, for this API: of a person, with scopes, or of an application, with app roles of the same names.' },
    },
    schemas: schemas(),
  },
});

function pathsOf(all: readonly Operation[]): OpenApi['paths'] {
  const paths: Record<string, Record<string, OperationObject>> = {};
  for (const operation of all) (paths[operation.path] ??= {})[operation.method.toLowerCase()] = operationObject(operation);
  return paths;
}

function operationObject(operation: Operation): OperationObject {
  const { id, summary, description, act, body, answer, problems, example } = operation;
  return {
    operationId: id,
    summary,
    description: `${description}\n\nRight: \`${rightFor[act]}\`.`,
    parameters: parametersOf(operation),
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: ref(body), ...(example.body && { example: example.body }) } } } }),
    responses: {
      [answer.status]: {
        description: answer.description,
        ...(answer.headers && { headers: Object.fromEntries(Object.entries(answer.headers).map(([name, words]) => [name, { description: words, schema: { type: 'string' } }])) }),
        content: { 'application/json': { schema: ref(answer.schema) }, ...Object.fromEntries((answer.files ?? []).map((type) => [type, { schema: { type: 'string' } }])) },
      },
      ...Object.fromEntries([...new Set([400, 401, 403, 405, 429, 500, 503, ...problems])].sort((a, b) => a - b).map((status) => [status, { description: words[status], content: { 'application/problem+json': { schema: ref(problemBody) } } }])),
    },
  };
}

const words: Readonly<Record<number, string>> = {
  400: 'Something of the request is not as it has to be.',
  401: 'No token, or none for this API.',
  403: 'A right or a role is missing; which one is said.',
  404: 'There is none.',
  405: 'Another method; `Allow` says which.',
  406: 'No form that the caller takes.',
  409: 'Not in this state.',
  413: 'Too much.',
  415: 'Another form than JSON.',
  429: 'Too often; `Retry-After` says for how long.',
  500: 'A defect; please report the reference.',
  503: 'Something beneath does not work; `Retry-After`.',
};

const parametersOf = ({ pathParameters, query, headers = {}, example }: Operation): readonly Json[] => [
  ...Object.entries(pathParameters).map(([name, schema]) => parameter('path', name, schema, true, example.path?.[name])),
  ...Object.entries(query.shape).map(([name, schema]) => parameter('query', name, schema, false, example.query?.[name])),
  ...Object.entries(headers).map(([name, schema]) => parameter('header', name, schema, false, example.headers?.[name])),
];

function parameter(place: string, name: string, schema: unknown, required: boolean, example: string | undefined): Json {
  if (!(schema instanceof z.ZodType)) throw new Error('a parameter has a schema: a defect');
  const { description, ...json } = schemaOf(schema);
  const value = example === undefined || json['type'] === 'string' || json['enum'] !== undefined ? example : JSON.parse(example);
  return { name, in: place, required, ...(description !== undefined && { description }), schema: json, ...(value !== undefined && { example: value }) };
}
