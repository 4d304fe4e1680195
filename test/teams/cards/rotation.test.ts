import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { inOrder } from '../../../src/domain/device.ts';
import { faultCodes } from '../../../src/domain/fault.ts';
import { rotationReasons } from '../../../src/domain/reason.ts';
import { refusalCodes } from '../../../src/domain/refusal.ts';
import { hresult, rotationFailures } from '../../../src/domain/rotation-failure.ts';
import { type Rotation, type RotationState, rotationStates } from '../../../src/domain/rotation.ts';
import { cancelledCard } from '../../../src/teams/cards/cancelled.ts';
import type { CardMessage } from '../../../src/teams/cards/card.ts';
import { type ConfirmRotation, confirmRotateCard } from '../../../src/teams/cards/confirm-rotate.ts';
import { expiredCard } from '../../../src/teams/cards/expired.ts';
import { faultCard, faultLine } from '../../../src/teams/cards/fault.ts';
import { hiddenKeyCard } from '../../../src/teams/cards/hidden-key.ts';
import { refusedCard, refusedLine } from '../../../src/teams/cards/refused.ts';
import { revealedKeyCard } from '../../../src/teams/cards/revealed-key.ts';
import { rotationProgressCard } from '../../../src/teams/cards/rotation-progress.ts';
import type { Afterwards } from '../../../src/teams/cards/rotation-words.ts';
import { buttons, choiceSet, elementsOf, shown, textField } from './find.ts';
import { afterReveal, alex, at, device, firstKey, grant, hostileName, intuneId, key, newKey, now, offer, password, reference, revealedRequest, rotateRequest, rotation, rotationIn, settings, twoKeys, viewer, wish } from './people-and-devices.ts';

const confirm = (over: Partial<ConfirmRotation> = {}): CardMessage => confirmRotateCard({ request: rotateRequest(), settings, now, ...over });
const withOffer = (over: Parameters<typeof offer>[0], more: Parameters<typeof rotateRequest>[0] = {}): CardMessage => confirm({ request: rotateRequest({ offer: offer(over), ...more }) });

