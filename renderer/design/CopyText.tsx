import { ActionIcon, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useCopy } from './clipboard.ts';
import classes from './copy-text.module.css';

/** A value people paste elsewhere: in fixed width where it is an id, address or command. */
export function CopyText({ value, isMono = true }: { value: string; isMono?: boolean }) {
  const { t } = useTranslation('design');
  const clipboard = useCopy();
  return (
    <span className={classes.copy}>
      <span className={isMono ? 'mono truncate' : 'truncate'} title={value}>
        {value}
      </span>
      <Tooltip label={clipboard.copied ? t('copied') : t('copy')}>
        <ActionIcon
          size={20}
          className={classes.button}
          aria-label={t('copyValue', { value })}
          onClick={() => void clipboard.copy(value)}
        >
          {clipboard.copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
        </ActionIcon>
      </Tooltip>
    </span>
  );
}
