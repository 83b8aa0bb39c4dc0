import { IconBuilding, IconFolder, IconKey, IconShieldCheck, IconUser, IconUsers } from '@tabler/icons-react';

/** The pages of the area, each with the rule that opens it. */
export const PEOPLE_PAGES = [
  { to: '/people', text: 'page.people', icon: IconUser, rule: 'identity:list_users' },
  { to: '/people/groups', text: 'page.groups', icon: IconUsers, rule: 'identity:list_groups' },
  { to: '/people/projects', text: 'page.projects', icon: IconFolder, rule: 'identity:list_projects' },
  { to: '/people/domains', text: 'page.domains', icon: IconBuilding, rule: 'identity:list_domains' },
  { to: '/people/roles', text: 'page.roles', icon: IconShieldCheck, rule: 'identity:list_roles' },
  { to: '/people/access', text: 'page.access', icon: IconKey, rule: 'identity:list_role_assignments' },
] as const;
