import assert from 'node:assert/strict';
import { admit, askForKey, type AskAnswer } from '../../src/domain/ask-for-key.ts';
import type { KeyQuestion } from '../../src/domain/command.ts';
import { Fault } from '../../src/domain/fault.ts';
import type { Person } from '../../src/domain/person.ts';
import type { CardPlace } from '../../src/domain/request.ts';
import { askerOf, cardPlace, type TestDesk, testDesk } from '../support/desk.ts';
import { adele, deviceOf, managedOf, grady, isaiah, keyIdOf, keyOf, lee, megan, passwordDigits, sure, time } from '../support/desk/world.ts';

const laptop: KeyQuestion = { by: 'device', name: 'LAPTOP-42' };
const newerKey = keyIdOf('1a2b3c4d-0000-4000-8000-1a2b3c4d0000');
const ask = (test: TestDesk, question: KeyQuestion = laptop, person?: Person, place: Promise<CardPlace | undefined> = Promise.resolve(cardPlace)): Promise<AskAnswer> =>
  askForKey(test.desk, askerOf(person), question, place);
const refusal = (answer: AskAnswer) => {
  assert.equal(answer.kind, 'refused');
  return answer.kind === 'refused' ? answer.refusal : assert.fail();
};
const confirmed = (answer: AskAnswer) => {
  assert.equal(answer.kind, 'confirm');
  return answer.kind === 'confirm' ? answer : assert.fail();
};

