import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { StateBadge } from '../../../design/StateBadge.tsx';
import type { Column } from '../../../design/table/column.ts';
import { useIdentityNames } from '../../access/hooks/use-identity-names.ts';
import type { PeoplePage } from '../people-pages.ts';

interface Listed {
  id: string;
  name: string;
  description?: string | null | undefined;
  enabled?: boolean;
  domain_id?: string | null;
}

/** The columns that the lists of the area have in common; `page` is where a name opens its panel. */
export function useIdentityColumns<T extends Listed>({ to }: PeoplePage) {
  const { t } = useTranslation('people');
  const names = useIdentityNames();
  return useMemo(() => {
    const stateOf = ({ enabled }: T): string => t(enabled ? 'enabled' : 'disabled');
    return {
      name: {
        id: 'name',
        header: t('name'),
        value: ({ name }) => name,
        cell: ({ id, name }) => (
          <Link className="truncate" to={to} search={(before) => ({ ...before, panel: id })}>
            {name}
          </Link>
        ),
        width: { min: 160, share: 2 },
        isFixed: true,
      },
      domain: {
        id: 'domain',
        header: t('domain'),
        value: ({ domain_id }) => (domain_id ? names.domain(domain_id) : null),
        width: { min: 112, share: 1 },
        filter: {},
      },
      state: {
        id: 'state',
        header: t('state'),
        value: stateOf,
        cell: (thing) => <StateBadge tone={thing.enabled ? 'running' : 'stopped'} label={stateOf(thing)} />,
        width: 112,
        filter: {},
      },
      description: {
        id: 'description',
        header: t('description'),
        value: ({ description }) => description,
        width: { min: 160, share: 3 },
      },
      id: {
        id: 'id',
        header: 'ID',
        value: ({ id }) => id,
        cell: ({ id }) => <span className="mono truncate">{id}</span>,
        width: 280,
        isHidden: true,
      },
    } satisfies Record<string, Column<T>>;
  }, [t, names, to]);
}
