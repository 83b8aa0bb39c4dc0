import { Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ServerView } from '../../../app/contract/openstack.ts';
import { useCopy } from '../../design/clipboard.ts';
import { addressesOf } from './machine-state.ts';
import classes from './machines.module.css';

/** The first address; a click copies it. The others are counted, and named on hover. */
export function MachineAddress({ server }: { server: ServerView }) {
  const { t } = useTranslation('machines');
  const clipboard = useCopy();
  const [first, ...others] = addressesOf(server);
  if (!first) return <span className="muted">–</span>;
  const all = [first, ...others].map((each) => each.address).join(', ');
  return (
    <Tooltip label={clipboard.copied ? t('addressCopied') : t('copyAddress', { address: all })}>
      <button
        type="button"
        className={classes.address}
        aria-label={t('copyAddress', { address: first.address })}
        tabIndex={-1}
        onClick={(event) => {
          event.stopPropagation();
          void clipboard.copy(first.address);
        }}
        onDoubleClick={(event) => event.stopPropagation()}
      >
        <span className="mono truncate">{first.address}</span>
        {others.length > 0 && <span className={classes.more}>+{others.length}</span>}
        <span className={classes.copyMark} data-done={clipboard.copied || undefined} aria-hidden="true">
          {clipboard.copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
        </span>
      </button>
    </Tooltip>
  );
}
