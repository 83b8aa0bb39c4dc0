import { IconChartLine } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { STATISTICS_EVERY_MS, STATISTICS_KEPT_MS } from '../../../../app/contract/machine-statistics.ts';
import type { ServerView } from '../../../../app/contract/openstack.ts';
import { getServerStatistics } from '../../../api/compute.api.ts';
import { keys } from '../../../api/query-keys.ts';
import { formatBytes, MIB } from '../../../design/byte-size.ts';
import { EmptyState } from '../../../design/EmptyState.tsx';
import { ErrorAlert } from '../../../design/ErrorAlert.tsx';
import { TimeChart } from '../../../design/TimeChart.tsx';
import { numberFormat } from '../../../i18n/formatters.ts';
import classes from '../machines.module.css';

/** What the machine used in the last hour. */
export function StatisticsTab({ server }: { server: ServerView }) {
  const { t } = useTranslation('machines');
  const { data, error, refetch } = useQuery({
    queryKey: keys.servers.statistics(server.id),
    queryFn: ({ signal }) => getServerStatistics(server.id, signal),
    // Its host tells no more often, and no event comes of it.
    refetchInterval: STATISTICS_EVERY_MS,
    refetchIntervalInBackground: false,
    staleTime: 0,
  });
  if (error && !data) {
    return (
      <div className={classes.notice}>
        <ErrorAlert error={error} onRetry={() => void refetch()} />
      </div>
    );
  }
  if (!data) return null;
  const { points, vcpus, memoryBytes, everySeconds } = data;
  if (points.length === 0) {
    return (
      <EmptyState
        icon={<IconChartLine size={32} stroke={1.25} />}
        title={t('statistics.none')}
        text={t('statistics.noneText', { seconds: everySeconds })}
      />
    );
  }
  const times = points.map(({ at }) => at);
  const end = Math.max(Date.now(), times.at(-1) ?? 0);
  const rates = (value: number) => t('statistics.perSecond', { amount: formatBytes(value) });
  const common = { times, range: [end - STATISTICS_KEPT_MS, end] as const };
  const isGuest = points.at(-1)?.isGuestMemory ?? false;
  const isCounted = points.some(({ received }) => received !== null);
  return (
    <div className={classes.charts}>
      <TimeChart
        {...common}
        title={t('statistics.cpu')}
        lines={[
          { label: t('statistics.ofProcessors', { count: vcpus }), values: points.map(({ cpu }) => share(cpu, vcpus)) },
        ]}
        atLeast={1}
        format={(value) => numberFormat({ style: 'percent', maximumFractionDigits: 0 }).format(value)}
      />
      <TimeChart
        {...common}
        title={t('statistics.memory')}
        lines={[
          {
            label: t(isGuest ? 'statistics.inGuest' : 'statistics.ofHost'),
            values: points.map((each) => each.memoryBytes),
          },
        ]}
        atLeast={memoryBytes}
        limit={memoryBytes}
        format={formatBytes}
        areBytes
      />
      <TimeChart
        {...common}
        title={t('statistics.disk')}
        lines={[
          { label: t('statistics.read'), values: points.map(({ diskRead }) => diskRead) },
          { label: t('statistics.written'), values: points.map(({ diskWritten }) => diskWritten) },
        ]}
        atLeast={MIB}
        format={rates}
        areBytes
      />
      {isCounted && (
        <TimeChart
          {...common}
          title={t('statistics.network')}
          lines={[
            { label: t('statistics.received'), values: points.map(({ received }) => received) },
            { label: t('statistics.sent'), values: points.map(({ sent }) => sent) },
          ]}
          atLeast={MIB / 8}
          format={rates}
          areBytes
        />
      )}
    </div>
  );
}

/** Its process does some work beside that of the guest's processors. */
function share(cpu: number | null, vcpus: number): number | null {
  return cpu === null ? null : Math.min(1, cpu / vcpus);
}
