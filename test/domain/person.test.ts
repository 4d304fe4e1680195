import assert from 'node:assert/strict';
import { type PermittedAct, permits, type Role, roles } from '../../src/domain/person.ts';
import { defaultSettings, isSensitive } from '../../src/domain/settings.ts';

const agentsMayNot = { agentsMayRotate: false };
const may = (act: PermittedAct, agentsMayRotate = false): readonly Role[] => roles.filter((role) => permits(new Set([role]), act, { agentsMayRotate }));

describe('domain/person', () => {
  it('lets agents and admins reveal, auditors only look up, and approvers neither by that role alone', () => {
    assert.deepEqual(may('reveal'), ['agent', 'admin']);
    assert.deepEqual(may('look-up'), ['agent', 'admin', 'auditor']);
  });

  it('lets admins rotate, and agents where the installation says so', () => {
    assert.deepEqual(may('rotate'), ['admin']);
    assert.deepEqual(may('rotate', true), ['agent', 'admin']);
    assert.deepEqual(may('reveal', true), may('reveal'), 'the switch is about rotation alone');
  });

  it('lets nobody do anything without a role, and anybody with one that permits it', () => {
    assert.equal(permits(new Set(), 'look-up', agentsMayNot), false);
    assert.equal(permits(new Set<Role>(['auditor', 'approver']), 'reveal', agentsMayNot), false);
    assert.equal(permits(new Set<Role>(['auditor', 'agent']), 'reveal', agentsMayNot), true);
  });
});

describe('domain/settings', () => {
  const settings = { ...defaultSettings, sensitiveNames: [/^VIP-/i, /^board$/i] };

  it('calls a device sensitive by its name, whatever blanks stand around it', () => {
    for (const name of ['VIP-01', 'vip-01', ' VIP-01 ', 'BOARD']) assert.equal(isSensitive(settings, name), true, name);
    for (const name of ['LAPTOP-42', 'MY-VIP-01', 'boards', '']) assert.equal(isSensitive(settings, name), false, name);
    assert.equal(isSensitive(defaultSettings, 'VIP-01'), false);
  });

  it('does not let every second sensitive device through when a pattern has a g flag', () => {
    const remembering = { ...defaultSettings, sensitiveNames: [/vip/gi] };
    for (let press = 0; press < 4; press += 1) assert.equal(isSensitive(remembering, 'VIP-01'), true);
  });
});
