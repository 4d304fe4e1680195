import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { defaultSettings } from '../../../src/domain/settings.ts';
import { cardAsText } from '../../../src/teams/cards/as-text.ts';
import { heading, line, message } from '../../../src/teams/cards/card.ts';
import { plain, say } from '../../../src/teams/cards/escape.ts';
import { showsRecoveryPassword } from './holds-key.ts';
import { clientPattern } from '../../../src/teams/cards/ticket-pattern.ts';
import { age, date, span, time, when } from '../../../src/teams/cards/times.ts';
import { ownerWords, systemWords } from '../../../src/teams/cards/words.ts';
import { at, hostileNames, now, viewer } from './people-and-devices.ts';

describe('times on cards', () => {
  it('are in the zone of the viewer, with its short name', () => {
    assert.equal(time(now, viewer), '14:02 CET');
    assert.equal(time(now, { locale: 'en-US', timeZone: 'America/New_York' }), '8:02 AM EST');
    assert.equal(time(now, { locale: 'en-GB', timeZone: 'UTC' }), '13:02 UTC');
  });

  it('name the day when it is not today, and the year when it is not this one', () => {
    assert.equal(when(now, now, viewer), '14:02 CET');
    assert.equal(when(at('2026-11-21T22:59:00Z'), now, viewer), '21 Nov, 23:59 CET');
    assert.equal(when(at('2026-11-21T23:01:00Z'), now, viewer), '00:01 CET');
    assert.equal(when(at('2025-07-01T10:00:00Z'), now, viewer), '1 Jul 2025, 12:00 CEST');
  });

  it('stay English for a viewer of another language, and stay right for one of an unknown zone', () => {
    assert.equal(date(now, { locale: 'de-DE', timeZone: 'Europe/Berlin' }), '22 Nov 2026');
    assert.equal(time(now, { locale: 'en-GB', timeZone: 'Mars/Olympus' }), '13:02 UTC');
    assert.equal(time(now, { locale: 'en-x-\u0000', timeZone: 'UTC' }), '13:02 UTC');
  });

  it('have an age in the largest unit that fits', () => {
    assert.equal(age(at('2026-11-22T13:01:30Z'), now), 'just now');
    assert.equal(age(at('2026-11-22T13:01:00Z'), now), '1 minute ago');
    assert.equal(age(at('2026-11-22T11:02:00Z'), now), '2 hours ago');
    assert.equal(age(at('2026-11-19T13:02:00Z'), now), '3 days ago');
    assert.equal(age(at('2025-01-01T00:00:00Z'), now), '1 year ago');
    assert.equal(age(at('2026-11-22T13:05:00Z'), now), 'just now');
  });

  it('have spans in words', () => {
    assert.deepEqual([60, 3600, 86_400, 17, 120, 1].map(span), ['a minute', 'an hour', 'a day', '17 seconds', '2 minutes', 'a second']);
  });
});

describe('words on cards', () => {
  it('name the version of Windows by its build', () => {
    assert.equal(systemWords({ operatingSystem: 'Windows', osVersion: '10.0.22000.1' }), 'Windows 11, build 22000');
    assert.equal(systemWords({ operatingSystem: 'Windows', osVersion: '10.0.19045.3803' }), 'Windows 10, build 19045');
    assert.equal(systemWords({ operatingSystem: 'Windows' }), 'Windows');
    assert.equal(systemWords({ operatingSystem: 'WindowsServer', osVersion: '10.0.26100.1' }), 'WindowsServer 10.0.26100.1');
    assert.equal(systemWords({}), undefined);
  });

  it('name the owner as far as known', () => {
    assert.equal(ownerWords({ name: 'Adele Vance', userPrincipalName: 'adele@contoso.com' }), 'Adele Vance (adele@contoso.com)');
    assert.equal(ownerWords({ userPrincipalName: 'adele@contoso.com' }), 'adele@contoso.com');
    assert.equal(ownerWords({ name: 'Adele Vance' }), 'Adele Vance');
    assert.equal(ownerWords(undefined), undefined);
  });
});

describe('pattern of a ticket for the client', () => {
  const patterns = [defaultSettings.ticketPattern, /^INC\d{7}$/, /^(?:chg|req)[-_]?\d+$/i, /^[A-F0-9]{4}-x$/i, /^a\.b\\c$/i, /^[^a]b?$/i];

  it('takes what the server takes, with blanks around it', () => {
    const text = fc.oneof(fc.string({ maxLength: 8 }), ...patterns.map((pattern) => fc.stringMatching(new RegExp(pattern.source))));
    for (const pattern of patterns) {
      const client = new RegExp(clientPattern(pattern) ?? 'none');
      fc.assert(
        fc.property(text, fc.constantFrom('lower', 'upper', 'as is'), (typed, turn) => {
          const turned = turn === 'lower' ? typed.toLowerCase() : turn === 'upper' ? typed.toUpperCase() : typed;
          fc.pre(turned !== '' && turned === turned.trim() && /^[\0-\u007f]*$/.test(turned));
          assert.equal(client.test(` ${turned} `), pattern.test(turned), turned);
        }),
      );
    }
  });

  it('is left out where it cannot be said without flags', () => {
    for (const pattern of [/^\p{L}$/iu, /^(?<name>a)$/i, /^\x41$/i, /^a$/s]) assert.equal(clientPattern(pattern), undefined, String(pattern));
  });
});

describe('search for a shown key', () => {
  it('finds eight blocks however they are spread', () => {
    assert.ok(showsRecoveryPassword({ body: Array.from({ length: 8 }, (_, index) => ({ text: `${index + 1} 123123` })) }));
    assert.ok(showsRecoveryPassword('123123-123123-123123-123123-123123-123123-123123-123123'));
  });

  it('lets go what merely has digits', () => {
    assert.ok(!showsRecoveryPassword({ body: Array.from({ length: 7 }, () => '123123') }));
    assert.ok(!showsRecoveryPassword(Array.from({ length: 20 }, () => ['INC123456', '1234567', '12345', 'a1e00000-0000-4000-8000-000000123456x', 123_456])));
    assert.ok(!showsRecoveryPassword(undefined));
  });
});

describe('card as text', () => {
  it('shows names as they are, without Markdown of ours or escapes', () => {
    for (const name of hostileNames.filter((name) => name.trim() !== '' && !name.includes('**'))) {
      const { card } = message(plain`x`, [heading(say`Key`), line(say`Name **${name}**`)]);
      assert.ok(!cardAsText(card).includes('**'));
      assert.doesNotMatch(cardAsText(card), /[\u2066-\u2069\u202e]/);
    }
    const { card } = message(plain`x`, [line(say`Name ${'[x](y)_z'}`)]);
    assert.equal(cardAsText(card), 'Name [x](y)_z');
  });
});
