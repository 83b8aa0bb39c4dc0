/** What a module of texts says, without what modules have besides. */
export type Area<Module> = Omit<Module, 'default'>;

/**
 * The areas of texts, for the types of `t`. A resource adds its own where it is defined:
 * `declare module '../../i18n/texts.ts' { interface Texts { ... } }`.
 */
export interface Texts {
  access: Area<typeof import('../../assets/locales/en/access.json')>;
  account: Area<typeof import('../../assets/locales/en/account.json')>;
  activity: Area<typeof import('../../assets/locales/en/activity.json')>;
  backups: Area<typeof import('../../assets/locales/en/backups.json')>;
  consoles: Area<typeof import('../../assets/locales/en/consoles.json')>;
  design: Area<typeof import('../../assets/locales/en/design.json')>;
  domains: Area<typeof import('../../assets/locales/en/domains.json')>;
  groups: Area<typeof import('../../assets/locales/en/groups.json')>;
  hosts: Area<typeof import('../../assets/locales/en/hosts.json')>;
  images: Area<typeof import('../../assets/locales/en/images.json')>;
  launch: Area<typeof import('../../assets/locales/en/launch.json')>;
  machines: Area<typeof import('../../assets/locales/en/machines.json')>;
  people: Area<typeof import('../../assets/locales/en/people.json')>;
  projects: Area<typeof import('../../assets/locales/en/projects.json')>;
  quotas: Area<typeof import('../../assets/locales/en/quotas.json')>;
  roles: Area<typeof import('../../assets/locales/en/roles.json')>;
  session: Area<typeof import('../../assets/locales/en/session.json')>;
  shell: Area<typeof import('../../assets/locales/en/shell.json')>;
  tasks: Area<typeof import('../../assets/locales/en/tasks.json')>;
  welcome: Area<typeof import('../../assets/locales/en/welcome.json')>;
}