describe('confirm card of a rotation', () => {
  it('says which device it is, what it has to do, what is replaced, and that BitLocker goes on', () => {
    const text = shown(confirm());
    for (const part of ['Rotate the key of LAPTOP-42?', 'Adele Vance (adele@contoso.com)', '2 hours ago (12:02 CET)', '1A2B3C4D (operating system)', 'next checks in with Intune', 'switched on and online', 'BitLocker stays on', 'superseded', 'open until 14:12 CET']) assert.ok(text.includes(part), part);
    assert.deepEqual(buttons(confirm()), ['rotate', 'cancel']);
    assert.doesNotMatch(text, /▲/);
  });

  it('names the newest key of each drive that Intune rotates, and no other', () => {
    const keys = inOrder([key(0), key(1), key(2, { volumeType: 'fixedData' }), key(3, { volumeType: 'removableData' }), key(4, { volumeType: 'unknown' })]);
    const text = shown(withOffer({ keys }));
    assert.match(text, /1A2B3C4D \(operating system\), 5E0B77AA \(fixed data\)/);
    for (const other of ['9F3C61D8', 'C0FFEE11', '0D15EA5E']) assert.ok(!text.includes(other), other);
    assert.match(shown(withOffer({ keys: inOrder([key(4, { volumeType: 'unknown' })]) })), /0D15EA5E \(volume unknown\)/);
    assert.match(shown(withOffer({ keys: [] })), /none is in escrow, this makes the first/);
  });

  it('gives no key ID away with the proof of the caller', () => {
    const message = withOffer({}, { callerProof: true });
    assert.match(shown(message), /the key of the operating system drive/);
    assert.ok(!JSON.stringify(message).toUpperCase().includes('1A2B3C4D'));
  });

  it('asks for the reason and the ticket, with what is known filled in', () => {
    assert.deepEqual(choiceSet(confirm(), 'reason').choices.map((choice) => choice.value), [...rotationReasons]);
    assert.deepEqual([choiceSet(confirm(), 'reason').value, textField(confirm(), 'ticket').value], [undefined, undefined]);
    const known = confirm({ request: rotateRequest({ preset: { reason: 'key-exposed', ticket: 'INC0012345' } }) });
    assert.deepEqual([choiceSet(known, 'reason').value, textField(known, 'ticket').value], ['key-exposed', 'INC0012345']);
    assert.deepEqual(elementsOf(known.card).flatMap((element) => ('isRequired' in element ? [element.id] : [])), ['reason', 'reasonText', 'ticket']);
    assert.equal(textField(confirm({ settings: { ...settings, ticketRequired: true } }), 'ticket').isRequired, true);
    assert.equal(choiceSet(confirm({ values: { reason: 'firmware-update' } }), 'reason').value, undefined, 'a reason of reveals is none of these');
  });

  it('keeps what was typed after a mistake and says the mistake above its input', () => {
    const message = confirm({ values: { reason: 'other', reasonText: '', ticket: 'call 17' }, problems: [{ input: 'reasonText', problem: 'missing' }] });
    assert.match(shown(message), /▲ Not rotated yet\n.*Please correct: the details[^]*▲ With the reason Other, say why in a few words\.\nDetails/);
    assert.deepEqual([choiceSet(message, 'reason').value, textField(message, 'ticket').value], ['other', 'call 17']);
  });

  it('says what is under way already, and what a press does then', () => {
    assert.match(shown(confirm({ underWay: rotation() })), /planned for 15:02 CET\. With Rotate it comes now instead/);
    assert.match(shown(confirm({ underWay: rotation({ dueAt: now }) })), /about to begin/);
    for (const state of ['sending', 'unknown', 'queued', 'waiting', 'overdue'] as const) assert.match(shown(confirm({ underWay: rotationIn[state]() })), /under way already\. With Rotate you join it; Intune is not asked twice/);
    assert.doesNotMatch(shown(confirm()), /With Rotate/);
  });

  it('warns of a device that Intune has not heard of for a week, and of no other', () => {
    const seen = (lastSync: string): string => shown(withOffer({ managed: { intuneId, name: 'LAPTOP-42', lastSync: at(lastSync) } }));
    assert.match(seen('2026-11-15T13:02:00Z'), /▲ Intune last heard of this device 7 days ago/);
    assert.doesNotMatch(seen('2026-11-15T13:02:01Z'), /▲/);
  });

  it('says what could not be found out, and that a device is disabled', () => {
    const { owner: _owner, managed: _managed, ...rest } = offer();
    assert.match(shown(confirm({ request: rotateRequest({ offer: { ...rest, missing: ['owner', 'managed-device'] } }) })), /Owner +not known just now[^]*Last sync +not known just now[^]*▲ Intune did not answer/);
    assert.match(shown(withOffer({ device: device({ enabled: false }) })), /▲ This device is disabled/);
  });

  it('refuses to be drawn without an offer', () => {
    const { offer: _offer, ...request } = rotateRequest();
    assert.throws(() => confirm({ request }));
  });
});

const progress = (of: Rotation, over: Parameters<typeof rotateRequest>[0] = {}): CardMessage =>
  rotationProgressCard({ request: rotateRequest({ state: 'started', ...over }), rotation: of, now: of.state === 'scheduled' ? now : at('2026-11-22T14:12:00Z'), overdueHours: 72 });