describe('domain/ask-for-key: the confirm card', () => {
  it('offers the keys of the one device, newest operating system key first, and writes that it was asked', async () => {
    const test = testDesk();
    const { request, note } = confirmed(await ask(test));
    assert.equal(request.state, 'open');
    assert.deepEqual(request.offer?.keys.map((key) => [key.keyId.slice(0, 8), key.state]), [['1a2b3c4d', 'active'], ['0a0a0a0a', 'superseded']]);
    assert.deepEqual(request.offer?.owner, { id: adele.id, name: adele.name, userPrincipalName: 'adele@contoso.com' });
    assert.equal(request.offer?.managed?.encrypted, true);
    assert.equal(request.expiresAt, time('2026-11-22T09:10:00Z'));
    assert.equal(note, undefined);
    assert.deepEqual(test.request(request.id), request);
    assert.deepEqual(test.entries.map(({ act, outcome, requestId, device }) => ({ act, outcome, requestId, name: device?.name })), [{ act: 'asked', outcome: 'done', requestId: request.id, name: 'LAPTOP-42' }]);
  });

  it('reads nothing secret', async () => {
    const test = testDesk();
    await ask(test);
    assert.ok(!test.script.calls.includes('recoveryKeys.read'));
    assert.ok(!JSON.stringify(test.entries).includes(passwordDigits(1)));
  });

  it('fills in the ticket and the key ID of the ask', async () => {
    const { request, note } = confirmed(await ask(testDesk(), { ...laptop, keyId: { hex: '0a0a0a0a', forgiven: false }, ticket: 'INC0012345' }));
    assert.deepEqual(request.preset, { ticket: 'INC0012345', typedKeyId: '0A0A0A0A', keyId: '0a0a0a0a-0000-4000-8000-0a0a0a0a0000' });
    assert.equal(note, undefined);
  });

  it('says when the key ID of the ask fits none, fits several, or was read with letters as digits', async () => {
    const note = async (hex: string, forgiven = false) => {
      const test = testDesk();
      const device = sure(test.world.devices[0]);
      test.world.keys.push({ ...keyOf(device, '1a2b3c4d', '2020-01-01T00:00:00Z'), keyId: keyIdOf('1a2b3c4d-ffff-4000-8000-000000000000') });
      const answer = confirmed(await ask(test, { ...laptop, keyId: { hex, forgiven } }));
      return [answer.note, answer.request.preset.keyId];
    };
    assert.deepEqual(await note('eeeeeeee'), [{ kind: 'no-key-matches', typed: 'EEEEEEEE' }, undefined]);
    assert.deepEqual(await note('1a2b3c4d'), [{ kind: 'several-keys-match', typed: '1A2B3C4D' }, undefined]);
    assert.deepEqual(await note('0a0a0a0a', true), [{ kind: 'letters-read-as-digits', typed: '0A0A0A0A' }, '0a0a0a0a-0000-4000-8000-0a0a0a0a0000']);
    assert.deepEqual(await note('1a2b3c4d0000'), [undefined, newerKey]);
  });

  it('gives nothing away with callerProof: the same card for a key ID that fits and one that does not', async () => {
    const card = async (hex: string) => {
      const { request, note } = confirmed(await ask(testDesk({ settings: { callerProof: true } }), { ...laptop, keyId: { hex, forgiven: false } }));
      assert.equal(note, undefined);
      assert.equal(request.callerProof, true);
      assert.equal(request.preset.keyId, undefined);
      const { typedKeyId: _asTyped, ...preset } = request.preset;
      return { ...request, preset };
    };
    assert.deepEqual(await card('1a2b3c4d'), await card('eeeeeeee'));
  });

  it('finds a device by a whole key ID, and chooses that key', async () => {
    const { request } = confirmed(await ask(testDesk(), { by: 'key-id', keyId: keyIdOf('0a0a0a0a-0000-4000-8000-0a0a0a0a0000') }));
    assert.equal(request.offer?.device.name, 'LAPTOP-42');
    assert.equal(request.preset.keyId, '0a0a0a0a-0000-4000-8000-0a0a0a0a0000');
  });

  it('says what could not be found out, instead of leaving it out', async () => {
    const test = testDesk();
    test.script.fail('directory.owners');
    test.script.fail('managedDevices.named');
    const { request } = confirmed(await ask(test));
    assert.deepEqual(request.offer?.missing, ['owner', 'managed-device']);
    assert.equal(request.offer?.keys.length, 2);
  });

  it('knows a managed device that Intune calls by an older name', async () => {
    const test = testDesk();
    const index = test.world.managed.findIndex((device) => device.name === 'LAPTOP-42');
    test.world.managed[index] = { ...sure(test.world.managed[index]), name: 'OLD-NAME' };
    const { request } = confirmed(await ask(test));
    assert.equal(request.offer?.managed?.name, 'OLD-NAME');
    assert.deepEqual(request.offer?.missing, []);
  });

  it('never takes the managed device of a twin, and finds its own under another name beside it', async () => {
    const test = testDesk();
    const [laptop42, desktop7] = ['LAPTOP-42', 'DESKTOP-7'].map((name) => sure(test.world.devices.find((device) => device.name === name)));
    const index = test.world.managed.findIndex((device) => device.deviceId === laptop42?.deviceId);
    const own = sure(test.world.managed[index]);
    const foreign = { ...own, deviceId: sure(desktop7).deviceId, lastSync: time('2026-11-22T08:59:00Z') };
    const managed = async (...devices: readonly (typeof own)[]) => {
      test.world.managed.splice(0, test.world.managed.length, ...devices);
      return confirmed(await ask(test)).request.offer?.managed;
    };
    assert.deepEqual(await managed(foreign, own), own);
    assert.deepEqual(await managed(foreign, { ...own, name: 'OLD-NAME' }), { ...own, name: 'OLD-NAME' });
    assert.equal(await managed(foreign), undefined);
  });

  it('believes the newest of two records that Intune keeps of one machine', async () => {
    const test = testDesk();
    const own = sure(test.world.managed.find((device) => device.name === 'LAPTOP-42'));
    test.world.managed.unshift({ ...own, encrypted: false, lastSync: time('2025-01-01T00:00:00Z') });
    assert.deepEqual(confirmed(await ask(test)).request.offer?.managed, own);
  });
});

