// Law 1: a recovery password exists in the answer to the press and nowhere else. A marked one is shown, hidden, shown
// again and mistreated in between; then it is looked for in all that was sent, logged, stored or said.

import assert from 'node:assert/strict';
import type { Desk } from '../../../src/domain/desk.ts';
import type { Fault } from '../../../src/sim/http/faults.ts';
import type { Pressed } from '../../../src/terminal/conversation.ts';
import { blocksIn, standing } from '../../support/keydesk/cards.ts';
import { everythingOf, serverFilesHolding, watchConsole } from '../../support/keydesk/everything.ts';
import { asOwner } from '../../support/keydesk/surroundings.ts';
import { tracesOf } from '../../support/keydesk/traces.ts';
import { inKeydesk, type TestKeydesk } from '../../support/keydesk.ts';
import { known } from '../../support/known.ts';

const keyId = '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d';
// Eight blocks that Windows would take, and no two alike.
const canary = '135795-246818-357929-468930-579942-680933-103114-294316';
const withCanary = { tenant: { canary: { keyId, recoveryPassword: canary } } };
const read = /select=key/;

const assertNowhere = (places: ReadonlyMap<string, string>): void => {
  for (const [place, text] of places) assert.deepEqual(tracesOf(canary, text), [], `found in ${place}`);
};

/** Ways in which Graph's answer goes wrong while it holds the password. */
const leakyAnswers: readonly Omit<Fault, 'path'>[] = [
  { status: 500, body: { error: { code: 'InternalServerError', message: `cannot serialise ${canary}`, innerError: { key: canary } } } },
  { status: 403, headers: { 'www-authenticate': `Bearer error="${canary}"`, 'request-id': canary }, body: { error: { code: canary, message: canary } } },
  { status: 429, headers: { 'retry-after': canary }, body: canary },
  { status: 200, body: `{"id":"${keyId}","key":"${canary}"` },
  { status: 200, headers: { 'content-type': 'text/html' }, body: `<html>${canary}</html>` },
  { status: 200, body: { id: keyId, key: { nested: canary } } },
  { status: 200, body: { id: canary, key: canary } },
  { status: 200, headers: { 'request-id': canary }, body: { id: keyId, key: [canary] } },
  { status: 302, headers: { location: `https://evil.example/?${canary}` } },
  { drop: 'middle' },
  { drop: 'after' },
];

/** Every answer but those two that are meant to hold the password; `shown` holds these. */
interface Walk {
  readonly shown: readonly Pressed[];
  readonly others: string;
}

async function wholeLife(keydesk: TestKeydesk): Promise<Walk> {
  const others: string[] = [];
  const confirm = await keydesk.ask('key for LAPTOP-42 INC0012345');
  const first = await keydesk.reveal(confirm, { reason: 'other', reasonText: 'board swapped' });
  const used = await keydesk.reveal(confirm);
  const hidden = await keydesk.press({ card: known(first.card), activityId: confirm.activityId }, 'hide');
  others.push(used.raw, hidden.raw);
  for (const fault of leakyAnswers) {
    keydesk.simulator.faults.add({ path: read, ...fault });
    others.push((await keydesk.press(standing(keydesk.now(confirm)), 'again')).raw);
    keydesk.simulator.faults.clear();
  }
  const again = await keydesk.press(standing(keydesk.now(confirm)), 'again');
  keydesk.clock.forward(300);
  await keydesk.runChores();
  keydesk.clock.forward(3600);
  others.push((await keydesk.press(standing(keydesk.now(confirm)), 'again')).raw);
  return { shown: [first, again], others: others.join('\n') };
}

