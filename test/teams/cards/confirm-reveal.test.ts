import assert from 'node:assert/strict';
import { inOrder } from '../../../src/domain/device.ts';
import { callerChecks, reasonCodes } from '../../../src/domain/reason.ts';
import type { CardMessage } from '../../../src/teams/cards/card.ts';
import type { Confirm } from '../../../src/teams/cards/confirm.ts';
import { confirmRevealCard } from '../../../src/teams/cards/confirm-reveal.ts';
import { buttons, choiceSet, elementsOf, shown, textField } from './find.ts';
import { at, device, firstKey, key, keyWithId, now, offer, openRequest, settings, twoKeys } from './people-and-devices.ts';

const confirm = (over: Partial<Confirm> = {}): CardMessage => confirmRevealCard({ request: openRequest(), settings, now, ...over });
const withOffer = (over: Parameters<typeof offer>[0]): CardMessage => confirm({ request: openRequest({ offer: offer(over) }) });

/** Clicks and typed lines until Reveal, for what a card demands and does not preset. */
function effort(message: CardMessage): { clicks: number; lines: number } {
  const open = elementsOf(message.card).flatMap((element) => ((element.type === 'Input.ChoiceSet' || element.type === 'Input.Text') && element.isRequired && element.value === undefined ? [element] : []));
  const lists = open.flatMap((element) => (element.type === 'Input.ChoiceSet' ? [element.style === 'compact' ? 2 : 1] : []));
  return { clicks: lists.reduce((sum, clicks) => sum + clicks, 1), lines: open.length - lists.length };
}

describe('confirm card: the device', () => {
  it('names it with owner, system, join type and last sync with its age', () => {
    const text = shown(confirm());
    for (const part of ['Recovery key for LAPTOP-42?', 'Adele Vance (adele@contoso.com)', 'Windows 11, build 26100', 'Entra joined', '2 hours ago (12:02 CET)']) assert.ok(text.includes(part), part);
  });

  it('says what could not be found out, and says nothing of the sort when all is known', () => {
    const { owner: _owner, managed: _managed, ...rest } = offer();
    const incomplete = shown(confirm({ request: openRequest({ offer: { ...rest, missing: ['owner', 'managed-device'] } }) }));
    assert.match(incomplete, /Owner +not known just now/);
    assert.match(incomplete, /Last sync +not known just now/);
    assert.match(incomplete, /Make sure whose device it is/);
    assert.doesNotMatch(shown(confirm()), /not known just now|▲/);
  });

  it('tells a device without owner or management from one that could not be asked about', () => {
    const { owner: _owner, managed: _managed, ...rest } = offer();
    const text = shown(confirm({ request: openRequest({ offer: rest }) }));
    assert.match(text, /Owner +none registered/);
    assert.match(text, /Last sync +not managed by Intune/);
    assert.match(text, /Last sign-in +5 hours ago/);
  });

  it('says that a device is disabled, and nothing when Entra did not say', () => {
    assert.match(shown(withOffer({ device: device({ enabled: false }) })), /▲ This device is disabled/);
    const { enabled: _enabled, ...unsaid } = device();
    assert.doesNotMatch(shown(withOffer({ device: unsaid })), /disabled/);
  });

  it('refuses to be drawn without an offer', () => {
    const { offer: _offer, ...request } = openRequest();
    assert.throws(() => confirm({ request }));
  });
});

describe('confirm card: the key', () => {
  it('lists the keys by ID, state, date and volume, the newest of the operating system chosen beforehand', () => {
    const list = choiceSet(confirm(), 'keyId');
    assert.deepEqual(
      list.choices.map((choice) => choice.title),
      ['1A2B3C4D, active, 3 Nov 2026, operating system', '9F3C61D8, superseded, 3 Oct 2026, operating system'],
    );
    assert.equal(list.value, twoKeys[0]?.keyId);
  });

  it('shows a single key too', () => {
    assert.equal(choiceSet(withOffer({ keys: inOrder([key(0)]) }), 'keyId').choices.length, 1);
  });

  it('has the key asked for chosen beforehand', () => {
    const asked = key(1).keyId;
    assert.equal(choiceSet(confirm({ request: openRequest({ preset: { keyId: asked } }) }), 'keyId').value, asked);
  });

  it('chooses none beforehand when the key ID typed in the ask fits no key, and says so', () => {
    const message = confirm({ note: { kind: 'no-key-matches', typed: 'DEADBEEF' } });
    assert.equal(choiceSet(message, 'keyId').value, undefined);
    assert.match(shown(message), /No key of this device begins with DEADBEEF/);
  });

  it('tells keys with the same beginning apart by their whole ID', () => {
    const twins = inOrder([key(0), keyWithId(key(0).keyId.replace(/5f$/, '60'))]);
    for (const choice of choiceSet(withOffer({ keys: twins }), 'keyId').choices) assert.match(choice.title, /^1A2B3C4D-5A6B-4C7D-8E9F-/);
  });

  it('becomes a list that opens when there are more keys than fit in view', () => {
    const keys = inOrder(Array.from({ length: 7 }, (_, index) => key(index)));
    assert.equal(choiceSet(withOffer({ keys }), 'keyId').style, 'compact');
    assert.equal(choiceSet(withOffer({ keys: keys.slice(0, 4) }), 'keyId').style, 'expanded');
  });
});

