import { useTranslation } from 'react-i18next';
import type { HostFacts } from '../../../app/contract/host.ts';
import { CopyText } from '../../design/CopyText.tsx';
import { StateBadge } from '../../design/StateBadge.tsx';
import { agentDetail, CHECK_TONES, describeCheck, describeFact, describeHint } from './host-check.ts';
import classes from './hosts.module.css';

/** What a host can do: each fact, and where it falls short what that means and the command that mends it. */
export function CheckList({ facts }: { facts: HostFacts }) {
  const { t } = useTranslation('hosts');
  return (
    <ul className={classes.checks}>
      {facts.preflight.map((check) => {
        const hint = describeHint(check);
        const detail = agentDetail(check);
        return (
          <li key={check.id} data-state={check.state}>
            <StateBadge
              tone={CHECK_TONES[check.state]}
              label={describeCheck(check)}
              title={t(`state.${check.state}`)}
            />
            <div className={classes.checkBody}>
              <span>
                {describeFact(check, facts)}
                <span className={classes.hidden}> {t(`state.${check.state}`)}</span>
              </span>
              {hint && <span className="muted">{hint}</span>}
              {detail && <span className={classes.detail}>{detail}</span>}
              {check.fixCommand && (
                <span className={classes.fix}>
                  <CopyText value={check.fixCommand} />
                </span>
              )}
            </div>
          </li>
        );
      })}
    </ul>
  );
}
