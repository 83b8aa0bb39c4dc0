import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { NetworkView } from '../../../app/contract/openstack.ts';
import { useProjectNames } from '../../kernel/use-project-names.ts';
import { useCurrentUser } from '../../session/use-current-user.ts';

/** Whose machines can be on a network; administrators see those of every project. */
export function useOpenTo() {
  const { t } = useTranslation('networks');
  const { projectId } = useCurrentUser();
  const names = useProjectNames();
  return useCallback(
    ({ shared, project_id }: Pick<NetworkView, 'shared' | 'project_id'>): string => {
      if (shared) return t('everyone');
      return project_id === projectId ? t('project') : (names.get(project_id) ?? t('otherProject'));
    },
    [t, projectId, names],
  );
}
