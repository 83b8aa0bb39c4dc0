import { expect, test } from 'vitest';
import { isAllowed } from './access-rules.ts';

function allows(path: string, asked: string, call: { service?: string; method?: string } = {}): boolean {
  const rule = { id: 'r', user_id: 'u', service: 'compute', method: 'GET', path };
  return isAllowed([rule], { service: 'compute', method: 'GET', path: asked, ...call });
}

test('a rule allows its own service, method and path', () => {
  expect(allows('/v2.1/servers', '/v2.1/servers')).toBe(true);
  expect(allows('/v2.1/servers', '/v2.1/servers', { service: 'image' })).toBe(false);
  expect(allows('/v2.1/servers', '/v2.1/servers', { method: 'POST' })).toBe(false);
  expect(allows('/v2.1/servers', '/v2.1/servers/1')).toBe(false);
  expect(allows('/v2.1/servers', '/v2x1/servers')).toBe(false);
});

test('a star and a name stand for one part, two stars for any number', () => {
  expect(allows('/v2.1/servers/*/ips', '/v2.1/servers/1/ips')).toBe(true);
  expect(allows('/v2.1/servers/*/ips', '/v2.1/servers/1/2/ips')).toBe(false);
  expect(allows('/v2.1/servers/{server_id}', '/v2.1/servers/1')).toBe(true);
  expect(allows('/v2.1/**', '/v2.1/servers/1/ips')).toBe(true);
  expect(allows('/v2.1/**x**x**xy', `/v2.1/${'x'.repeat(1200)}`)).toBe(false);
  expect(allows('/v2.1/**x**x**xy', `/v2.1/${'x/'.repeat(600)}xy`)).toBe(true);
  expect(isAllowed([], { service: 'compute', method: 'GET', path: '/' })).toBe(false);
});
