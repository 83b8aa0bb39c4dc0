import { TextInput } from '@mantine/core';
import { IconCloudDownload, IconSearch } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CatalogEntry } from '../../../app/contract/v1.ts';
import { EmptyState } from '../../design/EmptyState.tsx';
import { ErrorAlert } from '../../design/ErrorAlert.tsx';
import { CatalogCard } from './CatalogCard.tsx';
import { useCatalog } from './hooks/use-images.ts';
import classes from './images.module.css';

/** Official cloud images that the controller fetches and verifies, and the small Linux that needs no internet. */
export function CatalogTab() {
  const { t } = useTranslation('images');
  const catalog = useCatalog();
  const [query, setQuery] = useState('');
  const entries = useMemo(() => filterEntries(catalog.data ?? [], query), [catalog.data, query]);
  return (
    <div className={classes.catalog}>
      <div className={classes.catalogHead}>
        <TextInput
          className={classes.catalogSearch}
          type="search"
          placeholder={t('catalog.search')}
          aria-label={t('catalog.search')}
          leftSection={<IconSearch size={14} aria-hidden="true" />}
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
        />
        <p className="muted">{t('catalog.intro')}</p>
      </div>
      {catalog.error && <ErrorAlert error={catalog.error} onRetry={() => void catalog.refetch()} />}
      <ul className={classes.cards} aria-label={t('tab.catalog')}>
        {entries.map((entry) => (
          <CatalogCard key={entry.id} entry={entry} />
        ))}
      </ul>
      {catalog.data && entries.length === 0 && (
        <EmptyState icon={<IconCloudDownload size={32} stroke={1.5} />} title={t('catalog.nothing')} />
      )}
    </div>
  );
}

/** Those with every word in them; the built-in ones first, the others as the catalogue has them. */
export function filterEntries(entries: readonly CatalogEntry[], query: string): CatalogEntry[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = entries.filter((entry) => {
    const text = `${entry.family} ${entry.name} ${entry.version} ${entry.summary} ${entry.arch}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return found.sort((a, b) => Number(b.builtIn) - Number(a.builtIn));
}
