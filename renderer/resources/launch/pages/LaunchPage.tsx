import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Page, PageHeader } from '../../../design/PageHeader.tsx';
import { NeedsRight } from '../../../session/NeedsRight.tsx';
import { useLaunchDraft } from '../hooks/use-launch-choices.ts';
import { LaunchForm, type LaunchFormProps } from '../LaunchForm.tsx';
import { LaunchProgress } from '../LaunchProgress.tsx';
import { findLaunch, useLaunchStore } from '../launch.store.ts';

/** The form, or with `?run=` the launch that came of it. */
export function LaunchPage() {
  const { t } = useTranslation('launch');
  const navigate = useNavigate();
  const { run, again, ...wanted } = useSearch({ from: '/frame/launch' });
  const launch = useLaunchStore(({ launches }) => findLaunch(launches, run));
  const serverId = launch ? launch.serverId : (run ?? null);

  // The machine's id outlives this window's memory of the launch.
  useEffect(() => {
    if (run !== undefined && launch?.serverId && launch.serverId !== run) {
      void navigate({ to: '/launch', search: { run: launch.serverId }, replace: true });
    }
  }, [run, launch?.serverId, navigate]);

  return (
    <Page isScrolling={run !== undefined}>
      <PageHeader title={t('title')} back={<Link to="/machines">{t('machines')}</Link>} />
      {run === undefined ? (
        <NeedsRight rule="os_compute_api:servers:create" title={t('noRight')}>
          <FormOf
            key={again}
            again={again}
            wanted={wanted}
            onLaunched={(made) => void navigate({ to: '/launch', search: { run: made.serverId ?? made.id } })}
          />
        </NeedsRight>
      ) : (
        <LaunchProgress serverId={serverId} launch={launch} />
      )}
    </Page>
  );
}

/** With `again` as it was filled in for the launch that failed, as far as this window or the machine still knows. */
function FormOf({ again, ...form }: Omit<LaunchFormProps, 'draft'> & { again: string | undefined }) {
  const { draft, isPending } = useLaunchDraft(again);
  return isPending ? null : <LaunchForm {...form} draft={draft} />;
}
