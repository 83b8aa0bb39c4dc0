import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { HostView } from '../../../../app/contract/v1.ts';
import { ActionButton } from '../../../design/actions/ActionButton.tsx';
import { ActionMenu } from '../../../design/actions/ActionMenu.tsx';
import { formatBytes, GIB, MIB } from '../../../design/byte-size.ts';
import { DetailPanel } from '../../../design/DetailPanel.tsx';
import { formatDateTime } from '../../../design/duration.ts';
import { TimeAgo, UsageBar } from '../../../design/Figures.tsx';
import { Field, FieldList } from '../../../design/PageHeader.tsx';
import { PanelHeading } from '../../../design/PanelHeading.tsx';
import { StateBadge } from '../../../design/StateBadge.tsx';
import { formatWhere } from '../../../design/table/table-search.ts';
import { formatNumber } from '../../../i18n/formatters.ts';
import { optionalText } from '../../../i18n/i18n.ts';
import { useThingCommands } from '../../../kernel/use-thing-commands.ts';
import { HOST_ACTIONS } from '../actions/host-actions.ts';
import { measureHosts } from '../actions/measure-host.action.ts';
import { CheckList } from '../CheckList.tsx';
import { HostAggregates } from '../HostAggregates.tsx';
import { type Capacity, capacityOf } from '../host-capacity.ts';
import { describeHostState } from '../host-state.ts';
import classes from '../hosts.module.css';

/** A host: what it is, what of it is promised, and what it falls short of. */
export function HostPanel({ host, onClose }: { host: HostView; onClose: () => void }) {
  const { t } = useTranslation('hosts');
  const { facts } = host;
  const capacity = capacityOf(host);
  useThingCommands(HOST_ACTIONS, host, host.name);
  return (
    <DetailPanel
      title={host.name}
      state={<StateBadge {...describeHostState(host)} />}
      actions={<ActionMenu actions={HOST_ACTIONS} things={[host]} />}
      onClose={onClose}
    >
      <FieldList>
        <Field label={t(host.state === 'up' ? 'upSince' : 'downSince')}>
          {formatDateTime(host.since)}{' '}
          <span className="muted">
            (<TimeAgo time={host.since} isInSentence />)
          </span>
        </Field>
        {host.state === 'down' && host.lastSeenAt && (
          <Field label={t('lastSeen')}>{formatDateTime(host.lastSeenAt)}</Field>
        )}
        {host.disabledReason !== null && (
          <Field label={t('newMachines')}>
            {host.disabledReason === '' ? t('disabled') : t('disabledFor', { reason: host.disabledReason })}
          </Field>
        )}
        {host.isForcedDown && <Field label={t('forcedDown')}>{t('forcedDownText')}</Field>}
        <Field label={t('zone')}>{host.zone}</Field>
        <HostAggregates host={host.name} />
        <Field label={t('machines')}>
          {host.allocated.machines === 0 ? (
            t('noMachines')
          ) : (
            <Link to="/machines" search={{ where: formatWhere({ host: [host.name] }), projects: 'all' }}>
              {t('machineCount', { count: host.allocated.machines })}
            </Link>
          )}
        </Field>
        {facts && (
          <>
            <Field label={t('hypervisor')}>
              {facts.hypervisorType} {facts.hypervisorVersion}
            </Field>
            <Field label={t('check.acceleration')}>
              {facts.accelerator && optionalText(`hosts:accelerator.${facts.accelerator}`, facts.accelerator)}
            </Field>
            <Field label={t('cpu')}>
              {facts.cpuModel} ({facts.cpuArch})
            </Field>
            <Field label={t('agent')}>{facts.agentVersion}</Field>
          </>
        )}
      </FieldList>
      {capacity && (
        <>
          <PanelHeading>{t('promised')}</PanelHeading>
          <div className={classes.bars}>
            <CapacityBar label={t('vcpus')} capacity={capacity.vcpus} format={formatNumber} />
            <CapacityBar label={t('memory')} capacity={capacity.memory} format={(mib) => formatBytes(mib * MIB)} />
            <CapacityBar label={t('disk')} capacity={capacity.disk} format={(gib) => formatBytes(gib * GIB)} />
          </div>
        </>
      )}
      <PanelHeading actions={<ActionButton action={measureHosts} things={[host]} variant="subtle" />}>
        {t('checks')}
      </PanelHeading>
      {facts ? <CheckList facts={facts} /> : <p className="muted">{t('noFacts')}</p>}
      {facts && facts.capabilities.length > 0 && (
        <>
          <PanelHeading>{t('capabilities')}</PanelHeading>
          <div className={classes.capabilities}>
            {facts.capabilities.map((capability) => (
              <span key={capability} className={`${classes.capability} mono`}>
                {capability}
              </span>
            ))}
          </div>
        </>
      )}
    </DetailPanel>
  );
}

interface CapacityBarProps {
  label: string;
  capacity: Capacity;
  format: (value: number) => string;
}

function CapacityBar({ label, capacity, format }: CapacityBarProps) {
  const { t } = useTranslation('hosts');
  return (
    <div>
      <UsageBar label={label} used={capacity.used} limit={capacity.limit} format={format} />
      {capacity.ratio !== 1 && (
        <span className={classes.over}>{t('overcommit', { real: format(capacity.real), ratio: capacity.ratio })}</span>
      )}
    </div>
  );
}
