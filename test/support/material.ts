import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = new URL('../../../shared/material/', import.meta.url);

/**
 * A file of the material from outside (Microsoft's OpenAPI, recorded faults), which is not part of this repository.
 * Where it is missing the test is skipped, and says so.
 */
export function material(path: string): unknown {
  const file = new URL(path, folder);
  if (!existsSync(file)) {
    console.log(`      skipped: ../shared/material/${path} is not there`);
    return undefined;
  }
  return JSON.parse(readFileSync(fileURLToPath(file), 'utf8'));
}
