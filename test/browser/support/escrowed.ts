import assert from 'node:assert/strict';
import { field, graphCaller } from '../../sim/support/caller.ts';

/** The newest of LAPTOP-42. */
const keyId = '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d';

/** As the simulated tenant holds them. */
export async function escrowedBlocks(simulator: string): Promise<readonly string[]> {
  const graph = await graphCaller(simulator);
  const { body } = await graph.get(`/v1.0/informationProtection/bitlocker/recoveryKeys/${keyId}?$select=key`);
  const blocks = String(field(body, 'key')).split('-');
  assert.equal(blocks.length, 8);
  return blocks;
}
