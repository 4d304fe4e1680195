import assert from 'node:assert/strict';

/** What a parse function made of a literal of the test; a test with a wrong literal fails here. */
export function known<T>(value: T | undefined): T {
  assert.ok(value !== undefined);
  return value;
}