describe('card that follows a rotation', () => {
  const words = {
    scheduled: /^Rotation of LAPTOP-42 at 15:02 CET[^]*Nothing has changed yet[^]*○ Ask Intune, 15:02 CET\n[^]*○ The device makes a new key[^]*○ The new key/,
    sending: /^Asking Intune to rotate LAPTOP-42[^]*➜ Ask Intune\n[^]*○ The device/,
    unknown: /^Intune has not confirmed[^]*LAPTOP-42[^]*➜ Ask Intune\n/,
    queued: /^Intune has queued the rotation of LAPTOP-42[^]*switched on and online[^]*✓ Intune asked, 15:02 CET[^]*➜ The device makes a new key[^]*○ The new key/,
    waiting: /^Waiting for LAPTOP-42[^]*Access work or school[^]*Sync[^]*blue screen cannot check in[^]*✓ Intune asked[^]*➜ The device/,
    overdue: /^▲ LAPTOP-42 is overdue[^]*within 3 days[^]*still valid[^]*✓ Intune asked, 19 Nov[^]*▲ The device makes a new key/,
    done: /^✓ LAPTOP-42 has a new key[^]*✓ Intune asked, 15:02 CET[^]*✓ The device has made a new key[^]*✓ The new key is in Entra ID, 15:10 CET[^]*New key ID +5E0B77AA \(operating system\)[^]*Superseded +1A2B3C4D \(operating system\)/,
    failed: /^✕ LAPTOP-42 was not rotated[^]*still valid[^]*What helps[^]*rotate LAPTOP-42[^]*0x803100DA/,
  } as const satisfies Record<RotationState, RegExp>;
  for (const state of rotationStates) {
    it(`says in words and by a sign how it stands: ${state}`, () => {
      const message = progress(rotationIn[state]());
      assert.match(shown(message), words[state]);
      assert.match(shown(message), /Asked for by +Megan Bowen[^]*Reason +The key was shown or shared/);
      assert.match(message.summary, /^Rotation of LAPTOP-42: /);
      assert.deepEqual(buttons(message), state === 'failed' || state === 'overdue' ? ['Intune portal'] : []);
    });
  }

  it('tells a beginning from a plan, and a next try from the first', () => {
    assert.match(shown(progress(rotation({ dueAt: now }))), /^The rotation of LAPTOP-42 begins[^]*➜ Ask Intune\n/);
    assert.match(shown(progress(rotation({ attempt: 1 }))), /^Rotation of LAPTOP-42: next try at 15:02 CET[^]*The first try did not get through/);
    assert.match(shown(progress(rotation({ attempt: 3 }))), /3 tries did not get through/);
  });

  it('says that Windows was faster', () => {
    const text = shown(progress(rotationIn.done({ byItself: true })));
    assert.match(text, /Windows had rotated it by itself[^]*Intune was not asked/);
    assert.doesNotMatch(text, /✓ Intune asked/);
  });

  it('names the new key of each drive, and the one that each replaces', () => {
    const keys = inOrder([key(0), key(1), key(3, { volumeType: 'fixedData' })]);
    const text = shown(progress(rotationIn.done({ newKeys: [newKey(), key(4, { volumeType: 'fixedData' })] }), { offer: offer({ keys }) }));
    assert.match(text, /5E0B77AA \(operating system\), 0D15EA5E \(fixed data\)[^]*1A2B3C4D \(operating system\), C0FFEE11 \(fixed data\)/);
  });

  it('says which drives have no new key when others have', () => {
    const text = shown(progress(rotationIn.failed({ failure: 'gave-up', newKeys: [newKey()], volumeTypes: ['operatingSystem', 'fixedData'] })));
    assert.match(text, /^✕ LAPTOP-42 was rotated in part[^]*no new key for: fixed data[^]*New key ID +5E0B77AA/);
    assert.doesNotMatch(text, /The former key is still valid/);
  });

  it('gives no key ID away with the proof of the caller', () => {
    const message = progress(rotationIn.done(), { callerProof: true });
    for (const id of ['5E0B77AA', '1A2B3C4D']) assert.ok(!JSON.stringify(message).toUpperCase().includes(id), id);
    assert.match(shown(message), /has a new key[^]*the former key \(operating system\)/);
  });

  it('names the wish of the one who reads it, and nobody else', () => {
    const text = shown(progress(rotationIn.waiting({ causes: [afterReveal(), wish({ reason: 'other', reasonText: 'Lent **out**', ticket: 'INC0012345' })] })));
    assert.match(text, /Reason +Lent \*\*out\*\*\nTicket +INC0012345[^]*other reasons for this rotation too/);
    assert.ok(!text.includes(alex.name));
    assert.doesNotMatch(shown(progress(rotationIn.waiting())), /other reasons/);
  });

  it('names the device as it is called, and no more', () => {
    const message = progress(rotationIn.failed({ device: { ...rotation().device, name: hostileName } }));
    assert.ok(shown(message).includes(hostileName));
    assert.ok(!JSON.stringify(message.card.body).includes(hostileName), 'escaped');
  });
});

