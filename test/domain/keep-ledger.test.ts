import assert from 'node:assert/strict';
import { Fault } from '../../src/domain/fault.ts';
import { Keeper } from '../../src/domain/keep-ledger.ts';
import type { KeptLedger, LedgerFinding, SignedHead } from '../../src/domain/kept-ledger.ts';
import type { Deadline } from '../../src/domain/ports.ts';
import { newScript } from '../support/desk/script.ts';
import { testDesk } from '../support/desk.ts';

const never = (): Deadline => new AbortController().signal;
const mismatch = (subject = 'checkpoint over 7'): LedgerFinding => ({ kind: 'mismatch', subject, words: `does not fit: ${subject}`, note: 'a note' });
const away = new Fault('store-unavailable', 'later');

/** A ledger of which the test says what is found: how many entries, and whether they are whole. */
function scripted() {
  const script = newScript();
  const heads: SignedHead[] = [];
  const journal: string[] = [];
  const ledger = { size: 3, found: undefined as LedgerFinding | Fault | undefined, mayNotSign: false, outside: undefined as string | undefined };
  const port: KeptLedger = script.over('ledger', {
    check: async (): Promise<LedgerFinding> => {
      journal.push('look');
      if (ledger.found instanceof Fault) throw ledger.found;
      if (ledger.found !== undefined) return ledger.found;
      const newest = heads.at(-1);
      const { size } = ledger;
      const sign = async (): Promise<SignedHead> => {
        if (ledger.mayNotSign) throw new Fault('ledger-unavailable', 'later');
        journal.push(`sign ${size}`);
        const head = { size, note: `checkpoint over ${size}` };
        heads.push(head);
        return head;
      };
      return { kind: 'whole', ...(newest && { newest }), ...(newest?.size !== size && { sign }) };
    },
    publish: async (head: SignedHead) => {
      journal.push(`publish ${head.size}`);
      ledger.outside = head.note;
    },
  });
  const { desk, memory } = testDesk();
  const told: string[] = [];
  const witness = {
    checkpoint: ({ size }: SignedHead) => void (told.push(`checkpoint ${size}`), journal.push(`log ${size}`)),
    mismatch: (words: string) => void told.push(words),
    whole: () => void told.push('whole'),
    untold: () => void told.push('untold'),
  };
  const keeper = (alerts = desk.alerts): Keeper => new Keeper({ clock: desk.clock, alerts, ledger: port, witness });
  return { script, ledger, journal, told, memory, desk, keeper };
}

const isMismatch = { code: 'ledger-mismatch', retry: 'never' };

describe('the keeper of the ledger', () => {
  it('looks, signs what is new, brings it to disk, then to the file, then to the log', async () => {
    const { keeper, journal, ledger } = scripted();
    const kept = keeper();
    await kept.keep();
    assert.deepEqual(journal, ['look', 'sign 3', 'publish 3', 'log 3']);
    assert.equal(ledger.outside, 'checkpoint over 3');
    await kept.keep();
    assert.deepEqual(journal.slice(4), ['look'], 'nothing new, nothing signed and nothing said twice');
    ledger.size = 5;
    await kept.keep();
    assert.deepEqual(journal.slice(5), ['look', 'sign 5', 'publish 5', 'log 5']);
  });

  it('publishes after a crash what was signed before it: the next start finds it in the database', async () => {
    const { keeper, ledger, journal, script, told } = scripted();
    script.fail('ledger.publish', { error: new Error('the process ends here') });
    await assert.rejects(keeper().keep());
    assert.equal(ledger.outside, undefined);
    told.length = 0;
    await keeper().keep();
    assert.equal(ledger.outside, 'checkpoint over 3');
    assert.deepEqual(told, ['checkpoint 3']);
    assert.equal(journal.filter((step) => step.startsWith('sign')).length, 1);
  });

  it('says a checkpoint in the log also when the file cannot be written, and tries the file again', async () => {
    const { keeper, ledger, script, told } = scripted();
    const kept = keeper();
    script.fail('ledger.publish', { code: 'ledger-unavailable' });
    await assert.rejects(kept.keep(), { code: 'ledger-unavailable' });
    assert.deepEqual(told, ['checkpoint 3']);
    assert.equal(kept.signing(), 'ledger-unavailable');
    script.fail('ledger.publish', { code: 'ledger-unavailable' });
    assert.equal(await kept.current(), 'checkpoint over 3', 'it is signed and durable');
    await kept.keep();
    assert.deepEqual([ledger.outside, told], ['checkpoint over 3', ['checkpoint 3']]);
    assert.equal(kept.signing(), 'ok');
  });

  it('signs a fresh checkpoint on demand, one after the other, and none where nothing came', async () => {
    const { keeper, ledger, journal } = scripted();
    const kept = keeper();
    assert.equal(await kept.current(), 'checkpoint over 3');
    ledger.size = 4;
    assert.deepEqual(await Promise.all([kept.current(), kept.current(), kept.current()]), Array.from({ length: 3 }, () => 'checkpoint over 4'));
    assert.deepEqual(journal.filter((step) => step.startsWith('sign')), ['sign 3', 'sign 4']);
  });

  it('signs at its end what came since the last round, and does not begin where it does not know the ledger to be whole', async () => {
    const { keeper, ledger, journal, told } = scripted();
    const kept = keeper();
    await kept.close();
    assert.deepEqual(journal, []);
    await kept.keep();
    ledger.size = 4;
    await kept.close();
    assert.deepEqual(told, ['checkpoint 3', 'checkpoint 4']);
    ledger.found = away;
    await kept.close();
  });

  it('lets pass at once while all is whole, without a look', async () => {
    const { keeper, journal } = scripted();
    const kept = keeper();
    await kept.keep();
    journal.length = 0;
    await kept.passed(() => assert.fail('no deadline is needed'));
    assert.deepEqual(journal, []);
  });

  it('makes everybody wait for one first look', async () => {
    const { keeper, script, journal } = scripted();
    const kept = keeper();
    const hold = script.hold('ledger.check');
    const keeping = kept.keep();
    await new Promise(setImmediate);
    const waiting = [keeping, kept.passed(never), kept.passed(never)];
    let passed = 0;
    for (const one of waiting) void one.then(() => (passed += 1));
    await new Promise(setImmediate);
    assert.equal(passed, 0);
    hold.release();
    await Promise.all(waiting);
    assert.deepEqual(journal, ['look', 'sign 3', 'publish 3', 'log 3']);
  });

  it('waits no longer than the deadline, and the look goes on', async () => {
    const { keeper, script } = scripted();
    const kept = keeper();
    const hold = script.hold('ledger.check');
    const deadline = new AbortController();
    const waiting = assert.rejects(kept.passed(() => deadline.signal), { code: 'ledger-unavailable', retry: 'later' });
    deadline.abort();
    await waiting;
    await assert.rejects(kept.passed(() => AbortSignal.abort()), { code: 'ledger-unavailable' });
    hold.release();
    await kept.passed(never);
  });
});

