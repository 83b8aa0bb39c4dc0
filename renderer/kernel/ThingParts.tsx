import { useTranslation } from 'react-i18next';
import { isNotFound } from '../api/cloud-error.ts';
import { ActionMenu } from '../design/actions/ActionMenu.tsx';
import { EmptyState } from '../design/EmptyState.tsx';
import { ErrorAlert } from '../design/ErrorAlert.tsx';
import type { AnyResource } from './resource.ts';
import type { OpenThing } from './use-open-thing.ts';

type Thing = { id: string };

export function ThingState({ resource, thing }: { resource: AnyResource; thing: Thing }) {
  const { state: State } = resource;
  return State && <State thing={thing} />;
}

export function ThingActions({ resource, thing }: { resource: AnyResource; thing: Thing }) {
  return resource.actions && <ActionMenu actions={resource.actions} things={[thing]} />;
}

/** What the resource shows of it, or why there is nothing to show. */
export function ThingBody({ resource, opened }: { resource: AnyResource; opened: OpenThing }) {
  const { t } = useTranslation('design');
  const { panel: Panel } = resource;
  if (opened.thing) return <Panel thing={opened.thing} />;
  if (isNotFound(opened.error)) return <EmptyState title={t('gone')} text={t('goneText')} />;
  return opened.error ? <ErrorAlert error={opened.error} onRetry={opened.retry} /> : null;
}
