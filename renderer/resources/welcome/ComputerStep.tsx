import { useTranslation } from 'react-i18next';
import { ActionButton } from '../../design/actions/ActionButton.tsx';
import { ErrorAlert } from '../../design/ErrorAlert.tsx';
import { StateBadge } from '../../design/StateBadge.tsx';
import { useHosts } from '../../kernel/use-hosts.ts';
import { measureHosts } from '../hosts/actions/measure-host.action.ts';
import { CheckList } from '../hosts/CheckList.tsx';
import { countChecks } from '../hosts/host-check.ts';
import { StepCard } from './StepCard.tsx';

/** What this computer can do, and what it lacks for more. */
export function ComputerStep() {
  const { t } = useTranslation('welcome');
  const hosts = useHosts();
  // The controller's own computer has joined first.
  const host = hosts.data?.toSorted((a, b) => a.since.localeCompare(b.since))[0];
  const facts = host?.facts ?? null;
  const { failed, warnings } = countChecks(facts);
  return (
    <StepCard
      number={1}
      title={t('computer.title')}
      state={
        facts ? (
          <StateBadge
            tone={failed > 0 ? 'failed' : warnings > 0 ? 'warning' : 'running'}
            label={t(failed > 0 ? 'computer.failed' : warnings > 0 ? 'computer.warning' : 'computer.ok')}
          />
        ) : (
          <StateBadge tone="busy" label={t('computer.waiting')} />
        )
      }
      actions={host && <ActionButton action={measureHosts} things={[host]} variant="subtle" />}
    >
      {hosts.error && <ErrorAlert error={hosts.error} onRetry={() => void hosts.refetch()} />}
      {facts ? <CheckList facts={facts} /> : !hosts.error && <p className="muted">{t('computer.waitingText')}</p>}
    </StepCard>
  );
}