describe('the keeper of a ledger that is not what it was', () => {
  it('lets nothing pass, signs nothing, alerts once, and says it on /readyz', async () => {
    const { keeper, ledger, memory, told, journal } = scripted();
    const kept = keeper();
    ledger.found = mismatch();
    await kept.keep();
    await assert.rejects(kept.passed(never), isMismatch);
    await assert.rejects(kept.current(), isMismatch);
    await kept.lookAgain();
    assert.match(await kept.state(never), /does not fit: checkpoint over 7/);
    assert.deepEqual(told, ['does not fit: checkpoint over 7'], 'once, however often it is found');
    assert.deepEqual(memory.entries.map(({ act, alert, outcome, source, note }) => [act, alert, outcome, source, note]), [['alert', 'ledger-mismatch', 'failed', 'system', 'a note']]);
    assert.ok(!journal.some((step) => /sign|publish|log/.test(step)));
  });

  it('raises one alert over two instances, and another one for another thing', async () => {
    const { keeper, ledger, memory } = scripted();
    const both = [keeper(), keeper()];
    ledger.found = mismatch();
    for (const one of both) await one.keep();
    assert.equal(memory.entries.length, 1);
    ledger.found = mismatch('entry 9');
    for (const one of both) await one.keep();
    assert.equal(memory.entries.length, 2);
  });

  it('refuses also when the alert cannot be raised, and raises it at the next look', async () => {
    const { keeper, ledger, memory, desk, told } = scripted();
    let failing = true;
    const kept = keeper({ raise: (alert) => (failing ? Promise.reject(new Fault('ledger-unavailable', 'later')) : desk.alerts.raise(alert)) });
    ledger.found = mismatch();
    await kept.keep();
    await assert.rejects(kept.passed(never), isMismatch);
    assert.deepEqual([memory.entries.length, told.at(-1)], [0, 'untold']);
    failing = false;
    await kept.lookAgain();
    assert.equal(memory.entries.length, 1);
  });

  it('is found while it runs, and serves again without a restart when it is whole again', async () => {
    const { keeper, ledger, told } = scripted();
    const kept = keeper();
    await kept.keep();
    await kept.passed(never);
    ledger.found = mismatch();
    await kept.keep();
    await assert.rejects(kept.passed(never), isMismatch);
    ledger.found = undefined;
    await kept.lookAgain();
    await kept.passed(never);
    assert.equal(await kept.state(never), 'ok');
    assert.deepEqual(told.slice(1), ['does not fit: checkpoint over 7', 'whole']);
  });
});

describe('the keeper of a ledger that cannot be looked at', () => {
  it('calls it no mismatch: nobody is alerted, the fault is the one there is', async () => {
    const { keeper, ledger, memory, told } = scripted();
    const kept = keeper();
    ledger.found = away;
    await assert.rejects(kept.keep(), away);
    await assert.rejects(kept.passed(never), away);
    assert.equal(await kept.state(never), 'store-unavailable');
    assert.deepEqual([memory.entries.length, told], [0, []]);
    ledger.found = undefined;
    await kept.passed(never);
    assert.equal(await kept.state(never), 'ok');
  });

  it('looks before the next answer when the database was away: it may have come back as an older one', async () => {
    const { keeper, ledger } = scripted();
    const kept = keeper();
    await kept.keep();
    ledger.found = away;
    await assert.rejects(kept.keep());
    ledger.found = mismatch();
    await assert.rejects(kept.passed(never), isMismatch);
  });

  it('lets answers pass when it is whole and only the signature fails, and says so', async () => {
    const { keeper, ledger } = scripted();
    const kept = keeper();
    ledger.mayNotSign = true;
    await assert.rejects(kept.keep(), { code: 'ledger-unavailable' });
    await kept.passed(never);
    await assert.rejects(kept.current(), { code: 'ledger-unavailable' });
    assert.deepEqual([await kept.state(never), kept.signing()], ['ok', 'ledger-unavailable']);
    ledger.mayNotSign = false;
    await kept.keep();
    assert.equal(kept.signing(), 'ok');
  });
});