describe('domain/ask-for-key: several devices', () => {
  it('lists twins and picks none', async () => {
    const test = testDesk();
    const answer = await ask(test, { by: 'device', name: 'twin-01', keyId: { hex: '22220001', forgiven: false }, ticket: 'INC1' });
    assert.ok(answer.kind === 'choose');
    assert.equal(answer.request.state, 'choosing');
    assert.equal(answer.request.offer, undefined);
    assert.deepEqual(answer.request.choices.map(({ device, keyCount }) => [device.joinType, keyCount]), [['hybrid', 1], ['entra', 1]]);
    assert.deepEqual(answer.request.preset, { ticket: 'INC1', typedKeyId: '22220001' });
    assert.equal(answer.unlisted, undefined);
    assert.deepEqual(test.entries.map(({ act, asked }) => [act, asked]), [['asked', 'twin-01']]);
  });

  it('says how many devices it does not list', async () => {
    const test = testDesk();
    const many = Array.from({ length: 13 }, (_, number) => deviceOf(2000 + number, `PC-${number}`, { lastSignIn: time(`2026-11-${String(number + 1).padStart(2, '0')}T00:00:00Z`) }));
    test.world.devices.push(...many);
    test.world.devicesOf.set(lee.id, many.map((device) => device.deviceId));
    const answer = await ask(test, { by: 'person', who: 'lee@contoso.com' });
    assert.ok(answer.kind === 'choose');
    assert.deepEqual(answer.request.choices.map(({ device }) => device.name), Array.from({ length: 10 }, (_, number) => `PC-${12 - number}`));
    assert.equal(answer.unlisted, 3);
  });

  it('finds the devices of a person by the address, and by the name when no device is called so', async () => {
    for (const question of [{ by: 'person', who: 'Adele@contoso.com' }, { by: 'device', name: 'adele vance' }] as const) {
      assert.equal(confirmed(await ask(testDesk(), question)).request.offer?.device.name, 'LAPTOP-42');
    }
    const test = testDesk();
    test.world.devices.push(deviceOf(3000, 'Adele Vance'));
    test.world.keys.push(keyOf(sure(test.world.devices.at(-1)), '30003000', '2026-01-01T00:00:00Z'));
    assert.equal(confirmed(await ask(test, { by: 'device', name: 'Adele Vance' })).request.offer?.device.name, 'Adele Vance');
  });

  it('counts a device once that two people of one name hold', async () => {
    const test = testDesk();
    test.world.people.push({ id: isaiah.id, name: 'Adele Vance', userPrincipalName: 'adele2@contoso.com' });
    test.world.devicesOf.set(isaiah.id, sure(test.world.devicesOf.get(adele.id)));
    assert.equal(confirmed(await ask(test, { by: 'device', name: 'Adele Vance' })).request.offer?.device.name, 'LAPTOP-42');
  });
});

