import { ActionIcon, Tooltip } from '@mantine/core';
import { IconDeviceDesktop, IconRefresh } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ServerView } from '../../../app/contract/openstack.ts';
import { getScreenshot } from '../../api/compute.api.ts';
import { keys } from '../../api/query-keys.ts';
import { useIsAway } from '../../kernel/AwayHostsProvider.tsx';
import { hasConsole } from './machine-state.ts';
import classes from './machines.module.css';

/** No event tells that a screen has changed: looked at again this often while this page is in view, milliseconds. */
const LOOK_AGAIN_MS = 5000;

/** What is on the screen now; a click goes there. */
export function ScreenThumbnail({ server, onOpen }: { server: ServerView; onOpen: () => void }) {
  const { t } = useTranslation('machines');
  const isAway = useIsAway()(server);
  const isOn = hasConsole(server) && !isAway;
  const shot = useQuery({
    queryKey: keys.servers.screenshot(server.id),
    queryFn: ({ signal }) => getScreenshot(server.id, signal),
    enabled: isOn,
    refetchInterval: LOOK_AGAIN_MS,
    refetchIntervalInBackground: false,
    staleTime: 0,
    retry: false,
  });
  const address = useObjectUrl(isOn && !shot.isError ? shot.data : undefined);
  return (
    <section className={classes.card}>
      <div className={classes.cardHead}>
        <h2>{t('tab.screen')}</h2>
        <Tooltip label={t('refreshScreen')}>
          <ActionIcon
            aria-label={t('refreshScreen')}
            disabled={!isOn}
            loading={shot.isFetching && shot.isLoading}
            onClick={() => void shot.refetch()}
          >
            <IconRefresh size={16} />
          </ActionIcon>
        </Tooltip>
      </div>
      <button type="button" className={classes.screen} onClick={onOpen} aria-label={t('action.openScreen')}>
        {address ? (
          <img src={address} alt={t('screenOf', { name: server.name })} />
        ) : (
          <span className={classes.screenText}>
            <IconDeviceDesktop size={32} stroke={1.5} aria-hidden="true" />
            {t(isOn ? (shot.isError ? 'screenFailed' : 'screenLoading') : isAway ? 'status.HOST_AWAY' : 'screenOff')}
          </span>
        )}
        <span className={classes.screenOpen}>{t('action.openScreen')}</span>
      </button>
    </section>
  );
}

function useObjectUrl(blob: Blob | undefined): string | null {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    if (!blob) return setAddress(null);
    const made = URL.createObjectURL(blob);
    setAddress(made);
    // The picture before stays until this one replaces it.
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return address;
}
