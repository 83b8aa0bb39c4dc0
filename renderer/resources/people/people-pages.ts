import { IconBuilding, IconFolder, IconKey, IconShieldCheck, IconUser, IconUsers } from '@tabler/icons-react';

/** The pages of the area, each with the rule that opens it. */
export const PEOPLE_PAGES = {
  people: { to: '/people', text: 'page.people', icon: IconUser, rule: 'identity:list_users' },
  groups: { to: '/people/groups', text: 'page.groups', icon: IconUsers, rule: 'identity:list_groups' },
  projects: { to: '/people/projects', text: 'page.projects', icon: IconFolder, rule: 'identity:list_projects' },
  domains: { to: '/people/domains', text: 'page.domains', icon: IconBuilding, rule: 'identity:list_domains' },
  roles: { to: '/people/roles', text: 'page.roles', icon: IconShieldCheck, rule: 'identity:list_roles' },
  access: { to: '/people/access', text: 'page.access', icon: IconKey, rule: 'identity:list_role_assignments' },
} as const;

export type PeoplePage = (typeof PEOPLE_PAGES)[keyof typeof PEOPLE_PAGES];
