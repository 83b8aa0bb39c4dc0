import { useDomains } from './use-domains.ts';

/** The domain new things are made in before another is chosen: Keystone's default one, else the first there is. */
export function useHomeDomain(): string {
  const domains = useDomains().data ?? [];
  return (domains.find(({ id }) => id === 'default') ?? domains[0])?.id ?? 'default';
}
