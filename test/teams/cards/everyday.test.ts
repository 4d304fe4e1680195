import assert from 'node:assert/strict';
import { helpCard } from '../../../src/teams/cards/help.ts';
import { keyTypesCard } from '../../../src/teams/cards/key-types.ts';
import { carriedOnNotice, privateChatClosedNotice } from '../../../src/teams/cards/notices.ts';
import { pastedPasswordCard } from '../../../src/teams/cards/pasted-password.ts';
import { suggestionCard } from '../../../src/teams/cards/suggestion.ts';
import { whoamiCard } from '../../../src/teams/cards/whoami.ts';
import { buttons, shown } from './find.ts';
import { alex, settings } from './people-and-devices.ts';

describe('help card', () => {
  it('names the key commands to those who may use them', () => {
    for (const role of ['agent', 'admin'] as const) assert.match(shown(helpCard({ roles: new Set([role]), conversation: 'personal', settings })), /key for LAPTOP-42[^]*key id/);
    for (const roles of [new Set<never>(), new Set(['auditor'] as const)]) assert.doesNotMatch(shown(helpCard({ roles, conversation: 'personal', settings })), /key for/);
  });

  it('is the same for everybody where others read, and tells nobody of a role', () => {
    for (const conversation of ['channel', 'groupChat'] as const) {
      assert.deepEqual(helpCard({ roles: new Set(), conversation, settings }), helpCard({ roles: new Set(['admin']), conversation, settings }));
      assert.doesNotMatch(shown(helpCard({ conversation, settings })), /no role/);
    }
    assert.match(shown(helpCard({ roles: new Set(), conversation: 'personal', settings })), /no role/);
  });

  it('says what is different here', () => {
    const help = (conversation: 'personal' | 'channel' | 'groupChat') => shown(helpCard({ roles: new Set(['agent']), conversation, settings }));
    assert.match(help('personal'), /bare name is enough/);
    for (const conversation of ['channel', 'groupChat'] as const) assert.match(help(conversation), /Mention me here and I answer in our private chat/);
  });
});

describe('key types card', () => {
  it('tells the recovery password from the key on a USB drive, and which one cannot be fetched', () => {
    assert.match(shown(keyTypesCard()), /48 digits[^]*\.BEK[^]*256-bit[^]*nobody can fetch it/);
  });
});

describe('whoami card', () => {
  it('names the person, the roles and the ids', () => {
    const text = shown(whoamiCard({ person: alex, roles: new Set(['approver', 'agent']), settings }));
    for (const part of ['You are Alex Wilber', 'agent, approver', alex.id, alex.tenantId, 'You may ask for recovery keys']) assert.ok(text.includes(part), part);
  });

  it('says so when there are none', () => {
    assert.match(shown(whoamiCard({ person: alex, roles: new Set(), settings })), /Roles +none[^]*You may not/);
  });
});

describe('suggestion card', () => {
  it('names the nearest command and has no button that would carry it out', () => {
    const message = suggestionCard({ nearest: 'key for [LAPTOP](x)' });
    assert.match(shown(message), /Did you mean key for \[LAPTOP\]\(x\)\?/);
    assert.deepEqual(buttons(message), []);
  });
});

describe('pasted password card', () => {
  it('says where the key is now, how to take it out and how to make it worthless', () => {
    const message = pastedPasswordCard();
    assert.match(shown(message), /chat history[^]*Delete[^]*BitLocker key rotation/);
    assert.deepEqual(buttons(message), ['Intune portal']);
  });
});

describe('notices in a channel', () => {
  it('send to the private chat, and say how to open it when it cannot be opened', () => {
    assert.match(shown(carriedOnNotice()), /private chat/);
    assert.match(shown(privateChatClosedNotice()), /press Add/);
    assert.deepEqual([...buttons(carriedOnNotice()), ...buttons(privateChatClosedNotice())], []);
  });
});
