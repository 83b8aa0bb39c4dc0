import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '../i18n/formatters.ts';
import { formatBytes } from './byte-size.ts';
import { formatDateTime, formatDuration } from './duration.ts';
import classes from './figures.module.css';

/** Bytes in words; a dash where unknown. */
export function ByteSize({ bytes }: { bytes: number | null | undefined }) {
  return <span className="numeric">{bytes === null || bytes === undefined ? '–' : formatBytes(bytes)}</span>;
}

// One clock for all ages on the page; an age is drawn again only where its text changes.
const TICK_MS = 1000;
const JUST_NOW_SECONDS = 5;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let now = Date.now();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) {
    // It stood still while nothing showed an age.
    now = Date.now();
    timer = setInterval(() => {
      now = Date.now();
      for (const each of listeners) each();
    }, TICK_MS);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** `5 min`, for a column of ages; kept current, the exact time on hover. In a sentence: `5 min ago`, `just now`. */
export function TimeAgo({ time, isInSentence }: { time: string | null | undefined; isInSentence?: boolean }) {
  const { t } = useTranslation('design');
  // The controller's clock may be ahead of this one.
  const age = useSyncExternalStore(subscribe, () => {
    if (!time) return '';
    const seconds = Math.max(0, (now - Date.parse(time)) / 1000);
    if (!isInSentence) return formatDuration(seconds);
    return seconds < JUST_NOW_SECONDS ? t('justNow') : t('ago', { age: formatDuration(seconds) });
  });
  if (!time) return <span className="muted">–</span>;
  return (
    <time className="numeric" dateTime={time} title={formatDateTime(time)}>
      {age}
    </time>
  );
}

/** A share of 0 to 1; null runs without an end in sight. */
export function ProgressBar({ fraction, label }: { fraction: number | null; label: string }) {
  const percent = fraction === null ? undefined : Math.round(Math.min(1, Math.max(0, fraction)) * 100);
  return (
    <div
      className={classes.progress}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      data-endless={fraction === null || undefined}
    >
      <div className={classes.progressFill} style={percent === undefined ? undefined : { width: `${percent}%` }} />
    </div>
  );
}

export interface UsageBarProps {
  label: string;
  used: number;
  /** -1: no limit. */
  limit: number;
  format?: (value: number) => string;
}

/** Used of allowed; the word beside the bar says what the colour says. */
export function UsageBar({ label, used, limit, format = formatNumber }: UsageBarProps) {
  const { t } = useTranslation('design');
  const fraction = limit < 0 ? 0 : limit === 0 ? 1 : used / limit;
  const state = fraction >= 1 ? 'full' : fraction >= 0.85 ? 'high' : 'normal';
  return (
    <div className={classes.usage}>
      <div className={classes.usageText}>
        <span className="truncate">{label}</span>
        <span className="numeric muted">
          {limit < 0 ? t('noLimit', { used: format(used) }) : `${format(used)} / ${format(limit)}`}
        </span>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: <meter> looks different in every browser */}
      <div
        className={classes.usageTrack}
        data-endless={limit < 0 || undefined}
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={limit < 0 ? undefined : limit}
        aria-valuenow={used}
      >
        <div className={classes.usageFill} data-state={state} style={{ width: `${Math.min(1, fraction) * 100}%` }} />
      </div>
    </div>
  );
}