describe('domain/ask-for-key: refused', () => {
  const cases: readonly { title: string; question?: KeyQuestion; person?: Person; code: string; facts: object; settings?: { sensitiveNames: readonly RegExp[] } }[] = [
    { title: 'a device that nobody knows, with the names that come close', question: { by: 'device', name: 'LAPTOP-24' }, code: 'device-not-found', facts: { asked: 'LAPTOP-24', onlyInIntune: false, closest: ['LAPTOP-42', 'LAPTOP-NONE'] } },
    { title: 'a device that only Intune knows', question: { by: 'device', name: 'LAPTOP-GONE' }, code: 'device-not-found', facts: { asked: 'LAPTOP-GONE', onlyInIntune: true, closest: ['LAPTOP-NONE', 'LAPTOP-42'] } },
    { title: 'a person that nobody knows', question: { by: 'person', who: 'nobody@contoso.com' }, code: 'person-not-found', facts: { asked: 'nobody@contoso.com', closest: [] } },
    { title: 'a person without devices', question: { by: 'person', who: 'grady@contoso.com' }, code: 'no-devices', facts: { asked: 'grady@contoso.com', closest: [] } },
    { title: 'a key ID that nobody knows', question: { by: 'key-id', keyId: keyIdOf('eeeeeeee-0000-4000-8000-000000000000') }, code: 'key-not-found', facts: { asked: 'eeeeeeee-0000-4000-8000-000000000000', closest: [] } },
    { title: 'the beginning of a key ID without a device', question: { by: 'key-id-prefix', fragment: { hex: '1a2b3c4d', forgiven: false } }, code: 'key-id-too-short', facts: { asked: '1A2B3C4D', closest: [] } },
    { title: 'a sensitive device', question: { by: 'device', name: 'VIP-01' }, code: 'approval-unavailable', settings: { sensitiveNames: [/^VIP-/i] }, facts: { asked: 'VIP-01', device: { objectId: deviceOf(70, '').objectId, intuneId: managedOf(7, deviceOf(70, '')).intuneId } } },
  ];
  for (const { title, question, person, code, facts, settings } of cases) {
    it(`answers ${title}, and writes it down with the reference that it gives out`, async () => {
      const test = testDesk(settings && { settings });
      const answer = refusal(await ask(test, question, person));
      assert.deepEqual([answer.code, answer.facts], [code, facts]);
      assert.deepEqual(test.entries.map(({ act, outcome, code: written, reference, asked }) => ({ act, outcome, code: written, reference, asked })), [
        { act: 'refused', outcome: 'refused', code, reference: answer.reference, asked: facts && 'asked' in facts ? facts.asked : undefined },
      ]);
      assert.equal(test.memory.requests.size, 0);
    });
  }

  it('says why a device has no key, as far as known', async () => {
    const escrow = async (prepare: (test: TestDesk) => void): Promise<string | undefined> => {
      const test = testDesk();
      prepare(test);
      const answer = refusal(await ask(test, { by: 'device', name: 'LAPTOP-NONE' }));
      assert.equal(answer.code, 'no-keys');
      return answer.facts.escrow;
    };
    const change = (more: { encrypted?: boolean } | undefined) => (test: TestDesk) => {
      const index = test.world.managed.findIndex((device) => device.name === 'LAPTOP-NONE');
      const { encrypted: _before, ...managed } = sure(test.world.managed[index]);
      test.world.managed.splice(index, 1, ...(more === undefined ? [] : [{ ...managed, ...more }]));
    };
    assert.equal(await escrow(change({ encrypted: false })), 'not-encrypted');
    assert.equal(await escrow(change({ encrypted: true })), 'encrypted');
    assert.equal(await escrow(change({})), 'unknown');
    assert.equal(await escrow(change(undefined)), 'not-managed');
    assert.equal(await escrow((test) => test.script.fail('managedDevices.named', { code: 'graph-timeout' })), 'unknown');
  });

  it('refuses a sensitive device before it says anything about its keys', async () => {
    const test = testDesk({ settings: { sensitiveNames: [/^LAPTOP-NONE$/] } });
    assert.equal(refusal(await ask(test, { by: 'device', name: 'LAPTOP-NONE' })).code, 'approval-unavailable');
  });

  it('says no more than what was typed to somebody without a role, known device or not', async () => {
    for (const person of [lee, adele, grady]) {
      for (const name of ['LAPTOP-42', 'LAPTOP-24', 'LAPTOP-GONE', 'TWIN-01']) {
        const test = testDesk();
        const answer = refusal(await ask(test, { by: 'device', name }, person));
        assert.deepEqual([answer.code, answer.facts], ['no-role', { asked: name }]);
        assert.deepEqual(test.entries.map(({ act, code }) => [act, code]), [['role-denied', 'no-role']]);
        assert.ok(!test.script.calls.includes('directory.namesLike') && !test.script.calls.includes('recoveryKeys.of'));
      }
    }
    assert.equal((await ask(testDesk(), laptop, megan)).kind, 'confirm', 'the twin with a role');
  });

  it('refuses when the private chat is closed, after the role and before a request stands', async () => {
    const test = testDesk();
    assert.equal(refusal(await ask(test, laptop, undefined, Promise.resolve(undefined))).code, 'private-chat-closed');
    assert.equal(test.memory.requests.size, 0);
    assert.equal(refusal(await ask(testDesk(), laptop, lee, Promise.resolve(undefined))).code, 'no-role');
  });
});

describe('domain/ask-for-key: at once, and bounded', () => {
  it('starts role, devices and managed devices together, then keys and owner together', async () => {
    const test = testDesk();
    const holds = ['roles.recent', 'directory.devicesNamed', 'managedDevices.named', 'recoveryKeys.of', 'directory.owners'].map((call) => test.script.hold(call));
    const answer = ask(test);
    await settled();
    assert.deepEqual([...test.script.calls].sort(), ['directory.devicesNamed', 'fleet.named', 'managedDevices.named', 'roles.recent'], 'round 1 is out before one of it is answered');
    for (const hold of holds.slice(0, 3)) hold.release();
    await settled();
    assert.deepEqual(test.script.calls.slice(4).sort(), ['directory.owners', 'recoveryKeys.of'], 'round 2 is out before one of it is answered');
    for (const hold of holds) hold.release();
    assert.equal((await answer).kind, 'confirm');
  });

  it('opens the private chat meanwhile: nothing waits for it before a card can be written', async () => {
    const test = testDesk();
    const place = Promise.withResolvers<CardPlace | undefined>();
    const answer = ask(test, laptop, undefined, place.promise);
    await settled();
    assert.ok(test.script.calls.includes('directory.devicesNamed'));
    place.resolve(cardPlace);
    assert.equal((await answer).kind, 'confirm');
  });

  it('gives all calls of one ask one deadline', async () => {
    for (const question of [laptop, { by: 'device', name: 'TWIN-01' }, { by: 'device', name: 'NOBODY' }, { by: 'person', who: 'adele@contoso.com' }, { by: 'device', name: 'Adele Vance' }] as const) {
      const test = testDesk();
      await ask(test, question);
      assert.ok(test.script.deadlines.length >= 3);
      assert.equal(new Set(test.script.deadlines).size, 1);
    }
  });
});

