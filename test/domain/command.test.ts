import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { type Command, type KeyQuestion, parseCommand } from '../../src/domain/command.ts';
import { editDistance } from '../../src/domain/nearest.ts';
import { defaultSettings } from '../../src/domain/settings.ts';
import { keyIdOf, passwordDigits } from '../support/desk/world.ts';

const hear = (text: string, privateChat = true): Command => parseCommand(text, { privateChat, ticketPattern: defaultSettings.ticketPattern });
/** The question of a command, or nothing. */
const asked = (text: string, privateChat = false): KeyQuestion | undefined => {
  const command = hear(text, privateChat);
  return command.kind === 'key' ? command.question : undefined;
};
const kind = (text: string, privateChat = true): Command['kind'] => hear(text, privateChat).kind;

const laptop = { by: 'device', name: 'LAPTOP-42' } as const;
const fragment = { hex: '1a2b3c4d', forgiven: false } as const;
const guid = keyIdOf('1a2b3c4d-0000-4000-8000-1a2b3c4d0000');

describe('domain/command: a device by its name', () => {
  const forms = [
    'key for LAPTOP-42', 'key LAPTOP-42', 'keys for LAPTOP-42', 'KEY FOR LAPTOP-42', '  key   for\tLAPTOP-42  ', 'key for\u00a0LAPTOP-42', 'key\u00a0for\u00a0LAPTOP-42\u200b',
    'key for "LAPTOP-42"', "key for 'LAPTOP-42'", 'key for `LAPTOP-42`', 'key for “LAPTOP-42”', 'key for „LAPTOP-42“', 'key for ‘LAPTOP-42’', 'key for «LAPTOP-42».', 'key for LAPTOP‑42', 'key for LAPTOP–42',
    'key for LAPTOP-42.', 'key for LAPTOP-42?', 'key for LAPTOP-42 ?!', 'key for LAPTOP-42…', 'please key for LAPTOP-42', 'key for LAPTOP-42 please', 'key for LAPTOP-42, please, thanks!', 'Pls, key for LAPTOP-42',
    'recovery key for LAPTOP-42', 'BitLocker key for LAPTOP-42', 'BitLocker recovery key for the LAPTOP-42?', 'the BitLocker-recovery key for the laptop LAPTOP-42', 'key for the device LAPTOP-42', 'key for computer LAPTOP-42',
    'Hi, can you give me the recovery key for LAPTOP-42 please?', 'What is the key for LAPTOP-42?', "what's the bitlocker key for LAPTOP-42", 'I need the key for LAPTOP-42', 'ｋｅｙ for LAPTOP-42', 'key for\nLAPTOP-42\n',
  ];
  for (const form of forms) it(`hears it in ${JSON.stringify(form)}`, () => assert.deepEqual(asked(form), laptop));

  it('keeps names that look like something else', () => {
    const names = ["O'BRIEN-PC", 'ID-42', 'THE-PC', 'Please-1', 'A@B', '[click](https://evil.example) <at>x</at>', 'constructor', '__proto__'];
    for (const name of names) assert.deepEqual(asked(`key for ${name}`), { by: 'device', name }, name);
    assert.deepEqual(asked('key for "The Old PC"'), { by: 'device', name: 'The Old PC' });
    assert.deepEqual(asked('key for "id"'), { by: 'device', name: 'id' });
    assert.deepEqual(asked('key for "LAPTOP-42 please"'), { by: 'device', name: 'LAPTOP-42 please' });
  });

  it('keeps any name that Windows allows, in quotes', () => {
    const letters = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_!#$%^&'(){}~.");
    const name = fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 15 }).filter((text) => !text.startsWith('.') && /[a-z0-9]/i.test(text));
    fc.assert(fc.property(name, (text) => assert.deepEqual(asked(`key for "${text}"`), { by: 'device', name: text })));
  });

  it('takes the ticket behind the name and writes it in capitals', () => {
    for (const form of ['key for LAPTOP-42 INC0012345', 'key for "LAPTOP-42" inc0012345.', 'key LAPTOP-42 ticket INC0012345', 'LAPTOP-42 INC0012345']) {
      assert.deepEqual(asked(form, true), { ...laptop, ticket: 'INC0012345' }, form);
    }
  });

  it('takes no ticket where none stands, also when the pattern of the house fits nothing at all', () => {
    assert.deepEqual(parseCommand('key for LAPTOP-42', { privateChat: false, ticketPattern: /^\d*$/g }), { kind: 'key', question: laptop });
    assert.deepEqual(parseCommand('key for LAPTOP-42 77', { privateChat: false, ticketPattern: /^\d*$/g }), { kind: 'key', question: { ...laptop, ticket: '77' } });
  });

  it('takes the key ID behind the name, in all its dresses', () => {
    const forms = [
      'key for LAPTOP-42 id 1A2B3C4D', 'key for LAPTOP-42 ID: 1a2b3c4d', 'key for LAPTOP-42 with key id 1A2B3C4D', 'key for LAPTOP-42 with the recovery key id 1A2B3C4D', 'key for LAPTOP-42 id {1A2B3C4D}', 'key for LAPTOP-42 id 1A2B-3C4D',
      'key for LAPTOP-42 id 1A2B 3C4D', 'key for "LAPTOP-42" id #1A2B3C4D', 'key id 1A2B3C4D for LAPTOP-42', 'key id 1A2B 3C4D of "LAPTOP-42"', 'key for the laptop LAPTOP-42 id 1A2B3C4D please',
    ];
    for (const form of forms) assert.deepEqual(asked(form), { ...laptop, keyId: fragment }, form);
    assert.deepEqual(asked('LAPTOP-42 id 1A2B3C4D', true), { ...laptop, keyId: fragment });
    assert.deepEqual(asked('key for LAPTOP-42 id lA2B3C4D'), { ...laptop, keyId: { ...fragment, forgiven: true } });
  });

  it('takes key ID and ticket together, in either order', () => {
    for (const form of ['key for LAPTOP-42 id 1A2B3C4D INC0012345', 'key for LAPTOP-42 INC0012345 id 1A2B3C4D', 'key id 1A2B3C4D for LAPTOP-42 INC0012345', 'key for "LAPTOP-42" id 1A2B 3C4D inc0012345']) {
      assert.deepEqual(asked(form), { ...laptop, keyId: fragment, ticket: 'INC0012345' }, form);
    }
  });

  it('asks back when what stands behind the name is neither', () => {
    for (const form of ['key for LAPTOP-42 id 1A2B', 'key for LAPTOP-42 id XYZXYZXY', 'key for "LAPTOP-42" and DESKTOP-7 too', 'key for LAPTOP-42 id 1A2B3C4D and more', 'key for ""', `key for ${'x'.repeat(300)}`]) {
      assert.equal(kind(form), 'suggestion', form);
    }
  });
});

