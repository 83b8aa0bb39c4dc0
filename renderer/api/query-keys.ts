/**
 * Every query key, one factory a resource. `all` covers everything under it: invalidating it invalidates the list,
 * the details and what hangs on them.
 */
export const keys = {
  servers: {
    all: ['servers'] as const,
    list: ['servers', 'list'] as const,
    /** Of every project, for administrators. */
    everywhere: ['servers', 'everywhere'] as const,
    /** Those that can be restored. */
    deleted: ['servers', 'deleted'] as const,
    detail: (id: string) => ['servers', 'detail', id] as const,
    actions: (id: string) => ['servers', 'actions', id] as const,
    log: (id: string) => ['servers', 'log', id] as const,
    access: (id: string) => ['servers', 'access', id] as const,
    guest: (id: string) => ['servers', 'guest', id] as const,
    hardware: (id: string) => ['servers', 'hardware', id] as const,
    interfaces: (id: string) => ['servers', 'interfaces', id] as const,
    statistics: (id: string) => ['servers', 'statistics', id] as const,
    startups: ['servers', 'startup'] as const,
    startup: (id: string) => ['servers', 'startup', id] as const,
    startupOrder: (group?: string) => ['servers', 'startup', 'order', group ?? null] as const,
    screenshot: (id: string) => ['servers', 'screenshot', id] as const,
  },
  machineGroups: { all: ['machine-groups'] as const },
  images: {
    all: ['images'] as const,
    list: ['images', 'list'] as const,
    detail: (id: string) => ['images', 'detail', id] as const,
    members: (id: string) => ['images', 'members', id] as const,
  },
  backups: { all: ['backups'] as const },
  audit: { all: ['audit'] as const, list: (filter: object) => ['audit', 'list', filter] as const },
  catalog: { all: ['catalog'] as const, list: ['catalog', 'list'] as const },
  hosts: {
    all: ['hosts'] as const,
    list: ['hosts', 'list'] as const,
    detail: (id: string) => ['hosts', 'detail', id] as const,
  },
  unclaimed: { all: ['unclaimed'] as const },
  tasks: {
    all: ['tasks'] as const,
    recent: ['tasks', 'recent'] as const,
    /** Apart from those that events keep current: what is older has ended. */
    pages: ['task-pages'] as const,
    ofSubject: (subjectId: string) => ['tasks', 'subject', subjectId] as const,
  },
  eventLog: {
    all: ['event-log'] as const,
    list: (filter: { resourceType?: string; resourceId?: string }) => ['event-log', 'list', filter] as const,
  },
  rights: { all: ['rights'] as const, of: (token: string) => ['rights', token] as const },
  verbs: { all: ['verbs'] as const },
  limits: { all: ['limits'] as const },
  /** Below the limits: what refreshes those refreshes these. */
  quotas: {
    all: ['limits', 'quota'] as const,
    detail: (projectId: string, userId?: string) => ['limits', 'quota', projectId, userId ?? null] as const,
  },
  projects: {
    all: ['projects'] as const,
    every: ['projects', 'every'] as const,
    /** Below the projects: who gets another may work in another. */
    ownScopes: ['projects', 'own-scopes'] as const,
    contents: (id: string) => ['projects', 'contents', id] as const,
  },
  users: {
    all: ['users'] as const,
    list: ['users', 'list'] as const,
    detail: (id: string) => ['users', 'detail', id] as const,
    groups: (id: string) => ['users', 'groups', id] as const,
  },
  groups: {
    all: ['groups'] as const,
    list: ['groups', 'list'] as const,
    members: (id: string) => ['groups', 'members', id] as const,
  },
  domains: {
    all: ['domains'] as const,
    list: ['domains', 'list'] as const,
    own: ['domains', 'own'] as const,
    config: (id: string) => ['domains', 'config', id] as const,
    ldap: (id: string) => ['domains', 'ldap', id] as const,
  },
  roles: {
    all: ['roles'] as const,
    list: ['roles', 'list'] as const,
    ofDomain: (id: string) => ['roles', 'domain', id] as const,
    inferences: ['roles', 'inferences'] as const,
  },
  assignments: {
    all: ['assignments'] as const,
    list: (filter: object, isEffective: boolean) => ['assignments', filter, isEffective] as const,
  },
  account: {
    all: ['account'] as const,
    applicationCredentials: ['account', 'application-credentials'] as const,
    ec2: ['account', 'ec2'] as const,
    totp: ['account', 'totp'] as const,
    profile: ['users', 'self'] as const,
  },
  signInProviders: { all: ['sign-in-providers'] as const },
  status: { all: ['status'] as const },
};
