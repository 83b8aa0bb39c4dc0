import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { expect, test } from 'vitest';
import type { Context } from '../contract/context.ts';
import { RULES } from '../modules.ts';
import { anonymousContext } from './authorization.ts';
import { BASE_RULES, MEMBER, rules } from './base.policy.ts';
import { PolicyService } from './policy.service.ts';
import { PolicyFile } from './policy-file.ts';

const member: Context = {
  ...anonymousContext('req-1'),
  userId: 'u',
  userDomainId: 'd',
  projectId: 'p',
  projectDomainId: 'd',
  roles: ['member', 'reader'],
};

function service() {
  return new PolicyService([
    ...BASE_RULES,
    ...rules(MEMBER, ['thing:create']),
    { name: 'thing:system', check: 'role:reader', scopes: ['system'] },
    { name: 'thing:own_domain', check: 'role:member and token.project.domain.id:%(target.domain.id)s' },
  ]);
}

test('a rule holds for one’s own project and no other, and says 401, 403 as it should', () => {
  const policy = service();
  expect(() => policy.enforce(member, 'thing:create')).not.toThrow();
  expect(() => policy.enforce(member, 'thing:create', { project_id: 'other' })).toThrow(
    "Policy doesn't allow thing:create to be performed.",
  );
  expect(() => policy.enforce(anonymousContext('req-1'), 'thing:create')).toThrow('requires authentication');
  expect(policy.allows({ ...member, roles: ['reader'] }, 'thing:create')).toBe(false);
  expect(policy.allows(member, 'nobody:knows')).toBe(false);
});

test('scopes of tokens are looked at, and nothing equals nothing', () => {
  const policy = service();
  expect(policy.allows(member, 'thing:system')).toBe(false);
  expect(policy.allows({ ...member, projectId: null, systemScope: true }, 'thing:system')).toBe(true);
  const unscoped = { ...member, projectId: null, projectDomainId: null };
  expect(policy.allows(unscoped, 'thing:create')).toBe(false);
});

test('rights say what is allowed and which role is missing', () => {
  const rights = service().rights({ ...member, roles: ['reader'] });
  expect(rights['thing:create']).toEqual({ allowed: false, needs: 'member' });
  expect(rights['thing:own_domain']).toEqual({ allowed: false, needs: 'member' });
  expect(rights['thing:system']).toEqual({ allowed: false, needs: null });
  expect(rights.project_reader_api).toEqual({ allowed: true, needs: null });
});

test('whoever works in a project has the rights to images, machines and ports of their own', () => {
  const rights = new PolicyService(RULES).rights(member);
  const works = ['add_image', 'modify_image', 'download_image', 'modify_member', 'create_port', 'get_network'];
  const servers = ['create', 'delete', 'reboot'].map((verb) => `os_compute_api:servers:${verb}`);
  for (const name of [...works, ...servers])
    expect([name, rights[name]]).toEqual([name, { allowed: true, needs: null }]);
  expect(rights.publicize_image).toEqual({ allowed: false, needs: 'admin' });
});

test('a rule that leads back to itself is refused, and what held before still holds', () => {
  const policy = service();
  expect(() => policy.override({ a: 'rule:b', b: 'not rule:a' })).toThrow('refers to itself');
  expect(() => policy.override({ 'thing:create': 'role:' })).not.toThrow();
  expect(() => policy.override({ 'thing:create': 'role' })).toThrow('no policy rule');
  expect(policy.allows(member, 'thing:system')).toBe(false);
});

test('policy.yaml is taken up at the start and when it changes; a broken one changes nothing and is told', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cumulet-policy-'));
  const file = join(folder, 'policy.yaml');
  const policy = service();
  const lines: string[] = [];
  const log = pino({}, { write: (line: string) => lines.push(line) });
  await writeFile(file, '# ours\n"thing:create": "role:reader"\n');
  const following = await PolicyFile.follow(policy, folder, log);
  try {
    const reader = { ...member, roles: ['reader'] };
    expect(policy.allows(reader, 'thing:create')).toBe(true);
    await writeFile(file, '"thing:create": "rule:ours"\n"ours": "!"\n"thing:craete": "@"\n');
    await expect.poll(() => policy.allows(member, 'thing:create')).toBe(false);
    await expect.poll(() => following.state).toEqual({ problem: null, unknown: ['thing:craete'] });
    expect(lines.join('')).toContain('thing:craete');
    await writeFile(file, '"thing:create": "role"\n');
    await expect.poll(() => following.state.problem).toContain('thing:create: "role" is no policy rule');
    expect(policy.allows(member, 'thing:create')).toBe(false);
    expect(lines.join('')).toContain('what held before still holds');
    await expect(PolicyFile.follow(policy, folder, log)).rejects.toThrow('cannot be used');
    await rm(file);
    await expect.poll(() => policy.allows(member, 'thing:create')).toBe(true);
    expect(following.state).toEqual({ problem: null, unknown: [] });
  } finally {
    following.close();
    await rm(folder, { recursive: true });
  }
});