describe('domain/command: a key by its ID, a device by its person', () => {
  it('hears a whole key ID', () => {
    for (const form of [`key id ${guid}`, `key id {${guid.toUpperCase()}}`, `recovery key id: ${guid}?`, `key for ${guid}`, `key ${guid}`, `key id ${guid.replaceAll('-', ' ')}`, `key id ${guid.replaceAll('-', '')}`]) {
      assert.deepEqual(asked(form), { by: 'key-id', keyId: guid }, form);
    }
    assert.deepEqual(asked(`key id ${guid} INC0012345`), { by: 'key-id', keyId: guid, ticket: 'INC0012345' });
  });

  it('hears the beginning of a key ID', () => {
    for (const form of ['key id 1A2B3C4D', 'Key ID 1a2b-3c4d.', 'key id {1A2B3C4D', 'key id 1A2B 3C4D']) assert.deepEqual(asked(form), { by: 'key-id-prefix', fragment }, form);
    for (const form of ['key id', 'key id 1A2B3C4', 'key id hello world', 'key id 1A2B3C4D or so', 'key id 1A2B3C4D for ""']) assert.equal(kind(form, false), 'suggestion', form);
  });

  it('hears a person by the address, also with a key ID', () => {
    for (const form of ['key for adele@contoso.com', 'key adele@contoso.com', 'key for "adele@contoso.com"?']) assert.deepEqual(asked(form), { by: 'person', who: 'adele@contoso.com' }, form);
    assert.deepEqual(asked('key for adele@contoso.com id 1A2B3C4D'), { by: 'person', who: 'adele@contoso.com', keyId: fragment });
    assert.deepEqual(asked('key for adele@contoso.com INC0012345'), { by: 'person', who: 'adele@contoso.com', ticket: 'INC0012345' });
  });
});

