import type { Healthy, StartAfter, Startup, StartupView } from '../../../app/contract/startup.ts';
import { t } from '../../i18n/i18n.ts';

/** A machine that is waited for, as people fill it in: the fields of every kind are there. */
export interface AfterForm {
  server: string | null;
  kind: Healthy['kind'];
  port: number | string;
  path: string;
  /** Empty: any that says that all is well. */
  status: number | string;
  timeoutSeconds: number | string;
  onTimeout: StartAfter['onTimeout'];
}

export interface StartupForm extends Record<string, unknown> {
  /** `default`: as the cloud does. */
  start: 'default' | NonNullable<Startup['start']>;
  order: number | string;
  delaySeconds: number | string;
  after: AfterForm[];
}

export const NEW_AFTER: AfterForm = {
  ...{ server: null, kind: 'tcp', port: '', path: '/', status: '', timeoutSeconds: 300, onTimeout: 'start' },
};

export function toStartupForm({ start, order, delaySeconds, after }: StartupView): StartupForm {
  return {
    start: start ?? 'default',
    order: order ?? '',
    delaySeconds,
    after: after.map(({ server, healthy, timeoutSeconds, onTimeout }) => ({
      ...{ ...NEW_AFTER, server, kind: healthy.kind, timeoutSeconds, onTimeout },
      ...('port' in healthy && { port: healthy.port }),
      ...(healthy.kind === 'http' && { path: healthy.path, status: healthy.status ?? '' }),
    })),
  };
}

export function fromStartupForm({ start, order, delaySeconds, after }: StartupForm): Startup {
  return {
    start: start === 'default' ? null : start,
    order: numberOf(order),
    delaySeconds: numberOf(delaySeconds) ?? 0,
    after: after.map((each) => ({
      server: each.server ?? '',
      healthy: healthyOf(each),
      timeoutSeconds: numberOf(each.timeoutSeconds) ?? 0,
      onTimeout: each.onTimeout,
    })),
  };
}

/** What is missing, by the field's path in the form. */
export function startupProblems({ after }: StartupForm): Record<string, string> {
  const problems: Record<string, string> = {};
  for (const [index, { server, kind, port, path, timeoutSeconds }] of after.entries()) {
    const at = `after.${index}`;
    if (server === null) problems[`${at}.server`] = t('startup:problem.server');
    if (hasPort(kind) && numberOf(port) === null) problems[`${at}.port`] = t('startup:problem.port');
    if (kind === 'http' && !path.startsWith('/')) problems[`${at}.path`] = t('startup:problem.path');
    if ((numberOf(timeoutSeconds) ?? 0) < 1) problems[`${at}.timeoutSeconds`] = t('startup:problem.timeout');
  }
  return problems;
}

/** Whether the guest is asked over its network. */
export function hasPort(kind: Healthy['kind']): boolean {
  return kind === 'tcp' || kind === 'http';
}

function healthyOf({ kind, port, path, status }: AfterForm): Healthy {
  if (kind === 'running' || kind === 'guest-agent') return { kind };
  const number = numberOf(port) ?? 0;
  return kind === 'tcp' ? { kind, port: number } : { kind, port: number, path, status: numberOf(status) };
}

/** Number fields are empty texts where nothing is in them. */
function numberOf(value: number | string): number | null {
  return value === '' ? null : Number(value);
}
