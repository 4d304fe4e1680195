// A long ledger, made fast: the bytes by the function that always makes them, hashes and inner nodes here, columns and
// rows as the trigger would give them, past the trigger.
import { randomBytes, randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { parseEntraDeviceId, parseKeyId, parsePersonId, parseRequestId, parseRotationId } from '../../src/domain/ids.ts';
import { instantAt } from '../../src/domain/instant.ts';
import type { LedgerEntry } from '../../src/domain/ledger-entry.ts';
import { signCheckpoint } from '../../src/ledger/checkpoint.ts';
import { seal } from '../../src/ledger/entry.ts';
import { signKeyChange } from '../../src/ledger/key-change.ts';
import { type CompactRange, emptyRange, extend, leafHash, nodeHash, rootOf } from '../../src/ledger/tree.ts';
import { known } from '../support/known.ts';
import { origin, signerOf } from '../support/ledger-keys.ts';

const batch = 2000;
const signedEvery = 1000;
/** The key of the ledgers made here. */
const signer = signerOf(1);
export const { publicKey } = signer;
const firstTime = Date.parse('2026-01-01T00:00:00.000Z');

/** Fills an empty ledger up to a number of entries, as often as wanted. @param client a connection as superuser */
export function createFiller(client: Client, say: (progress: string) => void): (count: number) => Promise<void> {
  let range = emptyRange;
  return async (count) => {
    await client.query("set session_replication_role = 'replica'");
    while (range.size < count) {
      const seqs: number[] = [];
      const bodies: Uint8Array[] = [];
      const nodes: (Uint8Array | null)[] = [];
      const texts: (string | null)[] = [];
      const heads: CompactRange[] = [];
      for (const last = Math.min(count, range.size + batch); range.size < last; ) {
        const seq = range.size + 1;
        const sealed = seal(seq === 1 ? keyEntry : entryAt(seq), randomBytes);
        const leaf = leafHash(sealed.body);
        seqs.push(seq);
        bodies.push(sealed.body);
        nodes.push(nodesOf(range, leaf));
        texts.push(sealed.texts === undefined ? null : JSON.stringify(sealed.texts));
        range = extend(range, leaf);
        if (seq === 1 || seq % signedEvery === 0) heads.push(range);
      }
      await client.query(insertRows, [seqs, bodies, nodes, texts]);
      for (const head of heads) await client.query('insert into keydesk.ledger_checkpoint (size, root, note, at) values ($1, $2, $3, now())', [head.size, rootOf(head), signCheckpoint({ origin, size: head.size, root: rootOf(head) }, signer)]);
      if (range.size % (100 * batch) === 0) say(`${range.size} entries are there`);
    }
    await client.query("set session_replication_role = 'origin'");
    await client.query('vacuum (freeze, analyze) keydesk.ledger_entry, keydesk.ledger_text, keydesk.ledger_checkpoint');
  };
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

/** The inner nodes that a leaf behind the range completes, one behind the other. */
function nodesOf(range: CompactRange, leaf: Uint8Array): Uint8Array | null {
  const completed: Uint8Array[] = [];
  const open = range.nodes.slice();
  for (let [rest, node] = [range.size, leaf]; rest % 2 === 1; rest = Math.floor(rest / 2)) {
    node = nodeHash(known(open.pop()), node);
    completed.push(node);
  }
  return completed.length === 0 ? null : Buffer.concat(completed);
}

const keyEntry: LedgerEntry = { time: instantAt(firstTime), act: 'ledger-key', outcome: 'done', source: 'system', note: signKeyChange(origin, undefined, signer) };

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