describe('domain/command: bare words', () => {
  it('hears a name, an address or a key ID alone in the private chat, and nowhere else', () => {
    const bare: readonly [string, KeyQuestion][] = [
      ['LAPTOP-42', laptop], ['“LAPTOP-42”.', laptop], ['desktop7', { by: 'device', name: 'desktop7' }], ['front-desk', { by: 'device', name: 'front-desk' }], ['FRONTDESK', { by: 'device', name: 'FRONTDESK' }],
      ["O'BRIEN-PC", { by: 'device', name: "O'BRIEN-PC" }], ['adele@contoso.com', { by: 'person', who: 'adele@contoso.com' }], ['1A2B3C4D', { by: 'key-id-prefix', fragment }], [guid, { by: 'key-id', keyId: guid }],
    ];
    for (const [text, question] of bare) {
      assert.deepEqual(asked(text, true), question, text);
      assert.equal(kind(text, false), 'suggestion', text);
    }
  });

  it('never acts on free text', () => {
    const talk = ['thanks', 'OK', 'why', 'WHY?', 'my laptop is locked', 'the user is locked out of LAPTOP-42', 'delete everything', 'frontdesk', '👍', '👍👍', '12345', '10:30', '+49301234567', '<b>x</b>', '你好', 'key', 'KEY', 'keys for', 'key for', 'unlock', "'; drop table requests; --", '[x](http://1.example)'];
    for (const text of talk) for (const privateChat of [true, false]) assert.equal(kind(text, privateChat), 'suggestion', text);
  });

  it('hears help, the kinds of key and who am I', () => {
    for (const text of ['', ' ', 'help', 'Help!', '?', 'hi', 'hello.', 'please help', '\u200b']) assert.equal(kind(text, false), 'help', text);
    for (const text of ['key types', 'Key types?', 'key type', 'types of key']) assert.equal(kind(text, false), 'key-types', text);
    for (const text of ['whoami', 'who am I?', 'WHOAMI']) assert.equal(kind(text, false), 'whoami', text);
  });

  it('suggests what comes closest', () => {
    const nearest: readonly [string, string][] = [['kye for LAPTOP-42', 'key for LAPTOP-42'], ['hlep', 'help'], ['whoam i', 'whoami'], ['kay types', 'key types'], ['frontdesk', 'key for frontdesk'], ['my laptop is locked', 'help']];
    for (const [text, command] of nearest) assert.deepEqual(hear(text), { kind: 'suggestion', nearest: command }, text);
  });
});

