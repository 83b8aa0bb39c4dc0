import { ActionIcon, Tooltip } from '@mantine/core';
import { IconArrowsDiagonal } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { AnyResource } from './resource.ts';

/** From the panel to the page of the same thing, which is also its link for others. */
export function PageLink({ resource, id }: { resource: AnyResource; id: string }) {
  const { t } = useTranslation('design');
  return (
    <Tooltip label={t('openAsPage')}>
      <ActionIcon
        renderRoot={(props) => <Link {...props} to="/$resource/$id" params={{ resource: resource.name, id }} />}
        aria-label={t('openAsPage')}
      >
        <IconArrowsDiagonal size={16} />
      </ActionIcon>
    </Tooltip>
  );
}
