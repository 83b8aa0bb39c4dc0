import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.ts';

/** What one works in, in a word. */
export function useScopeName(): string {
  const { t } = useTranslation('shell');
  const session = useSession();
  if (session?.isSystem) return t('scope.system');
  return session?.project?.name ?? session?.domain?.name ?? t('scope.none');
}