describe('domain/command: a rotation', () => {
  const wanted = (text: string, privateChat = false): KeyQuestion | undefined => {
    const command = hear(text, privateChat);
    return command.kind === 'rotate' ? command.question : undefined;
  };
  const forms = [
    'rotate LAPTOP-42', 'Rotate LAPTOP-42', 'ROTATE LAPTOP-42.', '  rotate\u00a0 LAPTOP-42?', 'rotate “LAPTOP-42”', "rotate 'LAPTOP-42'", 'rotate `LAPTOP-42`', 'rotate LAPTOP‑42',
    'please rotate LAPTOP-42', 'rotate LAPTOP-42 please', 'Hi, can you rotate LAPTOP-42, please?', 'could you please rotate the key for LAPTOP-42, thanks!', 'rotate LAPTOP-42 now',
    'rotate the key for LAPTOP-42', 'rotate key for LAPTOP-42', 'rotate keys of LAPTOP-42', 'rotate the keys on LAPTOP-42', 'rotate key LAPTOP-42', 'rotate the BitLocker recovery key for the laptop LAPTOP-42', 'rotate the recovery password of LAPTOP-42',
    'rotate the laptop LAPTOP-42', 'rotate device LAPTOP-42', 'rotate for LAPTOP-42', 'key rotation for LAPTOP-42', 'BitLocker key rotation of the device "LAPTOP-42"', 'rotation for LAPTOP-42', 'ｒｏｔａｔｅ LAPTOP-42', 'rotate\nLAPTOP-42\n',
  ];
  for (const form of forms) it(`is heard in ${JSON.stringify(form)}`, () => assert.deepEqual(wanted(form), laptop));

  it('keeps the name as it was typed, also one that looks like a word of the command', () => {
    assert.deepEqual(wanted('rotate laptop-42'), { by: 'device', name: 'laptop-42' });
    for (const name of ["O'BRIEN-PC", 'KEY-PC', 'Recovery-1', 'THE-PC', 'NOW-1', 'FOR-1', 'PC', 'rotate', '[click](https://evil.example) <at>x</at>']) assert.deepEqual(wanted(`rotate ${name}`), { by: 'device', name }, name);
    for (const name of ['The Old PC', 'key', 'LAPTOP-42 now', 'id']) assert.deepEqual(wanted(`rotate "${name}"`), { by: 'device', name }, name);
  });

  it('takes the ticket, a person, or the whole ID of a key', () => {
    assert.deepEqual(wanted('rotate LAPTOP-42 inc0012345'), { ...laptop, ticket: 'INC0012345' });
    assert.deepEqual(wanted('rotate the key for LAPTOP-42 ticket INC0012345'), { ...laptop, ticket: 'INC0012345' });
    assert.deepEqual(wanted('rotate adele@contoso.com'), { by: 'person', who: 'adele@contoso.com' });
    assert.deepEqual(wanted('rotate the key for adele@contoso.com INC0012345'), { by: 'person', who: 'adele@contoso.com', ticket: 'INC0012345' });
    for (const form of [`rotate ${guid}`, `rotate key id ${guid}`, `rotate the key {${guid}}`]) assert.deepEqual(wanted(form), { by: 'key-id', keyId: guid }, form);
    assert.deepEqual(wanted('rotate key id 1A2B3C4D'), { by: 'key-id-prefix', fragment });
  });

  it('is the same in the private chat, where a bare name still asks for the key', () => {
    assert.deepEqual(wanted('rotate LAPTOP-42', true), laptop);
    assert.equal(kind('LAPTOP-42', true), 'key');
  });

  it('is suggested, not heard, when it is not clear which device is meant', () => {
    const unclear: readonly [string, string][] = [
      ['rotate', 'rotate LAPTOP-42'], ['Rotate!', 'rotate LAPTOP-42'], ['please rotate', 'rotate LAPTOP-42'], ['rotate the key', 'rotate LAPTOP-42'], ['rotate keys for', 'rotate LAPTOP-42'], ['key rotation', 'rotate LAPTOP-42'], ['Rotation?', 'rotate LAPTOP-42'], ['rotate ""', 'rotate LAPTOP-42'], ['rotate key id 1A2B', 'rotate LAPTOP-42'],
      ['rotate LAPTOP-42 id 1A2B3C4D', 'rotate LAPTOP-42'], ['rotate adele@contoso.com id 1A2B3C4D', 'rotate adele@contoso.com'], ['rotate "LAPTOP-7" and DESKTOP-7 too', 'rotate LAPTOP-7'], ['rotate LAPTOP-7 id 1A2B', 'rotate LAPTOP-7'],
    ];
    for (const [text, nearest] of unclear) assert.deepEqual(hear(text, false), { kind: 'suggestion', nearest }, text);
  });

  it('is not heard in what only sounds like it', () => {
    for (const text of ['rotated LAPTOP-42 yesterday', 'who rotates LAPTOP-42', 'do not rotate LAPTOP-42', 'when was LAPTOP-42 rotated']) assert.notEqual(kind(text, false), 'rotate', text);
    assert.deepEqual(hear('rotat LAPTOP-42'), { kind: 'suggestion', nearest: 'rotate LAPTOP-42' });
    assert.deepEqual(hear('roteta LAPTOP-42', false), { kind: 'suggestion', nearest: 'rotate LAPTOP-42' });
  });

  it('with a recovery password in it is neither heard nor kept', () => assert.deepEqual(hear(`rotate LAPTOP-42, the key was ${passwordDigits(3)}`), { kind: 'pasted-password' }));
});

