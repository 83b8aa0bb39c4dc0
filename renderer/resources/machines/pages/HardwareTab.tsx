import { IconCpu, IconExternalLink } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { HardwareCard, HardwareDisk, MachineHardware } from '../../../../app/contract/machine-hardware.ts';
import type { NetworkView, ServerView } from '../../../../app/contract/openstack.ts';
import { CloudError } from '../../../api/cloud-error.ts';
import { getServerHardware } from '../../../api/compute.api.ts';
import { listImages } from '../../../api/image.api.ts';
import { keys } from '../../../api/query-keys.ts';
import { formatMemory } from '../../../design/byte-size.ts';
import { CopyText } from '../../../design/CopyText.tsx';
import { EmptyState } from '../../../design/EmptyState.tsx';
import { ErrorAlert } from '../../../design/ErrorAlert.tsx';
import { ByteSize } from '../../../design/Figures.tsx';
import { notifyError } from '../../../design/notify.tsx';
import { Field, FieldList } from '../../../design/PageHeader.tsx';
import { ReasonedButton } from '../../../design/ReasonedButton.tsx';
import { StateBadge } from '../../../design/StateBadge.tsx';
import { no } from '../../../design/verdict.ts';
import { optionalText } from '../../../i18n/i18n.ts';
import { openConsoleWindow } from '../../../kernel/open-console-window.ts';
import { type AnyResource, findResource } from '../../../kernel/resource.ts';
import { useThings } from '../../../kernel/use-things.ts';
import { mayDo } from '../../../session/rights.ts';
import { useCurrentUser } from '../../../session/use-current-user.ts';
import { MachineTable } from '../MachineTable.tsx';
import { hasConsole } from '../machine-state.ts';
import classes from '../machines.module.css';

/** What a machine is made of, as its host has it written down; what waits for the next start is marked. */
export function HardwareTab({ server }: { server: ServerView }) {
  const { t } = useTranslation('machines');
  const { data, error, refetch } = useQuery({
    queryKey: keys.servers.hardware(server.id),
    queryFn: ({ signal }) => getServerHardware(server.id, signal),
    staleTime: 0,
    retry: false,
  });
  if (error instanceof CloudError && error.code === 'conflict') {
    return (
      <EmptyState icon={<IconCpu size={32} stroke={1.25} />} title={t('hardware.none')} text={t('hardware.noneText')} />
    );
  }
  if (error && !data) {
    return (
      <div className={classes.notice}>
        <ErrorAlert error={error} onRetry={() => void refetch()} />
      </div>
    );
  }
  if (!data) return null;
  return (
    <div className={classes.overview}>
      <div className={classes.column}>
        <Card title={t('hardware.disks')}>
          <Disks disks={data.disks} />
        </Card>
        <Card title={t('hardware.cards')}>
          <Cards cards={data.cards} />
        </Card>
      </div>
      <div className={classes.column}>
        <Card title={t('hardware.machine')}>
          <Board hardware={data} />
        </Card>
        <Card title={t('hardware.devices')} action={data.consoles.includes('spice') && <SpiceButton server={server} />}>
          <Devices devices={data.devices} />
        </Card>
      </div>
    </div>
  );
}

function Card({ title, action, children }: { title: string; action?: ReactNode; children: ReactNode }) {
  return (
    <section className={classes.card} aria-label={title}>
      <div className={classes.cardHead}>
        <h2>{title}</h2>
        {action}
      </div>
      {children}
    </section>
  );
}

/** Its screen by the other way that its card has. */
function SpiceButton({ server }: { server: ServerView }) {
  const { t } = useTranslation(['machines', 'consoles']);
  const right = mayDo('os_compute_api:os-remote-consoles', useCurrentUser());
  const { id: serverId, name: title } = server;
  return (
    <ReasonedButton
      variant="subtle"
      isSmall
      verdict={right.allowed && !hasConsole(server) ? no(t('consoles:cover.offTitle')) : right}
      leftSection={<IconExternalLink size={14} aria-hidden="true" />}
      onClick={async () => {
        try {
          await openConsoleWindow({ serverId, type: 'spice', title });
        } catch (error) {
          notifyError(error, t('hardware.spice'));
        }
      }}
    >
      {t('hardware.spice')}
    </ReasonedButton>
  );
}

function Disks({ disks }: { disks: readonly HardwareDisk[] }) {
  const { t } = useTranslation('machines');
  if (disks.length === 0) return <p className={classes.nothing}>{t('hardware.noDisks')}</p>;
  const hasSerial = disks.some(({ serial }) => serial !== null);
  return (
    <MachineTable
      label={t('hardware.disks')}
      heads={[
        t('hardware.disk'),
        { text: t('hardware.size'), isNumber: true },
        { text: t('hardware.used'), isNumber: true },
        t('hardware.place'),
        ...(hasSerial ? [t('hardware.serial')] : []),
      ]}
    >
      {disks.map((disk) => (
        <tr key={disk.id}>
          <th scope="row">
            <div>{optionalText(`machines:hardware.role.${disk.role}`, disk.role)}</div>
            <small>
              <MadeOf disk={disk} />
            </small>
            <Pending pending={disk.pending} />
          </th>
          <td className="numeric" data-number>
            <ByteSize bytes={disk.sizeBytes} />
          </td>
          <td className="numeric" data-number>
            <ByteSize bytes={disk.usedBytes} />
          </td>
          <td>
            <div>{disk.bus}</div>
            <small className="mono">{disk.address}</small>
          </td>
          {hasSerial && <td className="mono">{disk.serial ?? '–'}</td>}
        </tr>
      ))}
    </MachineTable>
  );
}

