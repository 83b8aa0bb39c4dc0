import { expect, it } from 'vitest';
import type { Session } from '../../api/session.ts';
import { cloudsYaml, openrc } from './client-files.ts';

const session = {
  user: { id: 'u', name: "o'hara", domain: { id: 'd', name: 'Default' } },
  project: { id: 'p', name: 'a: "b"', domain: { id: 'd', name: 'Default' } },
  domain: null,
  isSystem: false,
} as Session;

it('quotes names for the shell and for YAML, and holds no password', () => {
  const rc = openrc('http://c:1', { kind: 'password', session });
  expect(rc).toContain(`export OS_USERNAME='o'\\''hara'`);
  expect(rc).toContain(`export OS_AUTH_URL='http://c:1/identity/v3'`);
  const yaml = cloudsYaml('http://c:1', { kind: 'password', session });
  expect(yaml).toContain('project_name: "a: \\"b\\""');
  expect(yaml).not.toMatch(/^\s*password:/m);
});

it('signs in with an application credential by its secret', () => {
  const yaml = cloudsYaml('http://c:1', { kind: 'application-credential', id: 'i', secret: 's' });
  expect(yaml).toContain('auth_type: v3applicationcredential');
  expect(yaml).toContain('application_credential_secret: "s"');
  expect(yaml).not.toContain('project_name');
});
