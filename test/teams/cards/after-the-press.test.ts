import assert from 'node:assert/strict';
import { instantAt, milliseconds } from '../../../src/domain/instant.ts';
import { cancelledCard } from '../../../src/teams/cards/cancelled.ts';
import { chooseDeviceCard } from '../../../src/teams/cards/choose-device.ts';
import { expiredCard } from '../../../src/teams/cards/expired.ts';
import { hiddenKeyCard, usedCard } from '../../../src/teams/cards/hidden-key.ts';
import { inWords, revealedKeyCard } from '../../../src/teams/cards/revealed-key.ts';
import { buttons, choiceSet, elementsOf, shown } from './find.ts';
import { at, device, doubtfulPassword, firstKey, grant, now, openRequest, password, revealedRequest, twin, twoKeys } from './people-and-devices.ts';

const later = (minutes: number) => instantAt(milliseconds(now) + minutes * 60_000);

describe('revealed card', () => {
  const message = revealedKeyCard({ request: revealedRequest(), password });

  it('shows the eight blocks whole, large, numbered in the order of reading', () => {
    const runs = elementsOf(message.card).flatMap((element) => (element.type === 'RichTextBlock' ? [element.inlines] : []));
    const digits = runs.slice(0, 8).map(([number, block]) => [number?.text.trim(), block?.text, block?.fontType, block?.size]);
    assert.deepEqual(
      digits,
      password.blocks.map((block, index) => [String(index + 1), block, 'monospace', 'extraLarge']),
    );
  });

  it('has the same in words, hidden until the switch is pressed', () => {
    assert.equal(inWords('120945'), 'one two zero · nine four five');
    const byId = (id: string) => elementsOf(message.card).find((element) => element.id === id);
    assert.deepEqual([byId('digits')?.isVisible, byId('words')?.isVisible], [undefined, false]);
    const toggle = message.card.actions?.find((action) => action.type === 'Action.ToggleVisibility');
    assert.deepEqual(toggle?.type === 'Action.ToggleVisibility' && toggle.targetElements, ['digits', 'words']);
  });

  it('says which key it is, of which device, and when it hides', () => {
    const text = shown(message);
    for (const part of ['LAPTOP-42', 'Key ID 1A2B3C4D, operating system', firstKey().keyId.toUpperCase(), '14:07 CET', 'Windows checks each block']) assert.ok(text.includes(part), part);
    assert.deepEqual(buttons(message), ['hide', 'Digits or words']);
  });

  it('warns of blocks that fail the block check, and shows them all the same', () => {
    const text = shown(revealedKeyCard({ request: revealedRequest(), password: doubtfulPassword }));
    assert.match(text, /Blocks 3, 7 do not pass Windows' own check/);
    assert.match(text, /333334/);
    assert.doesNotMatch(shown(message), /own check/);
  });

  it('says that a key is superseded, and hides it no less', () => {
    const superseded = revealedKeyCard({ request: revealedRequest({ grant: grant({ key: firstKey(twoKeys.slice(1)) }) }), password });
    assert.match(shown(superseded), /There is a newer key/);
    assert.match(shown(superseded), /111111/);
    assert.doesNotMatch(shown(message), /newer key/);
  });

  it('is drawn only for a revealed request', () => {
    assert.throws(() => revealedKeyCard({ request: openRequest(), password }));
  });
});

describe('hidden card', () => {
  it('says to whom the key was revealed, when and why, and for which ticket', () => {
    const text = shown(hiddenKeyCard({ request: revealedRequest(), now: later(6) }));
    for (const part of ['revealed to Alex Wilber at 14:02 CET', 'LAPTOP-42', '1A2B3C4D', 'Firmware update', 'Called back on a known number', 'INC0012345', 'until 14:22 CET']) assert.ok(text.includes(part), part);
  });

  it('writes the reason in the words of the person when it was Other', () => {
    const request = revealedRequest({ grant: grant({ reason: 'other', reasonText: 'TPM **swapped**' }) });
    assert.match(shown(hiddenKeyCard({ request, now })), /Reason +TPM \*\*swapped\*\*/);
  });

  it('offers Show again until its time is over, and not a moment longer', () => {
    const request = revealedRequest();
    assert.deepEqual(buttons(hiddenKeyCard({ request, now: at('2026-11-22T13:21:59.999Z') })), ['again']);
    assert.deepEqual(buttons(hiddenKeyCard({ request, now: at('2026-11-22T13:22:00Z') })), []);
    assert.match(shown(hiddenKeyCard({ request, now: later(60) })), /can no longer be shown/);
  });

  it('names the day when it was another', () => {
    assert.match(shown(hiddenKeyCard({ request: revealedRequest(), now: at('2026-11-23T08:00:00Z') })), /at 22 Nov, 14:02 CET/);
  });
});

describe('used card', () => {
  it('says when the card was used and has Show again', () => {
    const message = usedCard({ request: revealedRequest(), now: later(1) });
    assert.match(shown(message), /^Used at 14:02 CET/);
    assert.deepEqual(buttons(message), ['again']);
    assert.deepEqual(buttons(usedCard({ request: revealedRequest(), now: later(60) })), []);
  });
});

describe('choice of devices', () => {
  const choices = [
    { device: twin(1), owner: { name: 'Adele Vance' }, keyCount: 2 },
    { device: twin(2, { joinType: 'hybrid', enabled: false }), keyCount: 1 },
  ];
  const request = openRequest({ state: 'choosing', choices });

  it('tells twins apart by owner, join type, last sign-in and number of keys, and picks none', () => {
    const list = choiceSet(chooseDeviceCard({ request, now }), 'deviceId');
    assert.deepEqual(
      list.choices.map((choice) => choice.title),
      ['Adele Vance: Entra joined, last sign-in 5 hours ago, 2 keys', 'No owner known: Hybrid joined, disabled, last sign-in 5 hours ago, 1 key'],
    );
    assert.deepEqual(list.choices.map((choice) => choice.value), choices.map((choice) => choice.device.deviceId));
    assert.deepEqual([list.value, list.style, list.isRequired], [undefined, 'expanded', true]);
  });

  it('names the devices of a person', () => {
    const several = [{ device: device(), keyCount: 0 }, { device: device({ name: 'DESKTOP-7', deviceId: twin(2).deviceId }) }];
    const titles = choiceSet(chooseDeviceCard({ request: { ...request, choices: several }, now }), 'deviceId').choices.map((choice) => choice.title);
    assert.match(titles[0] ?? '', /^LAPTOP-42: .* no keys$/);
    assert.match(titles[1] ?? '', /^DESKTOP-7: .*number of keys not known$/);
  });

  it('says how many fit and are not listed, only when there are any', () => {
    assert.match(shown(chooseDeviceCard({ request, now, unlisted: 3 })), /5 devices are named[\s\S]*3 more fit and are not listed/);
    assert.doesNotMatch(shown(chooseDeviceCard({ request, now })), /not listed/);
  });

  it('says that nothing was chosen, only after a press without a choice', () => {
    assert.match(shown(chooseDeviceCard({ request, now, missing: true })), /▲ Choose a device first/);
    assert.doesNotMatch(shown(chooseDeviceCard({ request, now })), /▲/);
    assert.deepEqual(buttons(chooseDeviceCard({ request, now })), ['choose', 'cancel']);
  });
});

describe('expired and cancelled cards', () => {
  it('say what was not shown and how to ask again, and have no button', () => {
    assert.match(shown(expiredCard({ request: openRequest() })), /^Expired at 14:12 CET[^]*Ask again: key for LAPTOP-42$/);
    assert.match(shown(cancelledCard({ request: openRequest() })), /^Cancelled[^]*The key of LAPTOP-42 was not shown[^]*key for LAPTOP-42$/);
    assert.deepEqual([...buttons(expiredCard({ request: openRequest() })), ...buttons(cancelledCard({ request: openRequest() }))], []);
  });
});
