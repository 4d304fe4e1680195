import assert from 'node:assert/strict';
import { z } from 'zod';
import type { Fault } from '../../src/sim/http/faults.ts';
import { blocksIn, referenceIn, textOf, verbsOf } from '../support/keydesk/cards.ts';
import { inKeydesk } from '../support/keydesk.ts';
import { material } from '../support/material.ts';

// Answers that Microsoft's services have really given, or that its documentation shows.
const recorded = z.object({ faults: z.array(z.object({ name: z.string(), status: z.number(), headers: z.record(z.string(), z.string()), body: z.unknown() })) });
const content = material('faults/graph-faults.json');
const faults = content === undefined ? [] : recorded.parse(content).faults;

const inTenSeconds = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value === '@httpdate+10s' ? new Date(Date.now() + 10_000).toUTCString() : value]));

const asFault = ({ status, headers, body }: (typeof faults)[number], path: RegExp): Fault => ({ path, status, headers: inTenSeconds(headers), body });

/** Texts of an answer from outside, which may name servers, requests and devices. */
const told = (body: unknown): readonly string[] => [...JSON.stringify(body).matchAll(/"message":"((?:[^"\\]|\\.){12,})"/gi)].map(([, text]) => (text ?? '').slice(0, 30));

describe('an answer that Graph has been seen to give', () => {
  if (faults.length === 0) it('is replayed where the recorded answers are there');

  for (const fault of faults) {
    it(`to the reveal, “${fault.name}”, shows no key, gives a reference and stands in the ledger`, inKeydesk(async (keydesk) => {
      const confirm = await keydesk.ask('key for LAPTOP-42');
      keydesk.simulator.faults.add(asFault(fault, /select=key/));
      const pressed = await keydesk.reveal(confirm);
      assert.deepEqual(blocksIn(pressed.card), []);
      assert.match(textOf(pressed.card), /No key was shown/);
      assert.ok(referenceIn(pressed.card));
      assert.match((await keydesk.acts()).at(-1) ?? '', /^revealed (?:failed|unknown) graph-/);
      for (const text of told(fault.body)) assert.ok(!`${pressed.raw}${keydesk.logLines.join('')}`.includes(text), `“${text}” stays out of card and log`);
    }));

    it(`to the question, “${fault.name}”, is never told as a list of keys`, inKeydesk(async (keydesk) => {
      keydesk.simulator.faults.add(asFault(fault, /recoveryKeys\?/));
      const answer = await keydesk.ask('key for LAPTOP-42');
      assert.deepEqual(verbsOf(answer.card), []);
      assert.ok(referenceIn(answer.card));
      const empty = JSON.stringify(fault.body) === '{"value":[]}';
      assert.match((await keydesk.acts()).join(), empty ? /^refused refused no-keys$/ : /^asked failed graph-/);
      for (const text of told(fault.body)) assert.ok(!`${textOf(answer.card)}${keydesk.logLines.join('')}`.includes(text), `“${text}” stays out of card and log`);
    }));
  }
});
