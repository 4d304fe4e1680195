// A long ledger, made fast: the bytes by the function that always makes them, hashes and inner nodes here, columns and
// rows as the trigger would give them, past the trigger.
import { randomBytes, randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { parseEntraDeviceId, parseKeyId, parsePersonId, parseRequestId, parseRotationId } from '../../src/domain/ids.ts';
import { instantAt } from '../../src/domain/instant.ts';
import type { LedgerEntry } from '../../src/domain/ledger-entry.ts';
import { seal } from '../../src/ledger/entry.ts';
import { leafHash, nodeHash } from '../../src/ledger/tree.ts';
import { known } from '../support/known.ts';

const batch = 2000;
const firstTime = Date.parse('2026-01-01T00:00:00.000Z');

/** Appends entries up to `count`; `done` ones are there already. A connection as superuser. */
export async function fillLedger(client: Client, count: number, say: (progress: string) => void): Promise<void> {
  await client.query("set session_replication_role = 'replica'");
  const tree = nodesOf();
  for (let first = 1; first <= count; first += batch) {
    const seqs: number[] = [];
    const bodies: Uint8Array[] = [];
    const nodes: (Uint8Array | null)[] = [];
    const texts: (string | null)[] = [];
    for (let seq = first; seq < first + batch && seq <= count; seq += 1) {
      const sealed = seal(entryAt(seq), randomBytes);
      seqs.push(seq);
      bodies.push(sealed.body);
      nodes.push(tree(leafHash(sealed.body)));
      texts.push(sealed.texts === undefined ? null : JSON.stringify(sealed.texts));
    }
    await client.query(insertRows, [seqs, bodies, nodes, texts]);
    if ((first - 1) % (100 * batch) === 0 && first > 1) say(`${first - 1} entries are there`);
  }
  await client.query("set session_replication_role = 'origin'");
  await client.query('vacuum (freeze, analyze) keydesk.ledger_entry, keydesk.ledger_text');
}

const insertRows = `with given as (
    select * from unnest($1::bigint[], $2::bytea[], $3::bytea[], $4::jsonb[]) as g(seq, body, nodes, texts)
  ), kept as (
    insert into keydesk.ledger_text (seq, texts) select seq, texts from given where texts is not null
  )
  insert into keydesk.ledger_entry (seq, body, leaf_hash, nodes, time, act, outcome, source, code, reason, person_id, device_id, key_id, request_id)
  select g.seq, g.body, sha256('\\x00'::bytea || g.body), g.nodes, e.time, e.act, e.outcome, e.source, e.code, e.reason, e."personId", e."deviceId", e."keyId", e."requestId"
  from given g, jsonb_to_record(convert_from(g.body, 'UTF8')::jsonb) as e(time timestamptz, act text, outcome text, source text, code text, reason text,
    "personId" uuid, "deviceId" uuid, "keyId" uuid, "requestId" uuid)`;

/** Given one leaf after the other: the inner nodes that it completes, one behind the other. */
function nodesOf(): (leaf: Uint8Array) => Uint8Array | null {
  const open: Uint8Array[] = [];
  let size = 0;
  return (leaf) => {
    const completed: Uint8Array[] = [];
    let node = leaf;
    for (let rest = size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
      node = nodeHash(known(open.pop()), node);
      completed.push(node);
    }
    open.push(node);
    size += 1;
    return completed.length === 0 ? null : Buffer.concat(completed);
  };
}

/** Whose entries they are: a helpdesk of twelve. */
const people = Array.from({ length: 12 }, (_, one) => ({ id: known(parsePersonId(`a1e00000-0000-4000-8000-${String(one + 1).padStart(12, '0')}`)), name: `Agent Number ${one + 1}` }));

/** The entries of one case, from the question to the new key, as the product writes them. */
const steps: readonly ((about: Case) => Partial<LedgerEntry>)[] = [
  () => ({ act: 'asked' }),
  ({ grant }) => ({ act: 'intended', attempt: 1, clientRequestId: randomUUID(), ...grant }),
  ({ grant }) => ({ act: 'revealed', attempt: 1, clientRequestId: randomUUID(), graphRequestId: randomUUID(), ...grant }),
  ({ rotation }) => ({ act: 'rotation-scheduled', ...rotation }),
  ({ grant }) => ({ act: 'hidden', attempt: 1, ...grant }),
  ({ rotation }) => ({ act: 'rotation-intended', source: 'system', clientRequestId: randomUUID(), ...rotation }),
  ({ rotation }) => ({ act: 'rotation-queued', source: 'system', graphRequestId: randomUUID(), ...rotation }),
  ({ rotation }) => ({ act: 'rotation-done', source: 'system', newKeyId: known(parseKeyId(randomUUID())), ...rotation }),
];

interface Case {
  readonly common: Pick<LedgerEntry, 'person' | 'device' | 'requestId'>;
  readonly grant: Partial<LedgerEntry>;
  readonly rotation: Partial<LedgerEntry>;
}

let open: Case | undefined;

function entryAt(seq: number): LedgerEntry {
  const step = (seq - 1) % steps.length;
  if (open === undefined || step === 0) open = newCase(seq);
  return { time: instantAt(firstTime + seq * 31), outcome: 'done', source: 'teams', act: 'asked', ...open.common, ...steps[step]?.(open) };
}

function newCase(seq: number): Case {
  const keyId = known(parseKeyId(randomUUID()));
  const common = {
    person: known(people[Math.floor(seq / steps.length) % people.length]),
    device: { deviceId: known(parseEntraDeviceId(randomUUID())), name: `LAPTOP-${seq}` },
    requestId: known(parseRequestId(randomUUID())),
  };
  const grant = { keyId, volumeType: 'operatingSystem', reason: 'firmware-update', callerCheck: 'call-back', ticket: `INC${String(seq).padStart(7, '0')}`, conversation: 'personal' } as const;
  const rotation = { keyId, volumeType: 'operatingSystem', rotationId: known(parseRotationId(randomUUID())), cause: 'reveal' } as const;
  return { common, grant, rotation };
}
