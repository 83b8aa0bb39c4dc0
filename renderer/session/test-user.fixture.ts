import type { CurrentUser } from '../api/session.ts';

const READER_RULES = ['os_compute_api:servers:index', 'get_images', 'download_image', 'v1:hosts:list'];
const MEMBER_RULES = [
  'os_compute_api:servers:create',
  'os_compute_api:servers:update',
  ...['reboot', 'start'].map((verb) => `os_compute_api:servers:${verb}`),
  ...['pause', 'unpause'].map((verb) => `os_compute_api:os-pause-server:${verb}`),
  ...['suspend', 'resume'].map((verb) => `os_compute_api:os-suspend-server:${verb}`),
  ...['lock', 'unlock'].map((verb) => `os_compute_api:os-lock-server:${verb}`),
  'v1:servers:power_off',
  'os_compute_api:os-remote-consoles',
  'v1:servers:screenshot',
  'add_image',
  'modify_image',
  'delete_image',
];
const ADMIN_RULES = ['os_compute_api:os-flavor-manage:create', 'v1:hosts:measure', 'v1:quotas:update'];

/** A person with one of the usual roles and what the default policy gives it, as far as tests look at it. */
export function testUser(role: 'reader' | 'member' | 'admin', changes: Partial<CurrentUser> = {}): CurrentUser {
  const level = ['reader', 'member', 'admin'].indexOf(role);
  const rights = Object.fromEntries(
    [READER_RULES, MEMBER_RULES, ADMIN_RULES].flatMap((rules, needed) =>
      rules.map((rule) => [
        rule,
        { allowed: level >= needed, needs: level >= needed ? null : (['reader', 'member', 'admin'][needed] ?? null) },
      ]),
    ),
  );
  return {
    id: 'u',
    name: 'u',
    projectId: 'p',
    projectName: 'p',
    roles: [role],
    isAdmin: role === 'admin',
    rights,
    ...changes,
  };
}