describe('domain/command: a status, and what is one’s own', () => {
  const wanted = (text: string): unknown => {
    const command = hear(text, false);
    return command.kind === 'status' ? command.question : command;
  };

  it('is asked for by device, person or key ID, in whatever words', () => {
    for (const text of ['status LAPTOP-42', 'Status of LAPTOP-42?', 'status for the laptop LAPTOP-42', 'what is the status of LAPTOP-42', 'escrow status LAPTOP-42', 'BitLocker status of "LAPTOP-42"', 'key status of LAPTOP-42', 'please show status on LAPTOP-42, thanks']) assert.deepEqual(wanted(text), laptop, text);
    assert.deepEqual(wanted('status adele@contoso.com'), { by: 'person', who: 'adele@contoso.com' });
    assert.deepEqual(wanted(`status ${guid}`), { by: 'key-id', keyId: guid });
  });

  it('is suggested, not heard, when it is not clear which device is meant', () => {
    for (const [text, nearest] of [['status ""', 'status LAPTOP-42'], ['status of', 'status LAPTOP-42'], ['status LAPTOP-42 id 1A2B3C4D', 'status LAPTOP-42'], ['statsu LAPTOP-42', 'status LAPTOP-42'], ['my kye', 'my key'], ['my device list', 'my devices']] as const) {
      assert.deepEqual(hear(text, false), { kind: 'suggestion', nearest }, text);
    }
  });

  it('takes "my" for one’s own, here and in a channel', () => {
    for (const text of ['my key', 'My Key?', 'my keys', 'my recovery key', 'my BitLocker recovery key please', 'show me my key', 'what is my recovery key', 'get my bitlocker key', 'key for my laptop', 'keys of my own computer', 'my key for my pc']) {
      for (const privateChat of [true, false]) assert.deepEqual(hear(text, privateChat), { kind: 'own-key' }, text);
    }
    for (const text of ['my devices', 'my device', 'My laptops', 'status of my laptop', 'show my computers', 'list my devices']) {
      for (const privateChat of [true, false]) assert.deepEqual(hear(text, privateChat), { kind: 'own-devices' }, text);
    }
  });

  it('does not take a device or a sentence for it', () => {
    assert.deepEqual(asked('key for MY-LAPTOP'), { by: 'device', name: 'MY-LAPTOP' });
    assert.deepEqual(asked('key for "my laptop"'), { by: 'device', name: 'my laptop' });
    for (const text of ['my key for LAPTOP-42', 'my keyboard', 'my devices are slow', 'my boss wants a key']) assert.equal(hear(text, false).kind, 'suggestion', text);
    assert.deepEqual(hear('STATUS-PC'), { kind: 'key', question: { by: 'device', name: 'STATUS-PC' } });
  });
});

