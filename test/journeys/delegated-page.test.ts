// The page that carries a sign-in to Entra: for one request, once, within ten minutes, and to no other host.

import assert from 'node:assert/strict';
import { inKeydesk, type TestKeydesk } from '../support/keydesk.ts';
import { publicUrl } from '../support/keydesk/instance.ts';
import { tenantId } from '../support/keydesk/people.ts';
import { loginIn } from '../support/keydesk/signing-in.ts';
import { asOwner } from '../support/keydesk/surroundings.ts';
import { apps } from '../../src/sim/tenant/apps.ts';

const delegated = { delegated: true } as const;
const open = ({ url }: Pick<TestKeydesk, 'url'>, path: string): Promise<Response> => fetch(`${url}${path}`, { redirect: 'manual' });
const linkOf = async (keydesk: TestKeydesk): Promise<string> => loginIn(await keydesk.reveal(await keydesk.ask('key for LAPTOP-42'))).link.slice(publicUrl.length);
const whereTo = (answer: Response): URL => new URL(answer.headers.get('location') ?? 'about:blank');
const doneWith = (to: URL): string => `/signin/done?code=abc&state=${to.searchParams.get('state')}`;

describe('delegated mode: the page to sign in', () => {
  it('goes to the tenant’s own page of Entra, with a state and a challenge that are new each time', inKeydesk(delegated, async (keydesk) => {
    const link = await linkOf(keydesk);
    const [first, second] = [whereTo(await open(keydesk, link)), whereTo(await open(keydesk, link))];
    assert.equal(`${first.origin}${first.pathname}`, `https://login.microsoftonline.com/${tenantId}/oauth2/v2.0/authorize`);
    const { state, code_challenge: challenge, ...rest } = Object.fromEntries(first.searchParams);
    assert.deepEqual(rest, {
      client_id: apps.keydesk.clientId,
      response_type: 'code',
      response_mode: 'query',
      redirect_uri: `${publicUrl}/signin/done`,
      scope: 'openid https://graph.microsoft.com/.default',
      code_challenge_method: 'S256',
    });
    assert.match(`${state} ${challenge}`, /^[\w-]{43} [\w-]{43}$/);
    for (const name of ['state', 'code_challenge']) assert.notEqual(first.searchParams.get(name), second.searchParams.get(name), name);
  }));

  it('ends once: the state of before, a second time, or one that was never given says that it is over', inKeydesk(delegated, async (keydesk) => {
    const link = await linkOf(keydesk);
    const [earlier, latest] = [whereTo(await open(keydesk, link)), whereTo(await open(keydesk, link))];
    assert.equal((await open(keydesk, doneWith(earlier))).status, 404, 'a later beginning ends the one before it');
    const done = await open(keydesk, doneWith(latest));
    assert.equal(done.status, 200);
    assert.match(await done.text(), /Close this page, go back to the card in Teams, and press the button again/);
    for (const path of [doneWith(latest), '/signin/done', '/signin/done?state=', '/signin/done?state=abc&code=x']) assert.equal((await open(keydesk, path)).status, 404, path);
  }));

  it('says when Microsoft did not let it through, and nothing of what it said', inKeydesk(delegated, async (keydesk) => {
    const to = whereTo(await open(keydesk, await linkOf(keydesk)));
    const text = await (await open(keydesk, `/signin/done?error=access_denied&error_description=%3Cscript%3E&state=${to.searchParams.get('state')}`)).text();
    assert.match(text, /You are not signed in/);
    assert.ok(!text.includes('access_denied') && !text.includes('<script'));
  }));

  it('calls nobody signed in to whom Entra gave neither a code nor an error', inKeydesk(delegated, async (keydesk) => {
    const to = whereTo(await open(keydesk, await linkOf(keydesk)));
    assert.match(await (await open(keydesk, `/signin/done?state=${to.searchParams.get('state')}`)).text(), /You are not signed in/);
  }));

  it('lasts ten minutes', inKeydesk(delegated, async (keydesk) => {
    const link = await linkOf(keydesk);
    const to = whereTo(await open(keydesk, link));
    keydesk.clock.forward(601);
    assert.equal((await open(keydesk, doneWith(to))).status, 404);
    assert.equal((await open(keydesk, link)).status, 404, 'the card is over as well');
  }));

  it('takes nothing but a request that can be pressed: no other host is ever named', inKeydesk(delegated, async (keydesk) => {
    const link = await linkOf(keydesk);
    for (const path of ['/signin/start', '/signin/start?request=', '/signin/start?request=5e900000-0000-4000-8000-000000000001', '/signin/start?request=https://evil.example', '/signin/start?request=%27--']) {
      const answer = await open(keydesk, path);
      assert.deepEqual([answer.status, answer.headers.get('location')], [404, null], path);
    }
    const bent = whereTo(await open(keydesk, `${link}&redirect_uri=https://evil.example&claims={}&state=mine&client_id=x`));
    assert.ok(!bent.href.includes('evil') && bent.searchParams.get('claims') === null && bent.searchParams.get('state') !== 'mine');
  }));

  it('is kept by no cache, framed by nobody, runs nothing and tells no other page where somebody came from', inKeydesk(delegated, async (keydesk) => {
    for (const answer of [await open(keydesk, await linkOf(keydesk)), await open(keydesk, '/signin/done')]) {
      const { headers } = answer;
      assert.deepEqual([headers.get('cache-control'), headers.get('referrer-policy'), headers.get('x-content-type-options')], ['no-store', 'no-referrer', 'nosniff']);
      assert.match(headers.get('content-security-policy') ?? '', /^default-src 'none'; style-src 'sha256-[\w+/]+='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/);
    }
    assert.equal((await fetch(`${keydesk.url}/signin/start`, { method: 'POST' })).status, 405);
  }));

  it('says what is true when the database is away', inKeydesk(delegated, async (keydesk) => {
    const link = await linkOf(keydesk);
    await asOwner(keydesk.database, ['alter table keydesk.sign_in rename to sign_in_away']);
    try {
      const answer = await open(keydesk, link);
      assert.deepEqual([answer.status, Object.keys((await answer.json()) as object)], [500, ['code', 'reference']]);
    } finally {
      await asOwner(keydesk.database, ['alter table keydesk.sign_in_away rename to sign_in']);
    }
    assert.equal((await open(keydesk, link)).status, 302);
  }));
});
