import assert from 'node:assert/strict';
import { encryptionFlags, policyStates } from '../../../src/domain/encryption-state.ts';
import { escrowReasons, escrowStatuses } from '../../../src/domain/escrow.ts';
import { refusalCodes } from '../../../src/domain/refusal.ts';
import { inOrder } from '../../../src/domain/device.ts';
import { confirmRevealCard } from '../../../src/teams/cards/confirm-reveal.ts';
import { escrowReasonWords, escrowStatusWords, ownEscrowWords } from '../../../src/teams/cards/escrow-words.ts';
import { refusedCard } from '../../../src/teams/cards/refused.ts';
import { buttons, choiceSet, elementsOf, shown } from './find.ts';
import * as the from './people-and-devices.ts';
import { encryption, helpdesk, managed, report, statusCard, statusRequest, statusSamples } from './status-samples.ts';

const { now } = the;

describe('device card', () => {
  it('says the status by a sign and a word, why, and what to do', () => {
    assert.match(shown(statusCard()), /LAPTOP-42\n[^]*✓ Escrowed\n.*The key of the system drive is in Entra ID\.\n.*Nothing needs to be done\./);
    assert.equal(statusCard().summary, 'LAPTOP-42: Escrowed.');
  });

  it('has words and a remedy of its own for every reason', () => {
    const why = escrowReasons.map((reason) => escrowReasonWords[reason].why);
    assert.equal(new Set(why).size, escrowReasons.length);
    for (const reason of escrowReasons) {
      const card = statusSamples[`status-${reason}`];
      assert.ok(card !== undefined);
      assert.ok(shown(card).includes(escrowReasonWords[reason].remedy), reason);
    }
  });

  it('tells the statuses apart without a colour', () => {
    assert.equal(new Set(escrowStatuses.map((status) => escrowStatusWords[status].sign)).size, escrowStatuses.length);
    assert.equal(new Set(escrowStatuses.map((status) => ownEscrowWords[status])).size, escrowStatuses.length);
  });

  it('has a Security section: keys, encryption, policy, TPM, owner, primary user, last sync', () => {
    assert.match(
      shown(statusCard()),
      /Security\n[^]*2 keys in Entra ID\n1A2B3C4D, active, 3 Nov 2026, operating system\n9F3C61D8, superseded[^]*Encryption +encrypted[^]*Policy +Windows - BitLocker required, followed[^]*TPM +version 2\.0[^]*Owner +Adele Vance[^]*Primary user +adele@contoso\.com[^]*Last sync +25 minutes ago/,
    );
  });

  it('says how old the data is, and what may lag', () => {
    assert.match(shown(statusCard()), /Intune's data is of the last sync, 25 minutes ago, and may lag behind the device by a day/);
    const { lastSync: _lastSync, ...never } = managed;
    assert.match(shown(statusCard({ managed: never })), /How old Intune's data is, is not known/);
  });

  it('hints at TPM and WinRE, and reports the rest in words', () => {
    const text = shown(statusCard({ encryption: encryption({ ready: false, flags: ['tpmNotReady', 'windowsRecoveryEnvironmentNotConfigured', 'fixedDriveNotEncrypted'] }) }));
    assert.match(text, /TPM +▲ not ready[^]*WinRE +▲ the recovery environment[^]*Readiness +▲[^]*Reported +a fixed drive is not encrypted/);
    assert.match(shown(statusCard({ encryption: encryption({ flags: ['tpmNotAvailable'] }) })), /TPM +▲ none/);
  });

  it('has words for every flag and every state of a policy', () => {
    for (const flag of encryptionFlags) assert.doesNotMatch(shown(statusCard({ encryption: encryption({ flags: [flag] }) })), /undefined/);
    for (const policy of policyStates) assert.doesNotMatch(shown(statusCard({ encryption: encryption({ policy, policies: [] }) })), /undefined/);
  });

  it('tells both where the two sources of Intune differ', () => {
    assert.match(shown(statusCard({ encryption: encryption({ encrypted: false }) })), /encrypted by the device list, not encrypted by the report/);
  });

  it('warns of a key that may be stale and of too many keys, and then does not say that all is well', () => {
    const stale = shown(statusCard({ managed: { ...managed, enrolledAt: the.at('2026-11-20T00:00:00Z') } }));
    assert.match(stale, /✓ Escrowed, ▲ may be stale[^]*older than the enrolment/);
    const many = shown(statusCard({ keys: inOrder(Array.from({ length: 150 }, (_, index) => the.keyWithId(`${String(index).padStart(8, '0')}-5a6b-4c7d-8e9f-0a1b2c3d4e5f`))) }));
    assert.match(many, /150 keys in Entra ID[^]*and 144 more/);
    assert.match(many, /▲ Entra ID stores 200 keys/);
    assert.doesNotMatch(many, /Nothing needs to be done/);
  });

  it('names no key where callers have to prove themselves, not even in what is not drawn', () => {
    const card = statusCard({}, { request: statusRequest({ callerProof: true }) });
    assert.doesNotMatch(JSON.stringify(card), /1a2b3c4d|9f3c61d8/i);
    assert.match(shown(card), /2 keys[^]*active, 3 Nov 2026[^]*Key IDs are hidden/);
    assert.match(JSON.stringify(statusCard()), /1A2B3C4D/);
  });

  it('links to the device in both portals, and has Rotate for those who may, after them', () => {
    assert.deepEqual(buttons(statusCard()), ['Entra portal', 'Intune portal']);
    const card = statusCard({}, { mayRotate: true });
    assert.deepEqual(buttons(card), ['Entra', 'Intune', 'rotate-ask']);
    assert.match(JSON.stringify(card.card.actions), new RegExp(`objectId/${the.device().objectId}[^]*mdmDeviceId/${the.intuneId}`));
  });

  it('says what could not be found out, and that it is not none', () => {
    const text = shown(statusSamples['status-intune-silent'] ?? statusCard());
    assert.match(text, /Not all could be found out:\n.*the owner \(Entra ID\): no answer\n.*the device in Intune: no answer/);
    assert.match(text, /Owner +not known just now[^]*Primary user +not known just now[^]*Last sync +not known just now/);
    assert.match(shown(statusSamples['status-all-silent'] ?? statusCard()), /Keys: not known just now/);
    assert.match(shown(statusSamples['status-no-intune'] ?? statusCard()), /Last sync +not managed by Intune/);
  });
});

describe('cards of an owner', () => {
  const own = () => the.openRequest({ by: 'owner' });

  it('ask for the key and the reason, and for no caller and no ticket, whatever the helpdesk needs', () => {
    for (const settings of [the.settings, { ...the.settings, callerCheckRequired: true, ticketRequired: true }]) {
      const card = confirmRevealCard({ request: own(), settings, now });
      const inputs = elementsOf(card.card).flatMap((element) => (element.type === 'Input.Text' || element.type === 'Input.ChoiceSet' ? [element.id] : []));
      assert.deepEqual(inputs, ['keyId', 'reason', 'reasonText']);
    }
    const helpdeskCard = confirmRevealCard({ request: the.openRequest(), settings: the.settings, now });
    assert.ok(elementsOf(helpdeskCard.card).some((element) => element.id === 'callerCheck'));
  });

  it('say that nobody has to know the key', () => {
    assert.match(shown(confirmRevealCard({ request: own(), settings: the.settings, now })), /Nobody has to know it: not even somebody who calls and says they are the helpdesk/);
  });

  it('have the helpdesk’s codes behind plain words', () => {
    const values = (by: 'owner' | 'helpdesk') => choiceSet(confirmRevealCard({ request: the.openRequest({ by }), settings: the.settings, now }), 'reason').choices;
    assert.deepEqual(values('owner').map(({ value }) => value), values('helpdesk').map(({ value }) => value));
    assert.notDeepEqual(values('owner').map(({ title }) => title), values('helpdesk').map(({ title }) => title));
  });

  it('use no word of the trade', () => {
    const mine = Object.entries(statusSamples).filter(([name]) => /^own-(?!refused|help)/.test(name));
    assert.ok(mine.length > 8);
    for (const [name, card] of mine) assert.doesNotMatch(shown(card), /escrow|Entra|Intune|TPM|superseded|operating system|caller|ticket|ledger|protector/i, name);
  });

  it('promise no key of a sensitive device', () => {
    assert.match(shown(statusSamples['own-device'] ?? statusCard()), /Type my key to see it/);
    assert.match(shown(statusSamples['own-device-sensitive'] ?? statusCard()), /The helpdesk shows it to you/);
  });

  it('name whom to call and Microsoft’s page wherever Keydesk may not help', () => {
    for (const code of ['self-service-off', 'no-own-device', 'not-your-device', 'no-keys', 'approval-unavailable'] as const) {
      const card = refusedCard({ refusal: { code, reference: the.reference, facts: { by: 'owner', helpdesk } }, viewer: the.viewer, now });
      assert.match(shown(card), /Call the helpdesk: \+1 555 0100/, code);
      assert.deepEqual(buttons(card), ['My devices at Microsoft'], code);
      assert.doesNotMatch(shown(refusedCard({ refusal: { code, reference: the.reference, facts: { by: 'owner' } }, viewer: the.viewer, now })), /undefined/);
    }
  });

  it('send nobody to the helpdesk’s commands or portals', () => {
    for (const code of refusalCodes) {
      const card = refusedCard({ refusal: { code, reference: the.reference, facts: { by: 'owner' } }, viewer: the.viewer, now });
      if (['device-not-found', 'person-not-found', 'no-devices', 'key-not-found', 'key-id-too-short', 'key-id-ambiguous', 'no-role', 'too-many-misses', 'several-managed', 'not-managed'].includes(code)) continue;
      assert.doesNotMatch(shown(card), /Ask again: key for|ADUC|Active Directory|the caller/, code);
      assert.ok(!buttons(card).some((title) => title.includes('portal')), code);
    }
  });
});

describe('a report', () => {
  it('of the samples follows from its parts by the rules', () => {
    assert.equal(report().escrow.reason, 'key-escrowed');
    assert.equal(report({ keys: [] }).escrow.reason, 'encrypted-without-key');
  });
});