describe('domain/command: hostile texts', () => {
  it('does not ask for a device without a name when a text in the private chat is too long', () => {
    assert.deepEqual(hear('A'.repeat(4001)), { kind: 'suggestion', nearest: 'help' });
    assert.deepEqual(hear(`key for LAPTOP-42${' '.repeat(4000)}`), { kind: 'suggestion', nearest: 'help' });
  });

  it('takes out what no ledger could store', () => {
    assert.deepEqual(asked('key for LAP\u0000TOP-42'), laptop);
    assert.ok(asked('key for X\ud800-42')?.by === 'device' && !JSON.stringify(asked('key for X\ud800-42')).includes('ud800'));
    assert.deepEqual(asked('key for \u202eLAPTOP-42\u202c'), laptop);
  });

  it('hears a pasted recovery password before anything else, and keeps nothing of it', () => {
    const block = fc.integer({ min: 0, max: 999_999 }).map((value) => String(value).padStart(6, '0'));
    const separator = fc.constantFrom('-', ' ', '', '\u00a0', ' - ', '\n');
    fc.assert(
      fc.property(fc.array(block, { minLength: 8, maxLength: 8 }), separator, fc.constantFrom('', 'key for ', 'the key is ', 'key for LAPTOP-42 id '), fc.string({ maxLength: 20 }), (blocks, between, before, after) => {
        assert.deepEqual(hear(`${before}${blocks.join(between)} x${after}`), { kind: 'pasted-password' });
      }),
    );
    assert.deepEqual(hear(`x${' '.repeat(5000)}${passwordDigits(3)}`), { kind: 'pasted-password' });
  });

  it('answers any text with a command, never with an error, and suggests only short ones', () => {
    const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.string({ unit: fc.constantFrom('key', 'rotate', 'status', 'my', 'laptop', 'id', ' ', '"', "'", '@', 'for', '1a2b3c4d', '-', '\u00a0', '.', '{', 'LAPTOP-42', '\ud800', '\u0000') }));
    fc.assert(
      fc.property(text, fc.boolean(), (said, privateChat) => {
        const command = hear(said, privateChat);
        if (command.kind === 'suggestion') assert.ok(command.nearest.length <= 300);
        if ((command.kind === 'key' || command.kind === 'rotate' || command.kind === 'status') && command.question.by === 'device') assert.ok(command.question.name.length > 0 && command.question.name.length <= 256);
        // oxlint-disable-next-line no-control-regex -- none of these may be left
        assert.doesNotMatch(JSON.stringify(command), /\\u0000|\\ud8/);
      }),
      { numRuns: 500 },
    );
  });

  it('takes no longer for a hostile text than for a long harmless one', () => {
    const harmless = `key for ${'LAPTOP-42 '.repeat(390)}`;
    const elapsed = (text: string): number => Math.min(...Array.from({ length: 4 }, () => timed(text)));
    const timed = (text: string): number => {
      const begin = performance.now();
      hear(text);
      return performance.now() - begin;
    };
    const usual = elapsed(harmless);
    for (const part of ['.', ',', '…', '"', '"a" ', 'the ', ' id ', 'id 1 ', 'please, ', '\ufdfa', '1a2b ', "'", 'rotate ', 'rotate key ', 'the pc ', 'status ', 'my ', 'status of the ', 'my own ']) {
      const took = elapsed(`${part.length > 2 ? 'key for ' : ''}${part.repeat(4000)}`.slice(0, 3999) + 'x');
      assert.ok(took < usual * 40 + 40, `${JSON.stringify(part)}: ${took} ms, harmless ${usual} ms`);
    }
  });
});

describe('domain/command: the distance of two words', () => {
  it('counts letters to be changed, also where a letter is two units long', () => {
    assert.equal(editDistance('', ''), 0);
    assert.equal(editDistance('laptop', 'laptop'), 0);
    assert.equal(editDistance('latpop', 'laptop'), 2);
    assert.equal(editDistance('x', '💻💻'), 2);
    assert.equal(editDistance('💻', '💻💻'), 1);
  });

  it('is the same both ways', () => {
    fc.assert(fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => assert.equal(editDistance(a, b), editDistance(b, a))));
  });
});