describe('a rotation that failed', () => {
  for (const failure of rotationFailures) {
    it(`says why, what helps and how to try again: ${failure}`, () => {
      const { errorCode: _none, ...silent } = rotationIn.failed({ failure });
      const text = shown(progress(silent));
      const [, why = '', , helps = ''] = /was not rotated\n=+\n(.+)\n([^]*)What helps\n {2}\| (.+)\n/.exec(text) ?? [];
      assert.ok(why.length > 20 && why.endsWith('.'), text);
      assert.ok(helps.length > 15 && helps.endsWith('.'), text);
      assert.match(text, /Then: rotate LAPTOP-42/);
      assert.doesNotMatch(text, /0x|undefined/);
    });
  }

  it('stands in docs/errors.md with every code, in the order of the code', () => {
    const section = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8').split(/^## /m).find((part) => part.startsWith('Rotations that fail\n')) ?? '';
    assert.deepEqual([...section.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, code]) => code), rotationFailures);
  });

  it('shows the number that Windows reported, as search engines know it, and none where there was none', () => {
    assert.ok(shown(progress(rotationIn.failed({ failure: 'general', errorCode: -2_147_467_259 }))).includes(`Windows reported ${hresult(-2_147_467_259)}`));
    assert.doesNotMatch(shown(progress(rotationIn.failed({ failure: 'policy-unset', errorCode: 0 }))), /0x/);
  });

  it('names the policies as Intune does, and whose policy a co-managed device obeys', () => {
    const text = (failure: Rotation['failure'] & string): string => shown(progress(rotationIn.failed({ failure })));
    assert.match(text('policy-unset'), /Client-driven recovery password rotation to Enable rotation[^]*co-managed[^]*Configuration Manager[^]*Endpoint Protection/);
    for (const [failure, drives] of [['policy-os', 'operating system drives'], ['policy-fixed', 'fixed data drives']] as const) {
      assert.match(text(failure), new RegExp(`Save BitLocker recovery information to Microsoft Entra ID to Enabled and Store recovery information in Microsoft Entra ID before enabling BitLocker to Required, for ${drives}`));
    }
  });
});

describe('cards of a shown key: its rotation', () => {
  const later = at('2026-11-22T14:12:00Z');
  const hidden = (afterwards: Afterwards, over: Parameters<typeof revealedRequest>[0] = {}): CardMessage =>
    hiddenKeyCard({ request: revealedRequest(over), now: afterwards.rotation?.state === 'scheduled' ? now : later, ...afterwards });
  const words = {
    scheduled: /The key is rotated at 15:02 CET\./,
    sending: /being rotated: Intune is asked now/,
    unknown: /being rotated\. Intune has not confirmed it yet/,
    queued: /being rotated: Intune has queued it/,
    waiting: /being rotated: the device has to check in/,
    overdue: /▲ The key should have been rotated[^]*still valid/,
    done: /✓ The key was rotated at 15:10 CET\. The one that was shown is superseded\. New key ID: 5E0B77AA \(operating system\)/,
    failed: /✕ The key was not rotated and is still valid\. The policy for the system drive[^]*An administrator can try again/,
  } as const satisfies Record<RotationState, RegExp>;
  for (const state of rotationStates) {
    it(`say how it stands, and offer Rotate only while that changes something: ${state}`, () => {
      assert.match(shown(hidden({ rotation: rotationIn[state]() })), words[state]);
      const offered = buttons(hidden({ rotation: rotationIn[state](), mayRotate: true })).includes('rotate-ask');
      assert.equal(offered, state === 'scheduled' || state === 'failed');
      assert.ok(!buttons(hidden({ rotation: rotationIn[state]() })).includes('rotate-ask'), 'not to those who may not');
    });
  }

  it('say with the key when it is rotated', () => {
    const revealed = (afterwards: Afterwards): CardMessage => revealedKeyCard({ request: revealedRequest(), password, ...afterwards });
    assert.match(shown(revealed({ rotation: rotation() })), /The key is rotated at 15:02 CET/);
    assert.match(shown(revealed({ rotation: rotation({ dueAt: now }) })), /The key is rotated now/);
    assert.match(shown(revealed({ rotationOff: true })), /Rotation after a reveal is switched off/);
    assert.doesNotMatch(shown(revealed({})), /[Rr]otat/);
    assert.deepEqual(buttons(revealed({ mayRotate: true })), ['hide', 'Digits or words', 'rotate-ask']);
  });

  it('do not tell an administrator to ask an administrator', () => {
    assert.doesNotMatch(shown(hidden({ rotation: rotationIn.failed(), mayRotate: true })), /An administrator/);
  });

  it('say that the key shown was replaced although the rotation failed for another drive', () => {
    const partly = rotationIn.failed({ failure: 'gave-up', newKeys: [newKey()], volumeTypes: ['operatingSystem', 'fixedData'] });
    assert.match(shown(hidden({ rotation: partly })), /✓ The key was rotated, and the one that was shown is superseded/);
    assert.match(shown(hidden({ rotation: partly }, { grant: grant({ key: { ...firstKey(), volumeType: 'fixedData' } }) })), /✕ The key was not rotated/);
  });

  it('give no new key ID away with the proof of the caller', () => {
    const message = hidden({ rotation: rotationIn.done() }, { callerProof: true });
    assert.match(shown(message), /The key was rotated/);
    assert.ok(!JSON.stringify(message).includes('5E0B77AA'));
  });

  it('promise nothing where Intune does not manage the device, or for a removable drive', () => {
    const unmanaged = hidden({ rotation: rotation(), mayRotate: true }, { offer: { device: device(), keys: twoKeys, missing: [] } });
    assert.match(shown(unmanaged), /Intune does not manage this device[^]*At 15:02 CET I look whether Windows has done it by itself/);
    assert.deepEqual(buttons(unmanaged), ['again']);
    const removable = hidden({ mayRotate: true }, { grant: grant({ key: { ...firstKey(), volumeType: 'removableData' } }) });
    assert.match(shown(removable), /removable drive cannot be rotated from here/);
    assert.ok(!buttons(removable).includes('rotate-ask'));
    assert.match(shown(hidden({ rotation: rotation() }, { offer: { device: device(), keys: twoKeys, missing: ['managed-device'] } })), /The key is rotated at/);
  });
});