describe('law 1: the canary', () => {
  const unlimited = { ...withCanary, settings: { revealLimits: [] } };

  it('is in the two answers that show it, and nowhere else', inKeydesk(unlimited, async (keydesk) => {
    const watch = watchConsole();
    try {
      const { shown, others } = await wholeLife(keydesk);
      for (const { card, raw } of shown) {
        assert.equal(blocksIn(card).join('-'), canary);
        assert.deepEqual(tracesOf(canary, raw), ['block by block', 'most of its blocks', 'in words'], 'the search finds what a card shows');
      }
      const places = await everythingOf(keydesk, [keydesk]);
      assertNowhere(places.set('all other answers', others).set('standard output', watch.written()));
      assert.ok(places.get('the log')?.includes('a call to Graph'), 'the log was written at its finest level');
      assert.match(places.get('every table of the database') ?? '', /board swapped/, 'the dump holds what was stored');
      assert.deepEqual(await serverFilesHolding(keydesk.database.ownerUrl, [canary, canary.replaceAll('-', '')]), []);
    } finally {
      watch.stop();
    }
  }));

  it('is kept nowhere when people type it: in messages, names, forms and card data', inKeydesk(unlimited, async (keydesk) => {
    const digits = canary.replaceAll('-', '');
    const answers: string[] = [];
    for (const text of [canary, digits, `key for ${canary}`, `key for "${digits}"`, `key for LAPTOP-42 id ${digits.slice(0, 32)} ${canary}`, `whoami ${canary.replaceAll('-', ' ')}`]) {
      for (const place of ['personal', 'groupChat', 'channel'] as const) answers.push((await keydesk.say(text, { in: place })).raw);
    }
    const confirm = await keydesk.ask('key for DESKTOP-7');
    for (const input of ['reason', 'reasonText', 'ticket', 'callerCheck', 'keyId', 'deviceId', 'request', 'action', canary]) {
      for (const value of [canary, digits, `it says ${canary} there`, [canary], { [canary]: canary }]) {
        answers.push((await keydesk.reveal(confirm, { [input]: value })).raw);
      }
    }
    answers.push((await keydesk.press(confirm, canary)).raw);
    const places = await everythingOf(keydesk, [keydesk]);
    assertNowhere(places.set('all answers', answers.join('\n')));
  }));

  it('is kept nowhere when Graph calls a device, an owner or a person so', inKeydesk(unlimited, async (keydesk) => {
    const device = { id: '0b1ec700-0000-4000-8000-000000000042', deviceId: 'de71ce00-0000-4000-8000-000000000042', displayName: canary, operatingSystem: 'Windows', trustType: 'AzureAd', accountEnabled: true };
    const owner = { id: 'a1e00000-0000-4000-8000-000000000003', displayName: canary, userPrincipalName: `${canary}@contoso.com` };
    const answers: string[] = [];
    for (const [path, body] of [
      [/registeredOwners/, { value: [owner] }],
      [/ownedDevices|registeredDevices/, { value: [device] }],
      [/^\/v1\.0\/devices\?/, { value: [device] }],
    ] as const) {
      keydesk.simulator.faults.add({ path, status: 200, body });
      for (const text of ['key for LAPTOP-42', 'key for adele@contoso.com', 'key for LAPTOP-4']) answers.push((await keydesk.say(text)).raw);
      keydesk.simulator.faults.clear();
    }
    assertNowhere((await everythingOf(keydesk, [keydesk])).set('all answers', answers.join('\n')));
  }));
});

describe('law 1: the search for the canary', () => {
  const digits = canary.replaceAll('-', '');
  const disguises: readonly (readonly [how: string, text: string])[] = [
    ['as it is', canary],
    ['without dashes', digits],
    ['in JSON, block by block', JSON.stringify(canary.split('-').map((block, number) => ({ number, block })))],
    ['the last four blocks', canary.slice(28)],
    ['in base64', Buffer.from(canary).toString('base64')],
    ['in base64, one byte further', Buffer.from(`x${canary}`).toString('base64')],
    ['in base64, two bytes further', Buffer.from(`xy${digits} and more`).toString('base64')],
    ['in base64url', Buffer.from(canary).toString('base64url')],
    ['in hex', Buffer.from(canary).toString('hex')],
    ['in JSON escapes', Array.from(canary, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')],
    ['percent-encoded', Array.from(canary, (sign) => `%${sign.charCodeAt(0).toString(16)}`).join('')],
    ['backwards', Array.from(digits).toReversed().join('')],
  ];
  for (const [how, text] of disguises) {
    it(`finds it ${how}`, () => assert.notDeepEqual(tracesOf(canary, `before ${text} after`), []));
  }

  it('finds nothing in another recovery password', () => assert.deepEqual(tracesOf(canary, '720335-380941-576224-038082-074294-160908-591965-704066'), []));

  const leaking = (desk: Desk): Desk => ({
    ...desk,
    recoveryKeys: {
      ...desk.recoveryKeys,
      read: async (...given) => {
        const answer = await desk.recoveryKeys.read(...given);
        const note = Buffer.from(answer.password.digits).toString('base64');
        await desk.ledger.append({ time: desk.clock.now(), act: 'warned', outcome: 'done', source: 'system', asked: note });
        return answer;
      },
    },
  });

  it('finds it in a Keydesk that leaks: in base64, into the ledger', inKeydesk({ ...withCanary, around: leaking }, async (keydesk) => {
    await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'));
    const places = await everythingOf(keydesk, [keydesk]);
    assert.deepEqual(tracesOf(canary, places.get('every table of the database') ?? ''), ['base64']);
  }));

  it('finds it where it was planted: in Teams, in the log, in a table, on the console and on the disk of the database', inKeydesk(async (keydesk) => {
    // Another one: what is on a disk once may stay there for a while.
    const planted = '246818-135795-357929-468930-579942-680933-103114-294316';
    await fetch(`${keydesk.connector.serviceUrl}v3/conversations/planted/activities`, { method: 'POST', body: JSON.stringify({ text: planted }) });
    await asOwner(keydesk.database, ['create table keydesk.planted (secret bytea)', `insert into keydesk.planted values ('${planted}')`]);
    const watch = watchConsole();
    try {
      process.stdout.write(`      (planted: ${planted})\n`);
      const places = await everythingOf(keydesk, [{ url: keydesk.url, logLines: [...keydesk.logLines, planted] }]);
      for (const place of ['messages and calls to Teams', 'the log', 'every table of the database']) assert.notDeepEqual(tracesOf(planted, places.get(place) ?? ''), [], place);
      assert.notDeepEqual(tracesOf(planted, watch.written()), []);
      assert.notDeepEqual(await serverFilesHolding(keydesk.database.ownerUrl, [planted]), []);
    } finally {
      watch.stop();
      await asOwner(keydesk.database, ['drop table keydesk.planted']);
    }
  }));
});
