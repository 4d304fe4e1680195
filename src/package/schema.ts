// Microsoft's schema of the manifest. It is not part of this repository; who has it can have it asked.

import { Ajv } from 'ajv';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { SchemaJudge } from './examine.ts';
import { finding } from './finding.ts';
import { PackageError } from './package-error.ts';

const schemaShape = z.looseObject({ type: z.literal('object'), properties: z.looseObject({ manifestVersion: z.object({ const: z.string() }) }) });

/** Throws a PackageError for a file that is no such schema. */
export function schemaJudge(path: string): SchemaJudge {
  const schema = schemaIn(path);
  // It says draft 4 and uses nothing that a later draft reads otherwise.
  const { $schema: _, ...rest } = schema;
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  const validate = ajv.compile(rest);
  return (manifest) => {
    validate(manifest);
    return (validate.errors ?? []).map(({ instancePath, message = 'is not as it should be' }) => finding(`manifest.json: ${instancePath.slice(1).replaceAll('/', '.')}`, `${message} (Microsoft's schema ${schema.properties.manifestVersion.const})`, 'Correct it, or the value that was filled in.'));
  };
}

function schemaIn(path: string): z.infer<typeof schemaShape> {
  try {
    return schemaShape.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    throw new PackageError(`${path} is no schema of the manifest.`, 'It is to be had at the address that appPackage/manifest.json names as its $schema.');
  }
}
