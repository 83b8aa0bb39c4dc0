import { useTranslation } from 'react-i18next';
import { type Aggregate, setAggregateHost } from '../../api/aggregate.api.ts';
import { PanelHeading } from '../../design/PanelHeading.tsx';
import { PickList } from '../../design/PickList.tsx';
import { useHosts } from '../../kernel/use-hosts.ts';
import { mayDo } from '../../session/rights.ts';
import { useCurrentUser } from '../../session/use-current-user.ts';

/** Nova names hosts in place of an id. */
const byName = (name: string) => ({ id: name, name });

/** The hosts in it, and those that could be. */
export function AggregateHosts({ aggregate }: { aggregate: Aggregate }) {
  const { t } = useTranslation('aggregates');
  const user = useCurrentUser();
  const hosts = useHosts().data ?? [];
  return (
    <>
      <PanelHeading>{t('hosts')}</PanelHeading>
      <PickList
        label={t('host')}
        addLabel={t('addHost')}
        removeLabel={(name) => t('removeHost', { name })}
        emptyText={t('noHosts')}
        things={aggregate.hosts.map(byName)}
        choices={hosts.map(({ name }) => byName(name))}
        add={mayDo('os_compute_api:os-aggregates:add_host', user)}
        remove={mayDo('os_compute_api:os-aggregates:remove_host', user)}
        onAdd={(name) => setAggregateHost(aggregate.id, name, true)}
        onRemove={({ name }) => setAggregateHost(aggregate.id, name, false)}
      />
    </>
  );
}
