import { ActionIcon, Button, Select, Tooltip } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Aggregate, setAggregateHost } from '../../api/aggregate.api.ts';
import { ErrorAlert } from '../../design/ErrorAlert.tsx';
import { useHosts } from '../../kernel/use-hosts.ts';
import { mayDo } from '../../session/rights.ts';
import { useCurrentUser } from '../../session/use-current-user.ts';
import classes from './aggregates.module.css';

/** The hosts in it, and those that could be. */
export function AggregateHosts({ aggregate }: { aggregate: Aggregate }) {
  const { t } = useTranslation('aggregates');
  const user = useCurrentUser();
  const hosts = useHosts().data ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const change = useMutation({
    mutationFn: ({ host, isIn }: { host: string; isIn: boolean }) => setAggregateHost(aggregate.id, host, isIn),
    onSuccess: () => setChosen(null),
  });
  const others = hosts.map(({ name }) => name).filter((name) => !aggregate.hosts.includes(name));
  const mayAdd = mayDo('os_compute_api:os-aggregates:add_host', user).allowed;
  const mayRemove = mayDo('os_compute_api:os-aggregates:remove_host', user).allowed;
  return (
    <>
      <div className={classes.headingRow}>
        <h3>{t('hosts')}</h3>
      </div>
      {aggregate.hosts.length === 0 && <p className="muted">{t('noHosts')}</p>}
      <ul className={classes.hosts}>
        {aggregate.hosts.map((host) => (
          <li key={host}>
            <span className="truncate">{host}</span>
            {mayRemove && (
              <Tooltip label={t('removeHost')}>
                <ActionIcon
                  aria-label={`${t('removeHost')} ${host}`}
                  loading={change.isPending && change.variables.host === host}
                  onClick={() => change.mutate({ host, isIn: false })}
                >
                  <IconX size={16} />
                </ActionIcon>
              </Tooltip>
            )}
          </li>
        ))}
      </ul>
      {mayAdd && others.length > 0 && (
        <form
          className={classes.add}
          onSubmit={(event) => {
            event.preventDefault();
            if (chosen !== null) change.mutate({ host: chosen, isIn: true });
          }}
        >
          <Select
            aria-label={t('host')}
            placeholder={t('host')}
            data={others}
            searchable
            value={chosen}
            onChange={setChosen}
          />
          <Button
            type="submit"
            variant="default"
            loading={change.isPending && change.variables.isIn}
            disabled={chosen === null}
          >
            {t('addHost')}
          </Button>
        </form>
      )}
      {change.error && <ErrorAlert error={change.error} />}
    </>
  );
}
