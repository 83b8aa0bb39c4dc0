import { Button, TextInput } from '@mantine/core';
import { IconCloudDownload, IconSearch } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { formatBytes, formatMemory } from '../../design/byte-size.ts';
import { t } from '../../i18n/i18n.ts';
import { OsIcon } from '../machines/OsIcon.tsx';
import { ChoiceCards } from './ChoiceCards.tsx';
import classes from './launch.module.css';
import { firstSources, type LaunchSource, matchSources } from './launch-source.ts';

export interface ImageChoiceProps {
  sources: readonly LaunchSource[] | undefined;
  value: string;
  onChange: (id: string) => void;
  error: ReactNode;
}

/** What to launch from: what is here first and one of each kind to fetch; all of it on demand. */
export function ImageChoice({ sources = [], value, onChange, error }: ImageChoiceProps) {
  const [isComplete, setComplete] = useState(false);
  const [query, setQuery] = useState('');
  const first = firstSources(sources, value);
  const shown = isComplete ? matchSources(sources, query) : first;
  return (
    <section className={classes.part}>
      <div className={classes.partHead}>
        <h2>{t('launch:image')}</h2>
        {isComplete ? (
          <TextInput
            type="search"
            className={classes.find}
            placeholder={t('launch:findImage')}
            aria-label={t('launch:findImage')}
            leftSection={<IconSearch size={14} aria-hidden="true" />}
            value={query}
            onChange={(event) => setQuery(event.currentTarget.value)}
            autoFocus
          />
        ) : (
          first.length < sources.length && (
            <Button variant="subtle" onClick={() => setComplete(true)}>
              {t('launch:allImages', { count: sources.length })}
            </Button>
          )
        )}
      </div>
      <ChoiceCards
        label={t('launch:image')}
        value={value}
        onChange={onChange}
        error={error}
        choices={shown.map((source) => ({
          id: source.id,
          icon: <OsIcon of={source.hints} size={20} />,
          title: source.name,
          text: source.summary || describeNeeds(source),
          note: source.entry && (
            <>
              <IconCloudDownload size={14} aria-hidden="true" />
              {source.downloadBytes === null ? t('launch:builtHere') : formatBytes(source.downloadBytes)}
            </>
          ),
        }))}
      />
      {sources.length === 0 && <span className="muted">{t('launch:noImages')}</span>}
    </section>
  );
}

function describeNeeds(source: LaunchSource): string {
  const needs: string[] = [];
  if (source.minDisk > 0) needs.push(t('launch:needsDisk', { disk: source.minDisk }));
  if (source.minRam > 0) needs.push(t('launch:needsMemory', { memory: formatMemory(source.minRam) }));
  return needs.join(' · ');
}
