import assert from 'node:assert/strict';
import { faultCodes } from '../../../src/domain/fault.ts';
import { type RefusalCode, type RefusalFacts, refusalCodes } from '../../../src/domain/refusal.ts';
import { faultCard } from '../../../src/teams/cards/fault.ts';
import { portalLinks } from '../../../src/teams/cards/portals.ts';
import { refusedCard } from '../../../src/teams/cards/refused.ts';
import { buttons, shown } from './find.ts';
import { at, device, intuneId, now, reference, requestId, viewer } from './people-and-devices.ts';

const refused = (code: RefusalCode, facts: RefusalFacts = {}) => refusedCard({ refusal: { code, reference, facts }, viewer, now });

describe('refused card', () => {
  for (const code of refusalCodes) {
    it(`says what happened, what to do and the reference, also without facts: ${code}`, () => {
      const text = shown(refused(code));
      assert.ok(text.split('\n').filter((row) => row !== '').length >= 5, text);
      assert.match(text, /Reference KD-7F3A91C2/);
      assert.doesNotMatch(text, /undefined|NaN|\(empty\)/);
    });
  }

  it('offers the closest names, and none where there are none', () => {
    assert.match(shown(refused('device-not-found', { asked: 'LAPTOP-24', closest: ['LAPTOP-42', 'LAPTOP-4'] })), /closest names: LAPTOP-42, LAPTOP-4/);
    assert.match(shown(refused('device-not-found', { asked: 'LAPTOP-24', closest: ['LAPTOP-42'] })), /Did you mean LAPTOP-42\?/);
    assert.doesNotMatch(shown(refused('device-not-found', { asked: 'X', closest: [] })), /closest|Did you mean/);
  });

  it('says that only Intune knows the device', () => {
    assert.match(shown(refused('device-not-found', { asked: 'LAPTOP-GONE', onlyInIntune: true })), /Intune still knows one/);
    assert.doesNotMatch(shown(refused('device-not-found', { asked: 'LAPTOP-GONE', onlyInIntune: false })), /Intune/);
  });

  it('names nobody and nothing to a person without a role', () => {
    const text = JSON.stringify(refused('no-role', { asked: 'LAPTOP-42', closest: [] }));
    assert.doesNotMatch(text, /LAPTOP-42/);
  });

  it('says why there is no key, as far as known, with the links to the portals', () => {
    const words = { encrypted: /escrow has failed/, 'not-encrypted': /is not encrypted/, 'not-managed': /hybrid joined/, unknown: /did not say/ } as const;
    for (const escrow of ['encrypted', 'not-encrypted', 'not-managed', 'unknown'] as const) {
      const message = refused('no-keys', { asked: 'LAPTOP-FAIL', escrow, device: { objectId: device().objectId, intuneId } });
      assert.match(shown(message), words[escrow]);
      assert.deepEqual(buttons(message), ['Entra portal', 'Intune portal']);
      assert.deepEqual(message.card.actions, portalLinks({ objectId: device().objectId, intuneId }), 'to the pages of this device');
    }
  });

  it('says when a card was used, with Show again where the request is known', () => {
    const used = refused('request-used', { at: at('2026-11-22T13:02:00Z'), requestId });
    assert.match(shown(used), /^Used at 14:02 CET/);
    assert.deepEqual(buttons(used), ['again']);
    assert.deepEqual(buttons(refused('request-used')), []);
    assert.deepEqual(buttons(refused('request-expired', { requestId })), []);
  });

  it('says which limit was reached and when it is over', () => {
    const text = shown(refused('reveal-limit', { limit: { max: 20, seconds: 3600 }, at: at('2026-11-22T14:02:00Z') }));
    assert.match(text, /20 keys within an hour[^]*after 15:02 CET/);
  });

  it('carries the asked name into the command to ask again', () => {
    assert.match(shown(refused('request-expired', { asked: 'LAPTOP-42' })), /Ask again: key for LAPTOP-42/);
    assert.match(shown(refused('key-id-too-short', { asked: '1A2B3C4D' })), /key for LAPTOP-42 id 1A2B3C4D/);
  });
});

describe('fault card', () => {
  for (const code of faultCodes) {
    it(`says what happened, that nothing was shown, and the way that works: ${code}`, () => {
      const message = faultCard({ fault: { code, retry: 'later', retryAfterSeconds: undefined }, reference, device: { name: 'LAPTOP-42' } });
      assert.match(shown(message), /^▲[^]*No key was shown[^]*LAPTOP-42[^]*Reference KD-7F3A91C2/);
      assert.deepEqual(buttons(message), ['Entra portal', 'Intune portal']);
    });
  }

  it('says whether waiting helps, and how long', () => {
    const text = (retry: 'never' | 'later' | 'unknown-outcome', retryAfterSeconds?: number) => shown(faultCard({ fault: { code: 'graph-throttled', retry, retryAfterSeconds }, reference }));
    assert.match(text('later', 16.2), /Waiting helps: try again in 17 seconds/);
    assert.match(text('later'), /Waiting helps: try again in a minute/);
    assert.match(text('never'), /Waiting does not help/);
    assert.match(text('unknown-outcome'), /It may have been read/);
    assert.doesNotMatch(text('later'), /may have been read/);
  });
});

describe('portal links', () => {
  it('lead to the device where its ids are known', () => {
    const [entra, intune] = portalLinks({ objectId: device().objectId, intuneId });
    assert.equal(entra?.url, `https://entra.microsoft.com/#view/Microsoft_AAD_Devices/DeviceDetailsMenuBlade/~/Properties/objectId/${device().objectId}`);
    assert.equal(intune?.url, `https://intune.microsoft.com/#view/Microsoft_Intune_Devices/DeviceSettingsMenuBlade/~/overview/mdmDeviceId/${intuneId}`);
  });

  it('lead to the portals where they are not', () => {
    assert.deepEqual(portalLinks().map((link) => new URL(link.url).host), ['entra.microsoft.com', 'intune.microsoft.com']);
    assert.doesNotMatch(JSON.stringify(portalLinks()), /undefined/);
  });
});
