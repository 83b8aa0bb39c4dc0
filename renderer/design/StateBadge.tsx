import classes from './state-badge.module.css';

/** What a state means, whatever the thing calls it. Each has its own shape, so that colour is never alone. */
export type StateTone = 'running' | 'busy' | 'paused' | 'stopped' | 'warning' | 'failed';

export interface StateBadgeProps {
  tone: StateTone;
  /** The word, translated. */
  label: string;
  title?: string;
}

/** Shape and word: disc runs, turning arc is busy, bars are paused, ring is stopped, triangle warns, cross failed. */
export function StateBadge({ tone, label, title }: StateBadgeProps) {
  return (
    <span className={classes.badge} data-tone={tone} title={title}>
      <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" className={classes.shape}>
        {SHAPES[tone]}
      </svg>
      <span className="truncate">{label}</span>
    </span>
  );
}

const SHAPES = {
  running: <circle cx="6" cy="6" r="4" fill="currentColor" />,
  busy: (
    <>
      <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="2" opacity="0.3" />
      <path d="M6 2a4 4 0 0 1 4 4" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
    </>
  ),
  paused: <path d="M4 2.5v7M8 2.5v7" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />,
  stopped: <circle cx="6" cy="6" r="3.5" fill="none" stroke="currentColor" strokeWidth="1.5" />,
  warning: <path d="M6 1.5 11 10.5H1Z" fill="currentColor" />,
  failed: <path d="M3 3l6 6M9 3l-6 6" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />,
};
