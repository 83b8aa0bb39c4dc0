const STORAGE_KEY = 'cumulet.last-user';
export const DEFAULT_DOMAIN = 'Default';

export interface RememberedUser {
  user: string;
  domain: string;
}

/** Who signed in last at this computer; the administrator where nobody did. */
export function rememberedUser(storage: Storage = localStorage): RememberedUser {
  try {
    const { user, domain } = JSON.parse(storage.getItem(STORAGE_KEY) ?? '{}') as Partial<RememberedUser>;
    return { user: user || 'admin', domain: domain || DEFAULT_DOMAIN };
  } catch {
    return { user: 'admin', domain: DEFAULT_DOMAIN };
  }
}

export function rememberUser({ user, domain }: RememberedUser, storage: Storage = localStorage): void {
  storage.setItem(STORAGE_KEY, JSON.stringify({ user, domain }));
}