function MadeOf({ disk }: { disk: HardwareDisk }) {
  const { t } = useTranslation('machines');
  const images = useQuery({ queryKey: keys.images.list, queryFn: ({ signal }) => listImages(signal) }).data;
  if (disk.imageId === null) {
    return optionalText(`machines:hardware.from.${disk.role}`, disk.pending === 'leaves' ? '' : t('hardware.blank'));
  }
  const image = images?.find(({ id }) => id === disk.imageId);
  if (!image) return images ? t('imageGone') : null;
  return (
    <Link to="/images/$id" params={{ id: image.id }}>
      {image.name ?? image.id}
    </Link>
  );
}

function Cards({ cards }: { cards: readonly HardwareCard[] }) {
  const { t } = useTranslation('machines');
  const networks = useThings(findResource('networks') as AnyResource).things as NetworkView[] | undefined;
  if (cards.length === 0) return <p className={classes.nothing}>{t('hardware.noCards')}</p>;
  return (
    <MachineTable
      label={t('hardware.cards')}
      heads={[t('hardware.card'), t('network'), t('address'), t('hardware.model')]}
    >
      {cards.map((card) => (
        <tr key={`${card.id} ${card.mac}`}>
          <th scope="row">
            <div>
              <CopyText value={card.mac} />
            </div>
            <Pending pending={card.pending} />
          </th>
          <td>
            <Link to="/$resource" params={{ resource: 'networks' }} search={{ panel: card.networkId }}>
              {networks?.find(({ id }) => id === card.networkId)?.name || card.networkId}
            </Link>
          </td>
          <td>
            {card.ipAddresses.length === 0 && '–'}
            {card.ipAddresses.map((address) => (
              <div key={address}>
                <CopyText value={address} />
              </div>
            ))}
          </td>
          <td>
            <div className="mono">{card.model}</div>
            <small className="mono">{card.address}</small>
          </td>
        </tr>
      ))}
    </MachineTable>
  );
}

function Board({ hardware }: { hardware: MachineHardware }) {
  const { t } = useTranslation('machines');
  const { vcpus, memoryMib, accelerator, firmware, machineType, disks } = hardware;
  const boot = disks
    .filter(({ bootIndex }) => bootIndex !== null)
    .toSorted((one, other) => (one.bootIndex ?? 0) - (other.bootIndex ?? 0));
  return (
    <div className={classes.cardBody}>
      <FieldList>
        <Field label={t('hardware.processors')}>
          {t('hardware.vcpus', { count: vcpus })}
          {accelerator && (
            <span className="muted">
              {' '}
              · {optionalText(`machines:hardware.accelerator.${accelerator}`, accelerator)}
            </span>
          )}
        </Field>
        <Field label={t('hardware.memory')}>{formatMemory(memoryMib)}</Field>
        <Field label={t('hardware.firmware')}>{firmware.toUpperCase()}</Field>
        <Field label={t('hardware.board')}>
          <span className="mono">{machineType}</span>
        </Field>
        <Field label={t('hardware.boot')}>
          {boot.length > 0 && (
            <ol className={classes.boot}>
              {boot.map(({ id, role }) => (
                <li key={id}>{optionalText(`machines:hardware.role.${role}`, role)}</li>
              ))}
            </ol>
          )}
        </Field>
      </FieldList>
    </div>
  );
}

function Devices({ devices }: { devices: MachineHardware['devices'] }) {
  const { t } = useTranslation('machines');
  if (devices.length === 0) return <p className={classes.nothing}>{t('hardware.noDevices')}</p>;
  return (
    <MachineTable label={t('hardware.devices')} heads={[t('hardware.device'), t('hardware.model')]}>
      {devices.map(({ kind, model, address, pending }) => (
        <tr key={`${kind} ${address}`}>
          <th scope="row">
            <div>{optionalText(`machines:hardware.kind.${kind}`, kind)}</div>
            <Pending pending={pending} />
          </th>
          <td>
            <div className="mono">{model}</div>
            {address && <small className="mono">{address}</small>}
          </td>
        </tr>
      ))}
    </MachineTable>
  );
}

function Pending({ pending }: { pending: 'comes' | 'leaves' | null }) {
  const { t } = useTranslation('machines');
  return pending && <StateBadge tone="paused" label={t(`hardware.${pending}`)} title={t(`hardware.${pending}Hint`)} />;
}
