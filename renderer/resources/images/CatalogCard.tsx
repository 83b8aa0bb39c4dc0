import { IconDownload, IconHammer } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { CatalogEntry } from '../../../app/contract/v1.ts';
import { formatBytes, GIB, MIB } from '../../design/byte-size.ts';
import { ErrorAlert } from '../../design/ErrorAlert.tsx';
import { ProgressBar } from '../../design/Figures.tsx';
import { LinkButton } from '../../design/LinkButton.tsx';
import { notifyError } from '../../design/notify.tsx';
import { ReasonedButton } from '../../design/ReasonedButton.tsx';
import { StateBadge } from '../../design/StateBadge.tsx';
import { currentLanguage, optionalText, t as text } from '../../i18n/i18n.ts';
import { useCurrentUser } from '../../session/use-current-user.ts';
import { OsIcon } from '../machines/OsIcon.tsx';
import { CancelTaskButton } from '../tasks/CancelTaskButton.tsx';
import { toTaskError } from '../tasks/task-error.ts';
import { describeProgress, describeStep, taskFraction } from '../tasks/task-text.ts';
import { importFromCatalog } from './catalog-import.store.ts';
import { useCatalogEntry } from './hooks/use-catalog-entry.ts';
import { mayCreateImages } from './image-rights.ts';
import classes from './images.module.css';

/** One entry: what it is, what it needs, and its way into the images. */
export function CatalogCard({ entry }: { entry: CatalogEntry }) {
  const { t } = useTranslation('images');
  const { running, failed, isAsking } = useCatalogEntry(entry);
  const right = mayCreateImages(useCurrentUser());
  const start = (): void => {
    importFromCatalog(entry.id).catch((error: unknown) =>
      notifyError(error, t('catalog.failed', { name: entry.name })),
    );
  };
  return (
    <li className={classes.card} data-built-in={entry.builtIn || undefined}>
      <div className={classes.cardHead}>
        <span className={classes.cardIcon}>
          <OsIcon of={{ family: entry.family, name: entry.name }} size={24} />
        </span>
        <div className={classes.cardTitle}>
          <strong className="truncate">
            {entry.name} {entry.version}
          </strong>
          <span className="muted numeric truncate">{describeEntry(entry)}</span>
        </div>
        <div className={classes.cardAction}>
          {entry.imageId ? (
            <LinkButton to="/launch" search={{ image: entry.imageId }} variant="default">
              {t('action.launch')}
            </LinkButton>
          ) : running ? (
            <CancelTaskButton task={running} label={t('catalog.cancel')} variant="default" />
          ) : (
            <ReasonedButton
              variant={entry.builtIn ? 'filled' : 'default'}
              verdict={right}
              loading={isAsking}
              leftSection={
                entry.builtIn ? (
                  <IconHammer size={16} aria-hidden="true" />
                ) : (
                  <IconDownload size={16} aria-hidden="true" />
                )
              }
              onClick={start}
            >
              {t(entry.builtIn ? 'catalog.build' : 'catalog.import')}
            </ReasonedButton>
          )}
        </div>
      </div>
      <p className={classes.cardText}>{describeSystem(entry)}</p>
      {/* Its place is kept, so that an import that begins moves nothing. */}
      <div className={classes.cardFoot}>
        {running ? (
          <>
            <ProgressBar fraction={taskFraction(running)} label={t('catalog.import')} />
            <span className="muted numeric truncate">
              {[describeStep(running), describeProgress(running.progress)].filter(Boolean).join(' · ')}
            </span>
          </>
        ) : entry.imageId ? (
          <span className={classes.cardDone}>
            <StateBadge tone="running" label={t('catalog.there')} />
            <Link to="/images/$id" params={{ id: entry.imageId }}>
              {t('catalog.show')}
            </Link>
          </span>
        ) : (
          <span className="muted truncate">{describeUse(entry)}</span>
        )}
      </div>
      {failed && <ErrorAlert error={toTaskError(failed)} onRetry={start} />}
    </li>
  );
}

/** The catalogue speaks English; other languages have their own words for the families they know. */
function describeSystem(entry: CatalogEntry): string {
  if (currentLanguage() === 'en') return entry.summary;
  return optionalText(`images:catalog.summary.${entry.family}`, entry.summary);
}

/** `x86_64 · qcow2 · ≈ 324 MiB`. */
function describeEntry(entry: CatalogEntry): string {
  const size = entry.size === null ? null : `≈ ${formatBytes(entry.size)}`;
  return [entry.arch, entry.diskFormat, size].filter((part) => part !== null).join(' · ');
}

/** Who one is inside, and what a machine of it needs. */
function describeUse(entry: CatalogEntry): string {
  const needs = text('images:catalog.needs', {
    memory: formatBytes(entry.minRamMib * MIB),
    disk: formatBytes(entry.minDiskGib * GIB),
  });
  return entry.defaultUser === null ? needs : `${text('images:catalog.user', { user: entry.defaultUser })} · ${needs}`;
}