describe('a "no" to somebody who wants to rotate', () => {
  const facts = { asked: 'LAPTOP-24' };
  const refused = (code: (typeof refusalCodes)[number], purpose: 'reveal' | 'rotate') => refusedCard({ refusal: { code, reference, facts }, viewer, now, purpose });
  for (const code of refusalCodes) {
    it(`says what happened, what to do and the reference: ${code}`, () => {
      const text = shown(refused(code, 'rotate'));
      assert.match(text, /Reference KD-7F3A91C2/);
      assert.doesNotMatch(text, /undefined|\(empty\)/);
      assert.match(refusedLine({ refusal: { code, reference, facts }, viewer, now, purpose: 'rotate' }), /^[^\n]{10,120}\. Reference KD-7F3A91C2$/);
    });
  }

  it('speaks of rotating, not of showing a key', () => {
    for (const code of ['no-role', 'not-your-card', 'wrong-conversation', 'automatic-refresh', 'request-unknown', 'request-expired', 'request-closed', 'card-changed'] as const) {
      assert.match(shown(refused(code, 'rotate')), /rotat|change|done now/, code);
      assert.doesNotMatch(shown(refused(code, 'rotate')), /shown|recovery key|key for/i, code);
      assert.notEqual(shown(refused(code, 'reveal')), shown(refused(code, 'rotate')), code);
    }
    assert.match(shown(cancelledCard({ request: rotateRequest() })), /The key of LAPTOP-42 was not rotated[^]*rotate LAPTOP-42$/);
    assert.match(shown(expiredCard({ request: rotateRequest() })), /nothing was rotated[^]*rotate LAPTOP-42$/);
  });

  it('names nobody and nothing to a person without the right', () => assert.ok(!JSON.stringify(refused('no-role', 'rotate')).includes('LAPTOP-24')));

  it('leads to the portals where Intune is in the way', () => {
    for (const code of ['not-managed', 'several-managed'] as const) assert.deepEqual(buttons(refused(code, 'rotate')), ['Entra portal', 'Intune portal']);
  });

  it('for a fault says that no rotation was begun, and the way that works', () => {
    for (const code of faultCodes) {
      const fault = { code, retry: 'later', retryAfterSeconds: undefined } as const;
      assert.match(shown(faultCard({ fault, reference, purpose: 'rotate' })), /^▲[^]*No rotation was begun[^]*Intune portal has BitLocker key rotation[^]*Reference KD-7F3A91C2/, code);
      assert.match(faultLine({ fault, reference, purpose: 'rotate' }), /^[^\n]+\. No rotation was begun\. Reference KD-7F3A91C2$/);
    }
    const unknown = { code: 'store-unavailable', retry: 'unknown-outcome', retryAfterSeconds: undefined } as const;
    assert.match(shown(faultCard({ fault: unknown, reference, purpose: 'rotate' })), /It may have been noted: press Rotate again/);
  });
});
