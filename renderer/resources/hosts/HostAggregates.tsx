import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { listAggregates } from '../../api/aggregate.api.ts';
import { Field } from '../../design/PageHeader.tsx';
import { mayDo } from '../../session/rights.ts';
import { useCurrentUser } from '../../session/use-current-user.ts';

/** The aggregates a host is in, for who may see them. */
export function HostAggregates({ host }: { host: string }) {
  const { t } = useTranslation('hosts');
  const maySee = mayDo('os_compute_api:os-aggregates:index', useCurrentUser()).allowed;
  const aggregates = useQuery({
    queryKey: ['aggregates', 'of-hosts'],
    queryFn: ({ signal }) => listAggregates({ signal }),
    enabled: maySee,
  });
  const own = aggregates.data?.filter(({ hosts }) => hosts.includes(host));
  if (!maySee) return null;
  return (
    <Field label={t('aggregates')}>
      {own?.length === 0 && t('noAggregates')}
      {own?.map(({ id, name }, index) => (
        <Fragment key={id}>
          {index > 0 && ', '}
          <Link to="/$resource" params={{ resource: 'aggregates' }} search={{ panel: id }}>
            {name}
          </Link>
        </Fragment>
      ))}
    </Field>
  );
}