describe('confirm card: with the proof of the caller', () => {
  const request = openRequest({ callerProof: true });

  it('asks for the first characters and gives no key ID away, anywhere in the card', () => {
    const message = confirm({ request });
    assert.equal(textField(message, 'keyId').value, undefined);
    const json = JSON.stringify(message).toLowerCase();
    for (const { keyId } of twoKeys) for (const part of [keyId.slice(0, 8), keyId.slice(-12)]) assert.ok(!json.includes(part), part);
    assert.ok(JSON.stringify(confirm()).toLowerCase().includes(firstKey().keyId));
  });

  it('keeps what was typed after a miss and counts what is left', () => {
    const message = confirm({ request, values: { typedKeyId: 'DEADBEEF' }, problems: [{ input: 'keyId', problem: 'no-match' }], missesLeft: 1 });
    assert.equal(textField(message, 'keyId').value, 'DEADBEEF');
    assert.match(shown(message), /One more wrong key ID closes this request/);
  });
});

describe('confirm card: the form', () => {
  it('offers every reason and every caller check in words', () => {
    assert.deepEqual(choiceSet(confirm(), 'reason').choices.map((choice) => choice.value), [...reasonCodes]);
    assert.deepEqual(choiceSet(confirm(), 'callerCheck').choices.map((choice) => choice.value), [...callerChecks]);
  });

  it('presets no reason, so that it is a conscious choice, and the ticket from the ask', () => {
    const message = confirm({ request: openRequest({ preset: { ticket: 'INC0012345' } }) });
    assert.equal(choiceSet(message, 'reason').value, undefined);
    assert.equal(textField(message, 'ticket').value, 'INC0012345');
  });

  it('takes three clicks at most, and no typed line when the ask named the ticket', () => {
    for (const callerCheckRequired of [false, true]) {
      for (const ticketRequired of [false, true]) {
        const request = openRequest({ preset: { ticket: 'INC0012345' } });
        const { clicks, lines } = effort(confirm({ request, settings: { ...settings, callerCheckRequired, ticketRequired } }));
        assert.ok(clicks <= 3, `${clicks} clicks`);
        assert.equal(lines, 0);
      }
    }
  });

  it('requires the caller check and the ticket exactly where they are required', () => {
    const strict = confirm({ settings: { ...settings, callerCheckRequired: true, ticketRequired: true } });
    assert.deepEqual([choiceSet(strict, 'callerCheck').isRequired, textField(strict, 'ticket').isRequired], [true, true]);
    assert.deepEqual([choiceSet(confirm(), 'callerCheck').isRequired, textField(confirm(), 'ticket').isRequired], [false, false]);
  });

  it('keeps what was typed after a mistake, says the mistake above its input and sums up on top', () => {
    const message = confirm({
      values: { keyId: key(1).keyId, reason: 'other', reasonText: '', callerCheck: 'in-person', ticket: 'call 17' },
      problems: [
        { input: 'reasonText', problem: 'missing' },
        { input: 'ticket', problem: 'wrong-form' },
      ],
    });
    assert.deepEqual(
      [choiceSet(message, 'keyId').value, choiceSet(message, 'reason').value, choiceSet(message, 'callerCheck').value, textField(message, 'ticket').value],
      [key(1).keyId, 'other', 'in-person', 'call 17'],
    );
    const text = shown(message);
    assert.match(text, /▲ Not revealed yet\n.*Please correct: the details, the ticket number/);
    assert.match(text, /▲ With the reason Other, say why in a few words\.\nDetails/);
    assert.match(text, /▲ This is not the form of a ticket number\.\nTicket/);
  });

  it('still has no key chosen when the mistake was that none was chosen, and the first one when that was no mistake', () => {
    const again = confirm({ values: { keyId: '', reason: 'wrong-pin' }, problems: [{ input: 'keyId', problem: 'missing' }] });
    assert.equal(choiceSet(again, 'keyId').value, undefined);
    assert.match(shown(again), /▲ Let the caller read out the key ID: .*\n+Key ID/);
    const other = confirm({ values: { keyId: '', reason: '' }, problems: [{ input: 'reason', problem: 'missing' }] });
    assert.equal(choiceSet(other, 'keyId').value, twoKeys[0]?.keyId);
  });

  it('gives no recovery password back that was typed into a field', () => {
    const digits = '111111-222222-333333-444444-555555-666666-123123-321321';
    const message = confirm({ values: { reasonText: digits, ticket: digits }, problems: [{ input: 'reasonText', problem: 'holds-password' }] });
    assert.doesNotMatch(JSON.stringify(message), /111111/);
    assert.match(shown(message), /held a recovery password/);
  });

  it('drops a value that is no answer of its lists', () => {
    const message = confirm({ values: { keyId: 'x', reason: 'because', callerCheck: '<at>' }, problems: [{ input: 'reason', problem: 'unknown' }] });
    assert.deepEqual([choiceSet(message, 'keyId').value, choiceSet(message, 'reason').value, choiceSet(message, 'callerCheck').value], [undefined, undefined, undefined]);
  });

  it('checks the form of a ticket in the client, as far as that can be said there', () => {
    const regex = new RegExp(textField(confirm(), 'ticket').regex ?? 'none');
    assert.match(' inc0012345 ', regex);
    assert.doesNotMatch('call 17', regex);
    assert.equal(textField(confirm({ settings: { ...settings, ticketPattern: /^\p{L}+$/iu } }), 'ticket').regex, undefined);
  });

  it('ends with Reveal and Cancel, and says until when it is open', () => {
    assert.deepEqual(buttons(confirm()), ['reveal', 'cancel']);
    assert.match(shown(confirm()), /open until 14:12 CET/);
  });

  it('writes times as the viewer reads them', () => {
    const request = openRequest({ viewer: { locale: 'en-US', timeZone: 'America/New_York' }, expiresAt: at('2026-11-22T18:05:00Z') });
    assert.match(shown(confirm({ request })), /open until 1:05 PM EST/);
  });
});
