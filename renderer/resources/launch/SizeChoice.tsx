import { Button, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FlavorView } from '../../../app/contract/openstack.ts';
import { describeSize } from '../machines/machine-state.ts';
import { ChoiceCards } from './ChoiceCards.tsx';
import classes from './launch.module.css';
import { firstFlavors, matchFlavors, tooSmall } from './launch-fit.ts';
import type { LaunchSource } from './launch-source.ts';

export interface SizeChoiceProps {
  flavors: readonly FlavorView[];
  source: LaunchSource | undefined;
  value: string;
  onChange: (id: string) => void;
  error: ReactNode;
}

/** The sizes as cards: all where they are few, else the smallest that carry the image, and the others on demand. */
export function SizeChoice({ flavors, source, value, onChange, error }: SizeChoiceProps) {
  const { t } = useTranslation('launch');
  const [isComplete, setComplete] = useState(false);
  const [query, setQuery] = useState('');
  const first = firstFlavors(flavors, source, value);
  const shown = isComplete ? matchFlavors(flavors, query) : first;
  return (
    <section className={classes.part}>
      <div className={classes.partHead}>
        <h2>{t('sizeLabel')}</h2>
        {isComplete ? (
          <TextInput
            type="search"
            className={classes.find}
            placeholder={t('findSize')}
            aria-label={t('findSize')}
            leftSection={<IconSearch size={14} aria-hidden="true" />}
            value={query}
            onChange={(event) => setQuery(event.currentTarget.value)}
            autoFocus
          />
        ) : (
          first.length < flavors.length && (
            <Button variant="subtle" onClick={() => setComplete(true)}>
              {t('allSizes', { count: flavors.length })}
            </Button>
          )
        )}
      </div>
      <ChoiceCards
        label={t('sizeLabel')}
        value={value}
        onChange={onChange}
        error={error}
        choices={shown.map((flavor) => ({
          id: flavor.id,
          title: flavor.name,
          text: describeSize(flavor),
          reason: tooSmall(flavor, source),
        }))}
      />
    </section>
  );
}
