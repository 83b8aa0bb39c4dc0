import { Button, Select } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { IconRocket } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { FlavorView } from '../../../app/contract/openstack.ts';
import type { ServerGroupView } from '../../api/server-group.api.ts';
import { formatBytes, formatMemory } from '../../design/byte-size.ts';
import { ErrorAlert } from '../../design/ErrorAlert.tsx';
import { UsageBar } from '../../design/Figures.tsx';
import { useAreAllAway } from '../../kernel/AwayHostsProvider.tsx';
import { describeSize } from '../machines/machine-state.ts';
import { OsIcon } from '../machines/OsIcon.tsx';
import classes from './launch.module.css';
import { furtherDisks, type LimitUse } from './launch-fit.ts';
import type { LaunchValues } from './launch-form.ts';
import type { LaunchSource } from './launch-source.ts';

export interface LaunchSummaryProps {
  form: UseFormReturnType<LaunchValues>;
  source: LaunchSource | undefined;
  flavor: FlavorView | undefined;
  group: ServerGroupView | undefined;
  uses: readonly LimitUse[];
  error: unknown;
  isBusy: boolean;
}

/** What will be made, what it takes of the project's limits, and the button. */
export function LaunchSummary({ form, source, flavor, group, uses, error, isBusy }: LaunchSummaryProps) {
  const { t } = useTranslation('launch');
  const values = form.getValues();
  const isHostless = useAreAllAway();
  const count = Number(values.count) || 1;
  return (
    <aside className={classes.summary} aria-label={t('summary')}>
      <h2>{t('summary')}</h2>
      <div className={classes.summaryName}>
        <OsIcon of={source?.hints} />
        <span className="truncate">{values.name || '–'}</span>
        {count > 1 && <span className="muted numeric">× {count}</span>}
      </div>
      <dl className={classes.facts}>
        <dt>{t('image')}</dt>
        <dd>{source?.name ?? '–'}</dd>
        <dt>{t('sizeLabel')}</dt>
        <dd>
          {flavor ? (
            <>
              {flavor.name}
              <div className="muted numeric">{describeSize(flavor)}</div>
              {furtherDisks(flavor).map((disk) => (
                <div key={disk} className="muted numeric">
                  {disk}
                </div>
              ))}
            </>
          ) : (
            '–'
          )}
        </dd>
        <dt>{t('key')}</dt>
        <dd>{values.key || t('noKey')}</dd>
        {group && (
          <>
            <dt>{t('group')}</dt>
            <dd>{group.name}</dd>
          </>
        )}
        {values.zone !== '' && (
          <>
            <dt>{t('zoneShort')}</dt>
            <dd>{values.zone}</dd>
          </>
        )}
      </dl>
      {source?.entry && (
        <p className="muted" style={{ margin: 0 }}>
          {source.downloadBytes === null
            ? t('madeFirst')
            : t('fetchedFirst', { size: formatBytes(source.downloadBytes) })}
        </p>
      )}
      <div className={classes.limits}>
        {uses.map((use) => (
          <div key={use.name}>
            <UsageBar
              label={t(`limit.${use.name}`)}
              used={use.used + use.adds}
              limit={use.limit}
              {...(use.name === 'ram' ? { format: formatMemory } : {})}
            />
            {use.isOver && <span className={classes.over}>{t('overLimit')}</span>}
          </div>
        ))}
      </div>
      <div className={classes.submit}>
        <Select
          label={t('opens')}
          data={[
            { value: 'screen', label: t('open.screen') },
            { value: 'terminal', label: t('open.terminal') },
            { value: 'nothing', label: t('open.nothing') },
          ]}
          {...form.getInputProps('opens')}
        />
        {isHostless && (
          <div className={classes.warning} role="alert">
            <strong>{t('noHost.title')}</strong>
            <span>{t('noHost.text')}</span>
            <Link to="/hosts">{t('noHost.hosts')}</Link>
          </div>
        )}
        {error !== null && <ErrorAlert error={error} title={t('refused')} />}
        <Button
          type="submit"
          size="sm"
          loading={isBusy}
          disabled={uses.some((use) => use.isOver)}
          leftSection={<IconRocket size={16} aria-hidden="true" />}
        >
          {count > 1 ? t('launchSeveral', { count }) : t('launch')}
        </Button>
      </div>
    </aside>
  );
}