describe('domain/ask-for-key: when something fails', () => {
  for (const call of ['roles.recent', 'directory.devicesNamed', 'recoveryKeys.of', 'requests.open']) {
    for (const afterDoing of [false, true]) {
      it(`says so and writes it down when ${call} fails${afterDoing ? ' after doing its work' : ''}`, async () => {
        const test = testDesk();
        test.script.fail(call, { code: 'graph-timeout', afterDoing });
        await assert.rejects(ask(test), { name: 'Fault', code: 'graph-timeout' });
        const { act, outcome, code, asked } = sure(test.entries.at(-1));
        assert.deepEqual({ act, outcome, code, asked }, { act: 'asked', outcome: 'failed', code: 'graph-timeout', asked: 'LAPTOP-42' });
      });
    }
  }

  it('reports the first fault when the ledger is gone as well', async () => {
    const test = testDesk();
    test.script.fail('directory.devicesNamed', { code: 'graph-cut' });
    test.script.fail('ledger.append');
    await assert.rejects(ask(test), { code: 'graph-cut' });
  });

  it('gives no refusal that it cannot write down', async () => {
    const test = testDesk();
    test.script.fail('ledger.refuse');
    await assert.rejects(ask(test, laptop, lee), { code: 'ledger-unavailable' });
  });

  it('writes a defect of ours down as internal, without its words', async () => {
    const test = testDesk();
    test.script.fail('directory.owners', { error: new TypeError('x is not a function of adele') });
    await assert.rejects(ask(test), TypeError);
    assert.equal(sure(test.entries.at(-1)).code, 'internal');
    assert.ok(!JSON.stringify(test.entries).includes('not a function'));
  });

  it('leaves no rejection behind that nobody awaits', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', note);
    try {
      // Refused by role while everything else fails a moment later.
      const test = testDesk();
      const holds = ['directory.devicesNamed', 'managedDevices.named'].map((call) => test.script.hold(call));
      test.script.fail('directory.devicesNamed');
      test.script.fail('managedDevices.named');
      const place = Promise.withResolvers<undefined>();
      await ask(test, laptop, lee, place.promise);
      place.reject(new Fault('teams-unreachable', 'later'));
      for (const hold of holds) hold.release();
      // Everything of round 1 fails at once, and the place with it.
      const broken = testDesk();
      for (const call of ['roles.recent', 'directory.devicesNamed', 'directory.people', 'managedDevices.named']) broken.script.fail(call);
      await assert.rejects(ask(broken, { by: 'device', name: 'Adele Vance' }, undefined, Promise.reject(new Fault('teams-unreachable', 'later'))));
      await settled();
    } finally {
      process.off('unhandledRejection', note);
    }
    assert.deepEqual(unhandled, []);
  });
});

describe('domain/ask-for-key: messages are counted', () => {
  it('admits a message once, and 30 a minute', async () => {
    const test = testDesk();
    const take = (activityId: string) => admit(test.desk, askerOf(), { conversationId: 'c', activityId });
    assert.equal(await take('1'), 'admitted');
    assert.equal(await take('1'), 'repeat');
    for (let message = 2; message <= 30; message += 1) assert.equal(await take(String(message)), 'admitted');
    const answer = await take('31');
    assert.ok(typeof answer === 'object');
    assert.deepEqual([answer.code, answer.facts], ['ask-limit', { limit: { max: 30, seconds: 60 } }]);
    assert.equal(sure(test.entries.at(-1)).code, 'ask-limit');
    test.clock.forward(60);
    assert.equal(await take('32'), 'admitted');
  });
});

/** Lets everything run that can run without a release. */
const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
