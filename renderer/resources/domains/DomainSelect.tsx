import { Select } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useDomains } from './hooks/use-domains.ts';

export interface DomainSelectProps {
  value?: string | null;
  onChange?: (id: string | null) => void;
  error?: ReactNode;
}

/** The domain something is made in. Not there while there is one domain only: most clouds never have a second. */
export function DomainSelect(props: DomainSelectProps) {
  const { t } = useTranslation('people');
  const domains = useDomains().data ?? [];
  if (domains.length <= 1) return null;
  return (
    <Select
      label={t('domain')}
      data={domains.map(({ id, name }) => ({ value: id, label: name }))}
      searchable
      {...props}
    />
  );
}
