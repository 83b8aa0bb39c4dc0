import { dateTimeFormat, numberFormat } from '../i18n/formatters.ts';

const STEPS: [limitSeconds: number, unit: 'second' | 'minute' | 'hour' | 'day', seconds: number][] = [
  [60, 'second', 1],
  [3600, 'minute', 60],
  [86_400, 'hour', 3600],
  [Number.POSITIVE_INFINITY, 'day', 86_400],
];

/** `5 min`, `2 days`: one unit, for ages and times left. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [, unit, size] = STEPS.find(([limit]) => whole < limit) ?? STEPS[3]!;
  return numberFormat({
    style: 'unit',
    unit,
    unitDisplay: unit === 'day' ? 'long' : 'short',
  }).format(Math.floor(whole / size));
}

export function formatDateTime(iso: string): string {
  return dateTimeFormat({
    dateStyle: 'medium',
    timeStyle: 'medium',
    hourCycle: 'h23',
  }).format(new Date(iso));
}
