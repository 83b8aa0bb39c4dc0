import { Button, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { ServerView } from '../../../app/contract/openstack.ts';
import { listImages } from '../../api/image.api.ts';
import { keys } from '../../api/query-keys.ts';
import { ActionButton } from '../../design/actions/ActionButton.tsx';
import { formatBytes } from '../../design/byte-size.ts';
import { formatDateTime } from '../../design/duration.ts';
import { undoAction } from './actions/undo.action.ts';
import classes from './machines.module.css';
import { wayBack } from './safety.ts';

interface SafetyNoticeProps {
  server: ServerView;
  /** Ids of what people have put aside. */
  dismissed: readonly string[];
  dismiss: (id: string) => void;
}

/** That what was done last can be undone, until when, and what is kept for it. */
export function SafetyNotice({ server, dismissed, dismiss }: SafetyNoticeProps) {
  const { t } = useTranslation('machines');
  const images = useQuery({ queryKey: keys.images.list, queryFn: ({ signal }) => listImages(signal) }).data;
  const safety = wayBack(server, images ?? []);
  if (!safety || dismissed.includes(safety.image.id) || server['OS-EXT-STS:task_state'] !== null) return null;
  const { image, verb, until } = safety;
  const told = { size: formatBytes(image.size ?? 0), until: formatDateTime(until) };
  return (
    <div className={classes.notice}>
      <div className={classes.offer} role="status">
        <div>
          <div className={classes.warningTitle}>{t(`safety.done.${verb}`)}</div>
          {t('safety.kept', told)}
        </div>
        <Group gap={8} wrap="nowrap">
          <ActionButton action={undoAction(safety)} things={[server]} />
          <Button variant="subtle" onClick={() => dismiss(image.id)}>
            {t('failed.dismiss')}
          </Button>
        </Group>
      </div>
    </div>
  );
}
