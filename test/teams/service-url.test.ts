import assert from 'node:assert/strict';
import { isAllowedServiceUrl } from '../../src/teams/service-url.ts';

describe('where Keydesk may send to', () => {
  for (const url of [
    'https://smba.trafficmanager.net/emea/',
    'https://smba.trafficmanager.net/teams/',
    'https://SMBA.trafficmanager.net/amer/c0417050-0000-4000-8000-000000000000/',
    'https://smba.onyx.prod.teams.trafficmanager.net/',
    'https://smba.infra.gcc.teams.microsoft.com/gcc/',
  ]) {
    it(`takes ${url}`, () => assert.ok(isAllowedServiceUrl(url, 'teams')));
  }

  for (const url of [
    'http://smba.trafficmanager.net/emea/',
    'https://evil.trafficmanager.net/',
    'https://smba.trafficmanager.net.evil.example/',
    'https://evil.example/smba.trafficmanager.net',
    'https://smba.trafficmanager.net@evil.example/',
    'https://user:pw@smba.trafficmanager.net/',
    'https://smba.trafficmanager.net:8443/emea/',
    'https://smba.trafficmanager.net/emea/?to=https://evil.example',
    'https://webchat.botframework.com/',
    'http://127.0.0.1:3979/',
    'https://127.0.0.1/',
    'file:///etc/passwd',
    'smba.trafficmanager.net',
    '',
  ]) {
    it(`refuses ${url === '' ? 'an empty address' : url}`, () => assert.ok(!isAllowedServiceUrl(url, 'teams')));
  }

  it('takes this machine in the demo, and nothing else there', () => {
    for (const url of ['http://127.0.0.1:3979/', 'http://localhost:56150/_connector', 'http://[::1]:4000/']) assert.ok(isAllowedServiceUrl(url, 'loopback'), url);
    for (const url of ['https://smba.trafficmanager.net/emea/', 'http://127.0.0.1.evil.example/', 'http://10.0.0.1/', 'http://0.0.0.0/']) assert.ok(!isAllowedServiceUrl(url, 'loopback'), url);
  });
});
